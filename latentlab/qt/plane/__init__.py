"""The parts of the latent plane that are arithmetic: where things lie, and which pixels they ink."""

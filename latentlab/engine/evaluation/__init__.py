"""How good a model is: density, ELBO, samples, and distances to the training pictures."""

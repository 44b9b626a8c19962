"""The mixture of Gaussians."""

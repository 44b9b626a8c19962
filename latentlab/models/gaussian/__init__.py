"""The Gaussian image model."""

"""Samples of a model without a latent space."""

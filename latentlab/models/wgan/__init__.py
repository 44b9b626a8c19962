"""Wasserstein GANs."""

"""The latent plane and its scatter of encoded data."""

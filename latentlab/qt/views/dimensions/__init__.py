"""One row for each latent dimension."""

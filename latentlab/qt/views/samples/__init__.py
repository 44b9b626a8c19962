"""Pictures that a model without a latent space draws."""

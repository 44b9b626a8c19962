"""The view of a model with a discriminator or critic."""

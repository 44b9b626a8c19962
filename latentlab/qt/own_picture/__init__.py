"""A picture of the person's own: how it comes in, what of it is taken, what the model makes of it."""

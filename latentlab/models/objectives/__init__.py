"""The objectives that several kinds of model share, and the figures that they tell."""

"""A picture inverted by gradient descent, step by step."""

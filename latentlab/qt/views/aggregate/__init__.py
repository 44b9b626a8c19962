"""What the codes of all pictures together are like, beside the prior."""

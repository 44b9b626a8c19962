"""Training: controls, curves, history."""

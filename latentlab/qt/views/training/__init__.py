"""Training: controls, curves and bars."""

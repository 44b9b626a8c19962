"""Training: plan, objectives, trainer, events, runs and their saved state."""

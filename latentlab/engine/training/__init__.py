"""Training: plan, objectives, the trainer and its events, a run and its saved state."""

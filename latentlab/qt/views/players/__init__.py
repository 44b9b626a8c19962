"""The view of the players of a training: their losses, turns, learning rates, and single steps."""

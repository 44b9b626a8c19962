"""Training in the window: the thread that does it, and what follows it."""

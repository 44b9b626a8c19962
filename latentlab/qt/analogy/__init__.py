"""The parts of the analogy view."""

"""Curves of a training over its steps, and what they are drawn from. They know figures, and no models."""

"""Kinds of model that nobody ships, each for one thing that a kind may need; and what every kind keeps."""

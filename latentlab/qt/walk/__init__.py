"""The parts of the walk player: the picture shown, and the prior density along the way."""

"""The shared parts of the adversarial kinds: networks, players' figures, inversion."""

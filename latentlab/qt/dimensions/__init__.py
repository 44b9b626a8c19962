"""The parts of the list of dimensions: a row for each, and the strip of pictures in it."""

"""Kinds of model: networks, objectives and specs. A kind is a folder here and one line in `registry`."""

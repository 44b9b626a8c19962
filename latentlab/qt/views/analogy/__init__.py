"""Analogies: a is to b as c is to d."""

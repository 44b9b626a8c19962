"""Probabilistic principal component analysis."""

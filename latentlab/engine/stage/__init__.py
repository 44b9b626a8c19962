"""Generative models of points in the plane, trained while one watches."""

"""Objectives shared by several kinds of model, and their figures."""

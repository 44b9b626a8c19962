"""Models side by side under one cursor."""

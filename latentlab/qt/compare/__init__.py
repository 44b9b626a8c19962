"""The compare window: models side by side under one cursor."""

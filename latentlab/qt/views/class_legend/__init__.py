"""The legend of classes."""

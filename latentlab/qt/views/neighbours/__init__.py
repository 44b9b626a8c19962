"""The pictures nearest to the probe."""

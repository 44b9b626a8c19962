"""log p(x) of a picture by every way, its true posterior, and pictures like it."""

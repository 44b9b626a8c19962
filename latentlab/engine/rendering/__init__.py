"""The window's interface to a model: requests, replies, and the renderer that serves them."""

"""What the window asks of a model: requests, replies, the renderer that serves them."""

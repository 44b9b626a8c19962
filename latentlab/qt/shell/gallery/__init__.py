"""The gallery: the chip that names the open model, and the page of all models that it opens."""

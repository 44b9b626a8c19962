"""The eigenpictures of a Gaussian: moved along, rebuilt from, drawn from."""

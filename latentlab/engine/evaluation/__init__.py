"""How good a model is: density, samples, what it was judged on."""

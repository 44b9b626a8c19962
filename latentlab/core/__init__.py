"""The mathematics: tensors in, tensors out. Each file starts with its equations and their source."""

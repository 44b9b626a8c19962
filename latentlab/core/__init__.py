"""The mathematics: tensors in, tensors out. Each file opens with its equations and their source."""

"""The density ratio of any two sets of pictures, by a classifier that is trained between them."""

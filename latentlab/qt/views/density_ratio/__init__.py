"""The density ratio of two sets of pictures: what one has and the other lacks."""

"""The manifold grid as a picture under the hand, and where its cells lie."""

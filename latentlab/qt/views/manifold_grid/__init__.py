"""The decoded manifold grid."""

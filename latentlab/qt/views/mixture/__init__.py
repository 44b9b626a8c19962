"""A mixture: its components, the plane of its pictures, and the tape of its EM."""

"""The film strip of pinned points."""

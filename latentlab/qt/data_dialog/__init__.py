"""The page on which people open pictures of their own: what was found, how to read it, what comes of it."""

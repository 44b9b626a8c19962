"""The session: the user's state, frozen, with edits and listeners. No Qt."""

"""What the person is doing, without a window: one frozen state, edits on it, and who is told. No Qt."""

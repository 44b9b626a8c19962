"""The guide in the window: its column, what links do, what panels show, and first steps."""

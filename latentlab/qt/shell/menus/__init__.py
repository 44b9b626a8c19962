"""Menus, shortcuts and the command palette."""

"""The views, one folder each. A view shows replies and pushes edits; it knows no model and no other view."""

"""The views, one folder each. A view shows replies and pushes edits; it touches no model and knows no other
view.
"""

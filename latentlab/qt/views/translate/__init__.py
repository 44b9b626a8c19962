"""The view that makes a picture of a drawing while it is drawn."""

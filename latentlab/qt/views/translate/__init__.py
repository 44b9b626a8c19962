"""The room in which a picture is made of a drawing while it is drawn."""

"""Tables that lie with pictures: their text, their columns, and what they say of which picture."""

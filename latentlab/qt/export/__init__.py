"""The dialogs through which things leave."""

"""The window: threads, views, menus. Only the command line imports it."""

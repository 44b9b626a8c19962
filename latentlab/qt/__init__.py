"""The window: threads, views, menus. May import everything; nobody imports it but the command line."""

"""The window's frame: main window, docks, menus, status bar, theme, crash reporter, composition."""

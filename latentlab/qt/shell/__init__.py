"""The frame: main window, docks, menus, status, theme, crash reporter, composition."""

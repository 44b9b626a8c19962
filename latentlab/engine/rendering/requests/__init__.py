"""What a window asks of the renderer, and what comes back: a file for each subject, request beside reply."""

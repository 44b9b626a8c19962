"""Threads, mailbox, the typed client, and the workspace: session, undo, client."""

"""The one exception whose text is meant for a person."""

from __future__ import annotations

from pathlib import Path


class LabError(Exception):
    """Something a person can understand and mend: a damaged file, a bad setting, a full disk.

    Its text is a sentence that says what happened, to which file or field, and what to do. The window
    shows it in a dialog, the command line prints it on one line and exits with code 2. Anything else
    that escapes is a bug, and is reported as one.
    """

    def __init__(self, what: str, path: str | Path | None = None, hint: str | None = None) -> None:
        self.what, self.path, self.hint = what, path, hint
        text = what if path is None else f"{path}: {what}"
        super().__init__(text if hint is None else f"{text}. {hint}")

"""The one exception whose message is meant for the user."""

from __future__ import annotations

from pathlib import Path

from latentlab.plain import one_line, sentence


class LabError(Exception):
    """An error that the user can understand and fix: a damaged file, a bad setting, a full disk.

    Its message says what happened, to which file or field, and what to do. The window shows it in a dialog,
    the command line prints it on one line and exits with code 2. Any other exception that escapes is a bug,
    and is reported as one. Names from files in it are made safe to display: see `latentlab.plain`; `what`,
    `path` and `hint` are as given.
    """

    def __init__(self, what: str, path: str | Path | None = None, hint: str | None = None) -> None:
        self.what, self.path, self.hint = what, path, hint
        text = what if path is None else f"{one_line(str(path))}: {what}"
        super().__init__(sentence(text if hint is None else f"{text}. {hint}"))

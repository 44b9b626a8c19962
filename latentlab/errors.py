"""The one exception whose text is meant for a person."""

from __future__ import annotations

from pathlib import Path

from latentlab.plain import one_line, sentence


class LabError(Exception):
    """Something a person can understand and mend: a damaged file, a bad setting, a full disk.

    Its text is a sentence that says what happened, to which file or field, and what to do. The window
    shows it in a dialog, the command line prints it on one line and exits with code 2. Anything else
    that escapes is a bug, and is reported as one. Names from files that are in it do nothing to whatever
    shows it: see `latentlab.plain`; `what`, `path` and `hint` are as they were given.
    """

    def __init__(self, what: str, path: str | Path | None = None, hint: str | None = None) -> None:
        self.what, self.path, self.hint = what, path, hint
        text = what if path is None else f"{one_line(str(path))}: {what}"
        super().__init__(sentence(text if hint is None else f"{text}. {hint}"))

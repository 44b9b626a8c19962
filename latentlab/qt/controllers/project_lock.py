"""The lock of an open project: a second window on the same file opens it read-only."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QLockFile, QSysInfo

from latentlab.qt.controllers.project_work import Stamp, stamp_of

_WITHOUT_DATA = "its pictures are missing, and saving it would lose what was selected among them"


class ProjectLock:
    """Locks a project for this window, until it is released or the process ends.

    The lock is a hidden file beside the project, with the number of the process and the name of the computer;
    what a process that has crashed has left does not count.

    Attributes:
        path: the project.
        without_data: whether the project was opened without its pictures: saved, it would lose them.
        stamp: of its file when the window has last read or written it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # Of a link, the file that it leads to: two names of one project are one project.
        real = Path(os.path.realpath(path))
        self._lock = QLockFile(str(real.with_name(f".{real.name}.lock")))
        # Only the end of its process makes a lock invalid, not its age: a window may stay open for days.
        self._lock.setStaleLockTime(0)
        self.stamp: Stamp | None = None
        self.without_data = False
        self._taken = "" if self._lock.tryLock(0) else self._why(real)

        self.note()

    @property
    def refusal(self) -> str:
        """Why the project is read-only, as a part of a sentence; "" if this window may write it."""
        return self._taken or (_WITHOUT_DATA if self.without_data else "")

    def note(self) -> None:
        """The file is as this window knows it."""
        self.stamp = stamp_of(self.path)

    def release(self) -> None:
        """Lets other windows have the project."""
        self._lock.unlock()

    def _why(self, real: Path) -> str:
        if self._lock.error() is not QLockFile.LockError.LockFailedError:
            return f"its folder {real.parent} cannot be written to"
        number, computer, _ = self._lock.getLockInfo()
        if not computer:
            return "it is open in another window"
        where = f"it is open in another window (process {number} on {computer})"
        if computer == QSysInfo.machineHostName():
            return where
        return f"{where}; if it is not, delete {self._lock.fileName()}"

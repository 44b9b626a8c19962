"""Opens files for reading, and only regular ones.

A pipe would block until somebody writes to it, a device may never end, and either may have any name: whatever
is dropped on the window, found in a folder or named on the command line is checked before it is opened.
"""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

_KINDS = (
    (stat.S_ISDIR, "it is a folder, not a file"),
    (stat.S_ISFIFO, "it is a pipe, not a file"),
    (stat.S_ISSOCK, "it is a socket, not a file"),
    (stat.S_ISCHR, "it is a device, not a file"),
    (stat.S_ISBLK, "it is a device, not a file"),
)
# A pipe could replace the file between the check and the opening: opening must not block then.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
)


class NoRegularFileError(OSError):
    """A pipe, a device, a socket or a folder lies where a file was expected; `strerror` says which."""


def open_to_read(path: str | Path) -> BufferedReader:
    """Opens a file for reading its bytes. Symbolic links are followed.

    Raises:
        NoRegularFileError: if it is anything but a file; nothing has then been opened or waited for.
        OSError: if it cannot be opened.
    """
    require_regular(os.stat(path), path)
    return open_listed(path)


def open_listed(path: str | Path) -> BufferedReader:
    """`open_to_read` for a file that a listing of its folder has just shown to be regular; pictures are many.

    Should it have become a pipe or a device since, it is opened without blocking, and refused.
    """
    handle = os.open(path, _FLAGS)
    try:
        require_regular(os.fstat(handle), path)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def require_regular(about: os.stat_result, path: str | Path) -> None:
    """Refuses what is not a regular file, by its stat result `about`.

    Raises:
        NoRegularFileError: saying what it is.
    """
    if stat.S_ISREG(about.st_mode):
        return
    what = next((words for is_it, words in _KINDS if is_it(about.st_mode)), "it is not a regular file")
    number = errno.EISDIR if stat.S_ISDIR(about.st_mode) else errno.EINVAL
    raise NoRegularFileError(number, what, os.fspath(path))

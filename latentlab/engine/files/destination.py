"""Checks before long work whether a file can be written to its destination."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from latentlab.data.files import require_regular
from latentlab.engine.files.atomic import led_to, look_at
from latentlab.errors import LabError


def check_destination(path: str | Path, *, overwrite: bool = False, suffixes: Iterable[str] = ()) -> Path:
    """The path, if a file could be written to it now; the target of a symbolic link.

    The write checks again: much can change meanwhile.

    Args:
        path: the file to be written.
        overwrite: whether an existing file may be replaced.
        suffixes: the endings it may have, such as ".png"; none means any.

    Raises:
        LabError: naming the path, for an unknown ending, a folder or a device in the file's place, a folder
            that is missing or may not be written to, or a file that exists.
    """
    path = Path(path)
    known = tuple(suffixes)
    if not path.name:
        raise LabError("the file name is empty")
    if known and path.suffix.lower() not in known:
        ending = f"the file extension {path.suffix!r} is unknown" if path.suffix else "has no file extension"
        raise LabError(ending, path, f"Known: {', '.join(known)}")
    try:
        target = led_to(path)
        found = look_at(target)
        if found is not None and stat.S_ISDIR(found.st_mode):
            raise LabError("is a folder; a file name was expected", path)
        if found is not None:
            require_regular(found, target)
        if not target.parent.is_dir():
            raise LabError("its folder does not exist", path, f"Create {target.parent} first")
        if not os.access(target.parent, os.W_OK | os.X_OK):
            raise LabError("its folder is not writable", path, "Choose another folder")
    except NotADirectoryError:
        raise LabError("its folder does not exist", path, f"{path.parent} is a file") from None
    except (OSError, ValueError) as error:  # a name too long, or with a letter that no name may have
        reason = getattr(error, "strerror", None) or error
        raise LabError(f"could not be written ({reason})", path, "Choose another name") from None
    if found is not None and not overwrite:
        raise LabError("already exists", path, "Choose another name, or replace it (command line: --force)")
    return path

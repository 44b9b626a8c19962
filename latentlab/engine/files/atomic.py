"""Writes files atomically: a whole file or none.

The bytes go to a hidden file in the same folder, are synced to the disk, and the file is renamed; then the
folder is synced too. Whatever fails, the old file is intact and the hidden one is removed. After a crash a
hidden one may be left: the next write to the same name removes it.

A symbolic link stays: its target is replaced or created. A replaced file keeps its permissions and, where
allowed, its owner. What is not a regular file (a device, a pipe) is never replaced.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from latentlab.data.files import open_to_read, require_regular
from latentlab.errors import LabError

if sys.platform != "win32":
    import fcntl

_SUFFIX = ".part"
_RANDOM = 8  # random letters that mkstemp puts between prefix and suffix
# Bytes that a file name may have, and how many a hidden file takes from the name of its target.
MOST_NAME = 255
_MOST_SHOWN = 64
# Read once at import: the umask can only be read by setting it, for all threads.
_MASK = os.umask(0)
os.umask(_MASK)
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EBADF, errno.EACCES, errno.EPERM}


def write_atomically(
    path: str | Path, content: bytes | Callable[[BinaryIO], None], *, overwrite: bool = True
) -> Path:
    """Puts `content` at `path`, all of it or nothing; what is too large for memory is written by a function.

    Raises:
        LabError: if the file exists and may not be overwritten, or the folder cannot be written to.
    """
    path = Path(path)
    try:
        target = led_to(path)
        before = look_at(target)
        if before is not None and stat.S_ISDIR(before.st_mode):
            raise LabError("is a folder; a file name was expected", path)
        if before is not None:
            if not overwrite:
                raise FileExistsError(path)
            require_regular(before, target)
        _remove_leftovers(target)
        with _hidden_beside(target) as part:
            with open(part, "wb") as stream:
                if callable(content):
                    content(stream)
                else:
                    stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            if before is not None:
                _take_rights(part, before)
            if overwrite:
                os.replace(part, target)
            else:
                _rename_new(part, target)
    except FileExistsError:
        raise LabError(
            "already exists", path, "Choose another name, or replace it (command line: --force)"
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte or an invalid character
        reason = getattr(error, "strerror", None) or error
        raise LabError(f"could not be written ({reason})", path, "Nothing was changed") from error
    try:
        _sync_folder(target.parent)
    except OSError as error:
        reason = error.strerror or error
        raise LabError(f"was written, but may be lost in a power failure ({reason})", path) from error
    return path


def led_to(path: Path) -> Path:
    """The target of a path: itself, or the end of a chain of symbolic links, which need not exist.

    Raises:
        OSError: if the links form a loop, or a name on the way is invalid.
    """
    if not path.is_symlink():
        return path
    end = Path(os.path.realpath(path))
    if end.is_symlink():
        raise OSError(errno.ELOOP, "it is a symbolic link that leads back to itself")
    return end


def look_at(path: Path) -> os.stat_result | None:
    """The `stat` of a file; None if there is none.

    Raises:
        OSError: if it cannot say.
    """
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def beside(path: Path, ending: str) -> Path:
    """The file beside another that has its name with another ending; too long a name is cut.

    A cut name ends in its own digest, so that two long names with the same beginning differ.
    """
    whole = f"{path.name}{ending}"
    if len(os.fsencode(whole)) <= MOST_NAME:
        return path.with_name(whole)
    kept = path.suffix + ending
    digest = "~" + _digest(path.name)
    room = MOST_NAME - len(os.fsencode(digest + kept))
    return path.with_name(f"{cut(path.name, room)}{digest}{kept}")


def cut(name: str, room: int) -> str:
    """The longest beginning of a name that takes at most so many bytes."""
    while len(os.fsencode(name)) > room:
        name = name[: min(len(name) - 1, room)]
    return name


def _digest(name: str) -> str:
    return hashlib.sha256(os.fsencode(name)).hexdigest()[:12]


def _take_rights(part: str, before: os.stat_result) -> None:
    """Gives a new file the permissions, and where allowed the owner, of the file that it replaces."""
    now = os.stat(part)
    if sys.platform != "win32" and (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
        with contextlib.suppress(OSError):
            os.chown(part, before.st_uid, before.st_gid)
    os.chmod(part, stat.S_IMODE(before.st_mode))


@contextlib.contextmanager
def _hidden_beside(path: Path) -> Iterator[str]:
    """A new file for this writer alone; removed afterwards unless it was renamed."""
    handle, part = _make_part(path)
    try:
        # mkstemp makes files private; give ours the permissions of any new file.
        os.chmod(part, 0o666 & ~_MASK)
        yield part
    finally:
        if handle is not None:
            os.close(handle)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)


def _make_part(path: Path) -> tuple[int | None, str]:
    """A new hidden file, and the handle that locks it until it is closed."""
    while True:
        handle, part = tempfile.mkstemp(prefix=_hidden(path.name), suffix=_SUFFIX, dir=path.parent)
        if sys.platform == "win32":  # an open file cannot be renamed there, nor can one in use be removed
            os.close(handle)
            return None, part
        _lock(handle, wait=True)
        if os.path.exists(part):
            return handle, part
        os.close(handle)  # another writer took it for a leftover before it was locked


def _lock(handle: int, *, wait: bool = False) -> bool:
    """Locks a file; False if another process holds the lock. The lock ends with its process."""
    if sys.platform != "win32":
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks
            return True
    return True


def _rename_new(part: str, path: Path) -> None:
    """Renames `part` to `path` unless that exists by now."""
    try:
        os.link(part, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # A file system without hard links (FAT, some network drives).
        if path.exists():
            raise FileExistsError(path) from None
        os.replace(part, path)


def _remove_leftovers(path: Path) -> None:
    """Removes hidden files that crashed writes to this name left, but not those of running writes."""
    for leftover in path.parent.glob(f"{_escaped(_hidden(path.name))}{'?' * _RANDOM}{_SUFFIX}"):
        with contextlib.suppress(OSError):
            if sys.platform == "win32":
                leftover.unlink()
                continue
            with open_to_read(leftover) as stream:
                if _lock(stream.fileno()):
                    leftover.unlink()


def _hidden(name: str) -> str:
    """The prefix of a hidden file's name, which leaves room for the rest."""
    if len(os.fsencode(name)) <= _MOST_SHOWN:
        return f".{name}."
    return f".{cut(name, _MOST_SHOWN)}~{_digest(name)}."


def _escaped(name: str) -> str:
    """`name` with glob wildcards escaped."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":  # Windows cannot open a folder, and does not need to
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:  # these errors mean that this folder cannot be synced at all
            raise

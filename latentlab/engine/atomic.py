"""Files are written whole or not at all.

The bytes go to a hidden file in the same folder, are forced to the disk, and take the name in one step;
then the folder's entry is forced to the disk too. Whatever fails on the way, the old file is intact and
the hidden one is gone. After a crash a hidden one may be left: the next write to the same name removes it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from latentlab.errors import LabError

if sys.platform != "win32":
    import fcntl

_SUFFIX = ".part"
_RANDOM = 8  # letters that mkstemp puts between the name and the suffix
# Asked for once: it can only be read by setting it, for all threads alike.
_MASK = os.umask(0)
os.umask(_MASK)
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EBADF, errno.EACCES, errno.EPERM}


def write_atomically(path: str | Path, content: bytes, *, overwrite: bool = True) -> Path:
    """Puts `content` at `path`, all of it or nothing.

    Raises:
        LabError: if the file exists and may not be overwritten, or the folder cannot be written to.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise LabError("is a folder; a file name was expected", path)
        if not overwrite and path.exists():
            raise FileExistsError(path)
        _remove_leftovers(path)
        with _hidden_beside(path) as part:
            with open(part, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            if overwrite:
                os.replace(part, path)
            else:
                _rename_new(part, path)
    except FileExistsError:
        raise LabError(
            "already exists", path, "Choose another name, or replace it (command line: --force)"
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte or a broken letter
        reason = getattr(error, "strerror", None) or error
        raise LabError(f"could not be written ({reason})", path, "Nothing was changed") from error
    try:
        _sync_folder(path.parent)
    except OSError as error:
        reason = error.strerror or error
        raise LabError(f"was written, but may not outlive a power cut ({reason})", path) from error
    return path


@contextlib.contextmanager
def _hidden_beside(path: Path) -> Iterator[str]:
    """A new file that is this writer's alone; gone afterwards unless it was renamed."""
    handle, part = _make_part(path)
    try:
        # mkstemp makes files private; give ours what any new file would get.
        os.chmod(part, 0o666 & ~_MASK)
        yield part
    finally:
        if handle is not None:
            os.close(handle)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)


def _make_part(path: Path) -> tuple[int | None, str]:
    """A new hidden file, and the handle that marks it as in use until it is closed."""
    while True:
        handle, part = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_SUFFIX, dir=path.parent)
        if sys.platform == "win32":  # an open file cannot be renamed there, nor can one in use be removed
            os.close(handle)
            return None, part
        _lock(handle, wait=True)
        if os.path.exists(part):
            return handle, part
        os.close(handle)  # someone took it for a leftover before it was marked


def _lock(handle: int, *, wait: bool = False) -> bool:
    """Marks a file as in use; False if someone else holds the mark. It goes with its process."""
    if sys.platform != "win32":
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks
            return True
    return True


def _rename_new(part: str, path: Path) -> None:
    """Gives `part` the name `path` unless someone else took it meanwhile."""
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
    """Removes hidden files of crashed writes to this very name, but of no write that is going on."""
    for leftover in path.parent.glob(f".{_escaped(path.name)}.{'?' * _RANDOM}{_SUFFIX}"):
        with contextlib.suppress(OSError):
            if sys.platform == "win32":
                leftover.unlink()
                continue
            with open(leftover, "rb") as stream:
                if _lock(stream.fileno()):
                    leftover.unlink()


def _escaped(name: str) -> str:
    """`name` with the characters that a glob would take for wildcards quoted."""
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
        if error.errno not in _NO_FOLDER_SYNC:  # these say that this folder cannot be synced at all
            raise

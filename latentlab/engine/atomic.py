"""Files are written whole or not at all.

The bytes go to a hidden file in the same folder, are forced to the disk, and take the name in one step;
then the folder's entry is forced to the disk too. Whatever fails on the way, the old file is intact and
the hidden one is gone. After a crash a hidden one may be left: the next write to the same name removes it.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from latentlab.errors import LabError

_SUFFIX = ".part"


def write_atomically(path: str | Path, content: bytes, *, overwrite: bool = True) -> Path:
    """Puts `content` at `path`, all of it or nothing.

    Raises:
        LabError: if the file exists and may not be overwritten, or the folder cannot be written to.
    """
    path = Path(path)
    if path.is_dir():
        raise LabError("is a folder; a file name was expected", path)
    if not overwrite and path.exists():
        raise LabError("already exists", path, "Choose another name, or allow it to be replaced")
    try:
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
            _sync_folder(path.parent)
    except FileExistsError:
        raise LabError("already exists", path, "Choose another name") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise LabError(f"could not be written ({reason})", path, "Nothing was changed") from error
    return path


@contextlib.contextmanager
def _hidden_beside(path: Path) -> Iterator[str]:
    handle, part = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_SUFFIX, dir=path.parent)
    os.close(handle)
    try:
        # mkstemp makes files private; give ours what any new file would get.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(part, 0o666 & ~mask)
        yield part
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)


def _rename_new(part: str, path: Path) -> None:
    """Gives `part` the name `path` unless someone else took it meanwhile."""
    try:
        os.link(part, path)
    except (AttributeError, NotImplementedError, PermissionError):
        # A file system without hard links (FAT, some network drives).
        if path.exists():
            raise FileExistsError(path) from None
        os.replace(part, path)


def _remove_leftovers(path: Path) -> None:
    for leftover in path.parent.glob(f".{_escaped(path.name)}.*{_SUFFIX}"):
        with contextlib.suppress(OSError):
            leftover.unlink()


def _escaped(name: str) -> str:
    """`name` with the characters that a glob would take for wildcards quoted."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder, and does not need to
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

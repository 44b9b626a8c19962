"""Project files, `.llab`: a zip with one document, and what a person wants packed into it.

    project.json                  what the session is; see `latentlab.session.project`
    models/0/name.safetensors     a model that is packed in
    data/0/...                    a file or a folder of pictures that is packed in

A file is written as a whole or not at all. Of a file that is read nothing is believed: sizes are checked
before anything is unpacked, and no member leaves the folder that it is unpacked to.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from latentlab.data.files import open_to_read
from latentlab.engine.files.atomic import write_atomically
from latentlab.errors import LabError

SUFFIX = ".llab"
DOCUMENT = "project.json"
MAX_DOCUMENT_BYTES = 64 * 2**20
MAX_PACKED_BYTES = 16 * 2**30
MAX_PACKED_FILES = 300_000
# The same project makes the same bytes.
_TIME = (2000, 1, 1, 0, 0, 0)
_BLOCK = 2**20
# As they are written. What else a zip can have fails in ways of its own.
_COMPRESSED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError)


def write_project(path: Path, document: str, packed: Mapping[str, Path] | None = None) -> Path:
    """Writes a project file, in place of an earlier one.

    Args:
        path: where to.
        document: the text of `project.json`.
        packed: the files and folders to pack in, by the name of their member, "models/0/a.safetensors".

    Raises:
        LabError: if it cannot be written, or there is too much to pack.
    """
    members = [(name, file) for name, source in (packed or {}).items() for name, file in _files(name, source)]
    try:
        total = sum(file.stat().st_size for _, file in members)
    except OSError as error:
        raise LabError(f"could not be packed ({error.strerror})", error.filename) from None
    if total > MAX_PACKED_BYTES or len(members) > MAX_PACKED_FILES:
        raise LabError(
            f"{len(members):,} files with {total / 2**30:,.1f} GiB would have to be packed; up to "
            f"{MAX_PACKED_FILES:,} with {MAX_PACKED_BYTES // 2**30} GiB can be",
            path,
            "Save the project without its models and data",
        )

    def write(stream: BinaryIO) -> None:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(_member(DOCUMENT), document, zipfile.ZIP_DEFLATED)
            for name, file in members:
                # Weights are as good as random: packing them tighter costs time and saves nothing.
                how = zipfile.ZIP_STORED if name.startswith("models/") else zipfile.ZIP_DEFLATED
                member = _member(name)
                member.compress_type = how
                with open_to_read(file) as source, archive.open(member, "w", force_zip64=True) as target:
                    shutil.copyfileobj(source, target, _BLOCK)

    return write_atomically(path, write)


def read_document(path: Path) -> str:
    """The text of `project.json`.

    Raises:
        LabError: naming the file, if it is no project or is damaged.
    """
    with _Archive(path) as archive:
        return archive.document()


def unpack(path: Path, top: str, into: Path) -> Path:
    """Unpacks a member, or all members below it, into a folder of its own that is named by its contents.

    What has been unpacked before is found there again.

    Args:
        path: the project file.
        top: the member's name, as of `write_project`.
        into: the folder for everything that is unpacked.

    Returns:
        The file or folder.

    Raises:
        LabError: naming the project, if it has no such member, or it cannot be unpacked.
    """
    with _Archive(path) as archive:
        return archive.unpack(top, into)


class _Archive:
    """A project file that is open for reading, and has been checked."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> _Archive:
        path = self._path
        try:
            self._stream = open_to_read(path)
        except OSError as error:
            raise LabError(f"could not be read ({error.strerror or error})", path) from None
        try:
            self._zip = zipfile.ZipFile(self._stream)
        except (*_DAMAGED, OSError):
            self._stream.close()
            raise LabError("is damaged, or is no project of LatentLab", path, "Nothing was changed") from None
        self._members = {member.filename: member for member in self._zip.infolist()}
        if any(member.compress_type not in _COMPRESSED for member in self._zip.infolist()):
            self.__exit__()
            raise LabError(
                "is compressed in a way that no project of LatentLab is", path, "Nothing was changed"
            )
        unpacked = sum(member.file_size for member in self._zip.infolist())
        if unpacked > MAX_PACKED_BYTES or len(self._members) > MAX_PACKED_FILES:
            self.__exit__()
            raise LabError(
                f"would unpack to {unpacked / 2**30:,.1f} GiB in {len(self._members):,} files", path
            )
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()
        self._stream.close()

    def document(self) -> str:
        member = self._members.get(DOCUMENT)
        if member is None:
            raise LabError(f"has no {DOCUMENT}: it is no project of LatentLab", self._path)
        if member.file_size > MAX_DOCUMENT_BYTES:
            raise LabError(f"its {DOCUMENT} is over {MAX_DOCUMENT_BYTES // 2**20} MiB", self._path)
        try:
            return self._zip.read(member).decode("utf-8")
        except (*_DAMAGED, OSError) as error:
            raise self._broken(error) from None

    def unpack(self, top: str, into: Path) -> Path:
        wanted = {
            name: member
            for name, member in self._members.items()
            if (name == top or name.startswith(f"{top}/")) and not member.is_dir()
        }
        for name, member in wanted.items():
            _require_inside(name, member, self._path)
        if not wanted or not _is_inside(top):
            raise LabError(f"says that {top[:80]!r} is packed in, which it is not", self._path)
        home = into / _digest(wanted.values(), self._path)
        last = PurePosixPath(top).name
        if (home / last).exists():
            return home / last
        try:
            into.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".unpacking", dir=into) as folder:
                for name, member in wanted.items():
                    inside = PurePosixPath(name).relative_to(PurePosixPath(top).parent)
                    target = Path(folder, "whole", *inside.parts)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with self._zip.open(member) as source, open(target, "wb") as file:
                        _copy(source, file, member.file_size)
                os.replace(Path(folder, "whole"), home)
        except FileExistsError:
            pass  # another window has just unpacked the same
        except OSError as error:
            if not (home / last).exists():
                raise LabError(f"could not be unpacked ({error.strerror or error})", self._path) from None
        except _DAMAGED as error:
            raise self._broken(error) from None
        return home / last

    def _broken(self, error: Exception) -> LabError:
        return LabError(f"is damaged ({str(error)[:80] or type(error).__name__})", self._path)


def _files(name: str, source: Path) -> Iterator[tuple[str, Path]]:
    """The members for a file, or for all regular files of a folder; links that lead out are left out."""
    if not source.is_dir():
        yield name, source
        return
    for folder, folders, files in os.walk(source):
        folders.sort()
        for file in sorted(files):
            path = Path(folder, file)
            if stat.S_ISREG(path.lstat().st_mode):
                yield f"{name}/{path.relative_to(source).as_posix()}", path


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _TIME)
    member.external_attr = 0o644 << 16
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def _copy(source: IO[bytes], target: BinaryIO, size: int) -> None:
    """Copies at most the bytes that the table of contents gives."""
    left = size
    while block := source.read(min(_BLOCK, left + 1)):
        left -= len(block)
        if left < 0:
            raise ValueError("a member is larger than it says")
        target.write(block)


def _is_inside(name: str) -> bool:
    odd = "\\\0:" if os.name == "nt" else "\\\0"
    return not any(part.strip(" .") == "" or any(one in part for one in odd) for part in name.split("/"))


def _require_inside(name: str, member: zipfile.ZipInfo, path: Path) -> None:
    mode = member.external_attr >> 16
    if not _is_inside(name) or stat.S_ISLNK(mode) or member.flag_bits & 1:
        raise LabError(f"its member {name[:80]!r} is not unpacked: it leads elsewhere or is locked", path)


def _digest(members: Iterable[zipfile.ZipInfo], path: Path) -> str:
    """Names what is unpacked of one project; another project never gets it in place of its own."""
    lines = [str(path.absolute()), *(f"{one.filename} {one.file_size} {one.CRC}" for one in members)]
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()[:24]

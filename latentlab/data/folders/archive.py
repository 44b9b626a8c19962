"""A zip of files, read member by member: its pictures, and the other files.

Nothing is ever written to disk, so a member's path ("../x", "/x", a link) is a name like any other.
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import IO

from latentlab.data.files import require_regular
from latentlab.data.folders.member_names import member_names
from latentlab.data.folders.tree import FileSorter, is_passed_over, note_passed_over
from latentlab.data.limits import MAX_ARCHIVE_BYTES, MAX_MEMBER_BYTES
from latentlab.data.pictures.decoding import decode
from latentlab.data.pictures.formats import HEAD_BYTES
from latentlab.data.pictures.white import AnyPicture
from latentlab.data.report import Notebook, shown
from latentlab.data.source import PictureError, unchanged
from latentlab.errors import LabError

_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError)


def open_zip(path: Path, content: IO[bytes] | None = None) -> zipfile.ZipFile:
    """Opens the archive at a path, or the one in `content` with this name, and reads its table of contents.

    Raises:
        LabError: naming the file, if it is no zip or its contents are over the limit.
    """
    try:
        if content is None:
            require_regular(path.stat(), path)
        archive = zipfile.ZipFile(path if content is None else content)
    except zipfile.BadZipFile:
        raise LabError("is not a zip archive, or is truncated", path, "Copy or download it again") from None
    except (OSError, ValueError, NotImplementedError) as error:
        raise LabError(f"could not be read ({getattr(error, 'strerror', None) or error})", path) from None
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > MAX_ARCHIVE_BYTES:
        archive.close()
        limit = MAX_ARCHIVE_BYTES // 2**30
        raise LabError(f"would unpack to {unpacked / 2**30:,.1f} GiB, over the limit of {limit} GiB", path)
    return archive


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int | None = None) -> bytes:
    """The contents of a member, up to MAX_MEMBER_BYTES or another limit.

    `zipfile` stops at the size that the table of contents gives.

    Raises:
        PictureError: with the reason why it cannot be read.
    """
    limit = MAX_MEMBER_BYTES if limit is None else limit
    if member.file_size > limit:
        raise PictureError(
            f"would unpack to {member.file_size:,} bytes, over the limit of {limit // 2**20} MiB"
        )
    if member.flag_bits & 1:
        raise PictureError("is encrypted")
    try:
        return archive.read(member)
    except (RuntimeError, NotImplementedError) as error:
        raise PictureError(f"cannot be unpacked ({str(error)[:80]})") from None
    except OSError as error:
        raise PictureError(error.strerror or str(error)) from None
    except _DAMAGED as error:
        raise PictureError(f"damaged in the archive ({str(error)[:80]})") from None


class ZipPictures:
    """Picture files in a zip, by their names in it."""

    def __init__(
        self, archive: zipfile.ZipFile, names: Sequence[str], members: Mapping[str, zipfile.ZipInfo]
    ) -> None:
        self.archive, self.names, self._members = archive, names, members

    def __len__(self) -> int:
        return len(self.names)

    def name(self, index: int) -> str:
        return self.names[index]

    def image(self, index: int, enough: int) -> AnyPicture:
        member = self._members[self.names[index]]
        return decode(io.BytesIO(read_member(self.archive, member)), enough)

    def watch(self) -> Callable[[], bool]:
        return unchanged

    def close(self) -> None:
        self.archive.close()


class ZipTree:
    """The files in a zip (see `tree.Tree`).

    The book records how names were decoded, members without a name, and files in unsupported picture formats.

    Raises:
        LabError: if it is no zip, or over the limit.
    """

    kind = "zip"

    def __init__(self, path: Path, book: Notebook) -> None:
        self.path, self.name, self.watched = path, path.stem, (path,)
        self.archive = open_zip(path)
        self._members: dict[str, zipfile.ZipInfo] = {}
        passed_over: list[str] = []
        twice = 0
        members = self.archive.infolist()
        names, encoding = member_names(members)
        hidden: dict[str, str] = {}
        for name, member in zip(names, members, strict=True):
            if _is_folder(member):
                continue
            folder, _, file = name.rpartition("/")
            if folder not in hidden:
                hidden[folder] = next(filter(is_passed_over, folder.split("/")), "")
            if not name:
                book.skip(shown(member.orig_filename), "has no name in the archive")
            elif hidden[folder]:
                passed_over.append(hidden[folder])
            elif not is_passed_over(file):
                twice += name in self._members
                self._members[name] = member
        sorter = FileSorter(book)
        for name in self._members:
            sorter.put(name, partial(self._head, name))
        self.pictures, self.others = sorted(sorter.pictures), sorted(sorter.others)
        if encoding:
            book.note(f"The archive does not say how its names are encoded: {encoding} was assumed")
        if twice:
            names_are = "1 name is" if twice == 1 else f"{twice:,} names are"
            book.note(f"{names_are} in the archive more than once: the last of each was used")
        note_passed_over(passed_over, book)
        sorter.tell()

    def read(self, name: str, limit: int) -> bytes:
        return read_member(self.archive, self._members[name], limit)

    def open(self, name: str) -> IO[bytes]:
        member = self._members[name]
        if member.flag_bits & 1:
            raise PictureError("is encrypted")
        try:
            return self.archive.open(member)
        except (RuntimeError, NotImplementedError, OSError, *_DAMAGED) as error:
            raise PictureError(f"cannot be unpacked ({str(error)[:80]})") from None

    def chosen(self, names: Sequence[str]) -> ZipPictures:
        return ZipPictures(self.archive, names, self._members)

    def close(self) -> None:
        self.archive.close()

    def _head(self, name: str) -> bytes:
        try:
            with self.open(name) as stream:
                return stream.read(HEAD_BYTES)
        except (PictureError, RuntimeError, NotImplementedError, OSError, *_DAMAGED):
            return b""


def _is_folder(member: zipfile.ZipInfo) -> bool:
    return member.orig_filename.endswith(("/", "\\"))

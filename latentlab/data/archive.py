"""A zip of picture files, read member by member.

Nothing is ever written to disk, so a member's path ("../x", "/x", a link) is a name like any other.
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentlab.data.decoding import decode, looks_like_a_picture
from latentlab.data.limits import MAX_ARCHIVE_BYTES, MAX_MEMBER_BYTES
from latentlab.data.source import PictureError
from latentlab.data.white import AnyPicture
from latentlab.errors import LabError

_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError)


def open_zip(path: Path) -> zipfile.ZipFile:
    """The archive, with its table of contents read.

    Raises:
        LabError: naming the file, if it is no zip or its contents are over the limit.
    """
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise LabError("is no zip archive, or cut short", path, "Fetch the file again") from None
    except (OSError, ValueError, NotImplementedError) as error:
        raise LabError(f"could not be read ({getattr(error, 'strerror', None) or error})", path) from None
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > MAX_ARCHIVE_BYTES:
        archive.close()
        limit = MAX_ARCHIVE_BYTES // 2**30
        raise LabError(f"would unpack to {unpacked / 2**30:,.1f} GiB, over the limit of {limit} GiB", path)
    return archive


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """All of a member; `zipfile` stops at the size that the table of contents gives.

    Raises:
        PictureError: with the reason why it cannot be read.
    """
    if member.file_size > MAX_MEMBER_BYTES:
        limit = MAX_MEMBER_BYTES // 2**20
        raise PictureError(f"would unpack to {member.file_size:,} bytes, over the limit of {limit} MiB")
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
    """Picture files in a zip."""

    def __init__(self, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
        self.archive, self.members = archive, members

    def __len__(self) -> int:
        return len(self.members)

    def name(self, index: int) -> str:
        return self.members[index].filename

    def image(self, index: int, enough: int) -> AnyPicture:
        return decode(io.BytesIO(read_member(self.archive, self.members[index])), enough)

    def chosen(self, indices: NDArray[np.intp]) -> ZipPictures:
        return ZipPictures(self.archive, [self.members[index] for index in indices])

    def close(self) -> None:
        self.archive.close()


def zip_pictures(path: Path) -> ZipPictures:
    """The pictures in a zip, sorted by name.

    Raises:
        LabError: if it is no zip, or over the limit.
    """
    archive = open_zip(path)
    members = [
        member
        for member in archive.infolist()
        if not member.is_dir()
        and looks_like_a_picture(member.filename)
        and "__MACOSX/" not in member.filename
    ]
    return ZipPictures(archive, sorted(members, key=lambda member: member.filename))

"""Reads arrays in an .npz after their sizes have been checked. Nothing is ever unpickled.

Two megabytes may claim any amount of memory, or unpack to it.

The zip's table of contents and the header of each .npy are read first; what they say must agree and stay
under the limit.
"""

from __future__ import annotations

import math
import reprlib
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from latentlab.data.folders.archive import open_zip
from latentlab.data.limits import MAX_ARRAY_BYTES
from latentlab.errors import LabError

_SUFFIX = ".npy"
_BLOCK_BYTES = 2**24
_KINDS = "buif"
# Older numpy stops at 32, newer at 64; pictures have four.
_MAX_DIMENSIONS = 32


@dataclass(frozen=True)
class Header:
    """The header of an array."""

    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[Any]

    @property
    def nbytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize


class ObjectsError(LabError):
    """An array holds Python objects, which are never unpickled."""


class ArrayArchive:
    """The arrays of an .npz, by name; of the one in `content`, if it is inside another file.

    Raises:
        LabError: if the file is no zip.
    """

    def __init__(self, path: Path, content: IO[bytes] | None = None) -> None:
        self.path = path
        self._zip = open_zip(path, content)
        self.names = tuple(
            name.removesuffix(_SUFFIX) for name in self._zip.namelist() if name.endswith(_SUFFIX)
        )
        self._spent = 0

    def __enter__(self) -> ArrayArchive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def header(self, name: str) -> Header:
        """The shape and type of an array.

        Raises:
            LabError: naming the file and the array.
        """
        with self._member(name) as stream:
            return self._header(name, stream)

    def read(self, name: str, rows: NDArray[np.intp] | None = None, *, text: bool = False) -> NDArray[Any]:
        """Reads an array of numbers or booleans (or text, if allowed), or only some rows, ascending.

        Text is returned as str, also if it is stored as bytes (of UTF-8).

        Raises:
            ObjectsError: if it holds objects.
            LabError: if it is damaged or over the limit.
        """
        with self._member(name) as stream:
            header = self._header(name, stream)
            if header.dtype.kind not in _KINDS + ("US" if text else ""):
                raise self._wrong(name, f"has type {header.dtype}, expected numbers")
            kept = header.nbytes
            if rows is not None and not header.fortran and header.shape:
                kept = header.nbytes // max(1, header.shape[0]) * len(rows)
            self._spent += kept
            if max(self._spent, header.nbytes if header.fortran else 0) > MAX_ARRAY_BYTES:
                limit = MAX_ARRAY_BYTES // 2**30
                raise self._wrong(
                    name, f"takes the file to {self._spent:,} bytes, over the limit of {limit} GiB"
                )
            values = self._values(name, stream, header, rows)
        if values.dtype.kind == "U":
            letters = np.frombuffer(values.tobytes(), np.dtype("u4").newbyteorder(values.dtype.byteorder))
            # numpy would raise a SystemError for a text with invalid characters.
            if letters.max(initial=0) > sys.maxunicode:
                raise self._wrong(name, "holds invalid characters")
        if values.dtype.kind == "S":
            return np.array(
                [word.decode("utf-8", "replace") for word in values.reshape(-1).tolist()] or [], "U"
            ).reshape(values.shape)
        return values

    def _values(
        self, name: str, stream: IO[bytes], header: Header, rows: NDArray[np.intp] | None
    ) -> NDArray[Any]:
        if header.fortran or not header.shape:
            flat = np.empty(math.prod(header.shape), header.dtype)
            self._fill(name, stream, flat)
            whole = flat.reshape(header.shape[::-1]).T if header.fortran else flat.reshape(header.shape)
            return whole if rows is None else whole[rows]
        if rows is None:
            array = np.empty(header.shape, header.dtype)
            self._fill(name, stream, array.reshape(-1))
            return array
        taken = np.empty((len(rows), *header.shape[1:]), header.dtype)
        row_bytes = max(1, header.nbytes // max(1, header.shape[0]))
        height = max(1, _BLOCK_BYTES // row_bytes)
        for start in range(0, header.shape[0], height):
            block = np.empty((min(height, header.shape[0] - start), *header.shape[1:]), header.dtype)
            self._fill(name, stream, block.reshape(-1))
            first, last = np.searchsorted(rows, (start, start + len(block)))
            taken[first:last] = block[rows[first:last] - start]
        return taken

    def _fill(self, name: str, stream: IO[bytes], flat: NDArray[Any]) -> None:
        """The next values of a stream."""
        target = memoryview(flat.view(np.uint8).data)
        filled = 0
        try:
            while filled < len(target):
                got = stream.read(min(_BLOCK_BYTES, len(target) - filled))
                if not got:
                    raise self._wrong(name, f"truncated: {len(target):,} bytes expected, {filled:,} found")
                target[filled : filled + len(got)] = got
                filled += len(got)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise self._wrong(name, f"damaged ({str(error)[:80]})") from None

    def _member(self, name: str) -> IO[bytes]:
        try:
            return self._zip.open(name + _SUFFIX)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError) as error:
            raise self._wrong(name, f"cannot be unpacked ({str(error)[:80]})") from None

    def _header(self, name: str, stream: IO[bytes]) -> Header:
        try:
            version = npy.read_magic(stream)
            read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}.get(version)
            if read is None:
                raise ValueError(f"format version {version}")
            header = Header(*read(stream))
        # numpy parses the header as Python: if it is not, any error of a parser may come.
        except Exception as error:
            raise self._wrong(name, f"has an invalid header ({str(error)[:80]})") from None
        if header.dtype.hasobject:
            raise ObjectsError(
                f"the array {name!r} holds Python objects, which are never unpickled", self.path
            )
        if len(header.shape) > _MAX_DIMENSIONS or any(side < 0 for side in header.shape):
            raise self._wrong(name, f"claims a shape of {reprlib.repr(header.shape)}")
        held = self._zip.getinfo(name + _SUFFIX).file_size - stream.tell()
        if header.nbytes > held:
            raise self._wrong(name, f"claims {header.nbytes:,} bytes, and the file holds {held:,}")
        return header

    def _wrong(self, name: str, what: str) -> LabError:
        return LabError(f"the array {name!r} {what}", self.path)

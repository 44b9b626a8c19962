"""Reads the IDX format of MNIST, plain or gzipped: http://yann.lecun.com/exdb/mnist/ (foot of the page).

    magic   two zero bytes, the type (0x08: unsigned byte), the number of dimensions
            (types: 0x09 signed byte, 0x0b 16 bits, 0x0c 32 bits, 0x0d and 0x0e floating point)
    sizes   one big-endian uint32 for each dimension
    values  row-major

Sizes are checked before anything is allocated: a few bytes of header can claim any amount of memory,
and a small gzip can unpack to any amount of it.
"""

from __future__ import annotations

import gzip
import lzma
import math
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from latentlab.data.files import open_to_read
from latentlab.errors import LabError

_UNSIGNED_BYTE = 0x08
_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_MAX_DIMENSIONS = 4
_GZIP_MAGIC = b"\x1f\x8b"
MAX_BYTES = 8 * 2**30
_CHUNK = 2**20


def read_idx(path: str | Path) -> NDArray[np.uint8]:
    """The array of unsigned bytes in an IDX file, gzipped or not.

    Raises:
        LabError: naming the file, with what was expected and what was found.
    """
    path = Path(path)
    try:
        with open_to_read(path) as raw:
            return read_stream(raw, path, only_bytes=True)
    except IsADirectoryError:
        raise LabError("is a folder; an IDX file was expected", path) from None
    except FileNotFoundError:
        raise LabError("there is no such file", path) from None
    except OSError as error:
        raise LabError(f"could not be read ({error.strerror or error})", path) from None


def read_stream(raw: IO[bytes], path: Path, *, only_bytes: bool = False) -> NDArray[Any]:
    """The array in IDX data, gzipped or not, of any of its types.

    Args:
        raw: the data, in a file or in the member of an archive.
        path: its name, for errors.
        only_bytes: whether all types but unsigned bytes are refused.

    Raises:
        LabError: naming the file, with what was expected and what was found.
    """
    try:
        zipped = raw.read(2) == _GZIP_MAGIC
        raw.seek(0)
        if not zipped:
            return _read(raw, path, only_bytes)
        with gzip.open(raw, "rb") as unpacked:
            return _read(unpacked, path, only_bytes)  # type: ignore[arg-type]
    except EOFError:
        raise LabError("the gzip data is truncated", path, "Download the file again") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise LabError(f"the gzip data is damaged ({error})", path) from None
    except (zipfile.BadZipFile, lzma.LZMAError, NotImplementedError, RuntimeError) as error:
        raise LabError(f"is damaged in the archive ({str(error)[:80]})", path) from None
    except MemoryError:
        raise LabError("needs more memory than this computer has free", path) from None
    except OSError as error:
        raise LabError(f"could not be read ({error.strerror or error})", path) from None


def _read(stream: IO[bytes], path: Path, only_bytes: bool) -> NDArray[Any]:
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0":
        raise LabError(f"not an IDX file: it begins with {magic!r}, expected two zero bytes", path)
    kind, dimensions = magic[2], magic[3]
    if kind not in _TYPES or (only_bytes and kind != _UNSIGNED_BYTE):
        expected = "0x08 (unsigned bytes)" if only_bytes else "0x08, 0x09 or 0x0b to 0x0e"
        raise LabError(f"IDX type is 0x{kind:02x}, expected {expected}", path)
    dtype = np.dtype(_TYPES[kind])
    if not 1 <= dimensions <= _MAX_DIMENSIONS:
        raise LabError(f"{dimensions} dimensions, expected 1 to {_MAX_DIMENSIONS}", path)
    sizes_bytes = stream.read(4 * dimensions)
    if len(sizes_bytes) < 4 * dimensions:
        found = f"{4 * dimensions} bytes of sizes expected, {len(sizes_bytes)} found"
        raise LabError(f"truncated inside the header: {found}", path)
    sizes = struct.unpack(f">{dimensions}I", sizes_bytes)
    size = math.prod(sizes) * dtype.itemsize
    # A size of 0 makes any other harmless to memory, but numpy refuses shapes beyond its own limit.
    if math.prod(max(1, side) for side in sizes) * dtype.itemsize > MAX_BYTES:
        shape = " x ".join(map(str, sizes))
        raise LabError(f"the header claims {shape} = {size:,} bytes, over the limit", path)
    values = bytearray()
    # In chunks, so that a false header costs no more memory than the file really has.
    while len(values) <= size and (chunk := stream.read(min(_CHUNK, size + 1 - len(values)))):
        values += chunk
    if len(values) < size:
        raise LabError(f"truncated: {size:,} bytes expected, {len(values):,} found", path)
    if len(values) > size:
        raise LabError(f"longer than its header says: {size:,} bytes expected, more found", path)
    return np.frombuffer(values, dtype=dtype).reshape(sizes)


def read_pair(
    images_path: str | Path, labels_path: str | Path
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Pictures (N, H, W) and their labels (N,) from two IDX files that belong together.

    Raises:
        LabError: also when the ranks are wrong or the counts differ.
    """
    images, labels = read_idx(images_path), read_idx(labels_path)
    if images.ndim != 3:
        raise LabError(f"{images.ndim} dimensions, expected 3 (pictures x rows x columns)", images_path)
    if labels.ndim != 1:
        raise LabError(f"{labels.ndim} dimensions, expected 1 (one label per picture)", labels_path)
    if 0 in images.shape:
        raise LabError("holds no pictures", images_path)
    if len(images) != len(labels):
        raise LabError(
            f"{len(labels):,} labels for the {len(images):,} pictures of {Path(images_path).name}",
            labels_path,
        )
    return images, labels

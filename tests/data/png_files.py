"""PNG files as no library writes them: of 16 bits a colour, and with odd things beside the pixels."""

from __future__ import annotations

import struct
import zlib

import numpy as np

from latentlab.data.pictures.asides import PNG_MAGIC


def chunk(name: bytes, body: bytes, checksum: int | None = None) -> bytes:
    """A part of a PNG."""
    checksum = zlib.crc32(name + body) if checksum is None else checksum
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", checksum)


def png_16(values: np.ndarray) -> bytes:
    """Levels (H, W) or (H, W, bands) as a PNG of 16 bits, which Pillow itself writes of grey alone."""
    height, width = values.shape[:2]
    bands = 1 if values.ndim == 2 else values.shape[2]
    header = struct.pack(">IIBBBBB", width, height, 16, {1: 0, 2: 4, 3: 2, 4: 6}[bands], 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    return PNG_MAGIC + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def with_asides(whole: bytes, *asides: bytes) -> bytes:
    """A PNG with these parts behind its header."""
    return whole[:33] + b"".join(asides) + whole[33:]


def big_text(kind: bytes, size: int) -> bytes:
    """Text that unpacks to so many bytes."""
    key = b"workflow\0" + {b"tEXt": b"", b"zTXt": b"\0", b"iTXt": b"\1\0\0\0"}[kind]
    packer, packed = zlib.compressobj(), []
    for _ in range(size // 2**20):
        packed.append(packer.compress(b"{" * 2**20))
    return chunk(kind, key + (b"{" * size if kind == b"tEXt" else b"".join(packed) + packer.flush()))


ASIDES = {
    "2 MB of text": big_text(b"tEXt", 2**21),
    "2 MB of packed text": big_text(b"zTXt", 2**21),
    "2 MB of international text": big_text(b"iTXt", 2**21),
    "a hundred texts of 1 MB": big_text(b"zTXt", 2**20) * 100,
    "a bomb of text": big_text(b"zTXt", 2**28),
    "text that is not packed": chunk(b"zTXt", b"a\0\0no"),
    "a large profile": chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(bytes(2**22))),
    "a profile packed in another way": chunk(b"iCCP", b"sRGB\0\7no"),
    "a profile of nothing": chunk(b"iCCP", b""),
    "a wrong checksum": chunk(b"tEXt", b"a\0b", 1),
    "EXIF with a wrong checksum": chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\0\0\0\0\0", 1),
    "EXIF that is none": chunk(b"eXIf", b"Shall I compare thee"),
    "EXIF in text that is none": chunk(b"tEXt", b"Raw profile type exif\0\nexif\n4\nzzzz"),
    "EXIF in a bomb": chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(bytes(2**25))),
    "a resolution truncated": chunk(b"pHYs", b"\0"),
    "gamma truncated": chunk(b"gAMA", b""),
    "frames that are none": chunk(b"acTL", b"\0") + chunk(b"fcTL", b"\0"),
    "a part that nobody knows": chunk(b"abCd", b"?" * 1000),
}

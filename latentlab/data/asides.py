"""What lies beside the pixels in a picture file: text, colour profiles, EXIF. It never costs the picture.

Programs put whole node graphs into a PNG, and cut or garble what they do not understand. Pillow gives up a
picture of which such a part is too large or damaged. So these parts are taken out before anything is decoded;
only what says how the picture lies (its orientation) is kept, if it is small and sound.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import IO, NamedTuple

from latentlab.data.limits import MAX_MEMBER_BYTES

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
_JPEG_MAGIC = b"\xff\xd8\xff"
# Far more parts than any picture has: a small file of them would take minutes.
_MOST_PARTS = 1_000_000
# Of a part that tells the orientation.
_MOST_BYTES = 2**20
_XMP = b"XML:com.adobe.xmp\0\0\0"
_RAW_EXIF = b"Raw profile type exif\0"
_WEBP_PIXELS = (b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF")


class Chunk(NamedTuple):
    """A part of a PNG: its four letters, and where it begins and how long its contents are, in bytes."""

    kind: bytes
    start: int
    length: int


def png_chunks(stream: IO[bytes]) -> Iterator[Chunk]:
    """The parts of a PNG up to IEND, as far as they are whole. The stream may be moved meanwhile."""
    start = len(PNG_MAGIC)
    for _ in range(_MOST_PARTS):
        stream.seek(start)
        head = stream.read(8)
        if len(head) < 8 or not head[4:].isalpha():
            return
        length, kind = struct.unpack(">I4s", head)
        yield Chunk(kind, start, length)
        if kind == b"IEND":
            return
        start += length + 12


def chunk_body(stream: IO[bytes], chunk: Chunk) -> bytes | None:
    """What a part of a PNG holds; None if it is too large, cut short or damaged by its checksum."""
    if chunk.length > _MOST_BYTES:
        return None
    stream.seek(chunk.start + 8)
    body, checksum = stream.read(chunk.length), stream.read(4)
    sound = len(body) == chunk.length and checksum == struct.pack(">I", zlib.crc32(chunk.kind + body))
    return body if sound else None


def bare_png(stream: IO[bytes]) -> tuple[IO[bytes], int]:
    """A PNG without what lies beside its pixels, and how many frames it says that it has.

    The stream itself is given back if there is nothing to take out. None of it is unpacked.
    """
    kept: list[Chunk] = []
    frames, asides = 1, False
    for chunk in png_chunks(stream):
        if chunk.kind == b"acTL":
            body = chunk_body(stream, chunk)
            frames = struct.unpack_from(">I", body)[0] if body is not None and len(body) == 8 else 1
        if _belongs(stream, chunk):
            kept.append(chunk)
        else:
            asides = True
    stream.seek(0)
    if not asides or sum(chunk.length for chunk in kept) > MAX_MEMBER_BYTES:
        return stream, frames
    bare = io.BytesIO()
    bare.write(PNG_MAGIC)
    for chunk in kept:
        stream.seek(chunk.start)
        bare.write(stream.read(chunk.length + 12))
    bare.seek(0)
    return bare, frames


def _belongs(stream: IO[bytes], chunk: Chunk) -> bool:
    """Whether a part is needed to decode the picture, or tells how it lies."""
    # A capital letter at the beginning: no decoder may leave it out.
    if chunk.kind[:1].isupper() or chunk.kind == b"tRNS":
        return True
    if chunk.kind not in (b"eXIf", b"iTXt", b"tEXt", b"zTXt"):
        return False
    body = chunk_body(stream, chunk)
    if body is None or chunk.kind == b"eXIf":
        return body is not None
    if chunk.kind == b"iTXt":
        return body.startswith(_XMP)
    return body.startswith(_RAW_EXIF) and (chunk.kind == b"tEXt" or _unpacks(body[len(_RAW_EXIF) + 1 :]))


def _unpacks(packed: bytes) -> bool:
    """Whether these bytes unpack, and to no more than a moderate size."""
    unpacker = zlib.decompressobj()
    try:
        unpacker.decompress(packed, _MOST_BYTES)
    except zlib.error:
        return False
    return unpacker.eof


def bare_picture(stream: IO[bytes]) -> IO[bytes] | None:
    """A JPEG or WebP without what lies beside its pixels, to be tried where the whole one fails.

    None if it is neither, or nothing lies there. Of a JPEG, EXIF is kept.
    """
    stream.seek(0)
    whole = stream.read(MAX_MEMBER_BYTES + 1)
    if len(whole) > MAX_MEMBER_BYTES:
        return None
    if whole.startswith(_JPEG_MAGIC):
        bare = _bare_jpeg(whole)
    elif whole[:4] == b"RIFF" and whole[8:12] == b"WEBP":
        bare = _bare_webp(whole)
    else:
        return None
    return None if bare == whole else io.BytesIO(bare)


def _bare_jpeg(whole: bytes) -> bytes:
    parts, place = [whole[:2]], 2
    while whole[place : place + 1] == b"\xff" and len(whole) >= place + 4:
        marker, length = whole[place + 1], int.from_bytes(whole[place + 2 : place + 4], "big")
        segment = whole[place : place + 2 + length]
        if marker == 0xDA:
            break
        if marker == 0xFF:  # fills a gap
            place += 1
            continue
        if _needed(marker, segment[4:]):
            parts.append(segment)
        place += 2 + length
    return b"".join([*parts, whole[place:]])


def _needed(marker: int, body: bytes) -> bool:
    if marker == 0xEE:  # which colours are meant
        return body.startswith(b"Adobe") and len(body) >= 12
    if marker == 0xE1:
        return body.startswith(b"Exif\0\0")
    return not (0xE0 <= marker <= 0xEF or marker == 0xFE)


def _bare_webp(whole: bytes) -> bytes:
    parts, place = [], 12
    while len(whole) >= place + 8:
        kind, length = struct.unpack_from("<4sI", whole, place)
        part = whole[place : place + 8 + length + length % 2]
        if kind == b"VP8X" and length >= 10:
            # Its first byte says what follows: of that, only the moving and the transparent stays.
            part = part[:8] + bytes([part[8] & 0x12]) + part[9:]
        if kind in _WEBP_PIXELS or kind == b"VP8X":
            parts.append(part)
        place += 8 + length + length % 2
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body

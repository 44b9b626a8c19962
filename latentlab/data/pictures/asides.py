"""Removes metadata from picture files, so that damaged text, profiles or EXIF never cost a picture.

Programs put whole node graphs into a PNG, and truncate or garble what they do not understand. Pillow gives up
a picture if such a part is too large or damaged. So metadata are removed before decoding; only the
orientation is kept, if it is small and valid.
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
# Far more chunks than any picture has: a small file of them would take minutes.
_MOST_PARTS = 1_000_000
# Of a chunk with the orientation.
_MOST_BYTES = 2**20
# Where the chunk after IHDR begins.
_FIRST_PART = len(PNG_MAGIC) + 25
_XMP = b"XML:com.adobe.xmp\0\0\0"
_RAW_EXIF = b"Raw profile type exif\0"
_HEAD, _CHECKSUM = struct.Struct(">I4s"), struct.Struct(">I")
_WEBP_PIXELS = (b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF")


class Chunk(NamedTuple):
    """A chunk of a PNG: its type, and the range of its contents."""

    kind: bytes
    start: int
    stop: int


def png_chunks(content: bytes) -> Iterator[Chunk]:
    """The chunks of a PNG up to IEND, as far as they are complete."""
    start, size = len(PNG_MAGIC) + 8, len(content)
    for _ in range(_MOST_PARTS):
        if start > size:
            return
        length, kind = _HEAD.unpack_from(content, start - 8)
        if not kind.isalpha():
            return
        yield Chunk(kind, start, start + length)
        if kind == b"IEND":
            return
        start += length + 12


def chunk_body(content: bytes, chunk: Chunk) -> bytes | None:
    """The contents of a chunk; None if it is too large, truncated or fails its checksum."""
    if chunk.stop - chunk.start > _MOST_BYTES:
        return None
    checksum = _CHECKSUM.pack(zlib.crc32(content[chunk.start - 4 : chunk.stop]))
    sound = content[chunk.stop : chunk.stop + 4] == checksum
    return content[chunk.start : chunk.stop] if sound else None


def bare_png(content: bytes) -> tuple[bytes, int]:
    """A PNG without metadata, and its declared number of frames.

    Nothing is decompressed.
    """
    if _has_pixels_alone(content):
        return content, 1
    kept, frames, asides = [], 1, False
    for chunk in png_chunks(content):
        # A capital first letter: a critical chunk, which decoders may not skip.
        if chunk.kind[0] & 0x20 and not _belongs(content, chunk):
            asides = True
            if chunk.kind == b"acTL":
                body = chunk_body(content, chunk)
                frames = _HEAD.unpack(body)[0] if body is not None and len(body) == 8 else 1
        else:
            kept.append(chunk)
    if not asides:
        return content, frames
    parts = [content[chunk.start - 8 : chunk.stop + 4] for chunk in kept]
    return b"".join([PNG_MAGIC, *parts]), frames


def _has_pixels_alone(content: bytes) -> bool:
    """Whether a PNG has only IHDR, IDAT and IEND, as is common in large data sets."""
    start, size = _FIRST_PART, len(content)
    while start + _HEAD.size <= size:
        length, kind = _HEAD.unpack_from(content, start)
        if kind != b"IDAT":
            return bool(kind == b"IEND")
        start += length + 12
    return False


def _belongs(content: bytes, chunk: Chunk) -> bool:
    """Whether an ancillary chunk is needed to decode the picture, or gives its orientation."""
    if chunk.kind == b"tRNS":
        return True
    if chunk.kind not in (b"eXIf", b"iTXt", b"tEXt", b"zTXt"):
        return False
    body = chunk_body(content, chunk)
    if body is None or chunk.kind == b"eXIf":
        return body is not None
    if chunk.kind == b"iTXt":
        return body.startswith(_XMP)
    return body.startswith(_RAW_EXIF) and (chunk.kind == b"tEXt" or _unpacks(body[len(_RAW_EXIF) + 1 :]))


def png_text(content: bytes, key: str, most: int) -> str | None:
    """The text of a PNG under a key, at most `most` characters; None if there is none.

    Other chunks, even damaged ones, make no difference.
    """
    start, found = key.encode("latin-1") + b"\0", None
    for chunk in png_chunks(content):
        if chunk.kind not in (b"tEXt", b"zTXt", b"iTXt") or not content.startswith(start, chunk.start):
            continue
        body = chunk_body(content, chunk)
        if body is None:
            continue
        text = body[len(start) :]
        packed = chunk.kind == b"zTXt" or (chunk.kind == b"iTXt" and text[:1] == b"\1")
        if chunk.kind == b"iTXt":
            text = text[2:].partition(b"\0")[2].partition(b"\0")[2]
        if packed:
            text = _unpacked(text[1:] if chunk.kind == b"zTXt" else text, most)[0]
        found = text[:most].decode("utf-8" if chunk.kind == b"iTXt" else "latin-1", "replace")
    return found


def _unpacks(packed: bytes) -> bool:
    """Whether these bytes decompress, and to a moderate size."""
    return _unpacked(packed, _MOST_BYTES)[1]


def _unpacked(packed: bytes, most: int) -> tuple[bytes, bool]:
    """These bytes decompressed, as far as they are valid and within `most`; and whether that is all."""
    unpacker = zlib.decompressobj()
    try:
        return unpacker.decompress(packed, most), unpacker.eof
    except zlib.error:
        return b"", False


def bare_picture(stream: IO[bytes]) -> IO[bytes] | None:
    """A JPEG or WebP without metadata, to be tried where the whole one fails.

    None if it is neither, or has none. EXIF of a JPEG is kept.
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
        if marker == 0xFF:  # padding
            place += 1
            continue
        if _needed(marker, segment[4:]):
            parts.append(segment)
        place += 2 + length
    return b"".join([*parts, whole[place:]])


def _needed(marker: int, body: bytes) -> bool:
    if marker == 0xEE:  # defines the colour space
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
            # Its first byte gives the features present: only animation and transparency stay.
            part = part[:8] + bytes([part[8] & 0x12]) + part[9:]
        if kind in _WEBP_PIXELS or kind == b"VP8X":
            parts.append(part)
        place += 8 + length + length % 2
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body

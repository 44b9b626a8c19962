"""Decodes picture files to pixels, in a few safe formats.

Only the formats listed in `latentlab.data.pictures.formats` are ever decoded, whatever a file is called:
Pillow would start Ghostscript for an EPS named .png. Whatever a decoder does with a hostile file, it costs
that picture alone; and what lies beside the pixels costs nothing at all.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, TypeVar

from PIL import Image, UnidentifiedImageError
from PIL.ImageFile import ImageFile
from PIL.PngImagePlugin import PngImageFile

from latentlab.data.limits import MAX_MEMBER_BYTES, MAX_PIXELS
from latentlab.data.pictures.asides import PNG_MAGIC, bare_picture, bare_png
from latentlab.data.pictures.deep_levels import deep_colours, deep_grey, deep_ppm, do_nothing, exchanged_tiles
from latentlab.data.pictures.formats import FORMATS, HEAD_BYTES, why_passed_over
from latentlab.data.pictures.orientation import ON_ITS_SIDE, TURNS, orientation_of, turned_values
from latentlab.data.pictures.white import AnyPicture, Deep
from latentlab.data.source import PictureError

Made = TypeVar("Made")
WHITE_GROUND, BLACK_GROUND = "white", "black"
_GREY_MODES = ("1", "L", "LA", "La")
# More pages or frames than this are not counted.
_MOST_FRAMES = 1000
_PAGED = ("GIF", "TIFF")
_FURTHER = "further frames"


@contextmanager
def quiet() -> Iterator[None]:
    """Silences Pillow's warnings about odd files while pictures are read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


_SMALL = 2**15


def decode(stream: IO[bytes], enough: int, ground: str = WHITE_GROUND) -> AnyPicture:
    """The first frame of a picture file, upright: mode "L" or "RGB", or deep.

    EXIF orientation is applied, and transparent parts show the ground: white by default.

    Args:
        stream: the file; it can be sought in.
        enough: a JPEG may be decoded at a fraction of its size, but no smaller than this many pixels a side.
        ground: the colour below what is transparent.

    Raises:
        PictureError: with the reason why it has to be left out.
    """
    frames = 1
    try:
        bare, frames = _bare(stream)
        return _decode(bare, enough, ground, frames)
    # A decoder may raise nearly anything on a damaged file: SyntaxError, struct.error, IndexError.
    except Exception as error:
        return _once_more(stream, error, lambda less: _decode(less, enough, ground, frames))


def size_of(stream: IO[bytes]) -> tuple[int, int]:
    """Width and height of the result of `decode`, without its size reduction.

    Raises:
        PictureError: if it is no picture that can be read.
    """
    try:
        return _size(_bare(stream)[0])
    # As in `decode`.
    except Exception as error:
        return _once_more(stream, error, _size)


def further_frames(picture: AnyPicture) -> int:
    """The number of pages or frames of a decoded picture's file besides the one that was read."""
    return picture.further if isinstance(picture, Deep) else int(picture.info.get(_FURTHER, 0))


def _reason(error: Exception, stream: IO[bytes]) -> PictureError:
    """The exception of a decoder as a reason why the picture is skipped."""
    match error:
        case PictureError():
            return error
        case UnidentifiedImageError():
            # Phones give pictures wrong suffixes: a HEIC one is often called .jpg.
            foreign = why_passed_over("", _head(stream))
            return PictureError(foreign or f"no picture in a known format ({', '.join(FORMATS)})")
        case Image.DecompressionBombError():
            return PictureError(f"over the limit of {MAX_PIXELS // 10**6} million pixels")
        case MemoryError():
            return PictureError("needs more memory than is free")
        case OSError():
            return PictureError(error.strerror or f"damaged ({error})")
    return PictureError(f"damaged ({type(error).__name__}: {str(error)[:80]})")


def _head(stream: IO[bytes]) -> bytes:
    try:
        stream.seek(0)
        return stream.read(HEAD_BYTES)
    except (OSError, ValueError):
        return b""


def _bare(stream: IO[bytes]) -> tuple[IO[bytes], int]:
    """A PNG without metadata, other files as they are; and the declared number of frames."""
    content = stream.read(_SMALL)
    if content.startswith(PNG_MAGIC):
        # Most are small; for others the size is checked before reading all.
        large = len(content) == _SMALL
        if not large or stream.seek(0, io.SEEK_END) <= MAX_MEMBER_BYTES:
            if large:
                stream.seek(_SMALL)
                content += stream.read()
            bare, frames = bare_png(content)
            return io.BytesIO(bare), frames
    stream.seek(0)
    return stream, 1


def _once_more(stream: IO[bytes], error: Exception, work: Callable[[IO[bytes]], Made]) -> Made:
    """Retries work that failed on a picture file without its metadata, which may be the cause.

    Raises:
        PictureError: with the reason why it fails.
    """
    try:
        if isinstance(error, PictureError | MemoryError | Image.DecompressionBombError):
            raise error
        less = bare_picture(stream)
        if less is None:
            raise error
        return work(less)
    except Exception as last:
        raise _reason(last, stream) from None


def _size(stream: IO[bytes]) -> tuple[int, int]:
    with Image.open(stream, formats=FORMATS) as image:
        width, height = image.size
        # A TIFF's size is already that of the upright picture.
        lies = image.format != "TIFF" and orientation_of(image) in ON_ITS_SIDE
        return (height, width) if lies else (width, height)


def _opened(stream: IO[bytes]) -> ImageFile:
    """A picture file in one of the supported formats; a PNG without detection, because they are many."""
    if isinstance(stream, io.BytesIO) and stream.getbuffer()[: len(PNG_MAGIC)] == PNG_MAGIC:
        return PngImageFile(stream)
    return Image.open(stream, formats=FORMATS)


def _decode(stream: IO[bytes], enough: int, ground: str, frames: int) -> AnyPicture:
    with _opened(stream) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise PictureError(f"{width} x {height} pixels, over the limit of {MAX_PIXELS // 10**6} million")
        image.draft(None, (enough, enough))
        tiff = image.format == "TIFF"
        # Of others, only when they are loaded: to find it, a PNG is, and what fails then is overlooked.
        lies = orientation_of(image) if tiff else 1
        if tiff:
            # It reads EXIF once more when it is done, and gives the picture up if that is damaged.
            image.load_end = do_nothing  # type: ignore[method-assign]
        exchanged = exchanged_tiles(image)
        values = deep_ppm(image, stream)
        if values is None:
            image.load()
            # A copy: other frames come into the same place, and a TIFF that lies on its side has two sizes.
            first = image.copy() if image.format in _PAGED else image
            values = deep_grey(first) if exchanged is None else deep_colours(first, stream, exchanged)
        turn = TURNS.get(lies if tiff else orientation_of(image))
        frames = max(frames, _frames(image))
        if values is not None:
            return Deep(values if turn is None else turned_values(values, turn), frames - 1)
        plain = _plain(first, ground)
        plain = plain if turn is None else plain.transpose(turn)
        plain.info = {_FURTHER: frames - 1} if frames > 1 else {}
        return plain


def _frames(image: Image.Image) -> int:
    """The number of pages or frames; for a PNG already known. Changes the loaded pixels."""
    if image.format == "WEBP":
        return int(getattr(image, "n_frames", 1))
    if image.format not in _PAGED:
        return 1
    frames = 1
    try:
        while frames < _MOST_FRAMES:
            image.seek(frames)
            frames += 1
    # The end, or a damaged frame: the first is what counts.
    except Exception:
        pass
    return frames


def _plain(image: Image.Image, ground: str) -> Image.Image:
    """Eight bits, grey or RGB, on a background."""
    if image.mode in ("L", "RGB") and "transparency" not in image.info:
        return image
    grey = image.mode in _GREY_MODES
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        below = Image.new("RGBA", layer.size, ground)
        return Image.alpha_composite(below, layer).convert("L" if grey else "RGB")
    return image.convert("L" if grey else "RGB")

"""Picture files to pixels: what people have, in the few formats that are worth the risk.

Only the formats listed in `latentlab.data.pictures.formats` are ever decoded, whatever a file is called:
Pillow would start Ghostscript for an EPS named .png. Whatever a decoder does with a hostile file, it costs
that picture alone; and what lies beside the pixels costs nothing at all.
"""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError
from PIL.ImageFile import ImageFile
from PIL.PngImagePlugin import PngImageFile

from latentlab.data.limits import MAX_MEMBER_BYTES, MAX_PIXELS
from latentlab.data.pictures.asides import PNG_MAGIC, bare_picture, bare_png
from latentlab.data.pictures.formats import FORMATS, HEAD_BYTES, why_passed_over
from latentlab.data.pictures.white import AnyPicture, Deep, one_plane, why_no_levels
from latentlab.data.source import PictureError

Made = TypeVar("Made")
WHITE_GROUND, BLACK_GROUND = "white", "black"
_GREY_MODES = ("1", "L", "LA", "La")
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_TELL_ORIENTATION = frozenset(("exif", "xmp", "XML:com.adobe.xmp", "Raw profile type exif"))
_ON_ITS_SIDE = (5, 6, 7, 8)
# What Pillow calls 16 bits a colour as they lie in a file, and the same with both bytes of each exchanged.
_NATIVE, _FOREIGN = ("L", "B") if sys.byteorder == "little" else ("B", "L")
_EXCHANGED = {"B": "L", "L": "B", "N": _FOREIGN}
_BOTH = "I;32B"
_OPAQUE = 65_535
# More pages or frames than this are not counted.
_MOST_FRAMES = 1000
_PAGED = ("GIF", "TIFF")
_FURTHER = "further frames"


@contextmanager
def quiet() -> Iterator[None]:
    """While pictures are read: Pillow's warnings about odd files are not for the terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


_SMALL = 2**15


def decode(stream: IO[bytes], enough: int, ground: str = WHITE_GROUND) -> AnyPicture:
    """The first frame of a picture file, the way its maker sees it: mode "L" or "RGB", or deep.

    EXIF rotation is applied, and what is transparent lies on the ground: on white, as on a page.

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
    # A decoder that trips over a damaged file raises nearly anything: SyntaxError, struct.error, IndexError.
    except Exception as error:
        return _once_more(stream, error, lambda less: _decode(less, enough, ground, frames))


def size_of(stream: IO[bytes]) -> tuple[int, int]:
    """Width and height of what `decode` makes of a picture file, were all of it decoded.

    Raises:
        PictureError: if it is no picture that can be read.
    """
    try:
        return _size(_bare(stream)[0])
    # As in `decode`.
    except Exception as error:
        return _once_more(stream, error, _size)


def further_frames(picture: AnyPicture) -> int:
    """How many pages or frames the file of a decoded picture has beside the one that was read."""
    return picture.further if isinstance(picture, Deep) else int(picture.info.get(_FURTHER, 0))


def _reason(error: Exception, stream: IO[bytes]) -> PictureError:
    """Whatever a decoder raises of a file, as the reason why the picture is left out."""
    match error:
        case PictureError():
            return error
        case UnidentifiedImageError():
            # Telephones give pictures other names than what they are: a HEIC one is often called .jpg.
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
    """A PNG without what lies beside its pixels, other files as they are; and the frames it tells of."""
    content = stream.read(_SMALL)
    if content.startswith(PNG_MAGIC):
        # Most are small; of others a look at the size goes before reading all.
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
    """What work on a picture file gives that failed, when less of the file is given to it: what broke it may
    lie beside the pixels.

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
        lies = image.format != "TIFF" and _orientation(image) in _ON_ITS_SIDE
        return (height, width) if lies else (width, height)


def _opened(stream: IO[bytes]) -> ImageFile:
    """A picture file in one of the formats that are read; a PNG without a search, for there are many."""
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
        lies = _orientation(image) if tiff else 1
        if tiff:
            # It reads EXIF once more when it is done, and gives the picture up if that is damaged.
            image.load_end = _do_nothing  # type: ignore[method-assign]
        exchanged = _exchanged(image)
        values = _deep_ppm(image, stream)
        if values is None:
            image.load()
            # A copy: other frames come into the same place, and a TIFF that lies on its side has two sizes.
            first = image.copy() if image.format in _PAGED else image
            values = _deep(first) if exchanged is None else _deep_colours(first, stream, exchanged)
        turn = _TURNS.get(lies if tiff else _orientation(image))
        frames = max(frames, _frames(image))
        if values is not None:
            return Deep(values if turn is None else _turned(values, turn), frames - 1)
        plain = _plain(first, ground)
        plain = plain if turn is None else plain.transpose(turn)
        plain.info = {_FURTHER: frames - 1} if frames > 1 else {}
        return plain


def _do_nothing() -> None:
    pass


def _orientation(image: Image.Image) -> int:
    """How the picture lies, by EXIF or XMP: 1 to 8; 1 where nothing sensible is said."""
    if image.format != "TIFF" and _TELL_ORIENTATION.isdisjoint(image.info):
        return 1
    try:
        said = image.getexif().get(ExifTags.Base.Orientation, 1)
    # What is damaged here has nothing to do with the pixels.
    except Exception:
        return 1
    return said if isinstance(said, int) and said in _TURNS else 1


def _turned(values: NDArray[Any], turn: Image.Transpose) -> NDArray[Any]:
    numbers = np.arange(values.shape[0] * values.shape[1], dtype=np.int32).reshape(values.shape[:2])
    turned = np.asarray(Image.fromarray(numbers).transpose(turn))
    found: NDArray[Any] = values.reshape(-1, *values.shape[2:])[turned]
    return found


def _frames(image: Image.Image) -> int:
    """How many pages or frames there are; those of a PNG are known already. It holds other pixels then."""
    if image.format == "WEBP":
        return int(getattr(image, "n_frames", 1))
    if image.format not in _PAGED:
        return 1
    frames = 1
    try:
        while frames < _MOST_FRAMES:
            image.seek(frames)
            frames += 1
    # The end, or one that is damaged: the first is what counts.
    except Exception:
        pass
    return frames


def _plain(image: Image.Image, ground: str) -> Image.Image:
    """Eight bits, grey or three colours, on a ground."""
    if image.mode in ("L", "RGB") and "transparency" not in image.info:
        return image
    grey = image.mode in _GREY_MODES
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        below = Image.new("RGBA", layer.size, ground)
        return Image.alpha_composite(below, layer).convert("L" if grey else "RGB")
    return image.convert("L" if grey else "RGB")


def _deep(image: Image.Image) -> NDArray[Any] | None:
    """Levels of grey of more than 8 bits."""
    if not (image.mode.startswith("I;16") or image.mode in ("I", "F")):
        return None
    return _checked(np.array(image))


def _deep_ppm(image: Image.Image, stream: IO[bytes]) -> NDArray[Any] | None:
    """Colours of 16 bits in a PPM, of which Pillow itself gives only 8."""
    tile = next(iter(getattr(image, "tile", [])), None)
    if image.format != "PPM" or image.mode != "RGB" or tile is None or tile.codec_name != "ppm":
        return None
    white = int(tile.args[1])
    if white < 256:
        return None
    width, height = image.size
    stream.seek(tile.offset)
    content = stream.read(width * height * 6)
    if len(content) < width * height * 6:
        raise PictureError("damaged (cut short)")
    values = np.frombuffer(content, ">u2").reshape(height, width, 3)
    # This format says what its white is; as of grey, Pillow makes it that of all 16 bits.
    return one_plane(np.rint(values * (_OPAQUE / white)).clip(0, _OPAQUE).astype(np.uint16))


def _exchanged(image: Image.Image) -> list[Any] | None:
    """Where the lower byte of each colour lies, if there are 16 bits of each; Pillow gives the upper ones.

    Of grey with alpha, both together are one number of 32 bits.
    """
    tiles = []
    for tile in getattr(image, "tile", []):
        several = isinstance(tile.args, tuple)
        raw = tile.args[0] if several and tile.args else tile.args
        if not isinstance(raw, str) or raw[:-1] not in ("RGB;16", "RGBA;16", "LA;16"):
            return None
        lower = _BOTH if raw == "LA;16B" else raw[:-1] + _EXCHANGED[raw[-1]]
        tiles.append(tile._replace(args=(lower, *tile.args[1:]) if several else lower))
    return tiles or None


def _deep_colours(image: Image.Image, stream: IO[bytes], exchanged: list[Any]) -> NDArray[Any] | None:
    """Colours of 16 bits, of which Pillow gives only the upper 8; None if some of it is transparent."""
    upper = np.asarray(image).astype(np.uint16)
    both = exchanged[0].args == _BOTH
    stream.seek(0)
    with Image.open(stream, formats=FORMATS) as again:
        again.tile = exchanged
        if both:
            again._mode = "I"
        if again.format == "TIFF":
            again.load_end = _do_nothing  # type: ignore[method-assign]
        again.load()
        lower = np.asarray(again.copy())
    if both:
        values = lower.astype(np.uint32).view(np.uint16).reshape(*lower.shape, 2)
        values = values[..., ::-1] if sys.byteorder == "little" else values
    else:
        values = (upper << 8) | lower
    if values.shape[-1] in (2, 4) and (values[..., -1] != _OPAQUE).any():
        return None
    return one_plane(values[..., : 1 if both else 3])


def _checked(values: NDArray[Any]) -> NDArray[Any]:
    reason = why_no_levels(values)
    if reason is not None:
        raise PictureError(reason)
    return values.astype(values.dtype.newbyteorder("="), copy=False)

"""Picture files to pixels: what people have, in the few formats that are worth the risk.

Only the formats listed here are ever decoded, whatever a file is called: Pillow would start Ghostscript for
an EPS named .png. Whatever a decoder does with a hostile file, it costs that picture alone.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from latentlab.data.formats import FORMATS as FORMATS
from latentlab.data.formats import SUFFIXES as SUFFIXES
from latentlab.data.formats import looks_like_a_picture as looks_like_a_picture
from latentlab.data.formats import why_passed_over as why_passed_over
from latentlab.data.limits import MAX_PIXELS
from latentlab.data.source import PictureError

_GREY_MODES = ("1", "L", "LA", "La", "I", "F")
_WHITE_16_BIT = 65_535


@contextmanager
def quiet() -> Iterator[None]:
    """While pictures are read: Pillow's warnings about odd files are not for the terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def decode(stream: IO[bytes], enough: int) -> Image.Image:
    """The first frame of a picture file as mode "L" or "RGB", the way its maker sees it.

    EXIF rotation is applied, 16 bits are scaled to 8, and what is transparent lies on white, as on a page.

    Args:
        stream: the file.
        enough: a JPEG may be decoded at a fraction of its size, but no smaller than this many pixels a side.

    Raises:
        PictureError: with the reason why it has to be left out.
    """
    try:
        with Image.open(stream, formats=FORMATS) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise PictureError(
                    f"{width} x {height} pixels, over the limit of {MAX_PIXELS // 10**6} million"
                )
            image.draft(None, (enough, enough))
            image.load()
            return _upright(_plain(image), image)
    except PictureError:
        raise
    except UnidentifiedImageError:
        raise PictureError(f"no picture in a known format ({', '.join(FORMATS)})") from None
    except Image.DecompressionBombError:
        raise PictureError(f"over the limit of {MAX_PIXELS // 10**6} million pixels") from None
    except MemoryError:
        raise PictureError("needs more memory than is free") from None
    except OSError as error:
        raise PictureError(error.strerror or f"damaged ({error})") from None
    # A decoder that trips over a damaged file raises nearly anything: SyntaxError, struct.error, IndexError.
    except Exception as error:
        raise PictureError(f"damaged ({type(error).__name__}: {str(error)[:80]})") from None


def size_of(stream: IO[bytes]) -> tuple[int, int]:
    """Width and height of what `decode` makes of a picture file, were all of it decoded.

    Raises:
        PictureError: if it is no picture that can be read.
    """
    try:
        with Image.open(stream, formats=FORMATS) as image:
            width, height = image.size
            # These lie on their side.
            return (height, width) if image.getexif().get(0x0112, 1) in (5, 6, 7, 8) else (width, height)
    except UnidentifiedImageError:
        raise PictureError(f"no picture in a known format ({', '.join(FORMATS)})") from None
    # As in `decode`: a damaged file raises nearly anything.
    except Exception as error:
        raise PictureError(f"damaged ({type(error).__name__}: {str(error)[:80]})") from None


def _upright(plain: Image.Image, original: Image.Image) -> Image.Image:
    """Turned the way the EXIF tag of the original says."""
    orientation = original.getexif().get(0x0112, 1)
    if orientation in (None, 1):
        return plain
    plain.getexif()[0x0112] = orientation
    return ImageOps.exif_transpose(plain)


def _plain(image: Image.Image) -> Image.Image:
    """Eight bits, grey or three colours, on white."""
    if image.mode in ("L", "RGB") and "transparency" not in image.info:
        return image
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return _from_deep_grey(image)
    grey = image.mode in _GREY_MODES
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(ground, layer).convert("L" if grey else "RGB")
    return image.convert("L" if grey else "RGB")


def _from_deep_grey(image: Image.Image) -> Image.Image:
    """16 bits are scaled by what their white is; of floating point, 0..1 and 0..255 are understood."""
    values = np.asarray(image)
    if not np.isfinite(values).all():
        raise PictureError("holds values that are no numbers")
    low, high = float(values.min()), float(values.max())
    white = _WHITE_16_BIT if image.mode != "F" else 1 if high <= 1 else 255
    if low < 0 or high > white:
        raise PictureError(f"its values go from {low:g} to {high:g}, and white is not known")
    levels = np.rint(values.astype(np.float32) * (255 / white))
    return Image.fromarray(levels.astype(np.uint8))

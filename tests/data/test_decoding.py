"""Picture files of every kind: the right pixels, or a reason."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from latentlab.data.decoding import FORMATS, decode, quiet
from latentlab.data.source import PictureError
from tests.data.pictures import BLUE, GREEN, RED, encoded, noise


def read(content: bytes, enough: int = 64) -> np.ndarray:
    with quiet():
        image = decode(io.BytesIO(content), enough)
    assert image.mode in ("L", "RGB")
    return np.asarray(image)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


PICTURES = arrays.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3)))


@given(PICTURES, st.sampled_from(["PNG", "BMP", "TIFF", "PPM", "WEBP"]))
def test_that_what_is_saved_without_loss_comes_back(array, kind):
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    assert np.array_equal(read(encoded(array, kind, **options)), array)


@given(PICTURES.map(lambda array: array[..., 0].copy()), st.sampled_from(["PNG", "BMP", "TIFF", "PPM"]))
def test_that_grey_comes_back_as_grey(array, kind):
    assert np.array_equal(read(encoded(array, kind)), array)


@given(
    st.binary(max_size=200), st.sampled_from(["PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP", "PPM"]), st.data()
)
def test_that_damage_anywhere_gives_a_picture_or_a_reason(junk, kind, data):
    whole = encoded(noise(0), kind)
    start = data.draw(st.integers(0, len(whole)))
    content = whole[:start] + junk + whole[start + data.draw(st.integers(0, 50)) :]
    try:
        read(content)
    except PictureError as caught:
        reason = str(caught)
    else:
        return
    assert reason
    assert "\n" not in reason


def test_that_a_photograph_stands_upright():
    array = np.zeros((16, 32, 3), np.uint8)
    array[:, :16] = RED
    array[:, 16:] = BLUE
    exif = Image.Exif()
    exif[0x0112] = 6  # Turn it a quarter to the right to see it.
    for kind in ("PNG", "JPEG", "WEBP", "TIFF"):
        upright = read(encoded(array, kind, exif=exif.tobytes() if kind != "TIFF" else exif))
        assert upright.shape == (32, 16, 3)
        assert np.abs(upright[2, 8].astype(int) - RED).max() < 12, kind
        assert np.abs(upright[29, 8].astype(int) - BLUE).max() < 12, kind


def test_that_print_colours_become_those_of_the_screen():
    cmyk = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    for kind in ("TIFF", "JPEG"):
        assert np.abs(read(saved(cmyk, kind))[4, 4].astype(int) - RED).max() < 4


def test_that_sixteen_bits_are_scaled_to_eight():
    deep = np.array([[0, 257, 128 * 257, 65535]], np.uint16)
    for kind in ("PNG", "TIFF"):
        assert read(encoded(deep, kind)).tolist() == [[0, 1, 128, 255]]


def test_that_floating_point_is_read_where_white_is_plain():
    assert read(encoded(np.array([[0.0, 0.5, 1.0]], np.float32), "TIFF")).tolist() == [[0, 128, 255]]
    assert read(encoded(np.array([[0.0, 128.0, 255.0]], np.float32), "TIFF")).tolist() == [[0, 128, 255]]
    with pytest.raises(PictureError, match="white is not known"):
        read(encoded(np.array([[0.0, 1e6]], np.float32), "TIFF"))
    with pytest.raises(PictureError, match="no numbers"):
        read(encoded(np.array([[0.0, np.nan]], np.float32), "TIFF"))


def test_that_a_palette_gives_its_colours():
    image = Image.fromarray(np.array([[RED, GREEN], [BLUE, RED]], np.uint8)).quantize(4)
    for kind in ("PNG", "GIF", "BMP"):
        assert read(saved(image, kind)).tolist() == [[[*RED], [*GREEN]], [[*BLUE], [*RED]]]


def test_that_what_is_transparent_lies_on_white():
    array = np.array([[[0, 0, 0, 0], [255, 0, 0, 255], [0, 0, 0, 128]]], np.uint8)
    for kind in ("PNG", "TIFF"):
        assert read(encoded(array, kind)).tolist() == [[[255, 255, 255], [255, 0, 0], [127, 127, 127]]]
    palette = Image.fromarray(np.array([[0, 1]], np.uint8), "P")
    palette.putpalette([*RED, *BLUE])
    assert read(saved(palette, "PNG", transparency=0)).tolist() == [[[255, 255, 255], [*BLUE]]]
    grey = Image.fromarray(np.array([[0, 90]], np.uint8))
    assert read(saved(grey, "PNG", transparency=0)).tolist() == [[255, 90]]


def test_that_one_bit_is_black_and_white():
    bits = Image.fromarray(np.array([[0, 255]], np.uint8)).convert("1")
    for kind in ("PNG", "TIFF", "PPM"):
        assert read(saved(bits, kind)).tolist() == [[0, 255]]


def test_that_the_first_frame_of_an_animation_is_read():
    frames = [Image.new("RGB", (6, 6), colour) for colour in (RED, GREEN, BLUE)]
    for kind in ("GIF", "PNG", "WEBP", "TIFF"):
        options = {"lossless": True} if kind == "WEBP" else {}
        content = saved(frames[0], kind, save_all=True, append_images=frames[1:], **options)
        assert (read(content) == RED).all(), kind


@pytest.mark.parametrize("kind", ["EPS", "PDF", "ICO", "TGA", "DDS", "JPEG2000"])
def test_that_other_formats_are_refused_whatever_they_are_called(kind):
    with pytest.raises(PictureError, match="no picture in a known format"):
        read(encoded(noise(0, 16), kind))


def test_that_fits_and_text_are_refused():
    fits = b"SIMPLE  =                    T" + b" " * 2850
    for content in (fits, b"I am a picture", b"", b"\0" * 100, b"%!PS-Adobe-3.0 EPSF-3.0\n"):
        with pytest.raises(PictureError, match="no picture in a known format"):
            read(content)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP"])
def test_that_a_truncated_file_has_no_picture(kind):
    whole = encoded(noise(0, 32), kind)
    with pytest.raises(PictureError):
        read(whole[: len(whole) // 2])


def huge_png(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [7000, 12_000, 100_000, 2**31 - 1])
def test_that_a_giant_is_refused_by_its_header(side):
    with pytest.raises(PictureError, match="over the limit of 40 million"):
        read(huge_png(side, side))


def test_that_a_jpeg_is_decoded_no_smaller_than_asked():
    content = encoded(noise(0, 512), "JPEG")
    assert read(content, 64).shape[0] == 64
    assert read(content, 65).shape[0] == 128
    assert read(content, 600).shape[0] == 512


def test_that_only_seven_formats_are_ever_tried():
    assert set(FORMATS) == {"PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM"}

"""Picture files of every kind: the right pixels, or a reason."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from latentlab.data.pictures.asides import PNG_MAGIC
from latentlab.data.pictures.decoding import decode, further_frames, quiet, size_of
from latentlab.data.pictures.formats import FORMATS
from latentlab.data.pictures.white import Deep, plain
from latentlab.data.source import PictureError
from tests.data.pictures import BLUE, GREEN, RED, encoded, noise
from tests.data.png_files import ASIDES, big_text, chunk, png_16, with_asides


def read(content: bytes, enough: int = 64) -> np.ndarray:
    """In 8 bits."""
    with quiet():
        image = plain(decode(io.BytesIO(content), enough))
    assert image.mode in ("L", "RGB")
    return np.asarray(image)


def deep(content: bytes) -> np.ndarray:
    """Levels as they are."""
    with quiet():
        picture = decode(io.BytesIO(content), 64)
    assert isinstance(picture, Deep)
    return picture.values


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
    values = np.array([[0, 257, 128 * 257, 65535]], np.uint16)
    for kind in ("PNG", "TIFF"):
        assert read(encoded(values, kind)).tolist() == [[0, 1, 128, 255]]


def test_that_floating_point_is_read_where_white_is_plain():
    assert read(encoded(np.array([[0.0, 0.5, 1.0]], np.float32), "TIFF")).tolist() == [[0, 128, 255]]
    assert read(encoded(np.array([[0.0, 128.0, 255.0]], np.float32), "TIFF")).tolist() == [[0, 128, 255]]
    assert read(encoded(np.array([[0.0, 1e6]], np.float32), "TIFF")).tolist() == [[0, 255]]
    with pytest.raises(PictureError, match="goes from -100 to 1000; black is 0"):
        read(encoded(np.array([[-100.0, 1000]], np.float32), "TIFF"))
    with pytest.raises(PictureError, match="not numbers"):
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


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("EPS", "an EPS or PostScript file, which LatentLab does not read; save it as PNG"),
        ("PDF", "a PDF document, which LatentLab does not read; save its pages as PNG"),
        ("ICO", "an icon, which LatentLab does not read; convert it to JPEG or PNG"),
        ("TGA", "a TGA picture, which LatentLab does not read; convert it to JPEG or PNG"),
        ("DDS", "a DDS texture, which LatentLab does not read; convert it to JPEG or PNG"),
        ("JPEG2000", "a JPEG 2000 picture, which LatentLab does not read; convert it to JPEG or PNG"),
    ],
)
def test_that_other_formats_are_refused_whatever_they_are_called(kind, words):
    with pytest.raises(PictureError) as refusal:
        read(encoded(noise(0, 16), kind))
    assert str(refusal.value) == words


def test_that_a_telephones_picture_is_known_by_its_bytes():
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)
    with pytest.raises(PictureError, match=r"^a HEIC picture, which LatentLab does not read; convert it"):
        read(heic)


def test_that_fits_and_text_are_refused():
    fits = b"SIMPLE  =                    T" + b" " * 2850
    with pytest.raises(PictureError, match="a FITS picture, which LatentLab does not read"):
        read(fits)
    for content in (b"I am a picture", b"", b"\0" * 100, b"II*\0 and nothing more"):
        with pytest.raises(PictureError, match="no picture in a known format"):
            read(content)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP"])
def test_that_a_truncated_file_has_no_picture(kind):
    whole = encoded(noise(0, 32), kind)
    with pytest.raises(PictureError):
        read(whole[: len(whole) // 2])


def huge_png(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return PNG_MAGIC + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


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


def test_that_deep_levels_come_as_they_are():
    levels = np.arange(60, dtype=np.uint16).reshape(5, 4, 3) * 68
    assert np.array_equal(deep(encoded(levels[..., 0].copy(), "PNG")), levels[..., 0])
    assert np.array_equal(deep(encoded(levels[..., 0].copy(), "TIFF")), levels[..., 0])
    assert np.array_equal(deep(png_16(levels)), levels)
    assert np.array_equal(deep(b"P6 4 5 65535\n" + levels.astype(">u2").tobytes()), levels)
    # What is grey, and what is opaque, is no more than that.
    assert np.array_equal(deep(png_16(np.repeat(levels[..., :1], 3, axis=2))), levels[..., 0])
    opaque = np.full((5, 4, 1), 65_535, np.uint16)
    assert np.array_equal(deep(png_16(np.concatenate([levels, opaque], axis=2))), levels)
    assert np.array_equal(deep(png_16(np.concatenate([levels[..., :1], opaque], axis=2))), levels[..., 0])
    floats = levels[..., 0] / np.float32(4095)
    assert np.array_equal(deep(encoded(floats, "TIFF")), floats)


@pytest.mark.parametrize(("white", "largest"), [(4095, 65_535), (65_535, 4095)])
def test_that_the_white_that_a_ppm_tells_counts(white, largest):
    levels = np.array([[0, 1000, 4095]], np.uint16)
    expected = np.rint(levels * (65_535 / white)).tolist()
    grey = b"P5 3 1 %d\n" % white + levels.astype(">u2").tobytes()
    assert deep(grey).tolist() == expected
    colours = np.stack([levels, levels, 4095 - levels], axis=-1)
    content = b"P6 3 1 %d\n" % white + colours.astype(">u2").tobytes()
    assert deep(content)[..., 0].tolist() == expected
    assert deep(content).max() == largest
    with pytest.raises(PictureError, match="truncated"):
        read(content[:-1])


def test_that_deep_colours_that_are_partly_transparent_lie_on_white():
    levels = np.zeros((1, 2, 4), np.uint16)
    levels[0, 0] = (65_535, 0, 0, 65_535)
    assert read(png_16(levels)).tolist() == [[[255, 0, 0], [255, 255, 255]]]


def test_that_deep_pictures_stand_upright():
    exif = Image.Exif()
    for orientation, expected in ((1, [[1, 2], [3, 4]]), (6, [[3, 1], [4, 2]]), (2, [[2, 1], [4, 3]])):
        exif[0x0112] = orientation
        values = np.array([[1, 2], [3, 4]], np.uint16)
        for kind in ("PNG", "TIFF"):
            assert deep(encoded(values, kind, exif=exif)).tolist() == expected, (kind, orientation)
    exif[0x0112] = 6
    lying = png_16(np.array([[[256, 512, 770]], [[1, 2, 3]]], np.uint16))
    assert deep(with_asides(lying, chunk(b"eXIf", exif.tobytes()[6:]))).tolist() == [
        [[1, 2, 3], [256, 512, 770]]
    ]


def test_that_the_size_is_that_of_the_upright_picture():
    exif = Image.Exif()
    exif[0x0112] = 6
    for kind in ("PNG", "JPEG", "WEBP", "TIFF"):
        assert size_of(io.BytesIO(encoded(np.zeros((3, 5, 3), np.uint8), kind, exif=exif))) == (3, 5), kind


@pytest.mark.parametrize("orientation", [0, 9, 255, 65_535])
def test_that_an_orientation_that_there_is_not_turns_nothing(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    array = noise(0)
    for kind in ("PNG", "TIFF", "WEBP"):
        options = {"lossless": True} if kind == "WEBP" else {}
        assert np.array_equal(read(encoded(array, kind, exif=exif, **options)), array), kind


@pytest.mark.parametrize("aside", ASIDES)
def test_that_what_lies_beside_the_pixels_of_a_png_costs_nothing(aside):
    array = noise(0)
    content = with_asides(encoded(array), ASIDES[aside])
    tracemalloc.start()
    try:
        assert np.array_equal(read(content), array)
        assert size_of(io.BytesIO(content)) == (12, 12)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * 2**20
    behind = content[:33] + encoded(array)[33:-12] + ASIDES[aside] + encoded(array)[-12:] + b"and then some"
    assert np.array_equal(read(behind), array)


def test_that_the_orientation_of_a_png_is_found_wherever_it_is_written():
    array = np.zeros((4, 8, 3), np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6
    raw = exif.tobytes()
    profile = b"\nexif\n%8d\n%s\n" % (len(raw), raw.hex().encode())
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    for aside in (
        chunk(b"eXIf", raw[6:]),
        chunk(b"tEXt", b"Raw profile type exif\0" + profile),
        chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(profile)),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp),
    ):
        assert read(with_asides(encoded(array), aside, big_text(b"zTXt", 2**21))).shape == (8, 4, 3)


def test_that_broken_pixels_of_a_png_are_told():
    whole = encoded(noise(0, 32))
    for content in (whole[:33] + whole[-12:], whole[:-60], whole[:60] + b"?" + whole[61:], whole[:20]):
        with pytest.raises(PictureError):
            read(content)


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


SEGMENTS = {
    "a short JFIF": segment(0xE0, b"JFIF\0"),
    "EXIF that is none": segment(0xE1, b"Exif\0\0Shall I compare thee"),
    "EXIF truncated": segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\x09\1"),
    "XMP that is none": segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0\xff\xfe<x:"),
    "a profile without a number": segment(0xE2, b"ICC_PROFILE\0"),
    "a profile of which parts are missing": segment(0xE2, b"ICC_PROFILE\0\x09\x02none"),
    "an index of further pictures that is none": segment(0xE2, b"MPF\0MM\0*\0\0\0\x08\0\1\xb0\0\0\7"),
    "a short mark of Photoshop": segment(0xED, b"Photoshop 3.0\0" + b"8BIM\3\xed"),
    "a short mark of Adobe": segment(0xEE, b"Adobe"),
    "a comment": segment(0xFE, b"\xff" * 500),
}


@pytest.mark.parametrize("name", SEGMENTS)
def test_that_what_lies_beside_the_pixels_of_a_jpeg_costs_nothing(name):
    whole = encoded(noise(0), "JPEG")
    content = whole[:2] + SEGMENTS[name] + whole[2:]
    assert np.array_equal(read(content), read(whole))
    with quiet():
        assert size_of(io.BytesIO(content)) == (12, 12)


def test_that_what_lies_beside_the_pixels_of_a_webp_costs_nothing():
    array = noise(0)
    exif = Image.Exif()
    exif[0x0112] = 6
    profile = b"profile" * 100
    whole = encoded(array, "WEBP", lossless=True, exif=exif, icc_profile=profile, xmp=b"<xmp>" * 50)
    turned = read(whole)
    assert np.array_equal(turned, np.rot90(array, -1))
    broken = whole.replace(b"MM\0*", b"????").replace(profile, b"?" * 700)
    assert np.array_equal(read(broken), array)
    # Cut in what stands behind the pixels.
    assert np.array_equal(read(whole[:-100]), array)


def test_that_what_lies_beside_the_pixels_of_a_tiff_costs_nothing():
    array = noise(0)
    for place in (0, 3, 8, 2**31, 2**32 - 1):
        asides = {0x8769: place, 0x8825: place, 0x02BC: b"<x:xmp"}
        assert np.array_equal(read(encoded(array, "TIFF", tiffinfo=asides, icc_profile=b"none")), array), (
            place
        )


def test_that_a_broken_second_frame_costs_nothing():
    frames = [Image.fromarray(noise(seed)) for seed in range(3)]
    for kind in ("GIF", "TIFF", "PNG"):
        whole = saved(frames[0], kind, save_all=True, append_images=frames[1:])
        first = read(whole)
        start = whole.index(b"fdAT") + 20 if kind == "PNG" else len(saved(frames[0], kind)) + 40
        assert np.array_equal(read(whole[:start] + b"?" * 200), first), kind


def test_that_further_frames_are_counted():
    frames = [Image.fromarray(noise(seed)) for seed in range(5)]
    for kind in ("GIF", "TIFF", "PNG", "WEBP"):
        options = {"lossless": True} if kind == "WEBP" else {}
        whole = saved(frames[0], kind, save_all=True, append_images=frames[1:], **options)
        picture = decode(io.BytesIO(whole), 64)
        assert further_frames(picture) == 4, kind
        assert further_frames(decode(io.BytesIO(saved(frames[0], kind)), 64)) == 0, kind
    stack = [Image.fromarray(np.full((4, 4), level, np.uint16)) for level in (1000, 2000, 3000)]
    picture = decode(io.BytesIO(saved(stack[0], "TIFF", save_all=True, append_images=stack[1:])), 64)
    assert isinstance(picture, Deep)
    assert (int(picture.values.min()), int(picture.values.max()), further_frames(picture)) == (1000, 1000, 2)


def test_that_what_is_transparent_may_lie_on_black():
    array = np.array([[[255, 255, 255, 0], [255, 255, 255, 255], [255, 255, 255, 128]]], np.uint8)
    assert np.asarray(decode(io.BytesIO(encoded(array)), 64, "black"))[..., 0].tolist() == [[0, 255, 128]]

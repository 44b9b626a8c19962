"""What a picture says of itself is what was written into it, or is refused."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import struct
import tempfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from latentlab.engine.files import provenance
from latentlab.engine.files.animation import ANIMATION_FORMATS, save_animation
from latentlab.engine.files.export import PICTURE_FORMATS, save_picture
from latentlab.engine.files.provenance import WHATS, Provenance, read_provenance
from latentlab.engine.files.video import VIDEO_SUFFIX
from latentlab.errors import LabError
from tests.data.png_files import ASIDES, chunk, with_asides

DOT = np.zeros((4, 4), dtype=np.uint8)
PLAIN = Provenance("probe", "tiny", "0123456789ab", z=(1.5, -2.0))

finite = st.floats(-1e18, 1e18)
short_text = st.text(max_size=40)
provenances = st.builds(
    Provenance,
    what=st.sampled_from(WHATS),
    model=short_text,
    model_hash=short_text,
    z=st.none() | st.lists(finite, max_size=40).map(tuple),
    seed=st.none() | st.integers(-(2**64) + 1, 2**64 - 1),
    version=short_text,
    extra=st.dictionaries(short_text, short_text, max_size=6),
)


@pytest.mark.parametrize("ending", PICTURE_FORMATS)
@settings(max_examples=40, deadline=None)
@given(made=provenances)
def test_that_a_picture_gives_back_its_provenance(ending: str, made: Provenance):
    with tempfile.TemporaryDirectory() as folder:
        path = save_picture(Path(folder, f"a{ending}"), DOT, provenance=made)
        assert read_provenance(path) == made


@pytest.mark.parametrize("ending", [one for one in ANIMATION_FORMATS if one != VIDEO_SUFFIX])
@settings(max_examples=20, deadline=None)
@given(made=provenances)
def test_that_an_animation_gives_back_its_provenance(ending: str, made: Provenance):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a{ending}")
        save_animation(path, [DOT, DOT + 9], frames_per_second=5, provenance=made)
        assert read_provenance(path) == made


def test_that_a_png_names_its_software_for_other_programs(tmp_path: Path):
    path = save_picture(tmp_path / "a.png", DOT, provenance=PLAIN)
    with Image.open(path) as picture:
        assert picture.text["Software"].startswith("LatentLab ")
        assert json.loads(picture.text["latentlab"])["z"] == [1.5, -2.0]
    assert PLAIN.as_text().keys() == {"Software", "latentlab"}


@pytest.mark.parametrize("ending", [".png", ".webp", ".jpg", ".gif"])
def test_that_a_foreign_picture_has_no_provenance(tmp_path: Path, ending: str):
    path = tmp_path / f"foreign{ending}"
    Image.fromarray(DOT).save(path)
    assert read_provenance(path) is None


def test_that_a_foreign_comment_is_no_provenance(tmp_path: Path):
    Image.fromarray(DOT).save(tmp_path / "a.gif", comment=b"made with love")
    assert read_provenance(tmp_path / "a.gif") is None
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0holiday"
    Image.fromarray(DOT).save(tmp_path / "a.jpg", exif=exif)
    assert read_provenance(tmp_path / "a.jpg") is None
    Image.fromarray(DOT).save(tmp_path / "b.jpg", exif=b"Exif\0\0garbage that is no TIFF header at all")
    assert read_provenance(tmp_path / "b.jpg") is None


def _png_saying(path: Path, text: str) -> Path:
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("latentlab", text)
    Image.fromarray(DOT).save(path, pnginfo=chunks)
    return path


def _changed(**fields: object) -> str:
    return json.dumps({**json.loads(PLAIN.as_json()), **fields})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[" * 10_000, "not JSON"),
        ("[]", "not an object"),
        ("x" * 40_000, "too long"),
        (_changed(format=2), "newer LatentLab"),
        (_changed(format=True), "format"),
        (_changed(format="1"), "format"),
        (_changed(more=1), "more"),
        ('{"format": 1}', "fields"),
        (_changed(what="virus"), "virus"),
        (_changed(model=3), "model"),
        (_changed(z="0,0"), "'z'"),
        (_changed(z=[True, 0]), "'z'"),
        (_changed(z=[float("nan")]), "'z'"),
        (_changed(z=[10**400]), "'z'"),
        (_changed(z=[0, 0]).replace("[0, 0]", "[1e999, 0]"), "'z'"),
        (_changed(seed=1.5), "seed"),
        (_changed(seed=2**64), "seed"),
        (_changed(extra={"n": 3}), "extra"),
        (_changed(extra=[]), "extra"),
    ],
    ids=range(21),
)
def test_that_a_damaged_description_is_refused_naming_the_file(tmp_path: Path, text: str, reason: str):
    path = _png_saying(tmp_path / "bad.png", text)
    with pytest.raises(LabError, match=reason) as caught:
        read_provenance(path)
    assert caught.value.path == path


@settings(max_examples=150, deadline=None)
@given(
    ending=st.sampled_from([".png", ".webp", ".jpg"]),
    place=st.floats(0, 1),
    junk=st.binary(max_size=8),
    cut=st.booleans(),
)
def test_that_any_damage_gives_provenance_none_or_a_laberror(
    ending: str, place: float, junk: bytes, cut: bool
):
    with tempfile.TemporaryDirectory() as folder:
        path = save_picture(Path(folder, f"a{ending}"), DOT, provenance=PLAIN)
        content = path.read_bytes()
        at = int(place * len(content))
        path.write_bytes(content[:at] + junk + (b"" if cut else content[at + len(junk) :]))
        # Anything but a LabError would come through and fail the test.
        with contextlib.suppress(LabError):
            assert isinstance(read_provenance(path), Provenance | None)


@pytest.mark.parametrize("content", [b"", b"only words", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"BM" + bytes(60)])
def test_that_what_is_no_picture_of_ours_is_refused_naming_the_file(tmp_path: Path, content: bytes):
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(LabError, match="not a readable PNG"):
        read_provenance(path)


def test_that_a_folder_a_missing_file_and_a_giant_are_refused(tmp_path: Path, monkeypatch):
    with pytest.raises(LabError, match="is a folder"):
        read_provenance(tmp_path)
    with pytest.raises(LabError, match="could not be read"):
        read_provenance(tmp_path / "missing.png")
    path = save_picture(tmp_path / "a.png", DOT, provenance=PLAIN)
    monkeypatch.setattr(provenance, "MAX_FILE_BYTES", 10)
    with pytest.raises(LabError, match="larger than"):
        read_provenance(path)


def test_that_a_large_picture_is_read_without_unpacking_its_pixels(tmp_path: Path):
    """A header may claim 16,000 x 10,000 pixels: only the text before the pixels is looked at."""
    path = save_picture(tmp_path / "a.png", DOT, provenance=PLAIN)
    content = bytearray(path.read_bytes())
    content[16:24] = struct.pack(">II", 16_000, 10_000)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    path.write_bytes(content)
    assert read_provenance(path) == PLAIN


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"what": "cat"}, "cat"), ({"z": (float("inf"),)}, "finite"), ({"z": (1e39,)}, "too large")],
    ids=["what", "z", "far"],
)
def test_that_provenance_that_means_nothing_cannot_be_made(change: dict[str, object], reason: str):
    with pytest.raises(LabError, match=reason):
        dataclasses.replace(PLAIN, **change)


def test_that_too_long_a_description_is_refused_before_anything_is_written(tmp_path: Path):
    with pytest.raises(LabError, match="characters"):
        save_picture(
            tmp_path / "a.jpg", DOT, provenance=dataclasses.replace(PLAIN, extra={"n": "x" * 40_000})
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("aside", ASIDES)
def test_that_what_else_a_png_carries_does_not_hide_its_provenance(tmp_path: Path, aside: str):
    path = save_picture(tmp_path / "a.png", DOT, provenance=PLAIN)
    path.write_bytes(with_asides(path.read_bytes(), ASIDES[aside]))
    assert read_provenance(path) == PLAIN
    foreign = tmp_path / "b.png"
    Image.fromarray(DOT).save(foreign)
    foreign.write_bytes(with_asides(foreign.read_bytes(), ASIDES[aside]))
    assert read_provenance(foreign) is None


def test_that_provenance_is_found_however_another_program_packs_it(tmp_path: Path):
    text = PLAIN.as_json().encode()
    for number, packed in enumerate(
        (
            chunk(b"zTXt", b"latentlab\0\0" + zlib.compress(text)),
            chunk(b"iTXt", b"latentlab\0\0\0\0\0" + text),
            chunk(b"iTXt", b"latentlab\0\1\0en\0name\0" + zlib.compress(text)),
        )
    ):
        path = tmp_path / f"{number}.png"
        Image.fromarray(DOT).save(path)
        whole = path.read_bytes()
        path.write_bytes(with_asides(whole, packed))
        assert read_provenance(path) == PLAIN
        # Behind the pixels.
        path.write_bytes(whole[:-12] + packed + whole[-12:])
        assert read_provenance(path) == PLAIN


def test_that_a_description_that_is_a_bomb_is_too_long(tmp_path: Path):
    path = tmp_path / "a.png"
    Image.fromarray(DOT).save(path)
    bomb = chunk(b"zTXt", b"latentlab\0\0" + zlib.compress(bytes(2**25)))
    path.write_bytes(with_asides(path.read_bytes(), bomb))
    with pytest.raises(LabError, match="too long"):
        read_provenance(path)


def test_that_a_jpeg_with_broken_parts_is_a_picture_without_provenance(tmp_path: Path):
    path = tmp_path / "a.jpg"
    Image.fromarray(DOT).save(path)
    whole = path.read_bytes()
    for part in (b"\xff\xee\0\x07Adobe", b"\xff\xe0\0\x07JFIF\0", b"\xff\xe1\0\x0eExif\0\0MM\0*\0\0"):
        path.write_bytes(whole[:2] + part + whole[2:])
        assert read_provenance(path) is None

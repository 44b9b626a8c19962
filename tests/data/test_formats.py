"""What files are, by their names and their first bytes."""

from __future__ import annotations

import pytest

from latentlab.data.pictures.formats import (
    HEAD_BYTES,
    SUFFIXES,
    listed_by_suffix,
    looks_like_a_picture,
    needs_a_look,
    why_passed_over,
)
from tests.data.pictures import encoded, noise

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
KINDS = ["PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM"]


def test_that_pictures_are_known_by_their_names():
    assert all(map(looks_like_a_picture, ("a.png", "x/y.JPG", "b.tar.tiff", "ä.WebP")))
    assert not any(
        map(
            looks_like_a_picture,
            ("a.txt", "png", "._a.png", "x/._a.png", "a.png/b", "a.png.zip", r"x\._a.png"),
        )
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["img_001", "photo.dat", "x/IMG.2024", "a.b/c"])
def test_that_a_picture_without_a_known_suffix_is_known_by_its_first_bytes(kind, name):
    head = encoded(noise(0), kind)[:HEAD_BYTES]
    assert needs_a_look(name)
    assert not looks_like_a_picture(name)
    assert looks_like_a_picture(name, head)
    assert why_passed_over(name, head) is None


@pytest.mark.parametrize("name", ["a.png", "a.txt", "b.HEIC", "c.json", ".DS_Store", "x/.hidden", "._x"])
def test_that_a_name_which_says_what_a_file_is_needs_no_look(name):
    assert not needs_a_look(name)
    assert why_passed_over("notes.txt", encoded(noise(0))) is None
    assert not looks_like_a_picture("notes.txt", encoded(noise(0)))


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"BM",
        b"BMW is a maker of cars, and so on",
        b"P5 is a standard",
        b"P6",
        b"RIFF\0\0\0\0WAVEfmt ",
        b"II*",
    ],
)
def test_that_other_first_bytes_are_no_picture(head):
    assert not looks_like_a_picture("file", head)
    assert why_passed_over("file", head) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a.heic", "a HEIC picture, which LatentLab does not read; convert it to JPEG or PNG"),
        ("x/B.AVIF", "an AVIF picture, which LatentLab does not read; convert it to JPEG or PNG"),
        ("z.tga", "a TGA picture, which LatentLab does not read; convert it to JPEG or PNG"),
        ("c.psd", "a Photoshop file, which LatentLab does not read; export it as PNG or TIFF"),
        ("d.NEF", "a camera's raw picture, which LatentLab does not read; develop it to JPEG, PNG or TIFF"),
        ("e.svg", "a vector drawing, which LatentLab does not read; save it as PNG"),
        ("f.mp4", "a video, which LatentLab does not read; save its frames as PNG or JPEG"),
        ("g.pdf", "a PDF document, which LatentLab does not read; save its pages as PNG"),
        ("h.txt", None),
        ("i.png", None),
        ("._a.heic", None),
    ],
)
def test_that_a_picture_of_another_kind_is_told_with_what_to_do(name, reason):
    assert why_passed_over(name) == reason


MORE = [
    "jxl", "jp2", "cr2", "cr3", "dng", "arw", "eps", "exr", "hdr", "dcm", "fits", "mov", "dds", "ico", "nii"
]  # fmt: skip


@pytest.mark.parametrize("suffix", MORE)
def test_that_all_that_people_have_is_told(suffix):
    assert why_passed_over(f"x/a.{suffix}") is not None
    assert f".{suffix}" not in SUFFIXES


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (HEIC, "a HEIC picture"),
        (b"\0\0\0\x1cftypavif\0\0\0\0", "an AVIF picture"),
        (b"\0\0\0\x20ftypisom\0\0\2\0", "a video"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0", "a video"),
        (b"II*\0\x10\0\0\0CR\2\0", "a camera's raw picture"),
        (b"8BPS\0\1", "a Photoshop file"),
        (b"SIMPLE  =                    T", "a FITS picture"),
        (b"\0" * 128 + b"DICM\2\0", "a DICOM picture"),
        (b"%PDF-1.7", "a PDF document"),
        (b'<?xml version="1.0"?>\n<!-- Inkscape -->\n<svg xmlns="x">', "a vector drawing"),
        (encoded(noise(0, 16), "EPS")[:HEAD_BYTES], "an EPS or PostScript file"),
        (encoded(noise(0, 16), "JPEG2000")[:HEAD_BYTES], "a JPEG 2000 picture"),
        (encoded(noise(0, 16), "AVIF")[:HEAD_BYTES], "an AVIF picture"),
    ],
)
def test_that_other_kinds_are_known_by_their_first_bytes(head, what):
    told = why_passed_over("IMG_0001", head)
    assert told is not None
    assert told.startswith(f"{what}, which")
    assert not looks_like_a_picture("IMG_0001", head)
    assert why_passed_over("song.m4a", b"\0\0\0\x20ftypM4A \0\0\0\0") is None


def test_that_a_listing_counts_by_suffix():
    names = [f"{n}.HEIC" for n in range(12)] + ["a.mp4", "b.mp4", "notes.txt", "x.y/readme"]
    assert listed_by_suffix(names) == "12 .heic, 2 .mp4, 1 .txt, 1 without a suffix"
    assert listed_by_suffix(f"a.{n}" for n in range(11)).endswith("1 .6, 3 others")
    assert listed_by_suffix([]) == ""

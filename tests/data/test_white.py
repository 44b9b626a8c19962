"""The level that is white in pictures of more than 8 bits: one for the data set, said, and changeable."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab.data.opening import forget, open_data, preview
from latentlab.data.pictures.fitting import fit_deep
from latentlab.data.pictures.white import Deep, Largest, guess_white
from latentlab.data.report import Notebook
from latentlab.errors import LabError
from tests.data.pictures import folder_of
from tests.data.png_files import png_16


def ramp(top: int, side: int = 16, dtype: type = np.uint16) -> np.ndarray:
    """Levels from 0 to `top`, (side, side)."""
    return np.linspace(0, top, side * side).reshape(side, side).astype(dtype)


def write(folder: Path, *pictures: np.ndarray, suffix: str = "png") -> str:
    folder.mkdir(parents=True, exist_ok=True)
    for number, values in enumerate(pictures):
        if values.ndim == 3:
            (folder / f"{number}.png").write_bytes(png_16(values))
        else:
            Image.fromarray(values).save(folder / f"{number}.{suffix}")
    return str(folder)


def by_name(spec: str) -> dict[str, np.ndarray]:
    everything = open_data(spec).everything
    return dict(zip(everything.keys.names, everything.images.numpy(), strict=True))


@pytest.mark.parametrize(
    ("largest", "whole", "white"),
    [
        (1, True, 1), (2, True, 255), (200, True, 255), (256, True, 1023), (4032, True, 4095),
        (4096, True, 16_383), (16_384, True, 65_535), (65_535, True, 65_535), (70_000, True, 70_000),
        (0.03, False, 1), (1.0, False, 1), (1.05, False, 1), (3.5, False, 3.5), (200.0, False, 255),
        (255.0, False, 255), (4000.0, False, 4095), (60_000.0, False, 65_535), (1e6, False, 1e6),
    ],
)  # fmt: skip
def test_that_white_is_the_least_that_fits(largest, whole, white):
    assert guess_white(largest, whole=whole) == white


def test_that_one_white_is_found_over_all_twelve_bit_pictures(tmp_path):
    data = write(tmp_path / "x", ramp(4032), ramp(900), ramp(4032, dtype=np.int32), suffix="tif")
    pictures = by_name(data)
    assert {name: int(picture.max()) for name, picture in pictures.items()} == {
        "0.tif": 251,
        "1.tif": 56,
        "2.tif": 251,
    }
    expected = np.rint(ramp(4032) * np.float32(255 / 4095)).astype(np.uint8)
    assert np.array_equal(pictures["0.tif"][0], expected)
    note = "White is 4095, for the largest value of the pictures of more than 8 bits is 4032"
    assert f"{note} (white=NUMBER sets another white)" in open_data(data).report.notes


def test_that_the_order_in_which_they_come_means_nothing(tmp_path):
    one = by_name(write(tmp_path / "x", ramp(200), ramp(60_000)))
    other = by_name(write(tmp_path / "y", ramp(60_000), ramp(200)))
    assert np.array_equal(one["0.png"], other["1.png"])
    assert int(one["0.png"].max()) == 1


def test_that_colours_of_twelve_bits_are_seen(tmp_path):
    colours = np.stack([ramp(4000), ramp(2000), ramp(0)], axis=-1)
    opened = open_data(write(tmp_path / "x", colours, colours // 2))
    assert opened.everything.shape == (3, 16, 16)
    brightest = opened.everything.images.amax((2, 3)).tolist()
    assert sorted(brightest) == [[125, 62, 0], [249, 125, 0]]
    assert any(note.startswith("White is 4095") for note in opened.report.notes)


def test_that_grey_of_twelve_bits_in_three_colours_is_grey(tmp_path):
    opened = open_data(
        write(tmp_path / "x", *(np.repeat(ramp(top)[..., None], 3, axis=2) for top in (4000, 99)))
    )
    assert opened.everything.shape == (1, 16, 16)


def test_that_a_picture_in_floating_point_is_not_judged_by_itself(tmp_path):
    dark = ramp(1, dtype=np.float32) * np.float32(0.9)
    data = write(tmp_path / "x", ramp(255, dtype=np.float32), dark, suffix="tif")
    pictures = by_name(data)
    assert (int(pictures["0.tif"].max()), int(pictures["1.tif"].max())) == (255, 1)
    assert "White is 255, for the largest value of the pictures in floating point is 255" in str(
        open_data(data).report.notes
    )


def test_that_whole_numbers_and_floating_point_have_whites_of_their_own(tmp_path):
    data = write(tmp_path / "x", ramp(4095))
    write(tmp_path / "x", ramp(4095), ramp(1, dtype=np.float32), suffix="tif")
    pictures = by_name(data)
    assert {name: int(picture.max()) for name, picture in pictures.items()} == {
        "0.png": 255, "0.tif": 255, "1.tif": 255
    }  # fmt: skip


def test_that_pictures_of_8_bits_are_left_alone(tmp_path):
    data = write(tmp_path / "x", ramp(4095), ramp(100, dtype=np.uint8))
    assert int(by_name(data)["1.png"].max()) == 100
    plain = open_data(str(folder_of(tmp_path / "plain", 3)))
    assert not any("hite" in note for note in plain.report.notes)


def test_that_another_white_can_be_asked_for(tmp_path):
    data = write(tmp_path / "x", ramp(4000), ramp(900))
    assert int(by_name(f"{data}::white=8000")["0.png"].max()) == round(4000 / 8000 * 255)
    clipped = by_name(f"{data}::white=900")
    assert np.array_equal(clipped["0.png"][0], np.rint(ramp(4000) * np.float32(255 / 900)).clip(0, 255))
    notes = open_data(f"{data}::white=900").report.notes
    told = "White is 900, as asked; the largest value of the pictures of more than 8 bits is 4000"
    assert f"{told}; larger values are white too" in notes
    keys = open_data(data).everything.keys
    assert {keys[n] for n in range(2)} == {
        open_data(f"{data}::white=900").everything.keys[n] for n in range(2)
    }
    for wrong in ("0", "-3", "inf", "nan", "bright"):
        with pytest.raises(LabError, match="white is"):
            open_data(f"{data}::white={wrong}")


@pytest.mark.parametrize("fit", ["crop", "pad"])
def test_that_deep_pictures_are_fitted_like_others(tmp_path, fit):
    wide = np.repeat(ramp(255, 32), 2, axis=1)
    deep = by_name(f"{write(tmp_path / 'x', wide * 257, wide * 257)}::side=8,fit={fit}")["0.png"]
    plain = by_name(f"{write(tmp_path / 'y', *[wide.astype(np.uint8)] * 2)}::side=8,fit={fit}")["0.png"]
    assert np.abs(deep.astype(int) - plain.astype(int)).max() <= 1


def test_that_sharpening_goes_beyond_no_level():
    edge = np.zeros((100, 100), np.uint16)
    edge[:, 50:] = 65_535
    small = fit_deep(Deep(edge), 33, "crop")
    assert (small.values.dtype, int(small.values.max()), int(small.values.min())) == (np.uint16, 65_535, 0)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.array([[-1000, 3000]], np.int32), "goes from -1000 to 3000; black is 0"),
        (np.array([[np.nan, 1]], np.float32), "holds values that are not numbers"),
        (np.array([[np.inf, 1]], np.float32), "holds values that are not numbers"),
        (np.array([[-0.5, 1]], np.float32), "goes from -0.5 to 1; black is 0"),
    ],
)
def test_that_what_cannot_be_levels_is_told_of_each_picture(tmp_path, values, reason):
    data = write(tmp_path / "x", ramp(1, dtype=np.float32), values, ramp(1, dtype=np.float32), suffix="tif")
    report = open_data(data).report
    assert report.read == 2
    ((file, told),) = report.skipped
    assert file == "1.tif"
    assert told.startswith(reason)


def test_that_a_look_before_shows_the_same_white(tmp_path):
    data = write(tmp_path / "x", ramp(4032), ramp(900))
    looked = preview(data, 6)
    assert looked.whites == (4095.0,)
    assert sorted(int(small.max()) for _, small in looked.pairs) == [56, 251]
    assert sorted(int(original.max()) for original, _ in looked.pairs) == [56, 251]
    assert sorted(int(small.max()) for _, small in preview(f"{data}::white=8064", 6).pairs) == [28, 127]


def npz(path: Path, **arrays: np.ndarray) -> str:
    np.savez(path, **arrays)
    return str(path)


def test_that_arrays_have_one_white_over_all_parts(tmp_path):
    bright, dark = np.stack([ramp(4032), ramp(3000)]), np.stack([ramp(900), ramp(250)])
    opened = open_data(npz(tmp_path / "a.npz", train_images=bright, test_images=dark))
    assert sorted(opened.everything.images.amax((1, 2, 3)).tolist()) == [16, 56, 187, 251]
    assert any(note.startswith("White is 4095") for note in opened.report.notes)
    assert sorted(opened.test.images.amax((1, 2, 3)).tolist()) == [16, 56]
    wider = open_data(f"{tmp_path / 'a.npz'}::white=8190").everything
    assert sorted(wider.images.amax((1, 2, 3)).tolist()) == [8, 28, 93, 126]
    # What a picture is known by does not hang on the white, and not on the side.
    keys = {int(one) for one in opened.everything.keys.hashes}
    assert {int(one) for one in wider.keys.hashes} == keys
    assert {int(one) for one in open_data(f"{tmp_path / 'a.npz'}::side=8").everything.keys.hashes} == keys


def test_that_whole_numbers_of_8_bits_are_levels_in_whatever_type(tmp_path):
    images = np.stack([ramp(255), ramp(100), ramp(50)])
    keys = set()
    for dtype in (np.uint8, np.int64, np.uint16, np.float32, np.float64):
        opened = open_data(npz(tmp_path / f"{np.dtype(dtype)}.npz", images=images.astype(dtype)))
        assert sorted(opened.everything.images.amax((1, 2, 3)).tolist()) == [50, 100, 255]
        assert not any("hite" in note for note in opened.report.notes)
        keys.add(tuple(opened.everything.keys.hashes.tolist()))
    assert len(keys) == 1


def test_that_black_and_white_may_be_0_and_1(tmp_path):
    for dtype in (bool, np.uint8, np.int32, np.float32):
        images = np.stack([np.eye(8), 1 - np.eye(8)]).astype(dtype)
        data = open_data(npz(tmp_path / f"{np.dtype(dtype)}.npz", images=images)).everything
        assert set(data.images.flatten().tolist()) == {0, 255}


def test_that_one_picture_without_levels_does_not_cost_the_array(tmp_path):
    images = np.stack([ramp(1, dtype=np.float32)] * 5)
    images[1, 2, 3], images[3, 0, 0] = np.nan, -3
    for side in (16, 8):
        opened = open_data(f"{npz(tmp_path / 'a.npz', images=images, labels=np.arange(5))}::side={side}")
        assert dict(opened.report.skipped) == {
            "00001": "holds values that are not numbers",
            "00003": "goes from -3 to 1; black is 0, and the meaning of negative values is unknown",
        }
        every = opened.everything
        # Of the classes 1 and 3 there is no picture, so there are none.
        assert sorted(map(every.class_of, range(len(every)))) == ["0", "2", "4"]
        assert every.classes == ("0", "2", "4")
        assert int(opened.everything.images.amax()) == {16: 255, 8: 247}[side]


def test_that_nothing_is_noted_where_nothing_is_deep():
    book = Notebook()
    Largest().tell(book, None)
    Largest().tell(book, 4095)
    assert book.notes == []


def test_that_further_frames_are_told(tmp_path):
    folder_of(tmp_path, 3)
    pages = [Image.fromarray(ramp(100, dtype=np.uint8)) for _ in range(4)]
    pages[0].save(tmp_path / "stack.tif", save_all=True, append_images=pages[1:])
    assert (
        "1 picture holds 3 further pages or frames, which are not read: stack.tif"
        in open_data(str(tmp_path)).report.notes
    )
    pages[0].save(
        tmp_path / "a.gif", save_all=True, append_images=[Image.fromarray(ramp(200, dtype=np.uint8))]
    )
    forget()
    assert (
        "2 pictures hold 4 further pages or frames, which are not read: a.gif, stack.tif"
        in open_data(str(tmp_path)).report.notes
    )


def test_that_pictures_that_one_bright_one_darkens_are_told_of(tmp_path):
    hot = ramp(4000)
    hot[0, 0] = 65_535
    data = write(tmp_path / "x", *(ramp(4000) for _ in range(6)), hot)
    notes = open_data(data).report.notes
    said = "Most of the pictures of more than 8 bits do not exceed 4095, so they look dark: white=4095"
    assert any(note.startswith(said) for note in notes)
    assert int(by_name(f"{data}::white=4095")["1.png"].max()) == 249
    even = write(tmp_path / "y", *(ramp(top) for top in (4000, 900, 65_535, 30_000)))
    assert not any("dark" in note for note in open_data(even).report.notes)

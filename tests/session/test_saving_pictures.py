"""Selections as tables, copies and links."""

from __future__ import annotations

import csv
import errno
import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab.data import opening
from latentlab.data.stopping import StoppedError
from latentlab.errors import LabError
from latentlab.session import saving_pictures
from latentlab.session.picture_originals import cleaned
from latentlab.session.picture_rows import PictureRows, rows_of_set
from latentlab.session.saving_pictures import How, save_files, save_table, why_not_there
from tests.data.pictures import noise, write


@pytest.fixture
def pets(tmp_path: Path) -> PictureRows:
    """Two classes of three pictures, whose files have the same names."""
    for kind, first in (("cat", 0), ("dog", 10)):
        for place in range(3):
            write(tmp_path / "pets" / kind / f"{place}.png", noise(first + place))
    return opened(tmp_path / "pets")


def opened(path: Path) -> PictureRows:
    opening.forget()
    spec = f"{path}::side=16"
    return rows_of_set(spec, opening.open_data(spec).everything)


def named(rows: PictureRows, *names: str) -> list[int]:
    assert rows.file_names is not None
    return [list(rows.file_names).index(name) for name in names]


def files(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def test_that_a_table_has_a_line_for_each_picture_in_order(pets: PictureRows, tmp_path: Path) -> None:
    numbers = named(pets, "dog/1.png", "cat/0.png")
    saved = save_table(tmp_path / "mine.csv", pets, numbers)
    assert saved.in_words() == f"The names of 2 pictures are in {tmp_path / 'mine.csv'}"
    with open(tmp_path / "mine.csv", newline="", encoding="utf-8") as stream:
        lines = list(csv.DictReader(stream))
    assert [line["file"] for line in lines] == ["dog/1.png", "cat/0.png"]
    assert [line["class"] for line in lines] == ["dog", "cat"]
    assert [int(line["number"]) for line in lines] == numbers
    assert {line["split"] for line in lines} <= {"train", "test"}
    with pytest.raises(LabError, match="already exists"):
        save_table(tmp_path / "mine.csv", pets, numbers)


def test_that_copies_are_the_files_themselves_and_replace_none(pets: PictureRows, tmp_path: Path) -> None:
    numbers = named(pets, "cat/0.png", "dog/0.png", "dog/1.png")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "1.png").write_bytes(b"mine")
    saved = save_files(tmp_path / "out", pets, numbers, How.COPIES)
    assert (saved.copied, saved.count) == (3, 3)
    root = tmp_path / "pets"
    assert files(tmp_path / "out") == {
        "1.png": b"mine",
        "0.png": (root / "cat/0.png").read_bytes(),
        "0 (2).png": (root / "dog/0.png").read_bytes(),
        "1 (2).png": (root / "dog/1.png").read_bytes(),
    }


def test_that_a_folder_for_each_class_can_be_opened_as_data(pets: PictureRows, tmp_path: Path) -> None:
    save_files(tmp_path / "out", pets, range(6), How.COPIES, by_class=True)
    again = opened(tmp_path / "out")
    assert again.classes == ("cat", "dog")
    assert again.keys is not None
    assert pets.keys is not None
    assert again.keys.same_as(pets.keys)


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_that_links_lead_to_the_files_and_are_copies_where_there_are_none(
    pets: PictureRows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = named(pets, "cat/0.png", "dog/0.png")
    saved = save_files(tmp_path / "links", pets, numbers, How.LINKS)
    assert saved.linked == 2
    assert os.path.samefile(tmp_path / "links" / "0 (2).png", tmp_path / "pets" / "dog" / "0.png")

    def refuse(*paths: object) -> None:
        raise OSError(1, "no links here")

    monkeypatch.setattr(os, "symlink", refuse)
    saved = save_files(tmp_path / "other", pets, numbers, How.LINKS)
    assert (saved.linked, saved.copied) == (0, 2)
    assert not (tmp_path / "other" / "0.png").is_symlink()
    assert "2 copied" in saved.in_words()


def test_that_pictures_of_a_zip_are_its_files_and_gone_ones_are_drawn(
    pets: PictureRows, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "pets.zip", "w") as archive:
        for path in sorted((tmp_path / "pets").rglob("*.png")):
            archive.write(path, path.relative_to(tmp_path / "pets"))
    packed = opened(tmp_path / "pets.zip")
    saved = save_files(tmp_path / "out", packed, named(packed, "cat/1.png"), How.LINKS)
    assert saved.copied == 1
    assert files(tmp_path / "out") == {"1.png": (tmp_path / "pets" / "cat" / "1.png").read_bytes()}
    (tmp_path / "pets" / "cat" / "1.png").unlink()
    saved = save_files(tmp_path / "out", pets, named(pets, "cat/1.png"), How.COPIES)
    assert (saved.drawn, saved.gone) == (1, 1)
    assert "no longer there" in saved.in_words()
    with Image.open(tmp_path / "out" / "1 (2).png") as image:
        assert image.size == (16, 16)


def test_that_pictures_of_an_array_are_pngs_of_their_pixels(tmp_path: Path) -> None:
    images = np.stack([noise(seed, 8, 1)[None] for seed in range(3)])
    labels, classes = np.array([0, 1, 0]), ("a/b", "CON?")
    rows = PictureRows("mnist", "test", images, labels, classes)
    saved = save_files(tmp_path / "out", rows, [0, 1], How.COPIES, by_class=True)
    assert saved.drawn == 2
    assert saved.gone == 0
    with Image.open(tmp_path / "out" / "a_b" / "00000.png") as image:
        assert np.array_equal(np.asarray(image), images[0, 0])
    assert (tmp_path / "out" / "CON_" / "00001.png").is_file()


def test_that_what_is_saved_stays_when_it_is_stopped_or_fails(pets: PictureRows, tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done == 2:
            raise StoppedError("stopped")

    saved = save_files(tmp_path / "out", pets, range(6), How.COPIES, tick=stop)
    assert saved.stopped
    assert len(files(tmp_path / "out")) == 2
    assert "Stopped: of 6 pictures 2 copied" in saved.in_words()
    with pytest.raises(StoppedError):
        save_table(tmp_path / "t.csv", pets, range(6), tick=lambda *_: stop(2, 6))
    assert not (tmp_path / "t.csv").exists()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LabError, match="0 of 6 pictures are saved"):
        save_files(tmp_path / "file", pets, range(6), How.COPIES)


def test_that_an_original_that_cannot_be_read_to_its_end_is_drawn(
    pets: PictureRows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(saving_pictures, "open_to_read", lambda path: Broken())
    saved = save_files(tmp_path / "out", pets, range(2), How.COPIES)
    assert saved.drawn == 2, "and it is not said that they could not be written"
    assert len(files(tmp_path / "out")) == 2


def test_that_files_are_not_put_among_the_data(pets: PictureRows, tmp_path: Path) -> None:
    assert "would become part of them" in why_not_there(tmp_path / "pets" / "cat" / "new", pets)
    assert why_not_there(tmp_path / "elsewhere" / "deep", pets) == ""
    (tmp_path / "file").write_bytes(b"")
    assert "is a file" in why_not_there(tmp_path / "file" / "deep", pets)


@pytest.mark.parametrize("name", ["", "..", "a/b", "x" * 500, "nul\0", "tab\t", " . "])
def test_that_a_cleaned_name_is_one_part_of_a_path(name: str, tmp_path: Path) -> None:
    (tmp_path / cleaned(name)).mkdir()
    assert [one.parent for one in tmp_path.iterdir()] == [tmp_path]

"""Encodings for the TensorBoard Projector."""

from __future__ import annotations

import dataclasses
import io

import numpy as np
import pytest
import torch
from PIL import Image

from latentlab.engine.files import projector
from latentlab.engine.files.projector import save_for_projector
from latentlab.errors import LabError
from tests.tiny import toy_set


def test_that_rows_names_and_pictures_belong_together(tmp_path):
    data = dataclasses.replace(
        toy_set("test", 7),
        classes=("even\tones", "odd"),
        attributes=torch.arange(14).view(7, 2) % 3 == 0,
        attribute_names=("round", "tall"),
    )
    z = np.random.default_rng(0).normal(size=(7, 3)).astype(np.float32)
    folder = save_for_projector(tmp_path / "new" / "folder", z, data)
    np.testing.assert_allclose(np.loadtxt(folder / "tensors.tsv"), z, rtol=1e-5)
    heading, *rows = (folder / "metadata.tsv").read_text().splitlines()
    assert heading.split("\t") == ["index", "file", "split", "class", "round", "tall"]
    assert rows[0].split("\t") == ["0", "test/00000", "test", "even ones", "yes", "no"]
    assert len(rows) == 7
    sprite = np.asarray(Image.open(io.BytesIO((folder / "sprite.png").read_bytes())))
    assert sprite.shape == (24, 24, 3)
    for number in range(7):
        row, column = divmod(number, 3)
        tile = sprite[8 * row : 8 * row + 8, 8 * column : 8 * column + 8]
        assert np.array_equal(tile[..., 0], data.images[number, 0].numpy())
    assert "single_image_dim: [8, 8]" in (folder / "projector_config.pbtxt").read_text()


def test_that_too_many_pictures_for_a_sheet_come_without_one(tmp_path, monkeypatch):
    monkeypatch.setattr(projector, "MAX_SPRITE_SIDE", 10)
    folder = save_for_projector(tmp_path, np.zeros((7, 2), np.float32), toy_set("test", 7))
    assert not (folder / "sprite.png").exists()
    assert "sprite" not in (folder / "projector_config.pbtxt").read_text()


def test_that_nothing_is_overwritten_unasked(tmp_path):
    (tmp_path / "metadata.tsv").write_text("mine")
    z, data = np.zeros((4, 2), np.float32), toy_set("test", 4)
    with pytest.raises(LabError, match=r"metadata.tsv: already exists"):
        save_for_projector(tmp_path, z, data)
    assert [path.name for path in tmp_path.iterdir()] == ["metadata.tsv"]
    save_for_projector(tmp_path, z, data, overwrite=True)
    assert (tmp_path / "metadata.tsv").read_text().startswith("index\tfile\tsplit\tclass")


def test_that_an_attribute_that_is_not_known_is_neither_yes_nor_no(tmp_path):
    data = dataclasses.replace(
        toy_set("test", 3),
        labels=None,
        attributes=torch.tensor([[True], [False], [False]]),
        attribute_names=("round",),
        attributes_known=torch.tensor([[True], [True], [False]]),
    )
    folder = save_for_projector(tmp_path, np.zeros((3, 2), np.float32), data)
    rows = [row.split("\t") for row in (folder / "metadata.tsv").read_text().splitlines()]
    assert [row[-1] for row in rows] == ["round", "yes", "no", ""]


def test_that_no_name_shifts_a_column_or_ends_the_writing_and_no_class_is_no_name(tmp_path):
    data = dataclasses.replace(
        toy_set("test", 3),
        labels=torch.tensor([0, -1, 1]),
        classes=("a\x1b[31m\u202e\nb", "half \udce9"),
        attributes=torch.ones(3, 1, dtype=torch.bool),
        attribute_names=("=1+1\t\u2028",),
    )
    folder = save_for_projector(tmp_path, np.zeros((3, 2), np.float32), data)
    assert (folder / "metadata.tsv").read_bytes().decode().split("\n") == [
        "index\tfile\tsplit\tclass\t=1+1",
        "0\ttest/00000\ttest\ta\\x1b[31m\\u202e b\tyes",
        "1\ttest/00001\ttest\t\tyes",
        "2\ttest/00002\ttest\thalf \\udce9\tyes",
        "",
    ]

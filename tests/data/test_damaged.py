"""Faults that damaged files once showed, each by itself; `tests.mutation` looks for more of them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab.data import opening
from latentlab.engine.attributes.direction_files import load_directions
from latentlab.engine.diffusion.tape_origin import read_tape
from latentlab.errors import LabError
from tests.mutation.mutations import zip_of


def png(number: int) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.full((9, 9), 20 * number, np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def npy(header: str, values: bytes = bytes(64)) -> bytes:
    text = header.encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + values


def npz(path: Path, **arrays: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in arrays.items():
            archive.writestr(f"{name}.npy", content)
    return path


DEEP = "{'descr': '|u1', 'fortran_order': False, 'shape': (" + "1, " * 70 + "), }"


@pytest.mark.parametrize("order", ["False", "True"])
@pytest.mark.parametrize("name", ["images", "labels", "vectors", "format"])
def test_that_an_array_of_seventy_dimensions_is_refused(tmp_path: Path, name: str, order: str) -> None:
    arrays = {"images": npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 4, 8), }")}
    path = npz(tmp_path / "x.npz", **{**arrays, name: npy(DEEP.replace("False", order))})
    with pytest.raises(LabError, match=r"x\.npz"):
        load_directions(path)
    if name in ("images", "labels"):
        with pytest.raises(LabError, match=r"x\.npz"):
            opening.open_data(str(path))
    else:
        assert len(opening.open_data(str(path)).everything) == 2


@pytest.mark.parametrize("header", ["{'descr': '|u1', (((", "[1, 2", "{" * 300, "'\\u00", '"""x', "1_"])
def test_that_a_tape_whose_header_ends_inside_brackets_is_refused(tmp_path: Path, header: str) -> None:
    arrays = dict.fromkeys(("recipe", "model", "model_hash", "x_t"), npy(header))
    with pytest.raises(LabError, match="is damaged"):
        read_tape(npz(tmp_path / "x.npz", **arrays))


@pytest.mark.parametrize("name", ["", "/", "//", ".", ".."])
def test_that_a_member_without_a_name_does_not_hide_the_others(tmp_path: Path, name: str) -> None:
    members = [(f"{number}.png", png(number)) for number in range(4)]
    (tmp_path / "x.zip").write_bytes(zip_of([*members, (name, b"odd")]))
    assert len(opening.open_data(str(tmp_path / "x.zip")).everything) == 4


def test_that_a_cell_of_more_letters_than_csv_takes_is_only_a_cell(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.png").write_bytes(png(number))
    rows = ["file,Hat,remark", *(f'{number}.png,{number % 2},"{"x" * 140_000}"' for number in range(4))]
    (tmp_path / "labels.csv").write_text("\n".join(rows))
    opened = opening.open_data(str(tmp_path))
    assert len(opened.everything) == 4
    assert "Hat" in opened.everything.attribute_names

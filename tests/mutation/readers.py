"""The readers of the campaign: the sound files of each, what is done to them, and what reads them."""

from __future__ import annotations

import dataclasses
import gzip
import io
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, PngImagePlugin

from latentlab.data import opening
from latentlab.data.arrays.idx import read_idx
from latentlab.engine.attributes.direction_files import load_directions
from latentlab.engine.diffusion.tape_origin import read_tape, tape_in
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.files.model_catalog import (
    card_in,
    data_of,
    denoises,
    known,
    makes_pictures,
    shape_of_pictures,
)
from latentlab.engine.files.provenance import Provenance, read_provenance, save_options
from latentlab.engine.inference.sampling import decode_in_chunks, prior_points
from latentlab.engine.rendering.own_picture import own_size, read_own
from latentlab.engine.training.run import TrainingRun
from latentlab.errors import LabError
from latentlab.qt.controllers.settings import Settings
from latentlab.session.bounds import within
from latentlab.session.saved import from_text, to_text
from tests.mutation import mutations as m


@dataclass(frozen=True)
class Seed:
    """A sound file: its name, its bytes, and what may be done to it."""

    name: str
    content: bytes
    ways: tuple[m.Mutation, ...]


@dataclass(frozen=True)
class Reader:
    """Who reads such files. `read` raises a LabError where it refuses one, and nothing else ever."""

    name: str
    seeds: tuple[Seed, ...]
    read: Callable[[Path], None]
    beside: tuple[tuple[str, bytes], ...] = ()
    """Files that lie beside the one that is damaged."""


def all_readers(older: Path) -> tuple[Reader, ...]:
    """Every reader; `older` holds the files of earlier versions, with their paths put right."""

    def kept(name: str) -> bytes:
        return (older / name).read_bytes()

    def seeds(*named: tuple[str, m.Mutation]) -> tuple[Seed, ...]:
        return tuple(Seed(Path(name).name, kept(name), (m.raw, way, way)) for name, way in named)

    model, directions = m.alter_header("latentlab"), m.alter_header("latentlab-directions")
    recipe = m.alter_text_array("recipe")
    return (
        Reader("idx", _idx_seeds(), _read_idx, ((_IMAGES, _IDX_IMAGES), (_LABELS, _IDX_LABELS))),
        Reader("npy/npz", _npz_seeds(), _open_data),
        Reader("csv/table", _table_seeds(), _open_beside, tuple((f"{n}.png", _png(n)) for n in range(6))),
        Reader("zip", _zip_seeds(), _open_data),
        Reader("pictures", _picture_seeds(), _read_picture),
        Reader("PNG recipe", _recipe_seeds(), _read_recipe),
        Reader("tape", seeds(("tape.png", m.alter_text), ("tape.npz", recipe)), _read_tape),
        Reader("session", _session_seeds(older), _read_session),
        Reader(
            "directions",
            seeds(("directions.safetensors", directions), ("directions.npz", m.alter_text_array("names"))),
            _read_directions,
        ),
        Reader("model", seeds(("model.safetensors", model), ("told.safetensors", model)), _read_model),
        Reader(
            "training",
            seeds(("unfinished.safetensors.training", m.alter_header("latentlab-training"))),
            _read_training,
        ),
    )


# What reads them


def _open_data(path: Path) -> None:
    opening.forget()
    try:
        opened = opening.open_data(str(path))
        opened.report.in_words()
        opening.preview(str(path), 2)
    finally:
        opening.forget()


def _open_beside(path: Path) -> None:
    """The table by itself, and the folder that it lies in."""
    refusal = None
    for one in (path, path.parent):
        try:
            _open_data(one)
        except LabError as error:
            refusal = error
    if refusal is not None:
        raise refusal


def _read_idx(path: Path) -> None:
    read_idx(path)
    _open_data(path.with_name(_IMAGES) if path.name == _LABELS else path)


def _read_picture(path: Path) -> None:
    own_size(path)
    read_own(path)


def _read_recipe(path: Path) -> None:
    read_provenance(path)


def _read_tape(path: Path) -> None:
    if path.suffix == ".npz":
        tape_in(path)
    read_tape(path)


def _read_session(path: Path) -> None:
    if path.suffix == ".ini":
        settings = Settings(path)
        if settings.session is not None:
            from_text(to_text(settings.session))
        if settings.complaint:
            raise LabError(settings.complaint)
        return
    state, _ = within(from_text(path.read_bytes().decode("utf-8", "surrogateescape")))
    if within(from_text(to_text(state)))[0] != state:
        raise AssertionError("a session does not come back as it was")


def _read_directions(path: Path) -> None:
    load_directions(path)


def _read_model(path: Path) -> None:
    card_in(path)
    makes_pictures(path)
    denoises(str(path)), data_of(str(path)), shape_of_pictures(str(path)), known(str(path))
    loaded = load_model(path)
    z = prior_points(2, loaded.model.latents, 0)  # type: ignore[arg-type]
    told = getattr(loaded.model, "condition_names", ())
    y = torch.eye(len(told))[0] if told else None
    for pictures in decode_in_chunks(loaded.model, z, y=y):
        if not bool(torch.isfinite(pictures).all()):
            raise AssertionError("a model was opened that makes no pictures")


def _read_training(path: Path) -> None:
    TrainingRun.resume(path, overwrite=True)


# Sound files


def _idx(array: np.ndarray) -> bytes:
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.astype(np.uint8).tobytes()


_IMAGES, _LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
_IDX_IMAGES = _idx(np.arange(6 * 8 * 8).reshape(6, 8, 8) % 251)
_IDX_LABELS = _idx(np.arange(6) % 3)


def _idx_seeds() -> tuple[Seed, ...]:
    plain = (m.raw, m.raw, m.set_number)
    packed = gzip.compress(_IDX_IMAGES, mtime=0)
    return (
        Seed(_IMAGES, _IDX_IMAGES, plain),
        Seed(f"{_IMAGES}.gz", packed, (m.raw, m.inside_gzip(m.raw))),
        Seed(_LABELS, _IDX_LABELS, plain),
    )


def _npz_seeds() -> tuple[Seed, ...]:
    pictures = np.arange(6 * 8 * 8 * 3, dtype=np.uint8).reshape(6, 8, 8, 3)
    made = []
    grey, names = pictures[..., 0], np.array(["p", "q"])
    for arrays in (
        {"images": pictures, "labels": np.arange(6) % 2, "classes": np.array(["a", "b"])},
        {"x_train": grey[:4], "y_train": np.arange(4), "x_test": grey[4:], "y_test": np.arange(2)},
        {"images": grey / np.float32(255), "attributes": np.eye(6, 2, dtype=bool), "attribute_names": names},
    ):
        stream = io.BytesIO()
        np.savez_compressed(stream, **arrays)
        made.append(Seed("data.npz", stream.getvalue(), (m.raw, m.alter_zip, m.alter_zip)))
    return tuple(made)


def _table_seeds() -> tuple[Seed, ...]:
    rows = [f"{number}.png,{number % 2},{-1 if number % 3 else 1},{number * 0.5}" for number in range(6)]
    csv = "\n".join(["file,class,Hat,age", *rows, ""])
    celeba = "\n".join(["6", "Hat Smiling", *(f"{number}.png 1 -1" for number in range(6)), ""])
    return (
        Seed("labels.csv", csv.encode(), (m.alter_table,)),
        Seed("list_attr.txt", celeba.encode(), (m.alter_table,)),
        Seed("labels.csv", csv.encode(), (m.raw,)),
    )


def _picture(number: int = 0, mode: str = "RGB", side: int = 12) -> Image.Image:
    values = (np.arange(side * side * 4) * (number + 3) % 251).astype(np.uint8).reshape(side, side, 4)
    image = Image.fromarray(values)
    return image.convert("RGB").quantize(16) if mode == "P" else image.convert(mode)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def _png(number: int = 0) -> bytes:
    return _saved(_picture(number), "PNG")


def _zip_seeds() -> tuple[Seed, ...]:
    members = [(f"{name}/{number}.png", _png(number)) for number in range(3) for name in ("cats", "dogs")]
    table = ("labels.csv", b"file,Hat\ncats/0.png,1\ndogs/0.png,0\n")
    return (
        Seed("data.zip", m.zip_of(members), (m.raw, m.alter_zip, m.alter_zip)),
        Seed("data.zip", m.zip_of([*members, table]), (m.raw, m.alter_zip, m.alter_zip)),
    )


def _picture_seeds() -> tuple[Seed, ...]:
    grey16 = Image.fromarray((np.arange(144) * 400 % 65536).astype(np.uint16).reshape(12, 12))
    moving = {"save_all": True, "append_images": [_picture(1)]}
    exif = Image.Exif()
    exif[0x0112] = 6
    return (
        Seed("x.png", _png(), (m.raw, m.alter_chunks, m.alter_chunks)),
        Seed("x.png", _saved(_picture(mode="RGBA"), "PNG"), (m.raw, m.alter_chunks)),
        Seed("x.png", _saved(_picture(mode="P"), "PNG", transparency=0), (m.alter_chunks,)),
        Seed("x.png", _saved(_picture(), "PNG", **moving), (m.alter_chunks,)),
        Seed("x.png", _saved(grey16, "PNG"), (m.alter_chunks,)),
        Seed("x.jpg", _saved(_picture(), "JPEG", exif=exif.tobytes()), (m.raw,)),
        Seed("x.jpg", _saved(_picture(mode="CMYK"), "JPEG"), (m.raw,)),
        Seed("x.gif", _saved(_picture(mode="P"), "GIF", **moving), (m.raw,)),
        Seed("x.webp", _saved(_picture(mode="RGBA"), "WEBP", exif=exif.tobytes()), (m.raw,)),
        Seed("x.bmp", _saved(_picture(), "BMP"), (m.raw, m.set_number)),
        Seed("x.tif", _saved(_picture(), "TIFF", compression="tiff_lzw"), (m.raw, m.set_number)),
        Seed("x.tif", _saved(_picture(mode="F"), "TIFF"), (m.raw, m.set_number)),
        Seed("x.tif", _saved(grey16, "TIFF", compression="tiff_deflate"), (m.raw, m.set_number)),
        Seed("x.ppm", _saved(_picture(), "PPM"), (m.raw, m.alter_digits)),
    )  # fmt: skip


def _recipe_seeds() -> tuple[Seed, ...]:
    said = Provenance("probe", "mnist-vae-2d", "0" * 12, (0.5, -1.0), 3, extra={"pictures": "mean"})
    made = []
    for kind, ways in (
        ("PNG", (m.raw, m.alter_chunks, m.alter_text, m.alter_text)),
        ("WEBP", (m.raw,)),
        ("JPEG", (m.raw,)),
        ("GIF", (m.raw,)),
    ):
        content = _saved(_picture(mode="P" if kind == "GIF" else "RGB"), kind, **save_options(kind, said))
        made.append(Seed(f"x.{kind.lower()}", content, ways))
    chunks = PngImagePlugin.PngInfo()
    chunks.add_itxt("latentlab", said.as_json(), zip=True)
    made.append(Seed("x.png", _saved(_picture(), "PNG", pnginfo=chunks), (m.raw, m.alter_chunks)))
    return tuple(made)


def _session_seeds(older: Path) -> tuple[Seed, ...]:
    settings = Settings(older / "own.ini")
    assert settings.session is not None
    state = dataclasses.replace(
        settings.session, hidden=frozenset((1,)), condition=(0.0, 1.0), asked=(("Hat", 1.0),)
    )
    text = json.dumps(json.loads(to_text(state)))
    return (
        Seed("state.json", text.encode(), (m.alter_state,)),
        Seed("lab.ini", (older / "own.ini").read_bytes(), (m.alter_settings,)),
        Seed("lab.ini", (older / "mnist.ini").read_bytes(), (m.alter_settings,)),
    )

"""Reads and writes directions as files, `.safetensors` or `.npz`; what is read is checked.

    .safetensors   a tensor `vectors` float32 (A, D); all else as JSON in the header, `latentlab-directions`
    .npz           vectors; names, left_out; have, lack, test_have, test_lack; auc, cohens_d (NaN: unknown);
                   method, data, model, model_hash; format; cosines (A, A), for readers with NumPy

Nothing is unpickled, and no array is unpacked before its size is known.
"""

from __future__ import annotations

import dataclasses
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from latentlab.data.arrays.npy import ArrayArchive
from latentlab.engine.attributes.directions import MAX_DIRECTIONS, Directions, Trust
from latentlab.engine.files.atomic import write_atomically
from latentlab.engine.files.destination import check_destination
from latentlab.engine.files.tensor_file import (
    read_tensors,
    require_fields,
    require_finite,
    short,
    write_tensors,
)
from latentlab.errors import LabError
from latentlab.version import __version__

FORMAT = 1
SUFFIXES = (".safetensors", ".npz")
MAX_FILE_BYTES = 64 * 2**20
_KEY = "latentlab-directions"
_WORDS = ("method", "data", "model", "model_hash")
_MOST_PICTURES = 2**53


def save_directions(path: str | Path, directions: Directions, *, overwrite: bool = False) -> Path:
    """Writes directions whole or not at all, by the ending of `path`.

    Raises:
        LabError: for an unknown ending, or a file that cannot be written.
    """
    path = check_destination(path, overwrite=overwrite, suffixes=SUFFIXES)
    if path.suffix.lower() == ".npz":
        return write_atomically(path, _as_npz(directions), overwrite=overwrite)
    card = {"format": FORMAT, "version": __version__, **_as_fields(directions)}
    tensors = {"vectors": torch.from_numpy(np.ascontiguousarray(directions.vectors))}
    return write_tensors(path, tensors, _KEY, card, overwrite=overwrite)


def load_directions(path: str | Path, *, latents: int | None = None) -> Directions:
    """Reads directions; refuses another latent space than one of `latents` dimensions, if given.

    Raises:
        LabError: naming the file and what is wrong with it.
    """
    path = Path(path)
    readers = {".safetensors": _read_safetensors, ".npz": _read_npz}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise LabError(
            f"the file extension {path.suffix!r} is unknown", path, f"Known: {', '.join(SUFFIXES)}"
        )
    _require_small_file(path)
    vectors, fields = reader(path)
    try:
        found = _from_fields(vectors, fields)
        if latents is not None and found.latents != latents:
            raise LabError(f"its directions have {found.latents} dimensions, the model {latents}")
    except LabError as error:
        raise LabError(error.what, path, error.hint) from None
    return found


def _as_fields(directions: Directions) -> dict[str, Any]:
    fields = {name: getattr(directions, name) for name in _WORDS}
    for name in ("names", "left_out", "have", "lack"):
        fields[name] = list(getattr(directions, name))
    return {**fields, "trust": [dataclasses.asdict(trust) for trust in directions.trust]}


def _as_npz(directions: Directions) -> bytes:
    trust = directions.trust
    content = io.BytesIO()
    np.savez_compressed(
        content,
        allow_pickle=False,
        format=np.int64(FORMAT),
        vectors=directions.vectors,
        cosines=directions.cosines,
        names=np.array(directions.names, dtype=np.str_),
        left_out=np.array(directions.left_out, dtype=np.str_),
        have=np.array(directions.have, dtype=np.int64),
        lack=np.array(directions.lack, dtype=np.int64),
        test_have=np.array([one.have for one in trust], dtype=np.int64),
        test_lack=np.array([one.lack for one in trust], dtype=np.int64),
        auc=np.array([math.nan if one.auc is None else one.auc for one in trust]),
        cohens_d=np.array([math.nan if one.cohens_d is None else one.cohens_d for one in trust]),
        **{name: np.array(getattr(directions, name), dtype=np.str_) for name in _WORDS},
    )
    return content.getvalue()


def _require_small_file(path: Path) -> None:
    try:
        if path.is_dir():
            raise LabError("is a folder; a file of directions was expected", path)
        size = path.stat().st_size
        if not path.is_file():  # a pipe would wait for ever, a device may never end
            raise LabError("is not a regular file", path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise LabError(f"could not be read ({reason})", short(path)) from None
    if size > MAX_FILE_BYTES:
        raise LabError(f"is larger than {MAX_FILE_BYTES // 2**20} MiB", path)


def _read_safetensors(path: Path) -> tuple[NDArray[Any], Mapping[str, Any]]:
    found = read_tensors(path, _KEY, FORMAT)
    if found.tensors.keys() != {"vectors"}:
        listed = ", ".join(short(name) for name in sorted(found.tensors)[:8]) or "none"
        raise LabError(f"its tensors are {listed}; expected one called vectors", path)
    vectors = found.tensors["vectors"]
    if vectors.dtype != torch.float32:
        raise LabError(f"its vectors are {vectors.dtype}, expected torch.float32", path)
    require_finite(found.tensors, path)
    return vectors.numpy(), found.card


def _read_npz(path: Path) -> tuple[NDArray[Any], Mapping[str, Any]]:
    with ArrayArchive(path) as archive:
        _require_format(archive)
        fields = {name: _values(archive, name, 0, "U") for name in _WORDS}
        for name, kind in (("names", "U"), ("left_out", "U"), ("have", "i"), ("lack", "i")):
            fields[name] = _values(archive, name, 1, kind)
        columns = [_values(archive, name, 1, "f") for name in ("auc", "cohens_d")]
        columns += [_values(archive, name, 1, "i") for name in ("test_have", "test_lack")]
        vectors = _array(archive, "vectors", 2, "f")
    if len({len(column) for column in columns}) > 1:
        raise LabError("its arrays of figures have different lengths", path)
    fields["trust"] = [
        {
            "auc": None if math.isnan(auc) else auc,
            "cohens_d": None if math.isnan(d) else d,
            "have": have,
            "lack": lack,
        }
        for auc, d, have, lack in zip(*columns, strict=True)
    ]
    return vectors, fields


def _require_format(archive: ArrayArchive) -> None:
    if "format" not in archive.names:
        listed = ", ".join(short(name) for name in archive.names[:8]) or "none"
        raise LabError(f"holds no directions (its arrays: {listed})", archive.path)
    written = _values(archive, "format", 0, "i")
    if written > FORMAT:
        raise LabError(
            f"made by a newer LatentLab (format {written}; this one reads {FORMAT})",
            archive.path,
            "Update LatentLab",
        )
    if written < 1:
        raise LabError(f"its format version is {written}, expected {FORMAT}", archive.path)


def _array(archive: ArrayArchive, name: str, dimensions: int, kind: str) -> NDArray[Any]:
    """An array, after the size in its header has been checked."""
    if name not in archive.names:
        raise LabError(f"has no array {name!r}", archive.path)
    header = archive.header(name)
    if header.nbytes > MAX_FILE_BYTES:
        raise LabError(f"the array {name!r} takes {header.nbytes:,} bytes", archive.path)
    if len(header.shape) != dimensions or header.dtype.kind != kind:
        wanted = {"U": "text", "i": "whole numbers", "f": "numbers"}[kind]
        raise LabError(
            f"the array {name!r} is {header.dtype} of shape {header.shape}, "
            f"expected {wanted} in {dimensions} dimensions",
            archive.path,
        )
    return archive.read(name, text=True)


def _values(archive: ArrayArchive, name: str, dimensions: int, kind: str) -> Any:
    """An array as plain Python values."""
    return _array(archive, name, dimensions, kind).tolist()


def _from_fields(vectors: NDArray[Any], fields: Mapping[str, Any]) -> Directions:
    lists = dict.fromkeys(("names", "left_out", "have", "lack", "trust"), list)
    require_fields(fields, {**dict.fromkeys(_WORDS, str), **lists})
    if any(len(fields[name]) > MAX_DIRECTIONS for name in lists):
        raise LabError(f"its card has a list of more than {MAX_DIRECTIONS:,}")
    return Directions(
        names=tuple(_text(name) for name in fields["names"]),
        vectors=vectors,
        have=_counts(fields["have"]),
        lack=_counts(fields["lack"]),
        trust=tuple(_trust(found) for found in fields["trust"]),
        left_out=tuple(_text(name) for name in fields["left_out"]),
        **{name: fields[name] for name in _WORDS},
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise LabError(f"the name of an attribute is {short(value)!r}, expected text")
    return value


def _counts(values: list[Any]) -> tuple[int, ...]:
    for value in values:
        if type(value) is not int or not 0 <= value <= _MOST_PICTURES:
            raise LabError(f"a count of pictures is {ascii(value)[:40]}")
    return tuple(values)


def _trust(found: Any) -> Trust:
    if not isinstance(found, dict) or found.keys() != {"auc", "cohens_d", "have", "lack"}:
        raise LabError("its card has invalid figures")
    have, lack = _counts([found["have"], found["lack"]])
    return Trust(_figure(found["auc"], 0.0, 1.0), _figure(found["cohens_d"], -1e300, 1e300), have, lack)


def _figure(value: Any, low: float, high: float) -> float | None:
    if value is None:
        return None
    # A comparison with NaN is false, so NaN is refused too.
    if type(value) not in (int, float) or not low <= value <= high:
        raise LabError(f"a figure is {ascii(value)[:40]}, expected {low:g} to {high:g}")
    return float(value)

"""Reads and writes tensors with a JSON card in one `.safetensors` file, with all checks.

The header's `__metadata__` holds one key, and under it the card: a JSON object with `format`, the version of
its layout, and `version`, the LatentLab that wrote it. Nothing is ever unpickled. A file is copied into
memory whole before it is used, so that it may be replaced or cut while it is open; but first its header is
looked at, so that little is read of a file that is something else.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors
import torch
from safetensors.torch import load as parse_tensors
from safetensors.torch import save as format_tensors
from torch import Tensor

from latentlab.data.files import open_to_read
from latentlab.engine.files.atomic import write_atomically
from latentlab.engine.files.tensor_header import read_header
from latentlab.errors import LabError

MAX_FILE_BYTES = 4 * 2**30
_PICKLED = {".pt", ".pth", ".pkl", ".pickle", ".bin", ".ckpt", ".pt2", ".ts"}
_CONVERT = (
    "Opening such a file can run any code, so LatentLab does not open it; convert it with "
    "safetensors.torch.save_file in the program that made it"
)

# Limits on the length of the card and of a shape.
Check = Callable[[Mapping[str, Any], Mapping[str, tuple[int, ...]]], None]


@dataclass(frozen=True, eq=False)
class TensorFile:
    """The contents of a file: its tensors, its card, and the first digits of its SHA-256."""

    tensors: Mapping[str, Tensor]
    card: Mapping[str, Any]
    hash: str


def write_tensors(
    path: str | Path, tensors: Mapping[str, Tensor], key: str, card: Mapping[str, Any], *, overwrite: bool
) -> Path:
    """Writes tensors and their card atomically.

    Raises:
        LabError: if the file cannot be written.
    """
    flat = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    header = {key: json.dumps(card, sort_keys=True)}
    return write_atomically(path, format_tensors(flat, header), overwrite=overwrite)


def read_tensors(path: Path, key: str, newest: int, *, check: Check | None = None) -> TensorFile:
    """The tensors of a file with a card under `key` of a format up to `newest`.

    Args:
        path: the file.
        key: where its card lies in the header.
        newest: the newest format that can be read.
        check: refuses, by a LabError, the card or the shapes of the tensors before these are read.

    Raises:
        LabError: naming the file and what is wrong with it.
    """
    try:
        content, card = _read(path, key, newest, check)
    except LabError as error:
        raise LabError(error.what, path, error.hint) from None
    except OSError as error:
        raise LabError(f"could not be read ({error.strerror or error})", path) from None
    try:
        tensors = parse_tensors(content)
    except (safetensors.SafetensorError, RecursionError, KeyError, TypeError, ValueError) as error:
        raise LabError(f"not a readable safetensors file ({short(error)})", path) from None
    return TensorFile(tensors, card, hashlib.sha256(content).hexdigest()[:12])


def require_finite(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Refuses tensors with NaN or infinity, naming the first.

    Raises:
        LabError: if there are any.
    """
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise LabError(f"tensor {name} holds NaN or infinite weights", path)


def require_fields(card: Mapping[str, Any], wanted: Mapping[str, type]) -> None:
    """Refuses a card that lacks a field of these names and types.

    Raises:
        LabError: naming the first that is missing or of another type.
    """
    for name, kind in wanted.items():
        if not isinstance(card.get(name), kind):
            raise LabError(f"its card has no valid field {name!r}")


def short(thing: object) -> str:
    """An error message of another library, on one line and shortened."""
    return " ".join(str(thing).split())[:160]


def _read(path: Path, key: str, newest: int, check: Check | None) -> tuple[bytes, Mapping[str, Any]]:
    """The whole file and its card; only the header if that is wrong."""
    if path.is_dir():
        raise LabError("is a folder; a .safetensors file was expected")
    with open_to_read(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > MAX_FILE_BYTES:
            raise LabError(f"is larger than {MAX_FILE_BYTES // 2**30} GiB")
        start = stream.read(9)
        # PyTorch's archives are zip files; bare pickles begin with 0x80 and a protocol of 2 to 5.
        pickled = start[:4] == b"PK\x03\x04" or (start[:1] == b"\x80" and start[1:2] in b"\2\3\4\5")
        # A header length that starts with 0x80 is a safetensors file if JSON follows it.
        if path.suffix.lower() in _PICKLED or (pickled and start[8:9] != b"{"):
            raise LabError("is a pickle, TorchScript or zip file, not safetensors", hint=_CONVERT)
        if not start:
            raise LabError("is empty")
        stream.seek(0)
        header = read_header(stream, size)
        card = _read_card(header.metadata.get(key), newest)
        if check is not None:
            check(card, header.shapes)
        stream.seek(0)
        return stream.read(), card


def _read_card(text: str | None, newest: int) -> Mapping[str, Any]:
    """The card in a text of the header."""
    if text is None:
        raise LabError("holds tensors but no LatentLab card, so what they are is unknown")
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        raise LabError("its LatentLab card is not JSON") from None
    if not isinstance(fields, dict):
        raise LabError("its LatentLab card is not an object")
    written = fields.get("format")
    if not isinstance(written, int) or isinstance(written, bool) or written < 1:
        raise LabError(f"its format version is {short(written)}, expected {newest}")
    if written > newest:
        raise LabError(
            f"made by a newer LatentLab (version {short(fields.get('version'))}, "
            f"format {short(written)}; this one reads {newest})",
            hint="Update LatentLab",
        )
    return fields

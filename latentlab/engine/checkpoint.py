"""Models as files: one `.safetensors`, its card as JSON in the header.

The header's `__metadata__` holds one key, `latentlab`: the card, which says what kind of model it is,
how large, trained on what, by which command, and how good it measured. Nothing is ever unpickled. A file
is copied into memory whole before it is read, so that it may be replaced or cut while it is open.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import safetensors
import torch
from safetensors.torch import load as parse_tensors
from safetensors.torch import save as format_tensors
from torch import Tensor, nn

from latentlab.engine.atomic import write_atomically
from latentlab.errors import LabError
from latentlab.models.registry import build, expected_shapes
from latentlab.shipped import model_files
from latentlab.version import __version__

FORMAT = 1
MAX_FILE_BYTES = 4 * 2**30
_KEY = "latentlab"
_PICKLED = {".pt", ".pth", ".pkl", ".pickle", ".bin", ".ckpt", ".pt2", ".ts"}
_CONVERT = (
    "Such files can run programs when they are opened, so LatentLab never does; "
    "convert it with safetensors.torch.save_file in the program that made it"
)


@dataclass(frozen=True)
class ModelCard:
    """What a model file says of itself.

    Attributes:
        kind: a name in `latentlab.models.registry.KINDS`.
        config: the fields of that kind's config.
        data: name, split, pictures and SHA-256 of what it was trained on.
        metrics: figures measured at the end of the training.
        command: the command line that trains it again.
        version: the LatentLab that wrote it.
        format: the version of this layout.
    """

    kind: str
    config: Mapping[str, Any]
    data: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    command: str = ""
    version: str = __version__
    format: int = FORMAT


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """A model in memory, in eval mode, with its card, its name and a hash of its file."""

    name: str
    model: nn.Module
    card: ModelCard
    path: Path
    hash: str


def save_model(path: str | Path, model: nn.Module, card: ModelCard, *, overwrite: bool = True) -> Path:
    """Writes a model and its card, whole or not at all.

    Raises:
        LabError: if the file cannot be written, or a weight is not a finite number.
    """
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in _weights(model).items()}
    _require_finite(tensors, Path(path))
    header = {_KEY: json.dumps(dataclasses.asdict(card), sort_keys=True)}
    return write_atomically(path, format_tensors(tensors, header), overwrite=overwrite)


def find_model(name_or_path: str | Path) -> Path:
    """The file of a shipped model's name, or the path itself.

    Raises:
        LabError: if neither exists, listing the shipped names.
    """
    shipped = model_files()
    if str(name_or_path) in shipped:
        return shipped[str(name_or_path)]
    try:
        path = Path(name_or_path).expanduser()
        exists = path.exists()
    except (OSError, RuntimeError) as error:  # too long a name, no access, ~ of an unknown user
        reason = getattr(error, "strerror", None) or error
        raise LabError(f"could not be looked up ({reason})", _short(name_or_path)) from None
    if not exists:
        known = ", ".join(shipped) or "none"
        raise LabError(f"no model or file is called {str(name_or_path)!r}", hint=f"Shipped: {known}")
    return path


def load_model(name_or_path: str | Path, device: str | torch.device = "cpu") -> LoadedModel:
    """A shipped model by name, or any model file by path.

    Raises:
        LabError: naming the file and what is wrong with it; nothing is allocated for a false config.
    """
    path = find_model(name_or_path)
    content = _read(path)
    try:
        tensors = parse_tensors(content)
    except (safetensors.SafetensorError, RecursionError, KeyError, TypeError, ValueError) as error:
        raise LabError(f"not a readable safetensors file ({_short(error)})", path) from None
    try:
        card = _read_card(content)
        # All is compared before a model is made: a small file cannot claim much memory by its config.
        _require_shapes(expected_shapes(card.kind, card.config), tensors)
        with torch.random.fork_rng(devices=[]):  # first weights are drawn, only to be replaced
            model = build(card.kind, card.config)
        _fill(model, tensors)
    except LabError as error:
        raise LabError(error.what, path, error.hint) from None
    _require_finite(tensors, path)
    digest = hashlib.sha256(content).hexdigest()[:12]
    return LoadedModel(path.stem, model.to(device).eval(), card, path, digest)


def _read(path: Path) -> bytes:
    if path.is_dir():
        raise LabError("is a folder; a .safetensors file was expected", path)
    try:
        if not path.is_file():  # a pipe would wait for ever, a device may never end
            raise LabError("is not a regular file", path)
        if path.stat().st_size > MAX_FILE_BYTES:
            raise LabError(f"is larger than {MAX_FILE_BYTES // 2**30} GiB", path)
        content = path.read_bytes()
    except OSError as error:
        raise LabError(f"could not be read ({error.strerror or error})", path) from None
    # PyTorch's archives are zip files; bare pickles begin with 0x80 and a protocol of 2 to 5.
    pickled = content[:4] == b"PK\x03\x04" or (content[:1] == b"\x80" and content[1:2] in b"\2\3\4\5")
    # A header length that starts with 0x80 is a safetensors file if JSON follows it.
    if path.suffix.lower() in _PICKLED or (pickled and content[8:9] != b"{"):
        raise LabError("is a pickle, TorchScript or zip file, not safetensors", path, _CONVERT)
    if not content:
        raise LabError("is empty", path)
    return content


def _read_card(content: bytes) -> ModelCard:
    """The card in the header of a file that safetensors itself has accepted."""
    length = int.from_bytes(content[:8], "little")
    text = (json.loads(content[8 : 8 + length]).get("__metadata__") or {}).get(_KEY)
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
        raise LabError(f"its format version is {_short(written)}, expected {FORMAT}")
    if written > FORMAT:
        raise LabError(
            f"made by a newer LatentLab (version {_short(fields.get('version'))}, "
            f"format {_short(written)}; this one reads {FORMAT})",
            hint="Update LatentLab",
        )
    wanted = {"kind": str, "config": dict, "data": dict, "metrics": dict, "command": str}
    for name, kind in wanted.items():
        if not isinstance(fields.get(name), kind):
            raise LabError(f"its card has no proper field {name!r}")
    return ModelCard(
        **{name: fields[name] for name in (*wanted, "format")},
        version=str(fields.get("version", "")),
    )


def _require_shapes(shapes: Mapping[str, tuple[int, ...]], tensors: Mapping[str, Tensor]) -> None:
    """Refuses tensors unless all that a model wants are there, of the right shape, and nothing else."""
    missing = sorted(shapes.keys() - tensors.keys())
    if missing:
        listed = ", ".join(f"{name} {shapes[name]}" for name in missing[:8])
        raise LabError(f"{len(missing)} of its tensors are missing: {listed}")
    unknown = sorted(tensors.keys() - shapes.keys())
    if unknown:
        listed = ", ".join(map(_short, unknown[:8]))
        raise LabError(f"{len(unknown)} tensors belong to no part of the model: {listed}")
    for name, shape in shapes.items():
        found = tuple(tensors[name].shape)
        if found != shape:
            raise LabError(f"tensor {name} has shape {found}, the config asks for {shape}")


def _fill(model: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Copies the tensors into the model's weights."""
    for name, weight in _weights(model).items():
        found = tensors[name]
        if found.dtype != weight.dtype:
            raise LabError(f"tensor {name} is {found.dtype}, expected {weight.dtype}")
        with torch.no_grad():
            weight.copy_(found)


def _weights(model: nn.Module) -> dict[str, Tensor]:
    return dict(model.state_dict())


def _require_finite(tensors: Mapping[str, Tensor], path: Path) -> None:
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise LabError(f"tensor {name} holds NaN or infinite weights", path)


def _short(thing: object) -> str:
    """A message of someone else's, on one line of bearable length."""
    return " ".join(str(thing).split())[:160]

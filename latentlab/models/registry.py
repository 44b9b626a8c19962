"""The registry of the kinds of model. A new kind is a folder beside this file, and its name in `_SHIPPED`.

An installed package adds a kind through an entry point of the group `latentlab.kinds` that leads to a
`KindSpec`; one that cannot be loaded is reported by `faults`, and left out. Torch is imported only to make a
model.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import reprlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from latentlab.errors import LabError
from latentlab.models.capabilities import Capability
from latentlab.models.checks import parse_config
from latentlab.models.spec import KindSpec, Translation

if TYPE_CHECKING:
    from torch import nn

MAX_PARAMETERS = 200_000_000
GROUP = "latentlab.kinds"
_SHIPPED = (
    "ae",
    "vae",
    "cvae",
    "ddpm",
    "classifier",
    "ppca",
    "gaussian",
    "gmm",
    "pix2pix",
    "gan",
    "wgan",
)
# Temporarily registered kinds: by name, the newest last.
_for_now: dict[str, KindSpec] = {}


class _Kinds(Mapping[str, KindSpec]):
    """All kinds by name: those that ship, those of installed packages, and temporarily registered ones."""

    def __getitem__(self, name: str) -> KindSpec:
        if name in _for_now:
            return _for_now[name]
        return _shipped()[name] if name in _SHIPPED else _installed()[0][name]

    def __iter__(self) -> Iterator[str]:
        yield from _SHIPPED  # first, because packages are searched only where these are not enough
        yield from (name for name in dict.fromkeys((*_installed()[0], *_for_now)) if name not in _SHIPPED)

    def __len__(self) -> int:
        return sum(1 for _ in self)


KINDS: Mapping[str, KindSpec] = _Kinds()


@functools.cache
def _shipped() -> dict[str, KindSpec]:
    found = (importlib.import_module(f"latentlab.models.{name}.spec").KIND for name in _SHIPPED)
    return {kind.name: kind for kind in found}


@functools.cache
def _installed() -> tuple[dict[str, KindSpec], tuple[str, ...]]:
    """The kinds of installed packages, and a message about each that cannot be loaded."""
    from importlib.metadata import (
        entry_points,  # imported here: it takes longer than everything else in this file
    )

    kinds: dict[str, KindSpec] = {}
    faults = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        package = f" of {point.dist.name}" if point.dist else ""
        try:
            kind = point.load()
            if not isinstance(kind, KindSpec):
                raise TypeError(f"{point.value} is a {type(kind).__name__}, expected a KindSpec")
            if kind.name in _SHIPPED or kind.name in kinds:
                raise ValueError(f"there is a kind called {kind.name} already")
        except Exception as error:  # whatever the error, the other kinds stay usable
            what = f"{type(error).__name__}: {error}"
            faults.append(
                f"the kind of model {point.name!r}{package} is left out, for it has a fault ({what})"
            )
        else:
            kinds[kind.name] = kind
    return kinds, tuple(faults)


def faults() -> tuple[str, ...]:
    """Messages about the kinds of installed packages that could not be loaded."""
    return _installed()[1]


@contextlib.contextmanager
def registered(kind: KindSpec) -> Iterator[KindSpec]:
    """Registers a kind, or replaces one of its name, within the context."""
    before = _for_now.get(kind.name)
    _for_now[kind.name] = kind
    try:
        yield kind
    finally:
        _for_now.pop(kind.name)
        if before is not None:
            _for_now[kind.name] = before


def find_kind(name: str) -> KindSpec:
    """The kind called `name`.

    Raises:
        LabError: listing the known kinds.
    """
    if name not in KINDS:
        raise LabError(f"unknown kind of model {reprlib.repr(name)}", hint=f"Known: {', '.join(KINDS)}")
    return KINDS[name]


def kind_that(capability: Capability) -> KindSpec:
    """The first kind all of whose models have this capability."""
    return next(kind for kind in KINDS.values() if capability in kind.capabilities)


def how_to_train(capability: Capability) -> str:
    """The command, without its flags, that trains a model with this capability: for a hint."""
    return f"latentlab train {kind_that(capability).name}"


def capabilities_in(name: object, fields: object) -> frozenset[Capability]:
    """The capabilities of a model by the kind and config in its file; none if they are invalid.

    Needs no torch, and opens nothing: a model is checked when it is opened.
    """
    if not isinstance(name, str) or name not in KINDS:
        return frozenset()
    kind = KINDS[name]
    try:
        return kind.can(parse_config(kind.config, fields if isinstance(fields, Mapping) else {}))
    except LabError:
        return kind.capabilities


def translation_in(name: object, fields: object) -> Translation | None:
    """What a model translates, by the kind and config in its file; None if it does not, or they are invalid.

    Needs no torch, as `capabilities_in`.
    """
    if not isinstance(name, str) or name not in KINDS or not isinstance(fields, Mapping):
        return None
    kind = KINDS[name]
    try:
        return None if kind.translation is None else kind.translation(parse_config(kind.config, fields))
    except LabError:
        return None


def count_parameters(kind: KindSpec, config: Any) -> int:
    """The number of weights of such a model, computed without allocating any of them."""
    return sum(parameter.numel() for parameter in _on_meta(kind, config).parameters())


def expected_shapes(name: str, fields: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """The shape of each tensor of such a model, computed without allocating any of them.

    Raises:
        LabError: as `build` does.
    """
    kind, config = _checked(name, fields)
    return {key: tuple(tensor.shape) for key, tensor in _on_meta(kind, config).state_dict().items()}


def build(name: str, fields: Mapping[str, Any]) -> nn.Module:
    """A model with random weights from its kind and the fields of its config.

    Raises:
        LabError: for an unknown kind, a wrong field, or a model of more than MAX_PARAMETERS weights;
            all before anything is allocated.
    """
    kind, config = _checked(name, fields)
    return kind.build(config)


def _on_meta(kind: KindSpec, config: Any) -> nn.Module:
    import torch  # imported here: names, flags and forms are needed long before torch

    with torch.device("meta"):
        return kind.build(config)


def _checked(name: str, fields: Mapping[str, Any]) -> tuple[KindSpec, Any]:
    kind = find_kind(name)
    config = parse_config(kind.config, fields)
    model = _on_meta(kind, config)
    # Buffers need memory as weights do.
    count = sum(tensor.numel() for tensor in (*model.parameters(), *model.buffers()))
    if count > MAX_PARAMETERS:
        raise LabError(
            f"the config asks for {count:,} weights, over the limit of {MAX_PARAMETERS:,}",
            hint="Make latents, shape or widths smaller",
        )
    return kind, config

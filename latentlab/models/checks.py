"""Parses and checks configs from JSON: each field in its range; an error names the first wrong one."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import reprlib
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from latentlab.errors import LabError

# The most classes or attributes of a model: as many as can be read from data.
MOST_CLASSES, MOST_ATTRIBUTES = 1000, 256
# The most entries of a list in a config: the colours of a palette; there may be more names of classes.
_LONGEST = 256

ConfigT = TypeVar("ConfigT")


def parse_config(kind: type[ConfigT], fields: Mapping[str, Any]) -> ConfigT:
    """A frozen config of dataclass `kind` from parsed JSON; unknown fields and wrong types are refused.

    Ranges are checked by the config itself (`__post_init__`). Lists become tuples.

    Raises:
        LabError: naming the first field that is wrong.
    """
    if not isinstance(fields, Mapping):
        raise LabError(f"the model's config is {type(fields).__name__}, expected an object")
    known = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    types = typing.get_type_hints(kind)
    values: dict[str, Any] = {}
    for name, value in fields.items():
        if name not in known:
            raise LabError(f"config field {_shown(name)} is unknown", hint=f"Known: {', '.join(known)}")
        values[name] = _as_type(name, value, types[name])
    for name, field in known.items():
        if name not in values and field.default is field.default_factory is dataclasses.MISSING:
            raise LabError(f"config field {name!r} is missing")
    return kind(**values)


def _as_type(name: str, value: Any, wanted: Any) -> Any:
    if typing.get_origin(wanted) is tuple:
        element = typing.get_args(wanted)[0]
        named = name == "condition_names"
        if isinstance(value, list | tuple) and len(value) <= (MOST_CLASSES if named else _LONGEST):
            return tuple(_as_type(name, item, element) for item in value)
        if named and isinstance(value, list | tuple):
            raise _too_many(len(value), exclusive=True)
        raise LabError(f"config field {name!r} must be a short list")
    if wanted is float and isinstance(value, int | float) and not isinstance(value, bool):
        with contextlib.suppress(OverflowError):  # JSON's integers are unbounded, floats are not
            return float(value)
    if type(value) is not wanted:
        raise LabError(f"config field {name!r} is {_shown(value)}, expected {wanted.__name__}")
    return value


def require_range(name: str, value: float, low: float, high: float) -> None:
    """Refuses a config value outside [low, high], NaN included, naming the field."""
    if not low <= value <= high:
        raise LabError(f"config field {name!r} is {_shown(value)}, expected {low:g} to {high:g}")


def require_shape(shape: tuple[int, ...]) -> None:
    """Refuses pictures that are not (C, H, W) of 1 to 4 channels and sides of 4 to 256 pixels."""
    if len(shape) != 3:
        raise LabError(f"config field 'shape' has {len(shape)} numbers, expected C, H, W")
    require_range("shape (channels)", shape[0], 1, 4)
    for side in shape[1:]:
        require_range("shape (sides)", side, 4, 256)


def require_numbers(shape: tuple[int, ...], most: int, taker: str) -> int:
    """D = C H W of pictures (C, H, W); refuses more than `most`, which `taker` can take."""
    numbers = math.prod(shape)
    if numbers > most:
        raise LabError(
            f"pictures of {' x '.join(map(str, shape))} have {numbers:,} numbers, and {taker} takes "
            f"{most:,} at the most",
            hint="Open the pictures at a smaller size",
        )
    return numbers


def require_conditions(names: tuple[str, ...], *, exclusive: bool, least: int) -> None:
    """Refuses classes (or attributes, if not exclusive) that are too few, too many, or not unique."""
    what = "classes" if exclusive else "attributes"
    if len(names) < least:
        raise LabError(f"the model has {len(names)} {what}, and needs {least}")
    if len(names) > (MOST_CLASSES if exclusive else MOST_ATTRIBUTES):
        raise _too_many(len(names), exclusive=exclusive)
    if len(set(names)) < len(names):
        twice = next(name for number, name in enumerate(names) if name in names[:number])
        raise LabError(f"two of the {what} are called {_shown(twice)}", hint="Give each a name of its own")


def _too_many(count: int, *, exclusive: bool) -> LabError:
    what, most = ("classes", MOST_CLASSES) if exclusive else ("attributes", MOST_ATTRIBUTES)
    return LabError(
        f"{count:,} {what}; at most {most:,} can be used by a model",
        hint=f"Train on a part of the {what}, or an unconditional model such as a VAE",
    )


def require_choice(name: str, value: str, choices: typing.Iterable[str]) -> None:
    """Refuses a config value that is not among `choices`, naming the field and the choices."""
    if value not in choices:
        raise LabError(f"config field {name!r} is {_shown(value)}", hint=f"Known: {', '.join(choices)}")


def _shown(value: object) -> str:
    """A value from a file, shortened for a message."""
    return reprlib.repr(value)[:80]

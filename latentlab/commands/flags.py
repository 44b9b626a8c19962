"""The flags of `latentlab train KIND`, made from the fields of the kind's config and `TrainingPlan`.

Names, types, defaults and help are the dataclasses' own, so that they are written once. For a user's own
pictures, some defaults are replaced by what suits them, as in the window. The data sets of the catalog keep
the defaults, so that a stored command trains the same again.
"""

from __future__ import annotations

import argparse
import dataclasses
import shlex
import typing
from collections.abc import Callable, Mapping
from typing import Any

from latentlab.engine.training.plan import TrainingPlan, means_something, usual_plan
from latentlab.models.registry import find_kind
from latentlab.models.settings import settings_of

_PROPOSED = (
    "For pictures of your own, what is not given is chosen to suit them where that matters, as in the "
    "window; what was chosen is printed as it begins."
)


def add_training_flags(parser: argparse.ArgumentParser, name: str) -> None:
    """Adds a flag for each field: `learning_rate` becomes `--learning-rate`, tuples are written 512,256.

    Without a default, so that given flags can be recognised.
    """
    for title, kind, fields in _groups(name):
        group = parser.add_argument_group(title, _PROPOSED)
        types, about = typing.get_type_hints(kind), settings_of(kind)
        for field, default in fields.items():
            words = about[field].help or field.replace("_", " ")
            group.add_argument(
                _flag(field),
                dest=field,
                type=_parser_of(types[field]),
                metavar=_metavar(types[field]),
                help=f"{words} (default {_as_text(default)})".replace("%", "%%"),
            )


def given(arguments: argparse.Namespace) -> dict[str, Any]:
    """The given flags of model and training."""
    asked = {field: getattr(arguments, field) for _, _, fields in _groups(arguments.kind) for field in fields}
    return {field: value for field, value in asked.items() if value is not None}


def read_config(arguments: argparse.Namespace, proposed: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the kind's config, given, proposed or default; not those that the data determine."""
    (_, _, fields), _ = _groups(arguments.kind)
    return _settled(arguments, proposed, fields)


def read_plan(arguments: argparse.Namespace, proposed: Mapping[str, Any]) -> TrainingPlan:
    """The `TrainingPlan`, its fields given, proposed or default."""
    _, (_, _, fields) = _groups(arguments.kind)
    return dataclasses.replace(usual_plan(arguments.kind), **_settled(arguments, proposed, fields))


def command_line(arguments: argparse.Namespace, proposed: Mapping[str, Any], *, whole: bool) -> str:
    """The command that trains the same model again.

    It lists what is not a default. `whole` adds all that was given or proposed, for data with proposed
    values: these may change in a later version.
    """
    words = ["latentlab", "train", arguments.kind, "--data", arguments.data, "--out", str(arguments.out)]
    if arguments.half:
        words.append("--half")
    if arguments.start is not None:
        words += ["--from", str(arguments.start)]
    asked = given(arguments)
    for _, _, fields in _groups(arguments.kind):
        for field, value in _settled(arguments, proposed, fields).items():
            if value != fields[field] or (whole and (field in asked or field in proposed)):
                words += [_flag(field), _as_text(value)]
    return shlex.join(words)


def news(arguments: argparse.Namespace, proposed: Mapping[str, Any]) -> str:
    """The proposed values as flags: `--epochs 300 --batch 8`."""
    defaults = {
        field: default for _, _, fields in _groups(arguments.kind) for field, default in fields.items()
    }
    return " ".join(
        f"{_flag(field)} {_as_text(value)}"
        for field, value in proposed.items()
        if value != defaults.get(field, value)
    )


def contradictions(arguments: argparse.Namespace, begun: Mapping[str, Any]) -> str:
    """Flags that contradict those a training was `begun` with: `--epochs 30 (begun with 20)`.

    The device may change.
    """
    other = {
        field: value
        for field, value in given(arguments).items()
        if field != "device" and field in begun and _as_text(value) != _as_text(_listed(begun[field]))
    }
    return ", ".join(
        f"{_flag(field)} {_as_text(value)} (begun with {_as_text(_listed(begun[field]))})"
        for field, value in other.items()
    )


def _listed(value: Any) -> Any:
    """JSON has no tuples."""
    return tuple(value) if isinstance(value, list) else value


def _settled(
    arguments: argparse.Namespace, proposed: Mapping[str, Any], fields: Mapping[str, Any]
) -> dict[str, Any]:
    asked = given(arguments)
    return {field: asked.get(field, proposed.get(field, default)) for field, default in fields.items()}


def _groups(name: str) -> tuple[tuple[str, type[Any], dict[str, Any]], ...]:
    """The settings of model and training: (title, class, the fields and their defaults)."""
    config = find_kind(name).config
    about = settings_of(config)
    of_model = {field.name: field.default for field in dataclasses.fields(config)}
    of_plan = dataclasses.asdict(usual_plan(name))
    return (
        ("model", config, {field: value for field, value in of_model.items() if not about[field].from_data}),
        (
            "training",
            TrainingPlan,
            {field: value for field, value in of_plan.items() if means_something(field, name)},
        ),
    )


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _parser_of(kind: Any) -> Callable[[str], Any]:
    if typing.get_origin(kind) is tuple:
        return _whole_numbers
    if kind is bool:
        return _truth
    parser: Callable[[str], Any] = kind
    return parser


def _metavar(kind: Any) -> str:
    if typing.get_origin(kind) is tuple:
        return "N,N,..."
    return {int: "N", float: "X", bool: "yes|no"}.get(kind, "NAME")


def _whole_numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text[:60]!r} is not a list of whole numbers such as 512,256"
        ) from None


def _truth(text: str) -> bool:
    if text not in ("yes", "no"):
        raise argparse.ArgumentTypeError(f"{text[:60]!r} is neither yes nor no")
    return text == "yes"


def _as_text(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)

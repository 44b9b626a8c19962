"""A session as JSON, to be found again at the next start.

Read with suspicion: whatever is damaged, of another version or out of range makes the whole text
unusable, and the reader says so. Nothing is guessed.
"""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

from latentlab.errors import LabError
from latentlab.session.state import (
    AUTO,
    COMPONENTS,
    GRID_SIZES,
    LERP,
    OVER_PRIOR,
    OVER_VIEW,
    PAIR,
    SLERP,
    TRANSIENT,
    WALK_STEPS,
    GridSettings,
    Layers,
    PlaneSettings,
    SessionState,
    WalkSettings,
)

VERSION = 3
_MOST_DIMENSIONS = 256


def to_text(state: SessionState) -> str:
    """The undoable part of a state as one line of JSON."""
    fields = {name: value for name, value in dataclasses.asdict(state).items() if name not in TRANSIENT}
    fields["hidden"] = sorted(state.hidden)
    return json.dumps({"version": VERSION, "state": fields})


def from_text(text: str) -> SessionState:
    """The state written by `to_text`.

    Raises:
        LabError: if the text is damaged or from another version.
    """
    try:
        saved = json.loads(text)
        fields = saved["state"]
        version = saved["version"]
        if type(version) is not int or not 1 <= version <= VERSION:
            raise LabError(f"the saved session is of version {version}, not {VERSION}")
        if version < 2:
            # Written when every plane was of a model's first two dimensions and no model had conditions.
            fields = {"plane": dataclasses.asdict(PlaneSettings()), "condition": [], **fields}
        if version < 3:
            # Written when there were no attributes to add, and nothing had been added.
            fields = {"amounts": [], **fields}
        return _state(fields)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise LabError(f"the saved session is damaged ({type(error).__name__}: {error})") from None


def _state(fields: dict[str, Any]) -> SessionState:
    grid, walk = GridSettings(**fields["grid"]), WalkSettings(**fields["walk"])
    layers, plane = Layers(**fields["layers"]), PlaneSettings(**fields["plane"])
    selected = fields["selected"]
    checks = (
        all(type(fields[name]) is str for name in ("model", "data", "split")),
        selected is None or (type(selected) is int and selected >= 0),
        type(grid.size) is int and grid.size in GRID_SIZES and grid.over in (OVER_PRIOR, OVER_VIEW),
        type(walk.steps) is int and walk.steps in WALK_STEPS and walk.path in (LERP, SLERP),
        type(walk.frames_per_second) is int and 1 <= walk.frames_per_second <= 60,
        all(type(value) is bool for value in dataclasses.astuple(layers)),
        all(type(value) is int and value >= 0 for value in fields["hidden"]),
        plane.axes in (AUTO, PAIR, COMPONENTS) and plane.first != plane.second,
        all(type(axis) is int and 0 <= axis < _MOST_DIMENSIONS for axis in (plane.first, plane.second)),
    )
    if not all(checks):
        raise ValueError("a field is out of range")
    return SessionState(
        model=fields["model"],
        data=fields["data"],
        split=fields["split"],
        probe=_point(fields["probe"]),
        selected=selected,
        hidden=frozenset(fields["hidden"]),
        layers=layers,
        plane=plane,
        condition=_point(fields["condition"]) if fields["condition"] != [] else (),
        grid=grid,
        walk=walk,
        amounts=tuple(_amount(name, amount) for name, amount in fields["amounts"]),
        pins=tuple(_point(pin) for pin in fields["pins"]),
    )


def _amount(name: Any, amount: Any) -> tuple[str, float]:
    if type(name) is not str or type(amount) not in (int, float) or not math.isfinite(amount):
        raise ValueError("an attribute is not added a number of times")
    return name, float(amount)


def _point(values: list[Any]) -> tuple[float, ...]:
    if not 1 <= len(values) <= _MOST_DIMENSIONS or not all(type(value) in (int, float) for value in values):
        raise ValueError("a point is not a list of numbers")
    point = tuple(float(value) for value in values)
    if not all(map(math.isfinite, point)):
        raise ValueError("a coordinate is not finite")
    return point

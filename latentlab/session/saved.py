"""Saves a session as JSON and reads it back at the next start.

Input is checked: anything damaged, of another version or out of range makes the whole text invalid, and the
reader says so. Nothing is guessed. Its limits are in `latentlab.session.bounds`.
"""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import replace
from functools import lru_cache
from typing import Any

from latentlab.data.limits import MAX_CLASSES, MAX_PICTURES
from latentlab.data.spec import dealt_by_count
from latentlab.engine.attributes.trust import MAX_LATENTS, Trust
from latentlab.engine.types import is_coordinate
from latentlab.errors import LabError
from latentlab.session.bounds import MAX_LETTERS
from latentlab.session.memories import MAX_MEMORIES, SHARED
from latentlab.session.own_directions import OwnDirection
from latentlab.session.point_settings import point_settings_from
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
    UNSAVED,
    WALK_STEPS,
    Analogy,
    GridSettings,
    Layers,
    PictureKeys,
    Place,
    PlaneSettings,
    SessionState,
    WalkSettings,
)

VERSION = 8
# Fields that a version added: older texts lack them, and get the defaults.
_SINCE = {
    2: ("plane", "condition"),
    3: ("amounts",),
    4: ("asked", "group_a", "group_b", "own", "analogy"),
    5: ("lean",),
    6: ("pictures",),
    7: ("points",),
    8: ("places", "model_hash", "memories"),
}
_KEYED = 6
# How the text of a session without memories ends.
_END = "]}}"
_TEXTS = ("model", "data", "split", "model_hash")
_MOST_CONDITIONS = MAX_CLASSES


def to_text(state: SessionState) -> str:
    """The undoable part of a state as one line of JSON."""
    whole = _text({"version": VERSION, "state": {**_fields(state), "memories": []}})
    assert whole.endswith(_END)
    return whole.removesuffix(_END) + ", ".join(map(_memory_text, state.memories)) + _END


# A session is saved every few seconds; what waits for other models stays as it is meanwhile.
@lru_cache(maxsize=MAX_MEMORIES)
def _memory_text(memory: SessionState) -> str:
    return _text({name: value for name, value in _fields(memory).items() if name not in SHARED})


def _text(value: Any) -> str:
    return json.dumps(value, default=dataclasses.asdict)


def _fields(state: SessionState) -> dict[str, Any]:
    left = TRANSIENT | UNSAVED | {"memories"}
    names = (field.name for field in dataclasses.fields(state) if field.name not in left)
    return {**{name: getattr(state, name) for name in names}, "hidden": sorted(state.hidden)}


def from_text(text: str) -> SessionState:
    """Reads the state written by `to_text`.

    Raises:
        LabError: if the text is damaged or from another version.
    """
    try:
        saved = json.loads(text)
        fields = saved["state"]
        version = saved["version"]
        if type(version) is not int or not 1 <= version <= VERSION:
            raise LabError(f"the saved session is of version {version}, not {VERSION}")
        usual = json.loads(to_text(SessionState()))["state"]
        for since, names in _SINCE.items():
            if version < since:
                fields = {**{name: usual[name] for name in names}, **fields}
        state = _state(fields)
        # Its numbers refer to the order of pictures before they had keys.
        return replace(state, data=dealt_by_count(state.data)) if version < _KEYED else state
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise LabError(f"the saved session is damaged ({type(error).__name__}: {error})") from None


def _state(fields: dict[str, Any]) -> SessionState:
    grid, walk = GridSettings(**fields["grid"]), WalkSettings(**fields["walk"])
    layers, plane = Layers(**fields["layers"]), PlaneSettings(**fields["plane"])
    selected = fields["selected"]
    group_a, group_b = _group(fields["group_a"]), _group(fields["group_b"])
    checks = (
        all(type(fields[name]) is str for name in _TEXTS),
        all(len(fields[name]) <= MAX_LETTERS for name in _TEXTS),
        selected is None or (type(selected) is int and selected >= 0),
        type(grid.size) is int and grid.size in GRID_SIZES and grid.over in (OVER_PRIOR, OVER_VIEW),
        type(walk.steps) is int and walk.steps in WALK_STEPS and walk.path in (LERP, SLERP),
        type(walk.frames_per_second) is int and 1 <= walk.frames_per_second <= 60,
        all(type(value) is bool for value in (*dataclasses.astuple(layers), fields["lean"])),
        all(type(value) is int and value >= 0 for value in fields["hidden"]),
        not set(group_a) & set(group_b),
        plane.axes in (AUTO, PAIR, COMPONENTS) and plane.first != plane.second,
        all(type(axis) is int and 0 <= axis < MAX_LATENTS for axis in (plane.first, plane.second)),
    )
    if not all(checks):
        raise ValueError("a field is out of range")
    return SessionState(
        model=fields["model"],
        data=fields["data"],
        split=fields["split"],
        # A model without latents has none.
        probe=_point(fields["probe"]) if fields["probe"] != [] else (),
        selected=selected,
        hidden=frozenset(fields["hidden"]),
        layers=layers,
        plane=plane,
        condition=_point(fields["condition"], _MOST_CONDITIONS) if fields["condition"] != [] else (),
        lean=fields["lean"],
        grid=grid,
        walk=walk,
        asked=tuple(_amount(name, number) for name, number in fields["asked"]),
        amounts=tuple(_amount(name, amount) for name, amount in fields["amounts"]),
        pins=tuple(_point(pin) for pin in fields["pins"]),
        group_a=group_a,
        group_b=group_b,
        own=_own(fields["own"]),
        analogy=_analogy(fields["analogy"]),
        points=point_settings_from(fields["points"]),
        pictures=_pictures(fields["pictures"]),
        places=tuple(map(_place, _list(fields["places"]))),
        model_hash=fields["model_hash"],
        memories=tuple(map(_memory, _list(fields["memories"]))),
    )


def _memory(fields: dict[str, Any]) -> SessionState:
    """What waits for another model: it has no memories itself."""
    return _state({**fields, "own": [], "memories": []})


def _place(fields: dict[str, Any]) -> Place:
    name, condition = fields["name"], fields["condition"]
    if type(name) is not str or not 0 < len(name) <= MAX_LETTERS:
        raise ValueError("a place has an invalid name")
    told = _point(condition, _MOST_CONDITIONS) if condition != [] else ()
    return Place(name, _point(fields["z"]), told)


def _list(values: Any) -> list[Any]:
    if type(values) is not list:
        raise ValueError("a list was expected")
    return values


def _group(numbers: Any) -> tuple[int, ...]:
    if type(numbers) is not list or not all(type(number) is int and number >= 0 for number in numbers):
        raise ValueError("a group is not a list of pictures")
    if len(set(numbers)) < len(numbers):
        raise ValueError("a picture is in a group twice")
    return tuple(numbers)


def _pictures(value: Any) -> PictureKeys | None:
    if value is None:
        return None
    lists = value["group_a"], value["group_b"], value["hidden"]
    keys = [value["selected"], *(key for some in lists for key in some)]
    if not all(type(some) is list for some in lists) or not all(type(key) is str for key in keys):
        raise ValueError("a picture has an invalid key")
    if any(len(key) > MAX_LETTERS for key in keys) or len(keys) > 2 * MAX_PICTURES:
        raise ValueError("its pictures' keys are too long, or too many")
    return PictureKeys(value["selected"], *map(tuple, lists))


def _own(values: list[Any]) -> tuple[OwnDirection, ...]:
    if type(values) is not list:
        raise ValueError("the directions are not a list")
    own = tuple(_direction(value) for value in values)
    if len({(one.name, one.model_hash) for one in own}) < len(own):
        raise ValueError("two directions of a model have one name")
    return own


def _direction(value: dict[str, Any]) -> OwnDirection:
    words = {name: value[name] for name in ("name", "method", "data", "model", "model_hash")}
    if not all(type(text) is str for text in words.values()):
        raise ValueError("a direction has an invalid name")
    trust = value["trust"]
    try:
        return OwnDirection(
            vector=_point(value["vector"]),
            have=_count(value["have"]),
            lack=_count(value["lack"]),
            trust=Trust(
                auc=_figure(trust["auc"]),
                cohens_d=_figure(trust["cohens_d"]),
                have=_count(trust["have"]),
                lack=_count(trust["lack"]),
            ),
            **words,
        )
    except LabError as error:
        raise ValueError(str(error)) from None


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("a count is not a whole number")
    return value


def _figure(value: Any) -> float | None:
    if value is None:
        return None
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError("a figure is not a number")
    return float(value)


def _analogy(points: Any) -> Analogy:
    if type(points) is not list or len(points) != 3:
        raise ValueError("an analogy is not three points")
    a, b, c = (None if point is None else _point(point) for point in points)
    return a, b, c


def _amount(name: Any, amount: Any) -> tuple[str, float]:
    if type(name) is not str or len(name) > MAX_LETTERS:
        raise ValueError("an attribute has an invalid name")
    if type(amount) not in (int, float) or not is_coordinate(amount):
        raise ValueError("the amount of an attribute is not a number")
    return name, float(amount)


def _point(values: list[Any], most: int = MAX_LATENTS) -> tuple[float, ...]:
    if not 1 <= len(values) <= most or not all(type(value) in (int, float) for value in values):
        raise ValueError("a point is not a list of numbers")
    point = tuple(float(value) for value in values)
    if not all(map(is_coordinate, point)):
        raise ValueError("a coordinate is not finite, or too large")
    return point

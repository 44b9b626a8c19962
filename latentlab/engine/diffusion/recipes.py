"""Recipes: everything that determines a tape of reverse diffusion, as frozen values. Torch-free.

The same recipe and model make the same tape.

A recipe has a start (noise, an arc between two noises, a noised picture, a picture with a hole), sampler
settings (sampler, steps, guidance, conditions), and may branch off into other ones.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
import math
import reprlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from latentlab.engine.types import Point
from latentlab.errors import LabError
from latentlab.models.sampler_names import SAMPLER_NAMES

MOST_PICTURES = 64
MOST_STEPS = 10_000
MOST_GUIDANCE = 20.0
# A share of the way to T: with less there are no steps to take.
LEAST_STRENGTH = 0.001
_MOST_SEED = 2**63 - 1
_MOST_BRANCHES = 16
_MOST_REPEATS = 50
_MOST_PIXELS = 256 * 256 * 4


def _require(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise LabError(f"{name} is {reprlib.repr(value)}, expected {low:g} to {high:g}")


@dataclass(frozen=True)
class Pixels:
    """A picture that can be compared and hashed: shape (H, W) or (H, W, 3), and its bytes row by row."""

    shape: tuple[int, ...]
    content: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if math.prod(self.shape) != len(self.content) or not 0 < len(self.content) <= _MOST_PIXELS:
            raise LabError(f"{len(self.content)} bytes are not a picture of shape {self.shape}")


@dataclass(frozen=True)
class SamplerSettings:
    """The settings of the reverse process.

    Attributes:
        sampler: a name of SAMPLER_NAMES.
        steps: the number of steps from T to 0.
        eta: DDIM's share of noise, 0 to 1; not used by the other samplers.
        guidance: the scale of classifier-free guidance: 1 as it was learnt, 0 ignores the condition.
        conditions: the condition of each picture, a number for each condition name; the first picture the
            first, and when they are used up the first again. Empty for unconditional samples.
        seed: of the noise; picture i has a stream of its own, the same in a batch of any size.
    """

    sampler: str = "ddim"
    steps: int = 50
    eta: float = 0.0
    guidance: float = 1.0
    conditions: tuple[Point, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        if self.sampler not in SAMPLER_NAMES:
            raise LabError(
                f"no sampler is called {self.sampler[:40]!r}", hint=f"Known: {', '.join(SAMPLER_NAMES)}"
            )
        _require("steps", self.steps, 1, MOST_STEPS)
        _require("eta", self.eta, 0.0, 1.0)
        _require("guidance", self.guidance, 0.0, MOST_GUIDANCE)
        _require("seed", self.seed, 0, _MOST_SEED)

    def condition_of(self, number: int) -> Point:
        """The condition of picture `number` (from 0); () for none."""
        return self.conditions[number % len(self.conditions)] if self.conditions else ()


@dataclass(frozen=True)
class FromNoise:
    """Each picture starts as noise of its own."""


@dataclass(frozen=True)
class BetweenNoises:
    """The first picture starts as its noise under the settings' seed, the last as the first one's under
    `seed`, and those between lie on the arc from one to the other.

    All have the condition of the first, and a sampler that draws noise at each step draws it once for all:
    otherwise neighbours would have nothing in common.
    """

    seed: int

    def __post_init__(self) -> None:
        _require("seed", self.seed, 0, _MOST_SEED)


@dataclass(frozen=True)
class FromPicture:
    """SDEdit: a picture, noised to `strength` of the way to T; each picture with noise of its own.

    Source: Meng et al., SDEdit (2022).
    """

    pixels: Pixels
    strength: float = 0.5

    def __post_init__(self) -> None:
        _require("strength", self.strength, LEAST_STRENGTH, 1.0)


@dataclass(frozen=True)
class Inpainting:
    """Keeps a picture except where `mask` (H, W) is not 0; see `latentlab.models.inpainting`."""

    pixels: Pixels
    mask: Pixels
    repeats: int = 5

    def __post_init__(self) -> None:
        _require("repeats", self.repeats, 1, _MOST_REPEATS)
        if self.mask.shape != self.pixels.shape[:2]:
            raise LabError(f"a mask of {self.mask.shape} for a picture of {self.pixels.shape[:2]}")


Start = FromNoise | BetweenNoises | FromPicture | Inpainting


@dataclass(frozen=True)
class Branch:
    """Other sampler settings from frame `at` of the tape on."""

    at: int
    sampler_settings: SamplerSettings

    def __post_init__(self) -> None:
        _require("branch's frame", self.at, 0, MOST_STEPS)


@dataclass(frozen=True)
class Recipe:
    """A tape: `count` pictures from `start` with sampler settings, and the branches taken, one off the
    other.
    """

    count: int = 16
    sampler_settings: SamplerSettings = SamplerSettings()
    start: Start = FromNoise()
    branches: tuple[Branch, ...] = ()

    def __post_init__(self) -> None:
        _require("count", self.count, 1, MOST_PICTURES)
        _require("branches (how many)", len(self.branches), 0, _MOST_BRANCHES)
        if any(later.at <= earlier.at for earlier, later in pairwise(self.branches)):
            raise LabError("a branch starts before the branch that it starts from")

    @property
    def last_sampler_settings(self) -> SamplerSettings:
        """The settings with which the tape ends."""
        return self.branches[-1].sampler_settings if self.branches else self.sampler_settings

    def branched(self, at: int, sampler_settings: SamplerSettings) -> Recipe:
        """The tape that leaves this one at frame `at`."""
        kept = tuple(branch for branch in self.branches if branch.at < at)
        return dataclasses.replace(self, branches=(*kept, Branch(at, sampler_settings)))


_STARTS: Mapping[str, type[Any]] = {
    "noise": FromNoise, "between": BetweenNoises, "picture": FromPicture, "inpainting": Inpainting,
}  # fmt: skip


def as_json(recipe: Recipe) -> str:
    """The recipe as a line of ASCII, pictures and masks included."""
    name = next(name for name, kind in _STARTS.items() if type(recipe.start) is kind)
    start = {key: _plain(getattr(recipe.start, key)) for key in _names(type(recipe.start))}
    fields = {
        "count": recipe.count,
        "manner": _told(recipe.sampler_settings),
        "start": {"kind": name, **start},
        "branches": [{"at": b.at, "manner": _told(b.sampler_settings)} for b in recipe.branches],
    }
    return json.dumps(fields, allow_nan=False, separators=(",", ":"))


def from_json(text: str) -> Recipe:
    """Reads a recipe, and checks every field.

    Raises:
        LabError: saying what is wrong with it.
    """
    try:
        fields = _fields(json.loads(text), ("count", "manner", "start", "branches"))
        start = dict(fields["start"])
        kind = _STARTS[start.pop("kind")]
        _fields(start, _names(kind))
        return Recipe(
            count=_whole(fields["count"]),
            sampler_settings=_sampler_settings(fields["manner"]),
            start=kind(**{key: _parsed(key, value) for key, value in start.items()}),
            branches=tuple(
                Branch(_whole(b["at"]), _sampler_settings(b["manner"]))
                for b in (_fields(branch, ("at", "manner")) for branch in _list(fields["branches"]))
            ),
        )
    except LabError as error:
        raise LabError(f"its recipe is damaged: {error.what}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError, zlib.error):
        raise LabError("its recipe is damaged") from None


def _fields(found: Mapping[str, Any], names: Sequence[str]) -> Mapping[str, Any]:
    """An object with exactly these fields: an unknown field might matter."""
    if sorted(found) != sorted(names):
        raise LabError(f"fields missing or unknown: {', '.join(sorted(set(found) ^ set(names)))[:80]}")
    return found


def _told(sampler_settings: SamplerSettings) -> dict[str, Any]:
    fields = dataclasses.asdict(sampler_settings)
    # Most values are 0 or 1, and there may be many.
    fields["conditions"] = [
        [int(number) if number in (0.0, 1.0) else number for number in row]
        for row in sampler_settings.conditions
    ]
    return fields


def _sampler_settings(found: Mapping[str, Any]) -> SamplerSettings:
    fields = _fields(found, _names(SamplerSettings))
    return SamplerSettings(
        sampler=_text(fields["sampler"]),
        steps=_whole(fields["steps"]),
        eta=_finite(fields["eta"]),
        guidance=_finite(fields["guidance"]),
        conditions=tuple(tuple(_share(number) for number in row) for row in _list(fields["conditions"])),
        seed=_whole(fields["seed"]),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Pixels):
        packed = base64.b64encode(zlib.compress(value.content, 9)).decode("ascii")
        return {"shape": list(value.shape), "zlib": packed}
    return value


def _parsed(key: str, value: Any) -> Any:
    if key in ("pixels", "mask"):
        _fields(value, ("shape", "zlib"))
        shape = tuple(_whole(side) for side in value["shape"])
        if not (len(shape) in (2, 3) and 0 < math.prod(shape) <= _MOST_PIXELS and min(shape) > 0):
            raise LabError("a picture of an invalid shape")
        try:
            packed = base64.b64decode(value["zlib"], validate=True)
        except binascii.Error:
            raise LabError("a picture that is not base64") from None
        # Decompress little more than the shape says, whatever the file holds; one byte more reveals an
        # excess.
        return Pixels(shape, zlib.decompressobj().decompress(packed, math.prod(shape) + 1))
    return _finite(value) if key == "strength" else _whole(value)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise LabError("something else than a list")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise LabError("a name that is not text")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise LabError("a number that is not whole")
    return value


def _finite(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise LabError("a number that is not finite")
    return float(value)


def _share(value: Any) -> float:
    number = _finite(value)
    _require("the condition of a picture", number, 0.0, 1.0)
    return number


def _names(kind: type[Any]) -> list[str]:
    return [field.name for field in dataclasses.fields(kind)]

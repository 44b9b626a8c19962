"""Requests to a model that translates: a picture of a drawing, and drawings of the data. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from latentlab.engine.rendering.serving import A, Reply, Request
from latentlab.engine.types import Picture
from latentlab.models.capabilities import Capability

# For type checking only: the window's frame must not wait for numpy.
if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class OfTranslator(Request[A]):
    """A request to a model that translates."""

    needs: ClassVar[frozenset[Capability]] = frozenset({Capability.TRANSLATES})


@dataclass(frozen=True, eq=False)
class TranslateReply(Reply):
    """The picture made of a source.

    Attributes:
        picture: uint8 (H, W) or (H, W, 3).
        judged: the critic's probability that each patch is true, float32 (h, w); None without a critic.
        beside: what the model beside it makes of the same source; None without one.
        note: why there is nothing beside it; "" if there is, or nothing was asked for.
        ms: how long it took.
    """

    picture: Picture
    judged: NDArray[np.float32] | None = None
    beside: Picture | None = None
    note: str = ""
    ms: float = 0.0


@dataclass(frozen=True, eq=False)
class TranslateRequest(OfTranslator[TranslateReply]):
    """Make a picture of a source, uint8 (H, W) or (H, W, 3); and beside it by another model, "" for none."""

    priority: ClassVar[int] = 1
    by_hand: ClassVar[bool] = True
    source: Picture
    beside: str = ""


@dataclass(frozen=True, eq=False)
class SourceReply(Reply):
    """What a picture of the data is made from, and how.

    Attributes:
        index: the picture in the data; None where there is none.
        source, true: uint8 pictures; `source` is blank paper and `true` None without a picture.
        name: what a source is, one of `latentlab.core.sources.SOURCES`.
        grain: the side of the squares that the source is made of.
        partner: a model of the same pictures that translates without a critic, by name or path; "" for none.
    """

    index: int | None
    source: Picture
    true: Picture | None
    name: str
    grain: int
    partner: str = ""


@dataclass(frozen=True, eq=False)
class SourceRequest(OfTranslator[SourceReply]):
    """Take the source of picture `index` of the data, or of `pixels`, uint8 (H', W') or (H', W', 3) of any
    size; without either, blank paper.
    """

    priority: ClassVar[int] = 2
    index: int | None = None
    pixels: Picture | None = None


@dataclass(frozen=True, eq=False)
class TranslationSavedReply(Reply):
    """A picture has been written to a file."""

    path: Path


@dataclass(frozen=True, eq=False)
class TranslationSaveRequest(OfTranslator[TranslationSavedReply]):
    """Make a picture of a source, and write it to a picture file, which may exist: the dialog has asked."""

    priority: ClassVar[int] = 5
    path: Path
    source: Picture

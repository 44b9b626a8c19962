"""Requests to a model that translates: a picture of a drawing, and drawings of the data. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from latentlab.engine.files.partners import KnownTranslator
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
    """The picture made of a source. A model with a critic sends two: the picture as soon as it is made, and
    then the same with the critic's map.

    Attributes:
        picture: uint8 (H, W) or (H, W, 3).
        judged: the critic's probability that each patch is true, float32 (h, w); None if it is not known yet,
            or there is no critic.
    """

    picture: Picture
    judged: NDArray[np.float32] | None = None


@dataclass(frozen=True, eq=False)
class TranslateRequest(OfTranslator[TranslateReply]):
    """Make a picture of a source, uint8 (H, W) or (H, W, 3)."""

    priority: ClassVar[int] = 1
    by_hand: ClassVar[bool] = True
    source: Picture


@dataclass(frozen=True, eq=False)
class BesideReply(Reply):
    """What another model makes of a source.

    Attributes:
        model: which, by name or path.
        picture: uint8 (H, W) or (H, W, 3); None if it cannot.
        note: why it cannot; "" if it can.
    """

    model: str
    picture: Picture | None
    note: str = ""


@dataclass(frozen=True, eq=False)
class BesideRequest(OfTranslator[BesideReply]):
    """Make a picture of a source, uint8 (H, W) or (H, W, 3), with another model, by name or path.

    It waits for the pictures of the open model.
    """

    priority: ClassVar[int] = 4
    patient: ClassVar[bool] = True
    source: Picture
    model: str


@dataclass(frozen=True, eq=False)
class TranslatorsReply(Reply):
    """The models that translate the same sources as the open one to pictures of the same shape.

    Those that differ from it in having a critic come first, then the shipped ones, then the user's own.
    """

    models: tuple[KnownTranslator, ...]


@dataclass(frozen=True, eq=False)
class TranslatorsRequest(OfTranslator[TranslatorsReply]):
    """Find the models for beside the open one, among those that ship and the user's `own` files."""

    priority: ClassVar[int] = 5
    own: tuple[Path, ...] = ()


@dataclass(frozen=True, eq=False)
class SourceReply(Reply):
    """What a picture of the data is made from, and how.

    Attributes:
        index: the picture in the data; None where there is none.
        source, true: uint8 pictures; `source` is blank paper and `true` None without a picture.
        name: what a source is, one of `latentlab.core.source_shapes.SOURCES`.
        grain: the side of the squares that the source is made of.
    """

    index: int | None
    source: Picture
    true: Picture | None
    name: str
    grain: int


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

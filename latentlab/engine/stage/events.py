"""What is seen of a training on the stage: frozen frames, and requests for them. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.stage.recipe import Recipe, Source, Tuning
from latentlab.engine.types import Flat

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# The stage is the square from minus this to this.
REACH = 2.0
# Nodes of a field each way, rows from below.
FIELD = 72


@dataclass(frozen=True, eq=False)
class Slopes:
    """|grad f| of a discriminator along segments from the data to what is made.

    Attributes:
        along: float32 (T,), from 0 at the data to 1.
        plan: float32 (3, T), the 10, 50 and 90 % quantiles over the segments of the best transport plan,
            where the best critic has slope 1.
        pairs: the same over random pairs, where the gradient penalty is taken.
    """

    along: NDArray[np.float32]
    plan: NDArray[np.float32]
    pairs: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Ratio:
    """log p/q at points of both sets, in nats: the truth, and what a discriminator believes.

    Attributes:
        true, believed: float32 (N,).
        correlation: between the two.
        exact: whether both densities are known; else that of what is made is an estimate from its points.
    """

    true: NDArray[np.float32]
    believed: NDArray[np.float32]
    correlation: float
    exact: bool


@dataclass(frozen=True, eq=False)
class Field:
    """A number at each node of a grid over the stage.

    Attributes:
        values: float32 (`FIELD`, `FIELD`), rows from below.
        words: what it is.
        low, high: the values at the two ends of the colours.
        middle: whether the middle of the colours means neither of the two sides.
        ends: what the two ends mean.
    """

    values: NDArray[np.float32]
    words: str
    low: float
    high: float
    middle: bool
    ends: tuple[str, str]


@dataclass(frozen=True, eq=False)
class Frame:
    """The stage after so many rounds.

    Attributes:
        round: how many.
        data, made: float32 (N, 2) each, as many points of both.
        plan: int64 (N,), made[i] goes to data[plan[i]] by the best transport.
        mesh: float32 (L, C, 2), where the generator takes the lines of a grid of noise; None if there is
        none.
        ellipses: float32 (K, 3, 2), mean and two axes of each component; None for other families.
        behind: the field behind the points; None for none.
        w1: the exact W1 of the two clouds; `floor` that of two clouds of the data.
        measured: the round after which `w1`, `plan`, `slopes`, `ratio` and `modes` were found: `round`, or
            one before, for they take longer than the others.
        believed: the critic's estimate of it, None for those that make none.
        figures: others, by name.
        slopes, ratio: of a discriminator.
        modes: reached, of how many; None if none are counted.
    """

    round: int
    data: NDArray[np.float32]
    made: NDArray[np.float32]
    plan: NDArray[np.int64]
    w1: float
    floor: float
    measured: int
    believed: float | None = None
    mesh: NDArray[np.float32] | None = None
    ellipses: NDArray[np.float32] | None = None
    behind: Field | None = None
    figures: dict[str, float] = field(default_factory=dict)
    slopes: Slopes | None = None
    ratio: Ratio | None = None
    modes: tuple[int, int] | None = None


@dataclass(frozen=True, eq=False)
class FrameReply(Reply):
    """A frame of the training that was last begun.

    Attributes:
        training: the number of the request that began it.
        frame: as it is.
        last: whether the rounds that were asked for are done.
        fault: why it ended early, "" if it did not.
    """

    training: int
    frame: Frame
    last: bool
    fault: str = ""


@dataclass(frozen=True, eq=False)
class BeginRequest(Request[FrameReply]):
    """Begin a training: its first frame, before any round."""

    priority: ClassVar[int] = 1
    recipe: Recipe
    shown: str = "belief"


@dataclass(frozen=True, eq=False)
class RunRequest(Request[FrameReply]):
    """Go on with the training that was last begun.

    Attributes:
        tuning: from now on.
        rounds: how many; None for as many as there are until another such request, 0 only for a frame.
        player: of a round only the turn of this player, "" for all.
        shown: the field, of `latentlab.engine.stage.recipe.FIELDS`.
    """

    priority: ClassVar[int] = 2
    tuning: Tuning
    rounds: int | None = None
    player: str = ""
    shown: str = "belief"


@dataclass(frozen=True, eq=False)
class ApartReply(Reply):
    """A distribution and itself, moved.

    Attributes:
        moved: by how much, in whole cells of the grid on which it is computed.
        js, w1: their divergence in nats, and their distance.
        far: float32 (T,), distances along the same direction; `js_far` the divergence there.
        js_slope: how fast the divergence grows with the distance, here.
        one, other: float32 (N, 2), points of both.
    """

    moved: Flat
    js: float
    w1: float
    js_slope: float
    far: NDArray[np.float32]
    js_far: NDArray[np.float32]
    one: NDArray[np.float32]
    other: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ApartRequest(Request[ApartReply]):
    """Compare points with themselves, moved by `moved`; the Gaussians of both are made at least `blur` wide
    (a standard deviation)."""

    priority: ClassVar[int] = 0
    source: Source
    moved: Flat
    blur: float

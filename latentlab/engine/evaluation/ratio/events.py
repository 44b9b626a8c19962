"""What the estimate of a density ratio tells: events, and the result as arrays. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A set of pictures: of a data set, or drawn from a model.
SideKind = Literal["data", "model"]


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two sets.

    Attributes:
        spec: what was asked for, such as "mnist:train" or "mnist-vae-2d".
        name: the same for readers, such as "mnist, train".
        kind: whether they are data, or a model's samples.
        pictures: uint8 (N, C, H, W).
        numbers: int64 (N,), each one's number in its split, or as a sample.
        log_ratio: float32 (N,), the held-out log p_A / p_B of each.
    """

    spec: str
    name: str
    kind: SideKind
    pictures: NDArray[np.uint8]
    numbers: NDArray[np.int64]
    log_ratio: NDArray[np.float32]


@dataclass(frozen=True)
class CurvePoint:
    """A bin of the reliability curve: the mean of D said, the share of A found, and of how many."""

    said: float
    found: float
    count: int


@dataclass(frozen=True)
class Scaling:
    """How a classifier was calibrated: the slopes far below 0 and far above it, and `offset` nats; see
    `latentlab.core.density_ratio`.
    """

    low: float
    high: float
    offset: float


@dataclass(frozen=True, eq=False)
class Truth:
    """Where both densities are known: the true log ratio of each picture, of A and then of B.

    Attributes:
        log_ratio: float32 (2 N,).
        correlation: of the estimate with it; None where one does not vary.
    """

    log_ratio: NDArray[np.float32]
    correlation: float | None


@dataclass(frozen=True, eq=False)
class RatioResult:
    """The ratio of two sets, of pictures that the classifier had not seen.

    Attributes:
        a, b: the sets, with a log ratio for each picture.
        seed: of the draws and the training.
        auc, auc_error: the probability that one of A has a higher ratio than one of B, and its standard
        error.
        jensen_shannon: a lower bound, in nats, 0 to log 2.
        calibration_error: the mean difference between what is said and what is, 0 to 1.
        by_chance: what that would be if the classifier were calibrated.
        curve: the reliability curve.
        scalings: of the classifiers, two of each.
        levels: where the quantiles lie, 0 to 1; `quantiles_a` and `quantiles_b` are those of the log ratios.
        truth: where both densities are known; else None.
    """

    a: Side
    b: Side
    seed: int
    auc: float
    auc_error: float
    jensen_shannon: float
    calibration_error: float
    by_chance: float
    curve: tuple[CurvePoint, ...]
    scalings: tuple[Scaling, ...]
    levels: tuple[float, ...]
    quantiles_a: tuple[float, ...]
    quantiles_b: tuple[float, ...]
    truth: Truth | None = None

    def as_dict(self) -> dict[str, Any]:
        """The figures by name, ready for JSON."""
        return {
            "a": _side(self.a),
            "b": _side(self.b),
            "seed": self.seed,
            "auc": self.auc,
            "auc_error": self.auc_error,
            "jensen_shannon": self.jensen_shannon,
            "log_ratio": {
                "quantiles": list(self.levels),
                "a": list(self.quantiles_a),
                "b": list(self.quantiles_b),
            },
            "calibration": {
                "expected_error": self.calibration_error,
                "expected_error_by_chance": self.by_chance,
                "curve": [{"said": one.said, "found": one.found, "count": one.count} for one in self.curve],
                "scalings": [
                    {"low": one.low, "high": one.high, "offset": one.offset} for one in self.scalings
                ],
            },
            "counts": {"a": len(self.a.pictures), "b": len(self.b.pictures)},
            "truth": None if self.truth is None else {"correlation": self.truth.correlation},
        }


def _side(side: Side) -> dict[str, Any]:
    return {"spec": side.spec, "name": side.name, "kind": side.kind}


@dataclass(frozen=True)
class RatioProgress:
    """The share of all work that is done, 0 to 1, and what is being done."""

    share: float
    words: str


@dataclass(frozen=True, eq=False)
class RatioDone:
    """The end."""

    result: RatioResult


RatioEvent = RatioProgress | RatioDone


def in_words(auc: float, error: float, a: str, b: str) -> str:
    """What an AUC means."""
    if abs(auc - 0.5) <= 2.0 * error or auc < 0.5:
        return f"{a} and {b} cannot be told apart by this classifier."
    if auc >= 0.995:
        return f"{a} and {b} can always be told apart, or nearly so."
    how = (
        "hardly" if auc < 0.6 else "sometimes" if auc < 0.75 else "mostly" if auc < 0.95 else "nearly always"
    )
    return f"{a} and {b} can {how} be told apart: of two pictures, one of each, {auc:.0%} are sorted rightly."

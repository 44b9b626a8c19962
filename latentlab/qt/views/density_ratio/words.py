"""What is told of density ratios in words. No Qt."""

from __future__ import annotations

import math

from latentlab.engine.evaluation.ratio.events import RatioResult, Side

# Beyond this many nats a factor says nothing to anybody.
_LARGEST = math.log(1e6)
# Below, a second digit is told.
_SMALL = 0.1


def times(log_ratio: float, a: str = "A", b: str = "B") -> str:
    """A log ratio as a factor, such as "20 times likelier in A"."""
    more, far = (a, log_ratio) if log_ratio >= 0.0 else (b, -log_ratio)
    if far < math.log(1.1):
        return f"as likely in {a} as in {b}"
    if far > _LARGEST:
        return f"over a million times likelier in {more}"
    factor = math.exp(far)
    return f"{factor:,.{int(factor < 10)}f} times likelier in {more}"


def about_picture(side: Side, letter: str, place: int) -> str:
    """What is told of one picture."""
    value = float(side.log_ratio[place])
    what = "Picture" if side.kind == "data" else "Sample"
    return (
        f"{what} {int(side.numbers[place]):,} of {letter}, {side.name}. Log ratio {signed(value)}: "
        f"{times(value)}."
    )


def signed(value: float) -> str:
    """A log ratio with its sign, such as "+3.2", "−0.4" or "+0.04"."""
    return f"{value:+.{1 if abs(value) >= _SMALL else 2}f}".replace("-", "−")


def figures(result: RatioResult) -> str:
    """The figures in a line."""
    divergence = result.jensen_shannon / math.log(2.0)
    return (
        f"AUC {result.auc:.3f} ± {result.auc_error:.3f} (0.5: cannot be told apart, 1: always) · "
        f"Jensen-Shannon divergence at least {divergence:.2f} bit of 1 · "
        f"calibration error {result.calibration_error:.1%}, by chance {result.by_chance:.1%}"
    )

"""A bar for each noise level: how well a denoiser does there."""

from __future__ import annotations

import math

from latentlab.qt.views.training.bars import Bars


class LevelBars(Bars):
    """The loss at each noise level, the least noise first; a mark across each bar for held-out pictures."""

    ends = ("little", "much")

    def __init__(self) -> None:
        super().__init__(
            "levelBars",
            "Loss at each noise level",
            "The loss for each part of the way from a picture (1) to noise (the last). The bars are the "
            "pictures that are learnt from, the dashes held-out ones after the last epoch: dashes far above "
            "their bars say that pictures are learnt by heart.",
            "Loss at each noise level, once a training runs",
            least_top=1e-3,
        )

    def summary(self) -> str:
        """The hardest level and the easiest, in words."""
        known = [number for number, loss in enumerate(self.numbers) if math.isfinite(loss)]
        if not known:
            return ""
        low, high = (choose(known, key=self.numbers.__getitem__) for choose in (min, max))
        return (
            f"{len(self.numbers)} levels: highest {self.numbers[high]:.3g} at {high + 1}, "
            f"lowest {self.numbers[low]:.3g} at {low + 1}"
        )

    def headings(self) -> tuple[str, ...]:
        """What the bars are, and the highest."""
        known = [loss for loss in self.numbers if math.isfinite(loss)]
        if not known:
            return ("Loss by noise",)
        words, short = (f"{title} up to {max(known):.2g}" for title in ("Loss by noise,", "Loss"))
        return *((f"{words}, – held out",) if self.marks else ()), words, short

    def tip_of(self, number: int) -> str:
        """One level's loss."""
        count, loss = len(self.numbers), self.numbers[number]
        words = f"Noise level {number + 1} of {count}"
        words += {1: " (least noise)", count: " (most noise)"}.get(number + 1, "")
        words += f": loss {loss:.4f}" if math.isfinite(loss) else ": not drawn yet"
        if number < len(self.marks) and math.isfinite(self.marks[number]):
            words += f", held out {self.marks[number]:.4f}"
        return words

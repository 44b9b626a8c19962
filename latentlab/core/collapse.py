"""Tells whether the samples of a generator have become alike: mode collapse, seen from outside.

    r        = E |x - x'| of samples  /  E |x - x'| of real pictures          x, x' of one group
    classes  = exp( - sum_c p_c log p_c )                                     p_c: share of class c

r near 1 is the variety of the data, r near 0 one picture again and again. A group is a class that was asked
for: within it z alone makes the difference. `classes` is the number of equally frequent classes that would
be as mixed (Hill number of order 1); it tells nothing of a model that is asked for classes.

A collapse is a loss of variety: the alarm watches for one from when the samples have been varied. Before that
they are alike because little is learnt yet: a Wasserstein GAN first draws the mean of the data, r = 0.07, for
hundreds of steps. So it rings there only for samples that are all but the same, as of a generator that does
not use z, or if they are still alike after thousands of steps. A single look may be unlucky: it takes several
in a row.

Sources: Goodfellow, NIPS 2016 Tutorial: Generative Adversarial Networks, section 5.1 (mode collapse); Hill,
Diversity and Evenness (1973).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

# Below these, samples are alike: the ratio r, and the share of the classes that there are.
ALIKE, FEW = 0.33, 0.25
# Below this they are all but the same.
SAME = 0.03
# The alarm waits for so many steps, and for so many looks in a row over so many steps; for variety that has
# never been there it waits longer.
GRACE, LOOKS, LASTING, LATE = 250, 3, 150, 3000


def effective_classes(counts: Sequence[int]) -> float:
    """The Hill number of order 1 of counts; 0 without any."""
    total = sum(counts)
    shares = [count / total for count in counts if count]
    return math.exp(-sum(share * math.log(share) for share in shares)) if shares else 0.0


@dataclass(frozen=True)
class Variety:
    """How varied samples are.

    Attributes:
        ratio: r, NaN where it is unknown.
        counts: how many of each class, as a classifier sees them; () where there is none.
        asked: whether the classes were asked for.
    """

    ratio: float
    counts: tuple[int, ...] = ()
    asked: bool = False

    @property
    def classes(self) -> float:
        """Effective classes."""
        return effective_classes(self.counts)

    @property
    def alike(self) -> bool:
        """Whether the samples are hardly different from each other."""
        return self.ratio < ALIKE

    @property
    def same(self) -> bool:
        """Whether the samples are all but the same picture."""
        return self.ratio < SAME

    @property
    def few(self) -> bool:
        """Whether nearly all samples are of few of the classes, without being asked for."""
        return len(self.counts) > 2 and not self.asked and self.classes < FEW * len(self.counts)


class CollapseAlarm:
    """Looks at the samples of one training, step by step; `rings` says whether they have collapsed."""

    def __init__(self) -> None:
        # When they became poor in variety, without being better since; and how often they were looked at.
        self._since: int | None = None
        self._looks = self._step = 0
        # How often in a row they were varied, up to when that was often enough.
        self._varied_looks = 0

    @property
    def was_varied(self) -> bool:
        """Whether the samples have been varied, in several looks in a row."""
        return self._varied_looks >= LOOKS

    @property
    def rings(self) -> bool:
        """Whether the samples have been alike, or of few classes, for long enough."""
        lasting = self._since is not None and self._step - self._since >= LASTING
        return lasting and self._looks >= LOOKS

    def look(self, step: int, variety: Variety) -> bool:
        """Takes in the samples at a step; -> `rings`. A step before the last one begins anew."""
        if step < self._step:
            self._since, self._looks, self._varied_looks = None, 0, 0
        self._step = step
        poor = variety.alike or variety.few
        if not self.was_varied:
            varied = step >= GRACE and variety.ratio >= ALIKE and not poor
            self._varied_looks = self._varied_looks + 1 if varied else 0
        if step < GRACE or not (variety.same or (poor and (self.was_varied or step >= LATE))):
            self._since, self._looks = None, 0
        else:
            self._since = step if self._since is None else self._since
            self._looks += 1
        return self.rings

"""What a window has to know of a model's prior to draw its plane, without torch."""

from __future__ import annotations

from dataclasses import dataclass

from latentlab.engine.types import Flat, Point


@dataclass(frozen=True)
class PriorFacts:
    """A prior over the latent space, or N(0, I) standing in for one that the model has not.

    Attributes:
        formula: what it is called, such as "N(0, I)".
        standard: whether it is N(0, I), whose contours and draws need no help.
        stands_in: whether the model says nothing of where its codes lie: then all that is drawn by this prior
            is a convention.
        middle: the place to begin at; of N(0, I) where it is densest.
        low, high: the corners of a box in which nearly all of it lies, 2.3 standard deviations of N(0, I).
        contours: of a prior of two dimensions that is a map of N(0, I), what becomes of the circles at 1, 2
            and 3 sigma; closed lines.
        draws: some draws of it, for what needs them at once; none of N(0, I).
    """

    formula: str
    standard: bool
    stands_in: bool
    middle: Point
    low: Point
    high: Point
    contours: tuple[tuple[Flat, ...], ...] = ()
    draws: tuple[Point, ...] = ()

"""Facts about a model's prior that the window needs to draw its plane. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass

from latentlab.engine.types import Flat, Point


@dataclass(frozen=True)
class PriorFacts:
    """A prior over the latent space, or N(0, I) in place of one that the model does not have.

    Attributes:
        formula: its name, such as "N(0, I)".
        standard: whether it is N(0, I), whose contours and draws are computed in the window.
        stands_in: whether the model has no prior over its codes: then all that is drawn from this one
            is a convention.
        middle: the initial probe; of N(0, I) its mode.
        low, high: the corners of a box in which nearly all of it lies, 2.3 standard deviations of N(0, I).
        contours: of a two-dimensional prior the lines that stand for the circles at 1, 2 and 3 sigma: the
            level lines of its density where it has marginals, else the images of the circles, if it is a map
            of N(0, I). Of more dimensions they depend on the plane: see `PriorLinesRequest`.
        draws: some draws, for immediate use; none of N(0, I).
    """

    formula: str
    standard: bool
    stands_in: bool
    middle: Point
    low: Point
    high: Point
    contours: tuple[tuple[Flat, ...], ...] = ()
    draws: tuple[Point, ...] = ()

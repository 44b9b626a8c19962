"""The plane of the latent space that a state shows, and the names of its axes."""

from __future__ import annotations

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.types import Point
from latentlab.session.state import AUTO, COMPONENTS, PAIR, PlaneSettings

_LOWER = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def shows_components(plane: PlaneSettings, latents: int) -> bool:
    """Whether the principal components are shown; by default if there are more than two dimensions."""
    return latents > 1 and (plane.axes == COMPONENTS or (plane.axes == AUTO and latents > 2))


def pair_of(plane: PlaneSettings, latents: int) -> tuple[int, int]:
    """The two dimensions of a plane, or the first two if the chosen ones do not exist."""
    there = plane.axes == PAIR and max(plane.first, plane.second) < latents
    return (plane.first, plane.second) if there else (0, max(0, min(1, latents - 1)))


def projection_of(
    plane: PlaneSettings, latents: int, components: tuple[Point, Point] | None = None
) -> Projection:
    """The plane to show; two axes until the components are known."""
    if shows_components(plane, latents) and components is not None and len(components[0]) == latents:
        return Projection(*components)
    return Projection.pair(*pair_of(plane, latents), latents)


def axis_names(projection: Projection) -> tuple[str, str]:
    """The labels of the plane's two axes; "" where there is no second one."""
    if projection.latents < 2:
        return dimension_name(0) if projection.latents else "", ""
    if projection.axes is None:
        return "PC 1", "PC 2"
    first, second = projection.axes
    return dimension_name(first), dimension_name(second)


def dimension_name(number: int) -> str:
    """z₁ for the first dimension: names count from one."""
    return f"z{number + 1}".translate(_LOWER)


def paired(plane: PlaneSettings, latents: int, dimension: int, across: bool) -> PlaneSettings:
    """The plane with one dimension across or up; if it is already the other axis, the two are swapped."""
    first, second = pair_of(plane, latents)
    if across:
        return PlaneSettings(PAIR, dimension, first if dimension == second else second)
    return PlaneSettings(PAIR, second if dimension == first else first, dimension)

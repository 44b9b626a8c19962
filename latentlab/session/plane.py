"""Which plane of the latent space a state shows, and what its directions are called."""

from __future__ import annotations

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.types import Point
from latentlab.session.state import AUTO, COMPONENTS, PAIR, PlaneSettings

_LOWER = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def shows_components(plane: PlaneSettings, latents: int) -> bool:
    """Whether the principal components are wanted; unless chosen, where two axes cannot show everything."""
    return latents > 1 and (plane.axes == COMPONENTS or (plane.axes == AUTO and latents > 2))


def pair_of(plane: PlaneSettings, latents: int) -> tuple[int, int]:
    """The two dimensions of a plane, or the first two where those chosen do not exist."""
    there = plane.axes == PAIR and max(plane.first, plane.second) < latents
    return (plane.first, plane.second) if there else (0, max(0, min(1, latents - 1)))


def projection_of(
    plane: PlaneSettings, latents: int, components: tuple[Point, Point] | None = None
) -> Projection:
    """The plane to show; two axes as long as the components are not known."""
    if shows_components(plane, latents) and components is not None and len(components[0]) == latents:
        return Projection(*components)
    return Projection.pair(*pair_of(plane, latents), latents)


def axis_names(projection: Projection) -> tuple[str, str]:
    """What to write at the two axes of the plane; nothing where there is no second one."""
    if projection.latents < 2:
        return dimension_name(0) if projection.latents else "", ""
    if projection.axes is None:
        return "PC 1", "PC 2"
    first, second = projection.axes
    return dimension_name(first), dimension_name(second)


def dimension_name(number: int) -> str:
    """z₁ for the first dimension: people count from one."""
    return f"z{number + 1}".translate(_LOWER)


def paired(plane: PlaneSettings, latents: int, dimension: int, across: bool) -> PlaneSettings:
    """The plane with one dimension across it or up it; the other one gives way, or changes places with it."""
    first, second = pair_of(plane, latents)
    if across:
        return PlaneSettings(PAIR, dimension, first if dimension == second else second)
    return PlaneSettings(PAIR, second if dimension == first else first, dimension)

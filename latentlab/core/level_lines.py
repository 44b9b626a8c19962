"""Lines of equal height of a function on a grid, by marching squares.

Along each edge of a cell whose ends lie on both sides of the level, the line crosses where the function,
interpolated linearly, has it. Where all four edges are crossed, the mean of the corners says which two belong
together. Source: Lorensen & Cline, Marching Cubes (1987), in the plane.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Line = tuple[tuple[float, float], ...]
# An edge: of the corner at its lower or left end, and whether it runs up.
_Edge = tuple[int, int, bool]


def level_lines(
    values: NDArray[np.float64], across: NDArray[np.float64], up: NDArray[np.float64], level: float
) -> tuple[Line, ...]:
    """The lines at `level`; values (rows, columns) at `across` (columns,) and `up` (rows,).

    A line that does not leave the grid is closed: it ends where it begins.
    """
    above = values > level
    corners = above[:-1, :-1].astype(int) + above[:-1, 1:] + above[1:, :-1] + above[1:, 1:]
    ends: dict[_Edge, list[_Edge]] = {}
    for row, column in np.argwhere((corners > 0) & (corners < 4)).tolist():
        for one, other in _segments(values, above, row, column, level):
            ends.setdefault(one, []).append(other)
            ends.setdefault(other, []).append(one)
    places = {edge: _crossing(values, across, up, edge, level) for edge in ends}
    found = []
    # Open lines first, from an end: their middles are then used up.
    for start in sorted(ends, key=lambda edge: len(ends[edge])):
        line = _followed(ends, start)
        if len(line) > 1:
            found.append(tuple(places[edge] for edge in line))
    return tuple(found)


def _segments(
    values: NDArray[np.float64], above: NDArray[np.bool_], row: int, column: int, level: float
) -> list[tuple[_Edge, _Edge]]:
    """The pairs of edges of a cell that a line joins."""
    low_left, low_right = bool(above[row, column]), bool(above[row, column + 1])
    high_left, high_right = bool(above[row + 1, column]), bool(above[row + 1, column + 1])
    bottom, top = (row, column, False), (row + 1, column, False)
    left, right = (row, column, True), (row, column + 1, True)
    crossed = [
        edge
        for edge, ends_differ in (
            (bottom, low_left != low_right),
            (right, low_right != high_right),
            (top, high_left != high_right),
            (left, low_left != high_left),
        )
        if ends_differ
    ]
    if len(crossed) == 2:
        return [(crossed[0], crossed[1])]
    middle = bool(values[row : row + 2, column : column + 2].mean() > level)
    # The corners that are like the middle are joined through it; lines go round the other two.
    if middle == low_left:
        return [(bottom, right), (top, left)]
    return [(bottom, left), (top, right)]


def _crossing(
    values: NDArray[np.float64],
    across: NDArray[np.float64],
    up: NDArray[np.float64],
    edge: _Edge,
    level: float,
) -> tuple[float, float]:
    row, column, rises = edge
    begin = float(values[row, column])
    end = float(values[row + 1, column] if rises else values[row, column + 1])
    share = (level - begin) / (end - begin)
    x, y = float(across[column]), float(up[row])
    if rises:
        return x, y + share * (float(up[row + 1]) - y)
    return x + share * (float(across[column + 1]) - x), y


def _followed(ends: dict[_Edge, list[_Edge]], start: _Edge) -> list[_Edge]:
    """The line from an edge on, whose segments are taken away."""
    line, at = [start], start
    while ends[at]:
        following = ends[at].pop()
        ends[following].remove(at)
        line.append(following)
        at = following
    return line

"""Where the names of points go in a chart, so that they cover neither each other nor the points. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence

Box = tuple[float, float, float, float]
# Pixels from a point to its label.
_AWAY = 9.0
# Times as far, where nearer there is no room; what each time costs in shares of a label that is hidden.
_RINGS = (1.0, 1.8, 2.8, 4.2, 6.0, 8.5)
_FARTHER, _HIDDEN = 0.06, 0.25
# Up to so many pixels a label needs no line to its point.
_NEAR = 13.0
# Where the top left corner of a label lies, from its point, as shares of its size: right, left, above, below,
# then the corners.
SIDES = (
    (0.0, -0.5),
    (-1.0, -0.5),
    (-0.5, -1.0),
    (-0.5, 0.0),
    (0.0, -1.0),
    (-1.0, -1.0),
    (0.0, 0.0),
    (-1.0, 0.0),
)


def placed(
    points: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    room: tuple[float, float],
    others: Sequence[Box] = (),
) -> list[tuple[float, float] | None]:
    """The top left corner of the label of each point, in the pixels of the points; None where it has no room.

    A label lies as near to its point as it can without covering another one; `leader` joins those that are
    farther away.

    Args:
        points: (x, y) of each, from the top left.
        sizes: (width, height) of each label.
        room: (width, height) of the chart.
        others: (left, top, right, bottom) of what else is to be seen.
    """
    marks: list[Box] = [*((x - 4.0, y - 4.0, x + 4.0, y + 4.0) for x, y in points), *others]
    labels: list[Box] = []
    found: list[tuple[float, float] | None] = []
    for (x, y), (width, height) in zip(points, sizes, strict=True):
        best: tuple[float, Box] | None = None
        for ring in _RINGS:
            for across, down in SIDES:
                away = _AWAY * ring
                left = x + across * width + (away if across == 0.0 else -away if across == -1.0 else 0.0)
                top = y + down * height + _down(down, away if ring > 1.0 else 0.5 * away)
                box = (left, top, left + width, top + height)
                inside = left >= 0.0 and top >= 0.0 and box[2] <= room[0] and box[3] <= room[1]
                if not inside or any(_overlap(box, other) > 0.0 for other in labels):
                    continue
                hidden = sum(_overlap(box, other) for other in marks) / (width * height)
                # Half hidden behind a point it would be no name.
                cost = hidden + _FARTHER * (ring - 1.0)
                if hidden <= _HIDDEN and (best is None or cost < best[0]):
                    best = (cost, box)
        if best is None:
            found.append(None)
        else:
            labels.append(best[1])
            found.append((best[1][0], best[1][1]))
    return found


def leader(
    point: tuple[float, float], corner: tuple[float, float], size: tuple[float, float]
) -> tuple[float, float] | None:
    """Where a line from a point to its label ends; None if the label is so near that it needs none."""
    x = min(max(point[0], corner[0]), corner[0] + size[0])
    y = min(max(point[1], corner[1]), corner[1] + size[1])
    return (x, y) if math.hypot(x - point[0], y - point[1]) > _NEAR else None


def _down(side: float, away: float) -> float:
    return -away if side == -1.0 else away if side == 0.0 else 0.0


def _overlap(a: Box, b: Box) -> float:
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    return across * down if across > 0.0 and down > 0.0 else 0.0

"""Where the names of points go in a chart, so that they cover neither each other nor the points. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

Box = tuple[float, float, float, float]
# Pixels from a point to its label.
_AWAY = 9.0
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

    Args:
        points: (x, y) of each, from the top left.
        sizes: (width, height) of each label.
        room: (width, height) of the chart.
        others: (left, top, right, bottom) of what else is to be seen.
    """
    taken: list[Box] = [*((x - 4.0, y - 4.0, x + 4.0, y + 4.0) for x, y in points), *others]
    found: list[tuple[float, float] | None] = []
    for (x, y), (width, height) in zip(points, sizes, strict=True):
        best: tuple[float, Box] | None = None
        for across, down in SIDES:
            left = x + across * width + (_AWAY if across == 0.0 else -_AWAY if across == -1.0 else 0.0)
            top = y + down * height + (-_AWAY / 2 if down == -1.0 else _AWAY / 2 if down == 0.0 else 0.0)
            box = (left, top, left + width, top + height)
            inside = left >= 0.0 and top >= 0.0 and box[2] <= room[0] and box[3] <= room[1]
            covered = sum(_overlap(box, other) for other in taken)
            if inside and (best is None or covered < best[0]):
                best = (covered, box)
        # Half hidden behind another it would be no name.
        if best is None or best[0] > 0.25 * width * height:
            found.append(None)
        else:
            taken.append(best[1])
            found.append((best[1][0], best[1][1]))
    return found


def _overlap(a: Box, b: Box) -> float:
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    return across * down if across > 0.0 and down > 0.0 else 0.0

"""JS against W1 while a distribution moves away from itself; see `latentlab.core.divergence`.

It moves by whole cells of the grid on which JS is computed: then all the values of the curve are those of one
table of densities. W1 is the length of the way, exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch

from latentlab.core.divergence import jensen_shannon, moved, places
from latentlab.engine.stage.events import REACH, ApartReply, ApartRequest
from latentlab.engine.stage.numbers import numbers
from latentlab.engine.stage.sources import points_of

# Cells each way, and how far the grid reaches: what has moved by the whole stage is still on it.
_CELLS, _WIDER = 200, 2.5
CELL = 2.0 * _WIDER * REACH / _CELLS
# Narrower than so many cells, a density is not seen by the grid.
LEAST_BLUR = 0.8 * CELL
_SHOWN, _FAR = 400, 41


def apart(request: ApartRequest) -> Iterator[ApartReply | None]:
    """The reply, after a piece of work.

    Raises:
        LabError: for a source that is not there.
    """
    points = points_of(request.source)
    points = points.moved((-points.mean).tolist())
    width = max(LEAST_BLUR, request.blur)
    blurred = points.blurred(math.sqrt(max(0.0, width**2 - points.width**2)))
    density = blurred.on_grid(places(_WIDER * REACH, _CELLS))
    yield None
    across, up = (round(one / CELL) for one in request.moved)
    far = math.hypot(across, up)
    ahead = (across / far, up / far) if far else (1.0, 0.0)
    ways = {(0, 0)}
    for step in range(1, _FAR):
        length = step / (_FAR - 1) * 2.0 * REACH / CELL
        ways.add((round(ahead[0] * length), round(ahead[1] * length)))
    curve = []
    for way in sorted(ways | {(across, up)}, key=lambda one: math.hypot(*one)):
        js = jensen_shannon(density, moved(density, *way), CELL**2)
        curve.append((math.hypot(*way) * CELL, js, way))
    here = next(number for number, (_, _, way) in enumerate(curve) if way == (across, up))
    before, after = curve[max(0, here - 1)], curve[min(len(curve) - 1, here + 1)]
    draw = torch.Generator().manual_seed(0)
    one = blurred.draw(_SHOWN, draw)
    step_ = torch.tensor((across * CELL, up * CELL), dtype=torch.float64)
    yield ApartReply(
        request.generation,
        moved=(across * CELL, up * CELL),
        js=curve[here][1],
        w1=far * CELL,
        js_slope=(after[1] - before[1]) / max(1e-9, after[0] - before[0]),
        far=numbers(torch.tensor([length for length, _, _ in curve])),
        js_far=numbers(torch.tensor([js for _, js, _ in curve])),
        one=numbers(one),
        other=numbers(one + step_),
    )

"""The points that a `Source` describes."""

from __future__ import annotations

import torch

from latentlab.core.points import NAMED, Points, drawn, fitted, named
from latentlab.engine.stage.events import REACH
from latentlab.engine.stage.recipe import CODES, DRAWN, MOST_CORNERS, Source
from latentlab.errors import LabError

# Of a drawing: the width of the pencil, and a Gaussian every so often along a stroke.
PENCIL, _EVERY = 0.06, 0.05
_MOST_ROWS = 5000


def points_of(source: Source) -> Points:
    """What a source describes.

    Raises:
        LabError: if there is nothing in it, or it is not there.
    """
    if source.name == DRAWN:
        found = _of_strokes(source)
    elif source.name == CODES:
        found = _of_rows(source)
    elif source.name in NAMED:
        found = named(source.name)
    else:
        raise LabError(f"there are no points called {source.name!r}: there are {', '.join(NAMED)}")
    return found if source.moved == (0.0, 0.0) else found.moved(source.moved)


def _of_strokes(source: Source) -> Points:
    corners = [corner for stroke in source.strokes for corner in stroke]
    if not corners:
        raise LabError("nothing has been drawn yet", hint="Press on the stage and drag")
    if len(corners) > MOST_CORNERS:
        raise LabError(f"the drawing has {len(corners)} corners: it can have {MOST_CORNERS}")
    if not all(-REACH <= value <= REACH for corner in corners for value in corner):
        raise LabError("the drawing leaves the stage")
    return drawn([stroke for stroke in source.strokes if stroke], PENCIL, _EVERY)


def _of_rows(source: Source) -> Points:
    rows = source.rows
    if rows is None or rows.ndim != 2 or rows.shape[1] != 2 or len(rows) < 2:
        raise LabError("there are no codes", hint="Choose other data, or open a model with an encoder")
    some = rows[:: -(-len(rows) // _MOST_ROWS)]
    found = torch.from_numpy(some.astype("float64"))
    if not bool(found.isfinite().all()):
        raise LabError("the codes are not all finite numbers")
    return fitted(found)

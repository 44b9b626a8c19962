"""What can be taken away now: the latest picture of each kind, with its origin. Torch-free, no widgets.

Nothing here knows a view: the replies that the views show are listened to at the desk.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from latentlab.engine.export import sheet, strip
from latentlab.engine.provenance import Provenance
from latentlab.engine.requests import (
    EncodingsReply,
    GridReply,
    LoadedReply,
    Picture,
    Point,
    PointReply,
    SelectionReply,
    WalkReply,
)
from latentlab.qt.desk import Desk
from latentlab.session.state import SessionState

PROBE, GRID, TRAY, WALK, SELECTION, ENCODINGS = "probe", "grid", "tray", "walk", "selection", "encodings"
PICTURES = (PROBE, GRID, TRAY, WALK, SELECTION)
_GAP = 2
_MOST_POINTS = 200


@dataclass(frozen=True, eq=False)
class Takeaway:
    """Pictures (one, or the frames of a walk), where they came from, and how fast they go."""

    what: str
    pictures: tuple[Picture, ...]
    provenance: Provenance
    frames_per_second: int = 12

    @property
    def still(self) -> Picture:
        """All of it in one picture."""
        return self.pictures[0] if len(self.pictures) == 1 else strip(self.pictures, _GAP)


class Takeaways(QObject):
    """Keeps the newest reply of each kind. `changed` tells when something came or went."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._point: PointReply | None = None
        self._grid: GridReply | None = None
        self._tray: WalkReply | None = None
        self._walk: WalkReply | None = None
        self._selection: SelectionReply | None = None
        desk.loaded.connect(self._loaded)
        desk.pointed.connect(self._pointed)
        desk.gridded.connect(self._gridded)
        desk.trayed.connect(self._trayed)
        desk.walked.connect(self._walked)
        desk.selected.connect(self._selected)
        desk.encoded.connect(self._encoded)
        desk.changed.connect(self._changed)

    def has(self, what: str) -> bool:
        """Whether there is anything of a kind to take away now."""
        if what == ENCODINGS:
            return self.encodings() is not None
        return self.get(what) is not None

    def encodings(self) -> EncodingsReply | None:
        """Where all pictures lie, once all are encoded."""
        found = self._desk.encodings
        return found if found is not None and found.done and self._desk.model is not None else None

    def get(self, what: str) -> Takeaway | None:
        """The pictures of a kind as they are now; None if there are none."""
        model = self._desk.model
        if model is None:
            return None
        if what == PROBE and self._point is not None:
            return _made(model, what, (self._point.picture,), self._point.z, {})
        if what == GRID and self._grid is not None and self._grid.done:
            grid = self._grid
            spans = "prior quantiles" if grid.region is None else json.dumps(grid.region)
            extra = {"columns": str(len(grid.across)), "rows": str(len(grid.up)), "range": spans}
            return _made(model, what, (grid.mosaic,), None, extra)
        if what == TRAY and self._tray is not None and self._tray.pictures:
            extra = {"pins": _points(self._tray.points)}
            return _made(model, what, (strip(self._tray.pictures, _GAP),), None, extra)
        if what == WALK and self._walk is not None and len(self._walk.pictures) > 1:
            state = self._desk.state
            extra = {"pins": _points(state.pins), "path": state.walk.path, "steps": str(state.walk.steps)}
            speed = state.walk.frames_per_second
            return _made(model, what, self._walk.pictures, None, extra, speed)
        if what == SELECTION and self._selection is not None:
            card = self._selection
            pictures = (card.original, card.reconstruction, *card.draws)
            extra = {"data": model.data, "split": model.split, "index": str(card.index)}
            page = sheet(pictures, len(pictures), _GAP)
            return _made(model, what, (page,), card.mean, extra, seed=0)
        return None

    # What comes from the desk

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self._point = self._grid = self._tray = self._walk = self._selection = None
        self.changed.emit()

    @Slot(object)
    def _pointed(self, reply: PointReply) -> None:
        first, self._point = self._point is None, reply
        if first:  # not at every picture of a drag
            self.changed.emit()

    @Slot(object)
    def _gridded(self, reply: GridReply) -> None:
        self._grid = reply
        self.changed.emit()

    @Slot(object)
    def _trayed(self, reply: WalkReply) -> None:
        self._tray = reply
        self.changed.emit()

    @Slot(object)
    def _walked(self, reply: WalkReply) -> None:
        self._walk = reply
        self.changed.emit()

    @Slot(object)
    def _selected(self, reply: SelectionReply) -> None:
        self._selection = reply
        self.changed.emit()

    @Slot(object)
    def _encoded(self, reply: EncodingsReply) -> None:
        self.changed.emit()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.selected != new.selected:
            self._selection = None
            self.changed.emit()


def _made(
    model: LoadedReply,
    what: str,
    pictures: tuple[Picture, ...],
    z: Point | None,
    extra: Mapping[str, str],
    speed: int = 12,
    seed: int | None = None,
) -> Takeaway:
    origin = Provenance(what, model.model, model.hash, z=z, seed=seed, extra=extra)
    return Takeaway(what, pictures, origin, speed)


def _points(points: tuple[Point, ...]) -> str:
    """Points as JSON; of very many the first, for a description must stay short."""
    room = max(1, _MOST_POINTS // max(1, len(points[0]) if points else 1))
    return json.dumps([list(point) for point in points[:room]])

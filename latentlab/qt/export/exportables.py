"""What can be exported now: the latest picture of each kind, with its origin. Torch-free, no widgets.

Independent of views: it listens to the replies at the workspace.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from latentlab.engine.files.export import sheet, strip
from latentlab.engine.files.provenance import Provenance
from latentlab.engine.files.sample_words import described
from latentlab.engine.rendering.requests.grids import GridReply, GridRequest
from latentlab.engine.rendering.requests.opening import EncodingsReply, LoadedReply
from latentlab.engine.rendering.requests.pictures import SelectionReply, SelectionRequest
from latentlab.engine.rendering.requests.points import (
    PointReply,
    PointRequest,
    SamplesReply,
    SamplesRequest,
    TrayRequest,
    WalkReply,
    WalkRequest,
)
from latentlab.engine.rendering.serving import Reply
from latentlab.engine.types import Picture, Point
from latentlab.qt.clients.film_recorder import FilmRecorder
from latentlab.qt.clients.workspace import Workspace
from latentlab.session.conditions import asked_in_words, in_words
from latentlab.session.known_data import title_of
from latentlab.session.plane import axis_names
from latentlab.session.state import SessionState

PROBE, GRID, TRAY, WALK, SELECTION, ENCODINGS = "probe", "grid", "tray", "walk", "selection", "encodings"
UNFOLDING, SAMPLES, SHEET = "unfolding", "samples", "sheet"
MOVING = (WALK, UNFOLDING)
PICTURES = (PROBE, GRID, TRAY, WALK, SELECTION, SAMPLES)
_GAP = 2
_MOST_POINTS = 200


@dataclass(frozen=True, eq=False)
class Exportable:
    """Pictures (one, or the frames of a walk), their provenance, and their frame rate."""

    what: str
    pictures: tuple[Picture, ...]
    provenance: Provenance
    frames_per_second: int = 12

    @property
    def still(self) -> Picture:
        """All of it in one picture."""
        return self.pictures[0] if len(self.pictures) == 1 else strip(self.pictures, _GAP)


class Exportables(QObject):
    """Keeps the newest reply of each kind. `changed` is emitted when something becomes available or not."""

    changed = Signal()

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        # Only complete, non-empty replies, so that `has` need not look inside.
        self._replies: dict[str, Reply] = {}
        self._film: FilmRecorder | None = None
        self._sheet: Exportable | None = None
        self._source: Callable[[], str] = str
        workspace.loaded.connect(self._loaded)
        workspace.on(PointRequest).connect(self._pointed)
        workspace.on(GridRequest).connect(self._gridded)
        workspace.on(TrayRequest).connect(self._trayed)
        workspace.on(WalkRequest).connect(self._walked)
        workspace.on(SelectionRequest).connect(self._selected)
        workspace.on(SamplesRequest).connect(self._sampled)
        workspace.encoded.connect(self._encoded)
        workspace.changed.connect(self._changed)

    def has(self, what: str) -> bool:
        """Whether anything of a kind can be exported now. Called often: it renders nothing."""
        if what == UNFOLDING:
            return self._film is not None and len(self._film.frames) > 1
        if what == SHEET:
            return self._sheet is not None
        return self._workspace.model is not None and what in self._replies

    def watch(self, film: FilmRecorder) -> None:
        """From now on the film of a training can be exported too."""
        self._film = film
        film.changed.connect(self.changed)

    def name_source(self, source: Callable[[], str]) -> None:
        """From now on `source()` names the own picture from which the probe started, "" for none."""
        self._source = source

    def _way_to(self, z: Point) -> dict[str, str]:
        """How the probe came to z: from which picture, and by which attributes."""
        state = self._workspace.state
        if state.probe != z:
            return {}
        picture, added = self._source(), ",".join(f"{name}={amount}" for name, amount in state.amounts)
        return ({"picture": picture} if picture else {}) | ({"add": added} if added else {})

    @Slot(object, object)
    def offer_sheet(self, page: Picture, extra: Mapping[str, str]) -> None:
        """A sheet of pictures before and after can be exported, until there is another one."""
        if self._workspace.model is not None:
            self._sheet = _made(self._workspace.model, SHEET, (page,), None, extra)

    def encodings(self) -> EncodingsReply | None:
        """The encodings of all pictures, once all are encoded."""
        found = self._replies.get(ENCODINGS)
        return found if isinstance(found, EncodingsReply) else None

    def get(self, what: str) -> Exportable | None:
        """The current pictures of a kind; None if there are none."""
        model, state = self._workspace.model, self._workspace.state
        if model is None:
            return None
        if what == UNFOLDING:
            film = () if self._film is None else self._film.frames
            return _made(model, what, film, None, {"data": title_of(model.data)}) if film else None
        if what == SHEET:
            return self._sheet
        match self._replies.get(what):
            case PointReply() as point:
                extra = self._way_to(point.z) | _told(model, point.condition)
                return _made(model, what, (point.picture,), point.z, extra)
            case GridReply() as grid:
                spans = "prior quantiles" if grid.region is None else json.dumps(grid.region)
                extra = {"columns": str(len(grid.across)), "rows": str(len(grid.up)), "range": spans}
                extra |= _plane(grid) | _told(model, grid.condition)
                return _made(model, what, (grid.mosaic,), None, extra)
            case WalkReply() as pinned if what == TRAY:
                extra = {"pins": _points(pinned.points)} | _told(model, pinned.condition)
                return _made(model, what, (strip(pinned.pictures, _GAP),), None, extra)
            case WalkReply() as walk:
                way = {"path": state.walk.path, "steps": str(state.walk.steps)}
                extra = {"pins": _points(state.pins), **way} | _told(model, walk.condition)
                return _made(model, what, walk.pictures, None, extra, state.walk.frames_per_second)
            case SelectionReply() as card:
                pictures = (card.original, card.reconstruction, *card.draws)
                extra = {"data": title_of(model.data), "split": model.split, "index": str(card.index)}
                extra |= {"file": model.file_of(card.index)} if model.keys is not None else {}
                page = sheet(pictures, len(pictures), _GAP)
                return _made(model, what, (page,), card.mean, extra, seed=0)
            case SamplesReply() as drawn:
                asked = asked_in_words(drawn.asked)
                names, count = model.condition_names, len(drawn.pictures)
                extra = {"n": str(count), "pictures": "mean"}
                extra |= described(names, drawn.conditions, asked, drawn.origin)
                # The layout of `latentlab sample`: the same seed makes the same sheet.
                page = sheet(drawn.pictures, math.ceil(math.sqrt(count)))
                return _made(model, what, (page,), None, extra, seed=drawn.seed)
        return None

    def _hold(self, what: str, reply: Reply | None) -> bool:
        """Keeps a reply in place of the older one, or none; returns whether availability has changed."""
        before = what in self._replies
        if reply is None:
            self._replies.pop(what, None)
        else:
            self._replies[what] = reply
        return before != (what in self._replies)

    # What comes from the workspace

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self._replies.clear()
        self.changed.emit()

    @Slot(object)
    def _pointed(self, reply: PointReply) -> None:
        if self._hold(PROBE, reply):  # not at every picture of a drag
            self.changed.emit()

    @Slot(object)
    def _gridded(self, reply: GridReply) -> None:
        self._hold(GRID, reply if reply.done else None)
        self.changed.emit()

    @Slot(object)
    def _trayed(self, reply: WalkReply) -> None:
        self._hold(TRAY, reply if reply.pictures else None)
        self.changed.emit()

    @Slot(object)
    def _walked(self, reply: WalkReply) -> None:
        self._hold(WALK, reply if len(reply.pictures) > 1 else None)
        self.changed.emit()

    @Slot(object)
    def _selected(self, reply: SelectionReply) -> None:
        self._hold(SELECTION, reply)
        self.changed.emit()

    @Slot(object)
    def _sampled(self, reply: SamplesReply) -> None:
        self._hold(SAMPLES, reply if reply.pictures else None)
        self.changed.emit()

    @Slot(object)
    def _encoded(self, reply: EncodingsReply) -> None:
        self._hold(ENCODINGS, reply if reply.done else None)
        self.changed.emit()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.selected != new.selected and self._hold(SELECTION, None):
            self.changed.emit()


def _made(
    model: LoadedReply,
    what: str,
    pictures: tuple[Picture, ...],
    z: Point | None,
    extra: Mapping[str, str],
    speed: int = 12,
    seed: int | None = None,
) -> Exportable:
    origin = Provenance(what, model.model, model.hash, z=z, seed=seed, extra=extra)
    return Exportable(what, pictures, origin, speed)


def _told(model: LoadedReply, condition: Point) -> dict[str, str]:
    """The condition by name; empty for an unconditional model."""
    return {"condition": in_words(condition, model.condition_names)} if condition else {}


def _plane(grid: GridReply) -> dict[str, str]:
    """The plane of a grid, where the model has more dimensions: the two directions, and the components of z
    off the plane.
    """
    if grid.projection is None or grid.projection.latents <= 2:
        return {}
    # To six digits: a description must stay short.
    rows = {"across": grid.projection.across, "up": grid.projection.up, "base": grid.base}
    numbers = {name: json.dumps([round(value, 6) for value in row]) for name, row in rows.items()}
    return {"plane": " and ".join(axis_names(grid.projection)), **numbers}


def _points(points: tuple[Point, ...]) -> str:
    """Points as JSON; of very many only the first, because a description must stay short."""
    room = max(1, _MOST_POINTS // max(1, len(points[0]) if points else 1))
    return json.dumps([list(point) for point in points[:room]])

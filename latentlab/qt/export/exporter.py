"""Exports what the window shows: saves files in the background, and copies to the clipboard.

Each `save_...` returns at once; `saved` or `failed` reports the result. An existing file is replaced only if
the caller says so, and is intact if the new one cannot be written.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from latentlab.engine.files.animation import save_animation
from latentlab.engine.files.export import Origins, save_encodings, save_picture
from latentlab.engine.files.film_plan import FilmPlan, Loop
from latentlab.engine.types import Picture
from latentlab.errors import LabError
from latentlab.qt.clients.task_queue import Failure, TaskQueue
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.export import exportables
from latentlab.qt.export.exportables import Exportables
from latentlab.qt.widgets.images import to_qimage

# With these endings a walk is animated; a .png is a strip unless `animated` is set.
_MOVING = (".webp", ".gif", ".apng", ".mp4")
_NOTHING = {
    exportables.PROBE: "no picture has been decoded yet",
    exportables.GRID: "the manifold grid is not finished yet",
    exportables.TRAY: "the tray is empty; pin a picture first",
    exportables.WALK: "there is no walk; pin at least two pictures",
    exportables.SELECTION: "no picture is selected; double-click a point",
    exportables.SAMPLES: "no new pictures have been drawn yet; press Draw in the tab Attributes",
    exportables.SHEET: "no sheet has been drawn yet; press Sheet in the tab Attributes",
    exportables.UNFOLDING: "no training has run yet",
    exportables.ENCODINGS: "the pictures are not all encoded yet",
}


class Exporter(QObject):
    """Saves by path, without dialogs.

    Signals: `saved` (path) and `failed` (message, details; no details for an expected failure).
    """

    saved = Signal(str)
    failed = Signal(str, str)

    def __init__(self, workspace: Workspace, background: TaskQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.exportables = Exportables(workspace, self)
        self._workspace, self._background = workspace, background

    def save_probe(self, path: str | Path, scale: int = 1, overwrite: bool = False) -> None:
        """The picture at the probe."""
        self.save(exportables.PROBE, path, scale, overwrite)

    def save_grid(self, path: str | Path, scale: int = 1, overwrite: bool = False) -> None:
        """The manifold grid."""
        self.save(exportables.GRID, path, scale, overwrite)

    def save_tray(self, path: str | Path, scale: int = 1, overwrite: bool = False) -> None:
        """The pinned pictures side by side."""
        self.save(exportables.TRAY, path, scale, overwrite)

    def save_selection(self, path: str | Path, scale: int = 1, overwrite: bool = False) -> None:
        """The selected picture, its reconstruction and the draws from its posterior, side by side."""
        self.save(exportables.SELECTION, path, scale, overwrite)

    def save_walk(
        self, path: str | Path, scale: int = 1, overwrite: bool = False, animated: bool | None = None
    ) -> None:
        """The walk, animated or as a strip; by default as the ending of the path suggests."""
        self.save(exportables.WALK, path, scale, overwrite, animated)

    def save(
        self,
        what: str,
        path: str | Path,
        scale: int = 1,
        overwrite: bool = False,
        animated: bool | None = None,
        plan: FilmPlan | None = None,
        pictures: Sequence[Picture] = (),
    ) -> None:
        """Pictures of a kind in `exportables.PICTURES`, or the encodings.

        A film follows a `plan`, with these pictures of the same walk; by default it shows each picture once.
        """
        if what == exportables.ENCODINGS:
            self.save_encodings(path, overwrite)
            return
        thing = self.exportables.get(what)
        if thing is None:
            self.failed.emit(f"{path}: nothing was saved: {_NOTHING[what]}", "")
            return
        moves = Path(path).suffix.lower() in _MOVING if animated is None else animated
        if moves and what in exportables.MOVING and plan is not None:
            # What the plan asks for, in words.
            told = f"{plan.count} frames, {plan.rate} a second, {plan.loop.value}"
            work: Callable[[], Path] = functools.partial(
                save_animation,
                path,
                plan.frames(pictures or thing.pictures),
                frames_per_second=plan.rate,
                scale=scale,
                provenance=replace(thing.provenance, extra={**thing.provenance.extra, "film": told}),
                overwrite=overwrite,
                once=plan.loop is Loop.ONCE,
            )
        elif moves and what in exportables.MOVING:
            work = functools.partial(
                save_animation,
                path,
                thing.pictures,
                frames_per_second=thing.frames_per_second,
                scale=scale,
                provenance=thing.provenance,
                overwrite=overwrite,
            )
        else:
            # Joining the pictures is part of the background work too.
            def work() -> Path:
                return save_picture(
                    path, thing.still, provenance=thing.provenance, scale=scale, overwrite=overwrite
                )

        self._background.run(work, self._done, self._failed)

    def save_encodings(self, path: str | Path, overwrite: bool = False) -> None:
        """Mean, sigma and label of every picture, as .npz or .csv."""
        found, model = self.exportables.encodings(), self._workspace.model
        if found is None or model is None:
            self.failed.emit(f"{path}: nothing was saved: {_NOTHING[exportables.ENCODINGS]}", "")
            return
        labels = model.labels if model.labels is not None else np.full(len(found.mean), -1, dtype=np.int64)
        every = range(len(found.mean))
        origins = Origins(
            () if model.keys is None else model.keys.names,
            [model.split_of(number) for number in every],
            [model.class_of(number) for number in every] if model.classes else (),
        )
        work = functools.partial(
            save_encodings, path, found.mean, found.sigma, labels, origins, overwrite=overwrite
        )
        self._background.run(work, self._done, self._failed)

    def copy_probe(self) -> None:
        """Copies the picture at the probe to the clipboard, pixel for pixel.

        Raises:
            LabError: if there is none yet.
        """
        thing = self.exportables.get(exportables.PROBE)
        if thing is None:
            raise LabError(_NOTHING[exportables.PROBE])
        QGuiApplication.clipboard().setImage(to_qimage(thing.still))

    def _done(self, path: Path) -> None:
        self.saved.emit(str(path))

    def _failed(self, failure: Failure) -> None:
        self.failed.emit(failure.message, failure.details)

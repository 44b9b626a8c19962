"""Shows the ideal denoiser for the chosen picture of the current frame, while it is switched on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.views.diffusion.reverse.ideal_panel import IdealPanel
from latentlab.qt.views.diffusion.reverse.ideals import Ideals, settings_at
from latentlab.qt.views.diffusion.tape.runner import Track

if TYPE_CHECKING:
    from latentlab.engine.diffusion.runner import Frame


class IdealView(QObject):
    """Off, it asks nothing and costs nothing."""

    def __init__(self, diffusion: DenoiserClient, parent: QObject) -> None:
        super().__init__(parent)
        self._diffusion = diffusion
        self.panel = IdealPanel()
        self.panel.hide()
        self.ideals = Ideals(diffusion, self)
        self._frame: Frame | None = None
        self._picture = 0
        self._track: Track | None = None
        # Why there is nothing, "" while that is not known.
        self._refused = ""
        self.ideals.came.connect(self._look)
        self.ideals.refused.connect(self._refuse)
        diffusion.opened.connect(self._begin_anew)

    @Slot(bool)
    def turn(self, on: bool) -> None:
        """Switches it on or off."""
        self.panel.setVisible(on)
        self._refused = ""
        self._look()

    def show(self, frame: Frame | None, picture: int, track: Track | None) -> None:
        """Another frame, or another picture of it, is looked at."""
        if picture != self._picture or track is not self._track:
            self._refused = ""
        self._frame, self._picture, self._track = frame, picture, track
        self._look()

    @Slot()
    def _look(self) -> None:
        frame, picture, track, model = self._frame, self._picture, self._track, self._diffusion.model
        if self.panel.isHidden():
            return
        self.panel.show_prediction(frame, picture)
        if frame is None or track is None or model is None:
            self.panel.say("There is no tape yet.")
            return
        ideal = self.ideals.of(frame, picture)
        if ideal is None:
            self.panel.say(self._refused)
        else:
            self.panel.show_ideal(ideal, frame.t)
        frames = track.store.frames
        known = [(one, self.ideals.of(one, picture)) for one in frames]
        points = [(one.t, found.apart) for one, found in known if found is not None]
        complete = track.whole and len(points) == len(frames)
        guidance = settings_at(track.recipe, frame.number).guidance
        self.panel.show_tape(points, model.steps, frame.t, complete, guidance)
        if not self._refused:
            self.ideals.want(frame, frames, picture, track.recipe)

    @Slot(str)
    def _refuse(self, message: str) -> None:
        self._refused = message
        self._look()

    @Slot(object)
    def _begin_anew(self, model: object) -> None:
        self._refused = ""

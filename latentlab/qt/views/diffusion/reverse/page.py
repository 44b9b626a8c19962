"""The reverse page: from noise to pictures, frame by frame, on a tape that can be scrubbed and branched."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from latentlab.engine.diffusion.noising import as_picture
from latentlab.engine.diffusion.recipes import Recipe, SamplerSettings, Start
from latentlab.engine.diffusion.requests import DenoiserReply
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.clients.hand import Hand
from latentlab.qt.views.diffusion.reverse.changed_note import ChangedNote
from latentlab.qt.views.diffusion.reverse.draw_buttons import DrawButtons
from latentlab.qt.views.diffusion.reverse.drawing import Drawing
from latentlab.qt.views.diffusion.reverse.frame_view import FrameView
from latentlab.qt.views.diffusion.reverse.ideal_view import IdealView
from latentlab.qt.views.diffusion.reverse.layout import ReverseLayout
from latentlab.qt.views.diffusion.reverse.sampler_form import SamplerForm
from latentlab.qt.views.diffusion.tape.playback import Playback
from latentlab.qt.views.diffusion.tape.runner import Runs, Track
from latentlab.qt.views.diffusion.tape.tracks import Tracks
from latentlab.qt.views.diffusion.tape.transport import Transport
from latentlab.qt.views.diffusion.text import of_frame
from latentlab.qt.widgets.text_line import Line

if TYPE_CHECKING:
    from latentlab.engine.diffusion.runner import Frame

# How often a frame is shown during a drag elsewhere.
_LATE_MS = 300
# Below this width the column of the ideal denoiser is narrow.
_NARROW = 860


class ReversePage(QWidget):
    """`frame_shown` carries (frame, number of the chosen picture); `tape_finished` the recipe of a finished
    tape; `tape_begun` says that another tape is shown; `origin_wanted` carries a picture as it is predicted.
    """

    frame_shown = Signal(object)
    tape_begun = Signal()
    tape_finished = Signal(object)
    origin_wanted = Signal(object)

    def __init__(self, diffusion: DenoiserClient, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reversePage")
        self.setAccessibleName("Reverse process: pictures are sampled from noise")
        self._diffusion = diffusion
        self.form = SamplerForm()
        self.note = ChangedNote()
        self.shown = FrameView(self)
        self.look, self.side, self.panels = self.shown.look, self.shown.side, self.shown.panels
        self.ideal = IdealView(diffusion, self)
        self.buttons = DrawButtons()
        self.words = Line()
        self.words.setObjectName("frameWords")
        self.words.setAccessibleName("Position of the current frame")
        self.tracks = Tracks()
        self.transport = Transport()
        self.runs = Runs(diffusion, self._all_tracks, self)
        self.playback = Playback(self.tracks, self.transport, self.runs, self)
        self.drawing = Drawing(
            self.form, self.note, self.tracks, self.transport, self.runs, self.playback, diffusion.model, self
        )
        self._late = QTimer(self, singleShot=True, interval=_LATE_MS)
        self._hand = Hand()
        self._lay_out()
        self._connect()
        self._offer()
        self.tracks.begin(Track(Recipe()))

    def _lay_out(self) -> None:
        self.form.setFixedWidth(self.form.sizeHint().width())
        self._room = ReverseLayout(
            self.form, (self.note, self.buttons), self.look, self.panels, self.side, self.words, self.tracks,
            self.transport,
        )  # fmt: skip
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._room, 1)
        whole.addWidget(self.ideal.panel)
        self.shown.lie_in(self._room)

    def _connect(self) -> None:
        drawing, playback = self.drawing, self.playback
        self.buttons.draw.clicked.connect(drawing.draw_or_go_on)
        self.buttons.stop.clicked.connect(drawing.stop)
        drawing.begun.connect(self.tape_begun)
        drawing.changed.connect(self._offer)
        playback.shown.connect(self._shown)
        playback.taken.connect(self._taken)
        playback.changed.connect(self._offer)
        self._late.timeout.connect(self._catch_up)
        self.shown.changed.connect(self._show_again)
        self.look.ideal_wanted.connect(self.ideal.turn)
        self.ideal.panel.origin.clicked.connect(self.ask_origin)
        self.tracks.grown.connect(self._room.fit)
        self.tracks.grown.connect(self._order_focus)
        for panel in self.panels:
            panel.mosaic.picked.connect(playback.choose)
            panel.mosaic.origin_wanted.connect(self.ask_origin)
        self.runs.came.connect(self._came)
        self.runs.ended.connect(self._ended)
        self.runs.said.connect(self.transport.words.setText)
        self._diffusion.opened.connect(self._opened)

    @Slot()
    def _order_focus(self) -> None:
        """Tab goes from the settings to the pictures, the tapes, and what is below them, as one reads."""
        note, buttons, look, transport = self.note, self.buttons, self.look, self.transport
        stops: list[QWidget] = [self.form.guidance, note.draw, note.before, buttons.draw, buttons.stop]
        stops += [buttons.save, *look.layers.values(), *look.counts.values(), look.ideal]
        stops += [panel.mosaic for panel in self.panels]
        for row in self.tracks.rows:
            stops += [row.close_button, row.tape]
        stops += [transport.back, transport.play, transport.step, transport.speed, transport.branch]
        for one, following in pairwise(stops):
            QWidget.setTabOrder(one, following)

    def minimumSizeHint(self) -> QSize:
        return QSize(420, 200)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.ideal.panel.set_narrow(self.width() < _NARROW)
        super().resizeEvent(event)

    def _all_tracks(self) -> list[Track]:
        """All tapes that take memory: those that are shown first."""
        return [*self.tracks.all, *self.drawing.redrawing.kept]

    # What others ask

    def offer_to_save(self, actions: Iterable[QAction | None]) -> None:
        """Sets the entries of the save button; None is a separator."""
        self.buttons.offer_to_save(actions)

    @property
    def recipe(self) -> Recipe | None:
        """The recipe of the current tape, if it has frames."""
        track = self.tracks.in_hand
        return track.recipe if track is not None and len(track.store) else None

    @property
    def frames(self) -> list[Frame]:
        """The available frames of the current tape, in order."""
        track = self.tracks.in_hand
        return track.store.frames if track is not None else []

    @property
    def frame(self) -> Frame | None:
        """The current frame."""
        return self.playback.frame

    @property
    def picture(self) -> int:
        """The number of the chosen picture."""
        return self.playback.picture

    @Slot()
    def ask_origin(self) -> None:
        """Asks where the chosen picture of the current frame comes from, as it is predicted there."""
        if self.frame is not None:
            self.origin_wanted.emit(as_picture(self.frame.x0_hat[self.picture]))

    def take_focus(self) -> None:
        """Gives the keyboard focus to the current tape."""
        self.playback.take_focus()

    def run_start(self, start: Start) -> None:
        """Runs a tape from this start, with the settings of the form."""
        self.drawing.run_start(start)

    def run_recipe(self, recipe: Recipe) -> None:
        """Sets the form from a recipe, and runs it."""
        self.drawing.run_recipe(recipe)

    def draw_anew(self) -> None:
        """Runs a new tape with the settings of the form; the branches of the previous one are removed."""
        self.drawing.draw_anew()

    # What comes

    @Slot(object)
    def _opened(self, model: DenoiserReply) -> None:
        self._late.stop()
        self.drawing.begin_with(model)
        self.tracks.name_conditions(model.condition_names, model.exclusive)
        self.playback.show(None)

    @Slot(object, object)
    def _came(self, track: Track, frame: Frame) -> None:
        row = self.tracks.row_of(track)
        if row is None:
            return
        first = row.tape.total != frame.total
        row.tape.total = frame.total
        if first:
            row.tape.renew()
            self.tracks.show_captions()
        if frame.t and self._hand.moves:
            if not self._late.isActive():
                self._late.start()
            return
        row.tape.renew_soon()
        if track is not self.tracks.in_hand:
            self.tracks.show_frame(self.frame)
        elif self.playback.follows or self.frame is None or frame.number == self.frame.number:
            self.playback.show(frame)

    @Slot()
    def give_way(self) -> None:
        """Something is dragged elsewhere: new frames are shown a few times a second only."""
        self._hand.moved()

    @Slot()
    def _catch_up(self) -> None:
        """Shows the newest of the frames that came during the drag."""
        drawn = self.tracks.row_of(self.runs.track)
        if drawn is not None:
            drawn.tape.renew_soon()
        self.playback.show_newest()

    @Slot(object)
    def _ended(self, track: Track) -> None:
        self.tracks.show_captions()
        row = self.tracks.row_of(track)
        if row is None:
            self._offer()
            return
        row.tape.renew_soon()
        if track is self.tracks.in_hand:
            # Stopped during the drag, it has frames that were not shown yet.
            self._catch_up()
            self.playback.follows = False
        self._offer()
        newest = track.store.newest
        if newest is not None and newest.t:
            self.transport.words.setText(f"Stopped at t = {newest.t}.")
        if track.whole:
            self.tape_finished.emit(track.recipe)

    # What is shown

    @Slot(object)
    def _taken(self, track: Track) -> None:
        self.form.show_sampler_settings(track.recipe.last_sampler_settings)
        self.drawing.redrawing.look()

    @Slot(object)
    def _shown(self, frame: Frame | None) -> None:
        model = self.drawing.model
        words, track = "", self.tracks.in_hand
        if frame is not None and model is not None:
            sampler_settings = track.recipe.sampler_settings if track is not None else SamplerSettings()
            words = of_frame(frame.number, frame.total, frame.t, model.alpha_bar, sampler_settings)
        self.words.setText(words)
        self.shown.show(frame, self.picture, model, track)
        self.ideal.show(frame, self.picture, track)
        self.tracks.show_frame(frame)
        self._offer()
        if frame is not None:
            self.frame_shown.emit((frame, self.picture))

    def say(self, words: str) -> None:
        """Shows a message in place of the text on the frame, while there is none."""
        if self.frame is None:
            self.words.setText(words)

    @Slot()
    def _offer(self) -> None:
        track = self.tracks.in_hand
        has = track is not None and len(track.store) > 0
        model = self.drawing.model is not None
        self.transport.offer(model, has, self.drawing.can_branch())
        self.buttons.offer(model, self.runs.running, has, self.drawing.can_go_on())

    @Slot()
    def _show_again(self) -> None:
        self.playback.show(self.frame)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape and self.runs.running:
            self.drawing.stop()
        elif not self.playback.press(key, event.isAutoRepeat()):
            super().keyPressEvent(event)

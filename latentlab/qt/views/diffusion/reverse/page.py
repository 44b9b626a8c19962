"""The way back: pictures come out of noise, frame by frame, on a tape that can be scrubbed and branched."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from latentlab.engine.diffusion.noising import NOISE_REACH
from latentlab.engine.diffusion.recipes import FromNoise, Recipe, SamplerSettings, Start
from latentlab.engine.diffusion.requests import DenoiserReply
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.views.diffusion.reverse.branching import guided, other_noise
from latentlab.qt.views.diffusion.reverse.draw_buttons import DrawButtons
from latentlab.qt.views.diffusion.reverse.frame_panel import FramePanel
from latentlab.qt.views.diffusion.reverse.layout import ReverseLayout
from latentlab.qt.views.diffusion.reverse.sampler_form import SamplerForm
from latentlab.qt.views.diffusion.reverse.tape_runner import MOST_TRACKS, Runs, Track
from latentlab.qt.views.diffusion.tape.store import TapeStore
from latentlab.qt.views.diffusion.tape.tracks import Tracks
from latentlab.qt.views.diffusion.tape.transport import Transport
from latentlab.qt.views.diffusion.text import of_frame
from latentlab.qt.widgets.text_line import Line

if TYPE_CHECKING:
    from latentlab.engine.diffusion.runner import Frame

# A tape that was drawn so fast is drawn again at once while the guidance slides.
_QUICK_S, _PAUSE_MS = 1.5, 120
_CHANGED = "Changed:"
# How long a hand is taken to move after its last move, and how often a frame is shown meanwhile.
_HAND_RESTS_S, _LATE_MS = 0.25, 300


class ReversePage(QWidget):
    """`frame_shown` carries (frame, number of the chosen picture); `tape_finished` the recipe of a tape that
    has come to its end; `tape_begun` tells that another tape is shown.
    """

    frame_shown = Signal(object)
    tape_begun = Signal()
    tape_finished = Signal(object)

    def __init__(self, diffusion: DenoiserClient, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reversePage")
        self.setAccessibleName("Reverse process: pictures are sampled from noise")
        self._diffusion = diffusion
        # Not the workspace's, of which others may hear first: what is shown here belongs to this one.
        self._model: DenoiserReply | None = diffusion.model
        self._start: Start = FromNoise()
        self._frame: Frame | None = None
        self._picture, self._alone = 0, False
        # Whether the frame in hand is always the newest.
        self._follows = False
        self.form = SamplerForm()
        self.buttons = DrawButtons()
        self.panels = (
            FramePanel("noisyPictures", "xₜ noisy picture",
                       "xₜ, the noisy pictures at this frame"),
            FramePanel("believedPictures", "x̂₀ predicted picture",
                       "x̂₀, the clean pictures that the model predicts at this frame", normal=False),
            FramePanel("believedNoise", "ε̂ predicted noise",
                       "ε̂, the noise that the model predicts at this frame", NOISE_REACH),
        )  # fmt: skip
        self.words = Line()
        self.words.setObjectName("frameWords")
        self.words.setAccessibleName("Position of the current frame")
        self.tracks = Tracks()
        self.transport = Transport()
        self.runs = Runs(diffusion, lambda: self.tracks.all, self)
        self._live = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._late = QTimer(self, singleShot=True, interval=_LATE_MS)
        self._busy_until = 0.0
        self._lay_out()
        self._connect()
        self._offer()
        self.tracks.begin(Track(Recipe()))

    def _lay_out(self) -> None:
        self.form.setFixedWidth(self.form.sizeHint().width())
        room = ReverseLayout((self.form, self.buttons), self.panels, self.words, self.tracks, self.transport)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(room)

    def _connect(self) -> None:
        self.buttons.draw.clicked.connect(self._draw_or_go_on)
        self.buttons.stop.clicked.connect(self._stop)
        self.form.changed.connect(self._settings_changed)
        self.form.guided.connect(self._live.start)
        self.form.noise_wanted.connect(self._from_noise)
        self._live.timeout.connect(self._redraw_live)
        self._late.timeout.connect(self._catch_up)
        transport = self.transport
        transport.stepped.connect(self._step)
        transport.began.connect(self._play_began)
        transport.started.connect(self.draw_anew)
        transport.branch_wanted.connect(self.branch)
        transport.alone_wanted.connect(self._show_alone)
        self.tracks.scrubbed.connect(self._scrubbed)
        self.tracks.taken.connect(self._take)
        self.tracks.closed.connect(self._close)
        for panel in self.panels:
            panel.mosaic.picked.connect(self._pick)
            panel.mosaic.turned.connect(transport.alone.toggle)
        self.runs.came.connect(self._came)
        self.runs.ended.connect(self._ended)
        self.runs.said.connect(transport.words.setText)
        self._diffusion.opened.connect(self._opened)

    def minimumSizeHint(self) -> QSize:
        return QSize(420, 200)

    # What others ask

    def offer_to_save(self, actions: Iterable[QAction | None]) -> None:
        """What the button that saves offers; None is a line between them."""
        self.buttons.offer_to_save(actions)

    @property
    def recipe(self) -> Recipe | None:
        """Of the tape in hand, if there is anything of it."""
        track = self.tracks.in_hand
        return track.recipe if track is not None and len(track.store) else None

    @property
    def frames(self) -> list[Frame]:
        """Those of the tape in hand that are there, the first first."""
        track = self.tracks.in_hand
        return track.store.frames if track is not None else []

    @property
    def frame(self) -> Frame | None:
        """The one in hand."""
        return self._frame

    @property
    def picture(self) -> int:
        """The number of the chosen picture."""
        return self._picture

    def take_focus(self) -> None:
        """The keys are for the tape in hand now."""
        row = self.tracks.row_of(self.tracks.in_hand)
        if row is not None:
            row.tape.setFocus(Qt.FocusReason.OtherFocusReason)

    def run_start(self, start: Start) -> None:
        """Draws a tape that begins there, in the manner that is set."""
        self._start = start
        self.form.show_start(start)
        self.draw_anew()
        self.take_focus()

    def run_recipe(self, recipe: Recipe) -> None:
        """Puts all controls where a recipe says, and draws it."""
        self._start = recipe.start
        self.form.show_start(recipe.start)
        self.form.show_count(recipe.count)
        self.form.show_sampler_settings(recipe.last_sampler_settings)
        self._draw(recipe)

    # Drawing

    @Slot()
    def draw_anew(self) -> None:
        """A new tape as the controls say; the branches of the one before go."""
        if self._model is not None:
            self._draw(Recipe(self.form.count.value(), self.form.sampler_settings, self._start))

    @Slot()
    def _draw_or_go_on(self) -> None:
        track = self.tracks.in_hand
        if track is None or not self._can_go_on():
            self.draw_anew()
            return
        self._follows = True
        self.runs.go_on(track)
        self.tracks.show_captions()
        self._offer()

    def _can_go_on(self) -> bool:
        """Whether the tape in hand was stopped, and is to be drawn no other way."""
        track = self.tracks.in_hand
        return (
            track is not None and track.ended and len(track.store) > 0 and not track.whole
            and not self.runs.running and self._model is not None
            and (self.form.count.value(), self._start) == (track.recipe.count, track.recipe.start)
            and self.form.sampler_settings == track.recipe.last_sampler_settings
        )  # fmt: skip

    def _draw(self, recipe: Recipe) -> None:
        self._live.stop()
        self.transport.pause()
        track = Track(recipe)
        self.tracks.begin(track)
        self._picture = min(self._picture, recipe.count - 1)
        self.tracks.show_picture(self._picture)
        self._follows = True
        self.tape_begun.emit()
        self.runs.draw(track)
        self._offer()

    @Slot()
    def branch(self) -> None:
        """Goes on from the frame in hand as the controls say, on a tape of its own."""
        track, frame = self.tracks.in_hand, self._frame
        if track is None or frame is None or not self._can_branch():
            return
        sampler_settings = other_noise(self.form.sampler_settings, track.recipe.last_sampler_settings)
        self.form.show_sampler_settings(sampler_settings)
        recipe = track.recipe.branched(frame.number, sampler_settings)
        shared = [known for known in track.store.frames if known.number <= frame.number]
        branch = Track(recipe, TapeStore(shared), frame.number)
        # While it waits it shows what it shares, of as many frames as the engine will make.
        model = self._model
        steps = round(sampler_settings.steps * frame.t / model.steps) if model is not None else 0
        branch.total = frame.number + max(1, steps) + 1
        self.transport.pause()
        self.tracks.add(branch)
        self._follows = True
        self.runs.draw_next(branch)
        self.tracks.show_frame(frame)
        self._offer()
        self.take_focus()

    def _can_branch(self) -> bool:
        track, frame = self.tracks.in_hand, self._frame
        return (
            track is not None and frame is not None and frame.t > 0
            and len(self.tracks.rows) < MOST_TRACKS and track.store.get(frame.number) is frame
        )  # fmt: skip

    @Slot()
    def _stop(self) -> None:
        self.runs.stop()
        self._offer()

    @Slot()
    def _settings_changed(self) -> None:
        """Says what brings the new settings to bear, as long as they are other ones than the tape's."""
        track, words = self.tracks.in_hand, self.transport.words
        self._offer()
        if track is None or not len(track.store) or self.runs.running:
            return
        other_count = self.form.count.value() != track.recipe.count
        if other_count or (
            self.form.sampler_settings != track.recipe.last_sampler_settings and not self._slides_live()
        ):
            branches = self._can_branch() and not other_count
            words.setText(f"{_CHANGED} Draw or Branch." if branches else f"{_CHANGED} Draw again.")
        elif words.text().startswith(_CHANGED):
            words.setText("")

    def _slides_live(self) -> bool:
        """Whether the tape in hand follows the guidance as it slides: at its end, and with nothing else to be
        drawn otherwise. Before its end one may want to branch, and to compare."""
        track, frame = self.tracks.in_hand, self._frame
        return (
            track is not None and frame is not None and frame.t == 0
            and (track.leaves is not None or len(self.tracks.rows) == 1)
            and 0.0 < track.seconds < _QUICK_S
            and self.form.count.value() == track.recipe.count
            and guided(track.recipe, self.form.sampler_settings.guidance).last_sampler_settings ==
            self.form.sampler_settings
        )  # fmt: skip

    @Slot()
    def _redraw_live(self) -> None:
        """The tape in hand again under another guidance, if that is quick."""
        track = self.tracks.in_hand
        if track is None or not len(track.store) or not self._slides_live():
            return
        if self.runs.running and self.runs.track is not track:
            return
        recipe = guided(track.recipe, self.form.sampler_settings.guidance)
        # A tape that was restored with its branches has no frames to begin the last of them with.
        if recipe == track.recipe or (recipe.branches and track.leaves is None):
            return
        leaves = -1 if track.leaves is None else track.leaves
        track.recipe = recipe
        track.store = TapeStore(frame for frame in track.store.frames if frame.number <= leaves)
        track.ended = False
        row = self.tracks.row_of(track)
        assert row is not None
        row.tape.show_store(track.store, track.total, track.leaves)
        self.tracks.show_captions()
        self.runs.draw(track)
        self._offer()

    @Slot()
    def _from_noise(self) -> None:
        self.run_start(FromNoise())

    # What comes

    @Slot(object)
    def _opened(self, model: DenoiserReply) -> None:
        """Tapes of the model before are none of this one's."""
        self._live.stop()
        self._late.stop()
        self.transport.pause()
        self._model, self._start, self._frame = model, FromNoise(), None
        self.tracks.begin(Track(Recipe()))
        self.tape_begun.emit()
        self.form.offer(model)
        self.tracks.name_conditions(model.condition_names, model.exclusive)
        self.form.show_start(self._start)
        self._show(None)

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
        if frame.t and time.monotonic() < self._busy_until:
            if not self._late.isActive():
                self._late.start()
            return
        row.tape.renew_soon()
        if track is not self.tracks.in_hand:
            self.tracks.show_frame(self._frame)
        elif self._follows or self._frame is None or frame.number == self._frame.number:
            self._show(frame)

    @Slot()
    def give_way(self) -> None:
        """The hand moves elsewhere: frames that come are shown a few times a second."""
        self._busy_until = time.monotonic() + _HAND_RESTS_S

    @Slot()
    def _catch_up(self) -> None:
        """Shows the newest frame of those that came while the hand moved."""
        drawn = self.tracks.row_of(self.runs.track)
        if drawn is not None:
            drawn.tape.renew_soon()
        track = self.tracks.in_hand
        newest = track.store.newest if track is not None else None
        if self._follows and newest is not None and newest is not self._frame:
            self._show(newest)

    @Slot(object)
    def _ended(self, track: Track) -> None:
        self.tracks.show_captions()
        row = self.tracks.row_of(track)
        if row is not None:
            row.tape.renew_soon()
        if track is self.tracks.in_hand:
            # Stopped while the hand moved, it has frames that were not shown yet.
            self._catch_up()
            self._follows = False
        self._offer()
        newest = track.store.newest
        if newest is not None and newest.t:
            self.transport.words.setText(f"Stopped at t = {newest.t}.")
        if track.whole:
            self.tape_finished.emit(track.recipe)

    # What is shown

    def _show(self, frame: Frame | None) -> None:
        self._frame = frame
        model = self._model
        aspects: tuple[object, ...] = (None, None, None)
        words = ""
        if frame is not None and model is not None:
            aspects = frame.x_t, frame.x0_hat, frame.noise_hat(model.alpha_bar)
            self._picture = min(self._picture, len(frame.x_t) - 1)
            track = self.tracks.in_hand
            sampler_settings = track.recipe.sampler_settings if track is not None else SamplerSettings()
            words = of_frame(frame.number, frame.total, frame.t, model.alpha_bar, sampler_settings)
        self.words.setText(words)
        for panel, x in zip(self.panels, aspects, strict=True):
            panel.show_pictures(x, self._picture, self._alone)  # type: ignore[arg-type]
        self.tracks.show_frame(frame)
        self._offer()
        if frame is not None:
            self.frame_shown.emit((frame, self._picture))

    def say(self, words: str) -> None:
        """Says something where the words on the frame stand, while there is none."""
        if self._frame is None:
            self.words.setText(words)

    def _offer(self) -> None:
        track = self.tracks.in_hand
        has = track is not None and len(track.store) > 0
        model = self._model is not None
        self.transport.offer(model, has, self._can_branch())
        self.buttons.offer(model, self.runs.running, has, self._can_go_on())

    # The hand

    @Slot(int)
    def _step(self, steps: int) -> None:
        track = self.tracks.in_hand
        if track is None or self._frame is None:
            return
        self._follows = False
        frame = track.store.next(self._frame.number, steps)
        if frame is self._frame and self.transport.playing and not self.runs.running:
            self.transport.pause()
        elif frame is not None and frame is not self._frame:
            self._show(frame)

    @Slot()
    def _play_began(self) -> None:
        """At the end it begins again."""
        track = self.tracks.in_hand
        if track is not None and self._frame is track.store.newest and not self.runs.running:
            self._go(0)

    def _go(self, place: int) -> None:
        track = self.tracks.in_hand
        if track is not None and len(track.store):
            self._follows = False
            self._show(track.store.frames[place])

    @Slot(object)
    def _scrubbed(self, frame: Frame) -> None:
        track = self.tracks.in_hand
        self.transport.pause()
        # At the end of what is there, it goes on with what comes.
        self._follows = track is not None and track is self.runs.track and frame is track.store.newest
        if frame is not self._frame:
            self._show(frame)

    @Slot(object)
    def _take(self, track: Track) -> None:
        if track is not self.tracks.in_hand:
            self.tracks.take(track)
            self.form.show_sampler_settings(track.recipe.last_sampler_settings)
            shared = self._frame is not None and track.store.get(self._frame.number) is self._frame
            # A frame that both tapes have leads elsewhere on this one.
            self._show(self._frame) if shared else self._offer()

    @Slot(object)
    def _close(self, track: Track) -> None:
        t = self._frame.t if self._frame is not None else 0
        self.tracks.close_track(track)
        self.runs.drop(track)
        now = self.tracks.in_hand
        if now is not None:
            self.form.show_sampler_settings(now.recipe.last_sampler_settings)
            self._show(now.store.at_time(t))

    @Slot(int)
    def _pick(self, picture: int) -> None:
        self._picture = picture
        self.tracks.show_picture(picture)
        self._show(self._frame)

    @Slot(bool)
    def _show_alone(self, alone: bool) -> None:
        self._alone = alone
        self._show(self._frame)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.transport.toggle()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.transport.pause()
            self._step(-1 if key == Qt.Key.Key_Left else 1)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.transport.pause()
            self._go(0 if key == Qt.Key.Key_Home else -1)
        elif key == Qt.Key.Key_Escape and self.runs.running:
            self._stop()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and len(self.tracks.rows) > 1:
            place = self.tracks.all.index(self.tracks.in_hand) if self.tracks.in_hand else 0
            place += -1 if key == Qt.Key.Key_Up else 1
            if 0 <= place < len(self.tracks.rows):
                self._take_at_time(self.tracks.rows[place].track)
        else:
            super().keyPressEvent(event)

    def _take_at_time(self, track: Track) -> None:
        t = self._frame.t if self._frame is not None else 0
        self._take(track)
        frame = track.store.at_time(t)
        if frame is not None:
            self._show(frame)

"""What begins tapes: drawing anew, going on with one that was stopped, branching, sliding the guidance."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from latentlab.engine.diffusion.recipes import FromNoise, Recipe, Start
from latentlab.engine.diffusion.requests import DenoiserReply
from latentlab.qt.views.diffusion.reverse.branching import guided, other_noise
from latentlab.qt.views.diffusion.reverse.sampler_form import SamplerForm
from latentlab.qt.views.diffusion.tape.playback import Playback
from latentlab.qt.views.diffusion.tape.runner import MOST_TRACKS, Runs, Track
from latentlab.qt.views.diffusion.tape.store import TapeStore
from latentlab.qt.views.diffusion.tape.tracks import Tracks
from latentlab.qt.views.diffusion.tape.transport import Transport

# A tape that was drawn so fast is drawn again at once while the guidance slides.
_QUICK_S, _PAUSE_MS = 1.5, 120
_CHANGED = "Changed:"


class Drawing(QObject):
    """Between the form that says how to draw and the tapes. `begun` tells that another tape is shown,
    `changed` that other things can be done.

    Attributes:
        model: the open denoiser, None before there is one.
    """

    begun = Signal()
    changed = Signal()

    def __init__(
        self,
        form: SamplerForm,
        tracks: Tracks,
        transport: Transport,
        runs: Runs,
        playback: Playback,
        model: DenoiserReply | None,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._form, self._tracks, self._transport = form, tracks, transport
        self._runs, self._playback = runs, playback
        # Not the client's, of which others may hear first: what is shown here belongs to this one.
        self.model = model
        self._start: Start = FromNoise()
        self._live = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._live.timeout.connect(self._redraw_live)
        form.changed.connect(self._settings_changed)
        form.guided.connect(self._live.start)
        form.noise_wanted.connect(self._from_noise)
        transport.started.connect(self.draw_anew)
        transport.branch_wanted.connect(self.branch)

    def begin_with(self, model: DenoiserReply) -> None:
        """Another model: tapes of the one before are none of this one's."""
        self._live.stop()
        self._transport.pause()
        self.model, self._start, self._playback.frame = model, FromNoise(), None
        self._tracks.begin(Track(Recipe()))
        self.begun.emit()
        self._form.offer(model)
        self._form.show_start(self._start)

    def run_start(self, start: Start) -> None:
        """Draws a tape that begins there, as the form says."""
        self._start = start
        self._form.show_start(start)
        self.draw_anew()
        self._playback.take_focus()

    def run_recipe(self, recipe: Recipe) -> None:
        """Puts all controls where a recipe says, and draws it."""
        self._start = recipe.start
        self._form.show_start(recipe.start)
        self._form.show_count(recipe.count)
        self._form.show_sampler_settings(recipe.last_sampler_settings)
        self._draw(recipe)

    @Slot()
    def draw_anew(self) -> None:
        """A new tape as the controls say; the branches of the one before go."""
        if self.model is not None:
            self._draw(Recipe(self._form.count.value(), self._form.sampler_settings, self._start))

    @Slot()
    def draw_or_go_on(self) -> None:
        """Goes on with the tape in hand if it was stopped, else draws another."""
        track = self._tracks.in_hand
        if track is None or not self.can_go_on():
            self.draw_anew()
            return
        self._playback.follows = True
        self._runs.go_on(track)
        self._tracks.show_captions()
        self.changed.emit()

    def can_go_on(self) -> bool:
        """Whether the tape in hand was stopped, and is to be drawn no other way."""
        track = self._tracks.in_hand
        return (
            track is not None and track.ended and len(track.store) > 0 and not track.whole
            and not self._runs.running and self.model is not None
            and (self._form.count.value(), self._start) == (track.recipe.count, track.recipe.start)
            and self._form.sampler_settings == track.recipe.last_sampler_settings
        )  # fmt: skip

    def _draw(self, recipe: Recipe) -> None:
        self._live.stop()
        self._transport.pause()
        track = Track(recipe)
        self._tracks.begin(track)
        self._playback.limit(recipe.count)
        self._playback.follows = True
        self.begun.emit()
        self._runs.draw(track)
        self.changed.emit()

    @Slot()
    def branch(self) -> None:
        """Goes on from the frame in hand as the controls say, on a tape of its own."""
        track, frame = self._tracks.in_hand, self._playback.frame
        if track is None or frame is None or not self.can_branch():
            return
        sampler_settings = other_noise(self._form.sampler_settings, track.recipe.last_sampler_settings)
        self._form.show_sampler_settings(sampler_settings)
        recipe = track.recipe.branched(frame.number, sampler_settings)
        shared = [known for known in track.store.frames if known.number <= frame.number]
        branch = Track(recipe, TapeStore(shared), frame.number)
        # While it waits it shows what it shares, of as many frames as the engine will make.
        model = self.model
        steps = round(sampler_settings.steps * frame.t / model.steps) if model is not None else 0
        branch.total = frame.number + max(1, steps) + 1
        self._transport.pause()
        self._tracks.add(branch)
        self._playback.follows = True
        self._runs.draw_next(branch)
        self._tracks.show_frame(frame)
        self.changed.emit()
        self._playback.take_focus()

    def can_branch(self) -> bool:
        """Whether the frame in hand belongs to a tape, and is none of its last."""
        track, frame = self._tracks.in_hand, self._playback.frame
        return (
            track is not None and frame is not None and frame.t > 0
            and len(self._tracks.rows) < MOST_TRACKS and track.store.get(frame.number) is frame
        )  # fmt: skip

    @Slot()
    def stop(self) -> None:
        """Ends drawing; what is there stays."""
        self._runs.stop()
        self.changed.emit()

    @Slot()
    def _settings_changed(self) -> None:
        """Says what brings the new settings to bear, as long as they are other ones than the tape's."""
        track, words = self._tracks.in_hand, self._transport.words
        self.changed.emit()
        if track is None or not len(track.store) or self._runs.running:
            return
        other_count = self._form.count.value() != track.recipe.count
        if other_count or (
            self._form.sampler_settings != track.recipe.last_sampler_settings and not self._slides_live()
        ):
            branches = self.can_branch() and not other_count
            words.setText(f"{_CHANGED} Draw or Branch." if branches else f"{_CHANGED} Draw again.")
        elif words.text().startswith(_CHANGED):
            words.setText("")

    def _slides_live(self) -> bool:
        """Whether the tape in hand follows the guidance as it slides: at its end, and with nothing else to be
        drawn otherwise. Before its end one may want to branch, and to compare."""
        track, frame = self._tracks.in_hand, self._playback.frame
        return (
            track is not None and frame is not None and frame.t == 0
            and (track.leaves is not None or len(self._tracks.rows) == 1)
            and 0.0 < track.seconds < _QUICK_S
            and self._form.count.value() == track.recipe.count
            and guided(track.recipe, self._form.sampler_settings.guidance).last_sampler_settings ==
            self._form.sampler_settings
        )  # fmt: skip

    @Slot()
    def _redraw_live(self) -> None:
        """The tape in hand again under another guidance, if that is quick."""
        track = self._tracks.in_hand
        if track is None or not len(track.store) or not self._slides_live():
            return
        if self._runs.running and self._runs.track is not track:
            return
        recipe = guided(track.recipe, self._form.sampler_settings.guidance)
        # A tape that was restored with its branches has no frames to begin the last of them with.
        if recipe == track.recipe or (recipe.branches and track.leaves is None):
            return
        leaves = -1 if track.leaves is None else track.leaves
        track.recipe = recipe
        track.store = TapeStore(frame for frame in track.store.frames if frame.number <= leaves)
        track.ended = False
        row = self._tracks.row_of(track)
        assert row is not None
        row.tape.show_store(track.store, track.total, track.leaves)
        self._tracks.show_captions()
        self._runs.draw(track)
        self.changed.emit()

    @Slot()
    def _from_noise(self) -> None:
        self.run_start(FromNoise())

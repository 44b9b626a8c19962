"""Starts the tapes of the reverse page: new ones, stopped ones, branches, and live guidance."""

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

# A tape that was drawn this quickly is drawn again at once while the guidance slider moves.
_QUICK_S, _PAUSE_MS = 1.5, 120
_CHANGED = "Changed:"


class Drawing(QObject):
    """Connects the form of the settings and the tapes. `begun` says that another tape is shown, `changed`
    that other commands are available.

    Attributes:
        model: the open denoiser, None before there is one.
        beside: the other tapes of a project, drawn with the first one.
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
        # A state of its own: other pages may hear of the client's changes first.
        self.model = model
        self.beside: tuple[Recipe, ...] = ()
        self._start: Start = FromNoise()
        self._live = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._live.timeout.connect(self._redraw_live)
        form.changed.connect(self._settings_changed)
        form.guided.connect(self._live.start)
        form.noise_wanted.connect(self._from_noise)
        transport.started.connect(self.draw_anew)
        transport.branch_wanted.connect(self.branch)

    def begin_with(self, model: DenoiserReply) -> None:
        """Another model: tapes of the previous one are removed."""
        self._live.stop()
        self._transport.pause()
        self.model, self._start, self._playback.frame = model, FromNoise(), None
        self._tracks.begin(Track(Recipe()))
        self.begun.emit()
        self._form.offer(model)
        self._form.show_start(self._start)

    def run_start(self, start: Start) -> None:
        """Runs a tape from this start, with the settings of the form."""
        self._start = start
        self._form.show_start(start)
        self.draw_anew()
        self._playback.take_focus()

    def run_recipe(self, recipe: Recipe) -> None:
        """Sets the form from a recipe, and runs it."""
        self._start = recipe.start
        self._form.show_start(recipe.start)
        self._form.show_count(recipe.count)
        self._form.show_sampler_settings(recipe.last_sampler_settings)
        self._draw(recipe)
        beside, self.beside = self.beside, ()
        for other in beside[: MOST_TRACKS - 1]:
            # A branch, without the frames that it shares with the first tape.
            track = Track(other, leaves=other.branches[-1].at if other.branches else 0)
            self._tracks.add(track)
            self._runs.draw_next(track)

    @Slot()
    def draw_anew(self) -> None:
        """Runs a new tape with the settings of the form; the branches of the previous one are removed."""
        if self.model is not None:
            self._draw(Recipe(self._form.count.value(), self._form.sampler_settings, self._start))

    @Slot()
    def draw_or_go_on(self) -> None:
        """Resumes the current tape if it was stopped, else runs another."""
        track = self._tracks.in_hand
        if track is None or not self.can_go_on():
            self.draw_anew()
            return
        self._playback.follows = True
        self._runs.go_on(track)
        self._tracks.show_captions()
        self.changed.emit()

    def can_go_on(self) -> bool:
        """Whether the current tape was stopped, and the settings are unchanged."""
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
        """Branches off at the current frame with the settings of the form, on a tape of its own."""
        track, frame = self._tracks.in_hand, self._playback.frame
        if track is None or frame is None or not self.can_branch():
            return
        sampler_settings = other_noise(self._form.sampler_settings, track.recipe.last_sampler_settings)
        self._form.show_sampler_settings(sampler_settings)
        recipe = track.recipe.branched(frame.number, sampler_settings)
        shared = [known for known in track.store.frames if known.number <= frame.number]
        branch = Track(recipe, TapeStore(shared), frame.number)
        # While it waits it shows the shared frames, with the total that the engine will make.
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
        """Whether the current frame belongs to a tape, and is not its last."""
        track, frame = self._tracks.in_hand, self._playback.frame
        return (
            track is not None and frame is not None and frame.t > 0
            and len(self._tracks.rows) < MOST_TRACKS and track.store.get(frame.number) is frame
        )  # fmt: skip

    @Slot()
    def stop(self) -> None:
        """Stops drawing; existing frames stay."""
        self._runs.stop()
        self.changed.emit()

    @Slot()
    def _settings_changed(self) -> None:
        """Says how to apply the new settings, while they differ from the tape's."""
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
        """Whether the current tape follows the guidance slider: at its last frame, and with no other change.
        Before its end the user may want to branch, and to compare.
        """
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
        """Runs the current tape again under another guidance, if that is quick."""
        track = self._tracks.in_hand
        if track is None or not len(track.store) or not self._slides_live():
            return
        if self._runs.running and self._runs.track is not track:
            return
        recipe = guided(track.recipe, self._form.sampler_settings.guidance)
        # A restored tape with branches lacks the frames from which the last of them starts.
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

"""Starts the tapes of the reverse page: new ones, stopped ones, and branches."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from latentlab.engine.diffusion.recipes import FromNoise, Recipe, Start
from latentlab.engine.diffusion.requests import DenoiserReply
from latentlab.qt.views.diffusion.reverse.branching import other_noise
from latentlab.qt.views.diffusion.reverse.changed_note import ChangedNote
from latentlab.qt.views.diffusion.reverse.redrawing import Redrawing
from latentlab.qt.views.diffusion.reverse.sampler_form import SamplerForm
from latentlab.qt.views.diffusion.tape.playback import Playback
from latentlab.qt.views.diffusion.tape.runner import MOST_TRACKS, Runs, Track
from latentlab.qt.views.diffusion.tape.store import TapeStore
from latentlab.qt.views.diffusion.tape.tracks import Tracks
from latentlab.qt.views.diffusion.tape.transport import Transport

# Models whose recipes are kept.
_MOST_LEFT = 31


class Drawing(QObject):
    """Connects the form of the settings and the tapes. `begun` says that another tape is shown, `changed`
    that other commands are available.

    Attributes:
        model: the open denoiser, None before there is one.
        beside: the other tapes of a project, drawn with the first one.
        redrawing: draws the current tape again when its settings change.
    """

    begun = Signal()
    changed = Signal()

    def __init__(
        self,
        form: SamplerForm,
        note: ChangedNote,
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
        # The recipes of the tapes with which other models were left, by the hashes of those.
        self._left: dict[str, tuple[Recipe, ...]] = {}
        self._start: Start = FromNoise()
        self.redrawing = Redrawing(form, note, tracks, runs, playback, self.can_branch, self)
        self.redrawing.changed.connect(self.changed)
        self.redrawing.swapped.connect(self._swapped)
        note.drawing.connect(self.draw_anew)
        form.changed.connect(self.changed)
        form.noise_wanted.connect(self._from_noise)
        transport.started.connect(self.draw_anew)
        transport.branch_wanted.connect(self.branch)

    def begin_with(self, model: DenoiserReply) -> None:
        """Another model: tapes of the previous one are removed; their recipes wait for it."""
        if self.model is not None:
            recipes = tuple(track.recipe for track in self._tracks.all if len(track.store))
            self._left = {**dict(list(self._left.items())[-_MOST_LEFT:]), self.model.hash: recipes}
        self.redrawing.begin_with(model)
        self._transport.pause()
        self.model, self._start, self._playback.frame = model, FromNoise(), None
        self._tracks.begin(Track(Recipe()))
        self.begun.emit()
        self._form.offer(model)
        if model.first_seed and model.hash not in self._left:
            self._form.show_seed(model.first_seed)
        self._form.show_start(self._start)

    def draw_again(self) -> None:
        """Runs the tapes that the model was left with; a new one if it was not open before."""
        recipes = () if self.model is None else self._left.get(self.model.hash, ())
        if recipes:
            self.beside = recipes[1:]
            self.run_recipe(recipes[0])
        else:
            self.draw_anew()

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
        if self.model is None:
            return
        recipe = Recipe(self._form.count.value(), self._form.sampler_settings, self._start)
        self._draw(recipe)
        before = self.redrawing.before
        if before is not None and before != recipe:
            self.redrawing.replaced.emit(before, recipe)

    def bring_back(self, recipe: Recipe) -> None:
        """Shows the tape of a recipe again: at once if it is still there, else it is drawn."""
        if not self.redrawing.bring_back(recipe):
            self.run_recipe(recipe)

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
        track = Track(recipe)
        self.redrawing.keep(track)
        self._transport.pause()
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
        self.redrawing.give_up()
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

    @Slot(object)
    def _swapped(self, recipe: Recipe) -> None:
        """Another tape is shown in the place of the current one."""
        self._start = recipe.start
        self._form.show_start(recipe.start)
        self.begun.emit()

    @Slot()
    def _from_noise(self) -> None:
        self.run_start(FromNoise())

"""Draws the current tape again in the background when its settings change, and brings back the one before.

Only where that is cheap, and where nobody may want to branch instead: at the tape's last frame. The tape of
now stays until the new one is whole; then they change places, and change back when that is asked.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from latentlab.engine.diffusion.recipes import Recipe
from latentlab.engine.diffusion.requests import DenoiserReply
from latentlab.qt.views.diffusion.reverse.changed_note import ChangedNote
from latentlab.qt.views.diffusion.reverse.changes import changes, duration, resettled, seconds_for
from latentlab.qt.views.diffusion.reverse.sampler_form import SamplerForm
from latentlab.qt.views.diffusion.tape.playback import Playback
from latentlab.qt.views.diffusion.tape.runner import Runs, Track
from latentlab.qt.views.diffusion.tape.store import TapeStore
from latentlab.qt.views.diffusion.tape.tracks import Tracks

# A tape that takes at most so long is drawn again by itself, once the hand has rested; a quick one sooner.
CHEAP_S = 6.0
_QUICK_S, _PAUSE_MS, _QUICK_PAUSE_MS = 1.5, 350, 120
_BACK = "Back to the tape before"


class Redrawing(QObject):
    """`swapped` (recipe) says that another tape is shown in the place of one, `replaced` (the recipes before
    and after) that this was the user's doing; `changed` that other commands are available.

    Args:
        can_branch: whether a branch could be drawn at the current frame.
    """

    swapped = Signal(object)
    replaced = Signal(object, object)
    changed = Signal()

    def __init__(
        self,
        form: SamplerForm,
        note: ChangedNote,
        tracks: Tracks,
        runs: Runs,
        playback: Playback,
        can_branch: Callable[[], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._form, self._note, self._tracks = form, note, tracks
        self._runs, self._playback, self._can_branch = runs, playback, can_branch
        self._names: tuple[str, ...] = ()
        self._exclusive = True
        # The tape that is drawn in the background, and the one whose place it will take.
        self._drawn: Track | None = None
        self._over: Track | None = None
        # The tape that was there before, and the one that took its place.
        self._before: Track | None = None
        self._after: Track | None = None
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._draw)
        form.changed.connect(self.look)
        runs.ended.connect(self._ended)
        note.back.connect(self.back)

    @property
    def kept(self) -> list[Track]:
        """The tapes that are kept without being shown."""
        return [track for track in (self._before, self._drawn) if track is not None]

    @property
    def before(self) -> Recipe | None:
        """The recipe of the tape that can be had back."""
        return None if self._before is None else self._before.recipe

    @property
    def waiting(self) -> bool:
        """Whether a tape will be drawn as soon as the hand rests."""
        return self._rest.isActive()

    def begin_with(self, model: DenoiserReply) -> None:
        """Another model: the tapes of the one before are of no use."""
        self._names, self._exclusive = model.condition_names, model.exclusive
        self._rest.stop()
        self._drawn = self._over = self._before = self._after = None
        self._note.say("")

    def give_up(self) -> None:
        """Something else is about to be drawn."""
        self._rest.stop()
        if self._drawn is not None:
            self._drawn = self._over = None
            self._runs.stop()

    def keep(self, track: Track) -> None:
        """Another tape is about to be shown in the place of the current one: that can be had back, unless it
        was stopped or has branches.
        """
        self.give_up()
        now = self._tracks.in_hand
        alone = len(self._tracks.rows) == 1
        self._before = now if alone and now is not None and now.whole else None
        self._after = track
        self._note.say("")

    # What the settings say

    def _wish(self, track: Track) -> Recipe:
        return resettled(track.recipe, self._form.count.value(), self._form.sampler_settings)

    def _follows(self, track: Track) -> bool:
        """Whether a tape may be replaced without asking."""
        frame, branch = self._playback.frame, track.leaves is not None
        return (
            track.whole and frame is not None and frame.t == 0
            and (branch or (len(self._tracks.rows) == 1 and not track.recipe.branches))
            and (not branch or self._form.count.value() == track.recipe.count)
        )  # fmt: skip

    @Slot()
    def look(self) -> None:
        """Compares the settings with those of the current tape, and says or does what follows."""
        track = self._tracks.in_hand
        if track is None or not len(track.store):
            self._note.say("")
            return
        wish = self._wish(track)
        if self._runs.running and self._runs.track is not self._drawn:
            words = self.words(track.recipe, wish)
            later = f"Changed: {words}. This tape is drawn to its end first." if words else ""
            self._note.say(later, "Draw anew now" if words else "")
            return
        same_count = self._form.count.value() == track.recipe.count
        if wish == track.recipe and same_count:
            self.give_up()
            self._say_before(track)
        elif self._drawn is None or self._drawn.recipe != wish:
            seconds = seconds_for(track.recipe, track.seconds, wish)
            words = self.words(track.recipe, wish) or "pictures"
            if self._follows(track) and 0.0 < seconds <= CHEAP_S:
                self._rest.start(_QUICK_PAUSE_MS if seconds < _QUICK_S else _PAUSE_MS)
                self._note.say(f"{words}: drawn anew in a moment …")
            else:
                self.give_up()
                self._offer(track, words, seconds, same_count)
        self.changed.emit()

    def _offer(self, track: Track, words: str, seconds: float, same_count: bool) -> None:
        """Says how to apply what has changed."""
        branch = " Draw anew, or branch here." if self._can_branch() and same_count else ""
        lasting = f" · {duration(seconds)}" if track.whole and seconds > 0.0 else ""
        self._note.say(f"Changed: {words}.{branch}", f"Draw anew{lasting}")

    def _say_before(self, track: Track) -> None:
        before = self._before
        if before is None or self._after is not track or not (track.leaves or len(self._tracks.rows) == 1):
            self._note.say("")
            return
        words = self.words(before.recipe, track.recipe)
        if before.recipe.start != track.recipe.start:
            words = "Another start" if not words else f"{words}, another start"
        self._note.say(f"Drawn anew: {words}." if words else "", "", _BACK if words else "")

    # In the background

    @Slot()
    def _draw(self) -> None:
        track = self._tracks.in_hand
        if track is None or (self._runs.running and self._runs.track is not self._drawn):
            return
        wish = self._wish(track)
        if not self._follows(track) or wish == track.recipe:
            self.look()
            return
        leaves = -1 if track.leaves is None else track.leaves
        shared = [frame for frame in track.store.frames if frame.number <= leaves]
        self._drawn, self._over = Track(wish, TapeStore(shared), track.leaves), track
        self._note.say(f"Drawing anew: {self.words(track.recipe, wish)} …")
        self._runs.draw(self._drawn)
        self.changed.emit()

    @Slot(object)
    def _ended(self, track: Track) -> None:
        if track is not self._drawn:
            if self._tracks.row_of(track) is not None:
                self.look()
            return
        over, self._drawn, self._over = self._over, None, None
        if track.whole and over is not None and self._tracks.row_of(over) is not None:
            self._swap(over, track)
            self.replaced.emit(over.recipe, track.recipe)
        elif over is not None:
            # It was stopped, or refused.
            words = self.words(over.recipe, track.recipe)
            seconds = seconds_for(over.recipe, over.seconds, track.recipe)
            self._offer(over, words, seconds, over.recipe.count == track.recipe.count)

    def _swap(self, over: Track, track: Track) -> None:
        """Shows a tape in the place of another one, at as much noise."""
        in_hand, frame = over is self._tracks.in_hand, self._playback.frame
        self._tracks.replace(over, track)
        self._before, self._after = over, track
        if in_hand:
            self._playback.follows = False
            self._playback.limit(track.recipe.count)
            self.swapped.emit(track.recipe)
            self._playback.show(track.store.at_time(0 if frame is None else frame.t))
        self.look()

    @Slot()
    def back(self) -> None:
        """Shows the tape before in place of the current one, which is then the one before."""
        now, before = self._tracks.in_hand, self._before
        if now is not None and before is not None and self.bring_back(before.recipe):
            self.replaced.emit(now.recipe, before.recipe)

    def bring_back(self, recipe: Recipe) -> bool:
        """Shows the tape of this recipe, if it is the one before; returns whether it is shown."""
        before, now = self._before, self._tracks.in_hand
        if now is not None and now.recipe == recipe:
            before = now
        elif before is None or before.recipe != recipe or now is None or now is not self._after:
            return False
        self.give_up()
        if self._runs.track is now:
            self._runs.stop()
        self._form.show_count(recipe.count)
        self._form.show_sampler_settings(recipe.last_sampler_settings)
        if before is now:
            self.look()
        else:
            self._swap(now, before)
        self.changed.emit()
        return True

    def words(self, before: Recipe, after: Recipe) -> str:
        """What differs between two tapes."""
        return changes(before, after, self._names, self._exclusive)

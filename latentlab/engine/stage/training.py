"""The training of the stage: a generator of frames, and what a frame says of it.

Frames draw from generators of their own: how often one looks changes nothing of what is learnt.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from latentlab.core.optimal_transport import Numbers, transport
from latentlab.core.points import Points, reached
from latentlab.engine.stage.denoising import DenoisedPoints
from latentlab.engine.stage.duel import Duel
from latentlab.engine.stage.events import Frame
from latentlab.engine.stage.fields import shown_field
from latentlab.engine.stage.learner import Learner
from latentlab.engine.stage.mixture import MixtureOfPoints
from latentlab.engine.stage.numbers import numbers
from latentlab.engine.stage.opinions import js_of, ratio_of, slopes_of
from latentlab.engine.stage.recipe import WASSERSTEIN, Recipe, Tuning
from latentlab.engine.stage.sources import points_of
from latentlab.engine.stage.variational import VariationalPoints
from latentlab.errors import LabError

# Points of each cloud; W1 of more takes longer than a moment. A lone critic sees as many of both.
CLOUD, ALONE = 200, 256
# Seconds between two frames, between two of all figures, and of a piece of work.
_FRAME_S, _WHOLE_S, _PIECE_S = 0.06, 0.6, 0.01
_MODES_OF = 1000
# Of the time that a frame takes, until the next.
_SHARE = 3.0


class StageTraining:
    """One training.

    Attributes:
        recipe: what it began with.
        rounds: made so far.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.recipe, self.rounds = recipe, 0
        self.data = points_of(recipe.source)
        alone = recipe.family == "critic"
        other = points_of(recipe.other) if alone else None
        count = ALONE if alone else CLOUD
        draw = torch.Generator().manual_seed(recipe.seed + 3)
        self.cloud, again = self.data.draw(count, draw), self.data.draw(count, draw)
        self._count, self.floor = count, transport(again.numpy(), self.cloud.numpy()).cost
        self.learner = self._learner(recipe, other)
        self._v: Numbers | None = None
        self._whole: Frame | None = None

    def _learner(self, recipe: Recipe, other: Points | None) -> Learner:
        match recipe.family:
            case "mixture":
                return MixtureOfPoints(self.data, recipe)
            case "variational":
                return VariationalPoints(self.data, recipe)
            case "diffusion":
                return DenoisedPoints(self.data, recipe)
        if other is None:
            return Duel(self.data, recipe)
        duel = Duel(self.data, recipe, other)
        if recipe.loss not in WASSERSTEIN:
            return duel
        return Duel(self.data, recipe, other, (self.cloud, duel.made(self._count)))

    def round(self, tuning: Tuning, player: str = "") -> None:
        """One round, or one turn of one player.

        Raises:
            LabError: if there is no such player.
        """
        if player and player not in self.learner.players:
            raise LabError(f"there is no player {player!r}: there is {', '.join(self.learner.players)}")
        for one in (player,) if player else self.learner.players:
            for _ in range(1 if player else self.learner.turns(one, tuning)):
                self.learner.turn(one, tuning)
        self.rounds += 1

    def run(
        self,
        tuning: Tuning,
        rounds: int | None = None,
        player: str = "",
        shown: str = "belief",
        clock: Callable[[], float] = time.monotonic,
    ) -> Iterator[Frame | None]:
        """Makes rounds: a frame now and then, None between pieces of work, and the last frame whole.

        Raises:
            LabError: if what is made is no longer a number.
        """
        done, looked, pause = 0, clock(), _FRAME_S
        whole = looked if self._whole is not None else float("-inf")
        while rounds is None or done < rounds:
            until = clock() + _PIECE_S
            while clock() < until and (rounds is None or done < rounds):
                self.round(tuning, player)
                done += 1
            now = clock()
            if now - looked < pause:
                yield None
                continue
            all_of_it = now - whole > _WHOLE_S
            yield self.frame(shown, all_of_it)
            looked = clock()
            whole = looked if all_of_it else whole
            # Looking takes a part of the time, however slow it is.
            pause = max(_FRAME_S, _SHARE * (looked - now))
        yield self.frame(shown)

    def frame(self, shown: str = "belief", whole: bool = True) -> Frame:
        """What is seen now; not `whole`: with W1, slopes and ratio of the last whole one.

        Raises:
            LabError: if what is made is no longer a number.
        """
        learner, made = self.learner, self.learner.made(self._count)
        if not bool(made.isfinite().all()):
            raise LabError(
                f"After {self.rounds} rounds the points are no longer numbers",
                hint="Begin again, with smaller learning rates",
            )
        old = self._whole
        if whole or old is None:
            found = transport(made.numpy(), self.cloud.numpy(), self._v)
            self._v, plan, w1 = found.v.copy(), found.to, found.cost
        else:
            plan, w1 = old.plan, old.w1
        duel = learner if isinstance(learner, Duel) else None
        fresh = whole or old is None
        slopes = ratio = None
        figures = learner.figures()
        if duel is not None and fresh:
            slopes = slopes_of(duel, self.cloud[torch.from_numpy(plan)], made)
            if not duel.wasserstein:
                ratio = ratio_of(duel, self.data, self.cloud, made)
                figures |= js_of(duel, self.data)
        elif duel is not None and old is not None:
            slopes, ratio = old.slopes, old.ratio
            figures = old.figures | figures
        mesh, ellipses = learner.mesh(), learner.ellipses()
        frame = Frame(
            round=self.rounds,
            data=numbers(self.cloud),
            made=numbers(made),
            plan=plan,
            w1=w1,
            floor=self.floor,
            measured=self.rounds if fresh or old is None else old.measured,
            believed=self._believed(duel, made),
            mesh=None if mesh is None else numbers(mesh),
            ellipses=None if ellipses is None else numbers(ellipses),
            behind=shown_field(shown, learner, self.data, self.cloud, self._v),
            figures=figures,
            slopes=slopes,
            ratio=ratio,
            modes=self._modes() if fresh or old is None else old.modes,
        )
        if fresh:
            self._whole = frame
        return frame

    def _believed(self, duel: Duel | None, made: Tensor) -> float | None:
        """The critic's estimate of W1: its gap between the two clouds, over its mean slope between them."""
        if duel is None or not duel.wasserstein:
            return None
        gap = float(duel.value(self.cloud).mean() - duel.value(made).mean())
        draw = torch.Generator().manual_seed(self.recipe.seed + 4)
        which = torch.randperm(len(made), generator=draw)
        share = torch.rand(len(made), 1, generator=draw, dtype=torch.float64)
        slope = float(duel.slope(torch.lerp(self.cloud, made[which], share).float()).mean())
        return gap / max(slope, 1e-6)

    def _modes(self) -> tuple[int, int] | None:
        modes = self.data.modes
        if modes is None or self.recipe.family == "critic":
            return None
        return reached(self.learner.made(_MODES_OF), modes, self.data.width)[0], len(modes)

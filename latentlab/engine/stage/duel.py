"""Two players in the plane: a generator, and a discriminator or critic f. Or f alone, between two fixed sets.

    D(x) = sigmoid(f(x)):   f maximises  E_x log D(x) + E_z log(1 - D(G(z)));  its best is f = log p/q
      non-saturating:       G maximises  E log D(G(z))
      minimax:              G minimises  E log(1 - D(G(z)))
    Wasserstein:            f maximises  E_x f(x) - E_z f(G(z)),  G maximises  E f(G(z))
      gradient penalty:     f pays  lambda E (|grad f(m)| - 1)^2  at m on segments from x to G(z)
      clipping:             weights of f are cut off at +-c after each step

A critic between two fixed sets sees the very points whose W1 is computed: 256 of each.

Sources: Goodfellow et al. (2014), section 3; Arjovsky et al. (2017), algorithm 1; Gulrajani et al., Improved
Training of Wasserstein GANs (2017), algorithm 1.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from latentlab.core.points import Points
from latentlab.engine.stage.nets import grid, layers, leaky, noise
from latentlab.engine.stage.recipe import WASSERSTEIN, Recipe, Tuning

CRITIC, GENERATOR = "discriminator", "generator"
_WIDTH, _NOISE = 96, 2
# Below the root of the slope, where it would have none.
_EPS = 1e-12
_SEEN = 4096


class Duel:
    """A generator and a discriminator; see `latentlab.engine.stage.learner.Learner`.

    Args:
        data: learnt from.
        recipe: its loss, prior and seed.
        other: made by nobody: the discriminator is alone.
        clouds: two fixed sets that a lone critic sees, (N, 2) each.
    """

    def __init__(
        self,
        data: Points,
        recipe: Recipe,
        other: Points | None = None,
        clouds: tuple[Tensor, Tensor] | None = None,
    ) -> None:
        self.loss = recipe.loss
        self._data, self._prior, self._other, self._clouds = data, recipe.prior, other, clouds
        draw = torch.Generator().manual_seed(recipe.seed)
        self._draw = torch.Generator().manual_seed(recipe.seed + 1)
        self._seed = recipe.seed + 2
        self.f = layers((2, _WIDTH, _WIDTH, _WIDTH, 1), leaky, draw)
        momenta = (0.5, 0.9)
        self._critic_steps = torch.optim.Adam(self.f.parameters(), betas=momenta)
        self.generator: nn.Sequential | None = None
        self.players: tuple[str, ...] = (CRITIC,)
        if other is None:
            self.generator = layers((_NOISE, _WIDTH, _WIDTH, _WIDTH, 2), nn.ReLU, draw, 0.5)
            self._steps = torch.optim.Adam(self.generator.parameters(), betas=momenta)
            self.players = (CRITIC, GENERATOR)
        self._last: dict[str, float] = {}

    @property
    def wasserstein(self) -> bool:
        """Whether f is a critic, and not the logit of a discriminator."""
        return self.loss in WASSERSTEIN

    # Turns

    def turns(self, player: str, tuning: Tuning) -> int:
        """See `Learner`."""
        return tuning.turns if player == CRITIC else 1

    def turn(self, player: str, tuning: Tuning) -> None:
        """See `Learner`."""
        if player == CRITIC:
            self._criticise(tuning)
        else:
            self._generate(tuning)

    def _criticise(self, tuning: Tuning) -> None:
        real, made = self._pair(tuning.batch)
        f_real, f_made = self.f(real), self.f(made)
        if self.wasserstein:
            gap = f_real.mean() - f_made.mean()
            loss = -gap
            self._last["Critic's gap"] = float(gap.detach())
            if self.loss == "penalty":
                loss = loss + tuning.penalty * (self._slope_between(real, made) - 1.0).square().mean()
        else:
            loss = softplus(-f_real).mean() + softplus(f_made).mean()
            self._last["Loss of the discriminator"] = float(loss.detach())
        _step(self._critic_steps, loss, tuning.critic_rate)
        if self.loss == "clipping":
            with torch.no_grad():
                for weights in self.f.parameters():
                    weights.clamp_(-tuning.clip, tuning.clip)

    def _generate(self, tuning: Tuning) -> None:
        assert self.generator is not None
        f_made = self.f(self.generator(noise(self._prior, tuning.batch, _NOISE, self._draw)))
        if self.wasserstein:
            loss = -f_made.mean()
        elif self.loss == "minimax":
            # log(1 - D) = -softplus(f)
            loss = -softplus(f_made).mean()
        else:
            loss = softplus(-f_made).mean()
        self._last["Loss of the generator"] = float(loss.detach())
        _step(self._steps, loss, tuning.rate)

    def _pair(self, count: int) -> tuple[Tensor, Tensor]:
        """As many points of both, without gradients."""
        if self._clouds is not None:
            which = torch.randperm(len(self._clouds[1]), generator=self._draw)
            return self._clouds[0].float(), self._clouds[1][which].float()
        real = self._data.draw(count, self._draw).float()
        if self.generator is None:
            assert self._other is not None
            return real, self._other.draw(count, self._draw).float()
        with torch.no_grad():
            return real, self.generator(noise(self._prior, count, _NOISE, self._draw))

    def _slope_between(self, real: Tensor, made: Tensor) -> Tensor:
        share = torch.rand(len(real), 1, generator=self._draw)
        return self.slope(torch.lerp(real, made, share), True)

    # What is seen

    def slope(self, x: Tensor, differentiable: bool = False) -> Tensor:
        """|grad f|, (N, 2) -> (N,)."""
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            (gradient,) = torch.autograd.grad(self.f(x).sum(), x, create_graph=differentiable)
        return (gradient.square().sum(1) + _EPS).sqrt()

    @torch.no_grad()
    def value(self, x: Tensor) -> Tensor:
        """f(x), (N, 2) -> (N,)."""
        found: Tensor = self.f(x.float()).squeeze(1)
        return found

    @torch.no_grad()
    def made(self, count: int) -> Tensor:
        """See `Learner`."""
        draw = torch.Generator().manual_seed(self._seed)
        if self.generator is None:
            assert self._other is not None
            return self._other.draw(count, draw)
        found: Tensor = self.generator(noise(self._prior, count, _NOISE, draw)).double()
        return found

    @torch.no_grad()
    def mesh(self) -> Tensor | None:
        """See `Learner`."""
        if self.generator is None:
            return None
        nodes = grid(self._prior, _NOISE)
        found: Tensor = self.generator(nodes.flatten(0, 1)).view(nodes.shape)
        return found

    def ellipses(self) -> Tensor | None:
        """See `Learner`."""
        return None

    def log_density(self, x: Tensor) -> Tensor | None:
        """See `Learner`: a generator does not tell."""
        return None if self._other is None or not self._other.known else self._other.log_density(x)

    def figures(self) -> dict[str, float]:
        """See `Learner`."""
        return dict(self._last)

    @property
    def points(self) -> Points | None:
        """See `Learner`."""
        return self._other


def _step(steps: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    for group in steps.param_groups:
        group["lr"] = rate
    steps.zero_grad()
    loss.backward()
    steps.step()

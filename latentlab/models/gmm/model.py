"""The mixture of Gaussians over pictures, fitted by EM.

    p(x) = sum_j pi_j N(x; mu_j, C_j)          E and M steps: see `latentlab.core.mixture`

A component of low rank is a probabilistic PCA, C_j = W_j W_j^T + s_j^2 I. EM begins with k-means on some
thousand of the pictures, from k-means++ starts, of which the best is taken. With classes, each component
belongs to one of them: a picture's responsibilities are 0 for the components of the others, and
p(x|y) is the mixture of those of y.

What a mixture draws are pictures without s_j^2, the noise that is the same in all directions: so does
probabilistic PCA.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor, nn

from latentlab.core.figures import Figures
from latentlab.core.measures import DensityTag
from latentlab.core.mixture import Components, Diagonal, Full, LowRank, Mixture
from latentlab.models.gmm.spec import FIGURES, GMMConfig
from latentlab.models.gmm.start import STARTED_FROM, started
from latentlab.models.players import Batch, Settings

_USED = 1e-3
# Less than any log p, and a number that files may hold.
_NEVER = -1e30


class GMM(nn.Module):
    """A mixture. Its weights are found by `fitting`, never by gradients."""

    def __init__(self, config: GMMConfig) -> None:
        super().__init__()
        self.config = config
        count, numbers = config.components, math.prod(config.shape)
        self.weights = _held(torch.full((count,), 1.0 / count))
        self.mean = _held(torch.full((count, numbers), 0.5))
        if config.covariance == "diagonal":
            self.variance = _held(torch.full((count, numbers), 0.1))
        elif config.covariance == "full":
            self.covariance = _held(torch.zeros(count, numbers, numbers))
            self.covariance.diagonal(dim1=1, dim2=2).fill_(0.1)
        else:
            self.factors = _held(torch.full((count, numbers, config.rank), 0.01))
            self.noise = _held(torch.full((count,), 0.1))
        # The passes so far, log p of a training picture at the last of them, and what it gained.
        self.register_buffer("passed", torch.tensor(0))
        self.register_buffer("reached", torch.tensor(_NEVER))
        self.register_buffer("gained", torch.tensor(-_NEVER))
        self.passed: Tensor
        self.reached: Tensor
        self.gained: Tensor

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        channels, height, width = self.config.shape
        return channels, height, width

    @property
    def condition_names(self) -> tuple[str, ...]:
        """The classes; none unless components belong to them."""
        return self.config.condition_names if self.config.by_class else ()

    @property
    def exclusive(self) -> bool:
        """Classes exclude each other."""
        return True

    @property
    def density_tag(self) -> DensityTag:
        """Exact, of pictures as continuous numbers."""
        return DensityTag("exact", "continuous")

    @property
    def mixture(self) -> Mixture:
        """The mixture in the device's highest precision."""
        exact = torch.float32 if self.mean.device.type == "mps" else torch.float64
        mean = self.mean.to(exact)
        components: Components
        if self.config.covariance == "diagonal":
            components = Diagonal(mean, self.variance.to(exact))
        elif self.config.covariance == "full":
            components = Full(mean, self.covariance.to(exact))
        else:
            components = LowRank(mean, self.factors.to(exact), self.noise.to(exact))
        return Mixture(self.weights.to(exact), components)

    @property
    def em_passes(self) -> int:
        """See `HasComponents`."""
        return int(self.passed)

    @property
    def em_log_p(self) -> float:
        """See `HasComponents`."""
        return float(self.reached)

    def as_mixture(self) -> Mixture:
        """See `HasComponents`."""
        return self.mixture

    def adopt(self, known: Mixture) -> None:
        """Takes the numbers of a mixture of the same size."""
        self.weights.copy_(known.weights)
        self.mean.copy_(known.components.mean)
        match known.components:
            case Diagonal(variance=variance):
                self.variance.copy_(variance)
            case Full(covariance=covariance):
                self.covariance.copy_(covariance)
            case LowRank(factors=factors, noise=noise):
                self.factors.copy_(factors)
                self.noise.copy_(noise)

    def rows(self, x: Tensor) -> Tensor:
        """Pictures (B, C, H, W) as rows (B, D) in the mixture's precision."""
        return x.flatten(1).to(self.mixture.weights.dtype)

    def among(self, y: Tensor | None) -> Tensor | None:
        """The components that may answer for pictures of classes y (B, A); (B, K), None for all."""
        names = self.condition_names
        if y is None or not names:
            return None
        # Component j belongs to class j A / K: as many of each as can be.
        count = self.config.components
        of = torch.arange(count, device=y.device) * len(names) // count
        found: Tensor = y.bool()[..., of]
        return found

    def log_density(
        self,
        x: Tensor,
        generator: torch.Generator | None = None,
        *,
        draws: int = 1,
        y: Tensor | None = None,
    ) -> Tensor:
        """log p(x), or log p(x|y), exact, for any `draws`; (B, C, H, W) in [0, 1] -> (B,)."""
        among = self.among(y)
        found = self.mixture.joint(self.rows(x), among).logsumexp(1)
        if among is not None:
            found = found - self.mixture.weights.expand_as(among).masked_fill(~among, 0.0).sum(1).log()
        return found.to(x.dtype)

    def responsibilities(self, x: Tensor) -> Tensor:
        """p(j|x) of each component, (B, C, H, W) in [0, 1] -> (B, K)."""
        return self.mixture.responsibilities(self.rows(x)).to(x.dtype)

    def draw_pictures(
        self, count: int, generator: torch.Generator | None = None, y: Tensor | None = None
    ) -> Tensor:
        """Pictures in [0, 1]; -> (count, C, H, W)."""
        known, among = self.mixture, self.among(y)
        weights = known.weights
        if among is not None:
            weights = weights * among + among * 1e-12
        if isinstance(known.components, LowRank):
            quiet = replace(known.components, noise=torch.zeros_like(known.components.noise))
            known = replace(known, components=quiet)
        if generator is not None and generator.device != weights.device:
            weights = weights.to(generator.device)
        drawn, _ = known.draw(count, generator, weights)
        return drawn.to(self.mean.dtype).clamp(0.0, 1.0).view(-1, *self.picture_shape)

    def fitting(self, settings: Settings) -> ByEM:
        """Passes of EM."""
        return ByEM(self.config, settings.epochs)


class ByEM:
    """EM: each pass is an E step over all pictures, and an M step at its end.

    Figures: the sum of log p(x), and each component's responsibility for the pictures.
    """

    at_once = 2048
    spec = FIGURES
    most_judged: int | None = None
    exact = True
    prepared_from = STARTED_FROM

    def __init__(self, config: GMMConfig, passes: int) -> None:
        self._config, self.passes = config, passes
        self._known: Mixture | None = None
        self.width = 1 + config.components

    def prepare(self, model: nn.Module, x: Tensor, y: Tensor | None) -> None:
        """Starts from k-means on some pictures (B, C, H, W), uint8, with their classes y (B, A)."""
        assert isinstance(model, GMM)
        rows, among = model.rows(x.float() / 255.0), model.among(y)
        draw = torch.Generator().manual_seed(self._config.start_seed)
        model.adopt(started(self._config, rows, among, draw))
        model.passed.zero_()
        model.reached.fill_(_NEVER)

    def begin(self, model: nn.Module, passed: int) -> dict[str, Tensor]:
        """The sums of no pictures."""
        assert isinstance(model, GMM)
        # It stays the same for a whole pass.
        self._known = model.mixture
        return self._known.expected(self._known.weights.new_zeros(0, model.mean.shape[1]))

    def add(
        self, model: nn.Module, statistics: dict[str, Tensor], x: Tensor, y: Tensor | None, passed: int
    ) -> None:
        """The E step of uint8 pictures (B, C, H, W)."""
        assert isinstance(model, GMM)
        assert self._known is not None, "a pass begins with `begin`"
        sums = self._known.expected(model.rows(x).div_(255.0), model.among(y))
        for name, found in sums.items():
            statistics[name] += found

    def end(self, model: nn.Module, statistics: Mapping[str, Tensor], passed: int) -> tuple[Figures, bool]:
        """The M step. The figures are those of the mixture before it."""
        assert isinstance(model, GMM)
        count = float(statistics["pictures"])
        log_p = float(statistics["log_p"]) / max(1.0, count)
        shares = statistics["count"] / max(1.0, count)
        if int(model.passed) == passed:
            # Once: the M step of low rank goes from the factors that the sums were made with.
            model.adopt(model.mixture.maximised(statistics, self._config.floor))
            model.gained.fill_(log_p - float(model.reached))
            model.reached.fill_(log_p)
            model.passed.fill_(passed + 1)
        return _figures(log_p, shares), float(model.gained) < self._config.tolerance

    def judge(self, model: nn.Module, batch: Batch, noise: torch.Generator, first: int, of: int) -> Tensor:
        """Sums over pictures x (B, C, H, W) in [0, 1]."""
        assert isinstance(model, GMM)
        joint = model.mixture.joint(model.rows(batch.x), model.among(batch.y))
        log_p = joint.logsumexp(1, keepdim=True)
        return torch.cat([log_p.sum().view(1), (joint - log_p).exp().sum(0)]).float()

    def terms(self, sums: Tensor, count: int) -> Figures:
        """The means of such sums."""
        means = sums.double() / max(1, count)
        return _figures(float(means[0]), means[1:])


def _figures(log_p: float, shares: Tensor) -> Figures:
    values = {"log_density": log_p, "used": float((shares >= _USED).sum())}
    return Figures(values, {"share_by_component": tuple(shares.tolist())}, FIGURES)


def _held(values: Tensor) -> nn.Parameter:
    """A parameter without a gradient."""
    return nn.Parameter(values, requires_grad=False)

"""Fits a mixture as the prior of a trained model, to the encodings of its training pictures.

    VAE           rows are draws z ~ q(z|x): the mixture approximates q(z) = 1/N sum_n q(z|x_n)
    autoencoder   rows are codes: its posteriors are points

A tenth of the pictures is held out. EM ends, and of several numbers of components one is chosen, by their
log p. The mixture of the means alone would be narrower than q(z): draws of it lie on the codes of training
pictures, and encodings of other pictures are less likely under it.

The model and its new prior are saved together, as a model of its own. Sources: Hoffman & Johnson, ELBO
surgery (2016), for q(z) as the best prior; Ghosh et al., From Variational to Deterministic Autoencoders
(2020), for mixtures of codes.
"""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from latentlab.core.mixture import Mixture
from latentlab.core.mixture_fit import PASSES, fit
from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.conditions import conditions_of, encoder_is_conditional, require_known
from latentlab.engine.files.checkpoint import LoadedModel, ModelCard, copy_without_prior, save_model
from latentlab.engine.files.recorded_data import place_of
from latentlab.engine.inference.encodings import Encodings, encode_in_chunks, join
from latentlab.engine.training.judging import judge
from latentlab.engine.training.objectives import objective_of
from latentlab.engine.training.pictures import Pictures
from latentlab.engine.training.plan import TrainingPlan
from latentlab.errors import LabError
from latentlab.models.base import Decodes, Encodes
from latentlab.models.mixture_prior import FAMILY, MOST_COMPONENTS, MixturePrior
from latentlab.models.priors import StandardNormal
from latentlab.models.training import Fits, Learns
from latentlab.models.with_prior import with_prior

COMPONENTS = (1, 10, 50, 100)
DRAWS, MEANS = "draws", "means"
# Of so many pictures one is held out.
_HELD_OUT = 10
# Rows that more draws of few pictures may make, and the most draws of each.
_ROWS, _MOST_DRAWS = 40_000, 4
# Shares of the time, for the progress.
_ENCODING, _JUDGING = 0.25, 0.05


@dataclass(frozen=True)
class PriorPlan:
    """How a prior is fitted.

    Attributes:
        components: the numbers of components of which the best is taken.
        fitted_to: `DRAWS` of the posteriors, or their `MEANS`.
        seed: of draws and starts.
    """

    components: tuple[int, ...] = COMPONENTS
    fitted_to: str = DRAWS
    seed: int = 0


@dataclass(frozen=True)
class PriorProgress:
    """The share of the work done, 0 to 1, and a few words."""

    share: float
    words: str


@dataclass(frozen=True, eq=False)
class FittedPrior:
    """A prior, and log p of a held-out row in nats: by number of components, and under N(0, I)."""

    prior: MixturePrior
    fitted_to: str
    pictures: int
    held_out: Mapping[int, float]
    standard: float

    @property
    def log_density(self) -> float:
        """log p of a held-out row."""
        return max(self.held_out.values())


def why_no_fit(model: object) -> str:
    """Why no prior can be fitted to a model's encodings; "" if it can."""
    if isinstance(model, Encodes) and isinstance(model, Decodes):
        return ""
    return "has no latent space to fit a prior in: it must encode pictures and decode points"


def fit_prior(
    loaded: LoadedModel, train: ImageSet, plan: PriorPlan = PriorPlan()
) -> Generator[PriorProgress, None, FittedPrior]:
    """Fits a mixture to the encodings of pictures; yields the progress. It may be closed at any time.

    Raises:
        LabError: for a model without a latent space, pictures of another shape, or too few of them.
    """
    if why_not := why_no_fit(loaded.model):
        raise LabError(f"{loaded.name} {why_not}")
    plan = _checked(plan)
    train = require_known(loaded.model, train)
    encodings = yield from _encoded(loaded.model, train)
    draw = torch.Generator().manual_seed(plan.seed)
    rows, held_out, fitted_to = _rows(encodings, plan.fitted_to, draw)
    tried = [count for count in plan.components if count <= len(train) - len(held_out)]
    if not tried or not len(held_out):
        raise LabError(
            f"{train.name} has {len(train):,} pictures, too few for {min(plan.components):,} components",
            hint="Choose fewer components",
        )
    best: Mixture | None = None
    found: dict[int, float] = {}
    # The time of a pass grows with the components.
    total, before = float(sum(tried)), 0
    for count in tried:
        for passed in fit(rows, held_out, count, draw):
            done = (before + count * passed.number / PASSES) / total
            yield PriorProgress(
                _ENCODING + (1.0 - _ENCODING - _JUDGING) * done,
                f"{count:,} components, pass {passed.number}: held-out log p {passed.held_out:.2f}",
            )
        if best is None or passed.held_out > max(found.values()):
            best = passed.mixture
        found[count], before = passed.held_out, before + count
    assert best is not None
    standard = StandardNormal(rows.shape[1]).log_density(held_out)
    return FittedPrior(MixturePrior.of(best), fitted_to, len(train), found, float(standard.mean()))


def save_with_prior(
    path: str | Path,
    loaded: LoadedModel,
    fitted: FittedPrior,
    train: ImageSet,
    test: ImageSet,
    *,
    data: str,
    plan: PriorPlan,
    overwrite: bool = False,
    half: bool = False,
) -> Path:
    """Saves a copy of the model with the prior; its figures are measured anew on the test pictures.

    Raises:
        LabError: if the file cannot be written.
    """
    model = copy_without_prior(loaded)
    model = with_prior(model, fitted.prior).eval()
    card = loaded.card
    of = card.prior.get("of") if card.prior else None
    made_by = str(of.get("command", "")) if isinstance(of, dict) else card.command
    said: dict[str, Any] = {
        "family": FAMILY,
        "components": len(fitted.prior.weights),
        "dimensions": fitted.prior.dimensions,
        "of": {"name": loaded.name, "hash": loaded.hash, "command": made_by},
        "fitted_to": fitted.fitted_to,
        "pictures": fitted.pictures,
        "data": {"name": train.name, "sha256": train.fingerprint, **place_of(data)},
        "held_out_log_density": fitted.log_density,
        "held_out_log_density_standard": fitted.standard,
        "held_out_by_components": {str(count): value for count, value in fitted.held_out.items()},
        "seed": plan.seed,
    }
    command = prior_command(loaded.name, fitted, data, path, plan, half=half)
    new_card = ModelCard(
        kind=card.kind,
        config=card.config,
        data=card.data,
        metrics={**_kept(card.metrics), **_figures(model, test, plan.seed)},
        command=f"{made_by} && {command}" if made_by else command,
        prior=said,
    )
    return save_model(path, model, new_card, overwrite=overwrite, half=half)


def prior_command(
    name: str, fitted: FittedPrior, data: str, out: str | Path, plan: PriorPlan, *, half: bool
) -> str:
    """The command line that fits it again."""
    words = ["latentlab", "prior", name, "--components", ",".join(map(str, fitted.held_out)), "--data", data]
    words += ["--out", str(out)]
    if plan.fitted_to != DRAWS:
        words += ["--fit-to", plan.fitted_to]
    if half:
        words.append("--half")
    if plan.seed:
        words += ["--seed", str(plan.seed)]
    return shlex.join(words)


def _checked(plan: PriorPlan) -> PriorPlan:
    if not plan.components or not all(1 <= count <= MOST_COMPONENTS for count in plan.components):
        raise LabError(f"the components must be 1 to {MOST_COMPONENTS:,}")
    if plan.fitted_to not in (DRAWS, MEANS):
        raise LabError(f"a prior is fitted to {DRAWS} or {MEANS}, not to {plan.fitted_to[:40]!r}")
    return dataclasses.replace(plan, components=tuple(sorted(set(plan.components))))


def _encoded(model: nn.Module, train: ImageSet) -> Generator[PriorProgress, None, Encodings]:
    y = conditions_of(model, train) if encoder_is_conditional(model) else None
    parts, done = [], 0
    for part in encode_in_chunks(model, train, y=y):
        parts.append(part)
        done += len(part)
        yield PriorProgress(_ENCODING * done / len(train), f"encoding {done:,} of {len(train):,} pictures")
    if not parts:
        raise LabError(f"{train.name} ({train.split}) has no pictures")
    return join(parts)


def _rows(encodings: Encodings, fitted_to: str, draw: torch.Generator) -> tuple[Tensor, Tensor, str]:
    """Rows to fit and held-out ones, float64 (B, D), and what they are.

    Raises:
        LabError: if an encoding is not finite.
    """
    mean = torch.from_numpy(encodings.mean).double()
    sigma = torch.exp(0.5 * torch.from_numpy(encodings.log_variance).double())
    if not bool(mean.isfinite().all() and sigma.isfinite().all()):
        raise LabError("the model encodes some pictures as infinite numbers")
    order = torch.randperm(len(mean), generator=draw)
    held, shown = order[: len(order) // _HELD_OUT], order[len(order) // _HELD_OUT :]
    points = not bool(sigma.any())
    # Held-out pictures are always judged as the model encodes them, whatever the fit is shown.
    held_out = mean[held] + sigma[held] * _noise(len(held), mean.shape[1], draw)
    if points or fitted_to == MEANS:
        return mean[shown], held_out, MEANS
    many = shown.repeat(max(1, min(_MOST_DRAWS, _ROWS // max(1, len(shown)))))
    return mean[many] + sigma[many] * _noise(len(many), mean.shape[1], draw), held_out, DRAWS


def _noise(count: int, dimensions: int, draw: torch.Generator) -> Tensor:
    return torch.randn(count, dimensions, generator=draw, dtype=torch.float64)


def _kept(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Of a model's figures those that say how long it was trained."""
    return {name: metrics[name] for name in ("epochs", "steps") if name in metrics}


def _figures(model: nn.Module, test: ImageSet, seed: int) -> dict[str, float]:
    """The figures of its objective on held-out pictures; none of a model that is fitted in closed form."""
    if not isinstance(model, Learns) or isinstance(model, Fits) or not len(test):
        return {}
    device = next(model.parameters()).device
    pictures = Pictures(model, require_known(model, test), device)
    judging = judge(objective_of(model, TrainingPlan()), model, pictures, seed, "fp32")
    while True:
        try:
            next(judging)
        except StopIteration as ended:
            return dict(ended.value.values)

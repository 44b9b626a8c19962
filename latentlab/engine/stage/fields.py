"""What is drawn behind the points: what a model believes, or what is true.

discriminator    D(x) = sigmoid(f(x));   the best one is p / (p + q)
critic           f(x), about its mean;   the best one for two clouds is made of the potentials v of their
                 transport: f(x) = max_j ( v_j - |x - y_j| ), with slope 1 nearly everywhere
density          q(x) of the model;      p(x) of the data
"""

from __future__ import annotations

import torch
from torch import Tensor

from latentlab.core.divergence import places
from latentlab.core.optimal_transport import Numbers
from latentlab.core.points import Points
from latentlab.engine.stage.duel import Duel
from latentlab.engine.stage.events import FIELD, REACH, Field
from latentlab.engine.stage.learner import Learner
from latentlab.engine.stage.numbers import numbers
from latentlab.engine.stage.opinions import BLUR, densities, nodes

_MANY = 600
# Where neither has anything, nothing is said of the two.
_NOTHING = 1e-12
_SIDES = ("made", "data")
_AMOUNT = ("none", "dense")


def shown_field(
    shown: str, learner: Learner, data: Points, cloud: Tensor, potentials: Numbers | None
) -> Field | None:
    """The field of this name; None for "none", and where there is none to show."""
    if shown == "none":
        return None
    if not isinstance(learner, Duel):
        return _density(shown, learner, data)
    if learner.wasserstein:
        return _critic(shown, learner, cloud, potentials)
    return _discriminator(shown, learner, data)


def _discriminator(shown: str, duel: Duel, data: Points) -> Field | None:
    if shown == "belief":
        return _two_sided(duel.value(nodes()).sigmoid(), "D(x) of the discriminator", 0.0, 1.0)
    found = densities(duel, data)
    if found is None:
        return None
    p, q, exact = found
    line = places(REACH, FIELD)
    p_there, q_there = (one.on_grid(line) + _NOTHING for one in (p, q))
    best = p_there / (p_there + q_there)
    words = "p/(p+q), the best D" if exact else "p/(p+q), the best D (of blurred points)"
    return _two_sided(best, words, 0.0, 1.0)


def _critic(shown: str, duel: Duel, cloud: Tensor, potentials: Numbers | None) -> Field | None:
    if shown == "belief":
        values, words = duel.value(nodes()), "f(x) of the critic"
    elif potentials is None:
        return None
    else:
        v = torch.from_numpy(potentials)
        values = (v - torch.cdist(nodes(), cloud)).amax(1)
        words = "f(x) of the best critic"
    values = values - values.mean()
    most = max(1e-6, float(values.abs().max()))
    return _two_sided(values, words, -most, most)


def _density(shown: str, learner: Learner, data: Points) -> Field | None:
    line = places(REACH, FIELD)
    true = data.on_grid(line) if data.known else None
    if shown == "truth":
        return None if true is None else _amount(true, "p(x) of the data", None)
    top = None if true is None else float(true.max())
    if learner.points is not None:
        return _amount(learner.points.on_grid(line), "q(x) of the model", top)
    log_q = learner.log_density(nodes())
    if log_q is not None:
        return _amount(log_q.exp(), "q(x) of the model", top)
    fallen = Points(learner.made(_MANY), BLUR).on_grid(line)
    return _amount(fallen, f"Where its points fall, blurred by {BLUR:g}", None)


def _two_sided(values: Tensor, words: str, low: float, high: float) -> Field:
    return Field(numbers(values.view(FIELD, FIELD)), words, low, high, True, _SIDES)


def _amount(values: Tensor, words: str, top: float | None) -> Field:
    high = max(1e-6, float(values.max()) if top is None else top)
    return Field(numbers(values.view(FIELD, FIELD)), words, 0.0, high, False, _AMOUNT)

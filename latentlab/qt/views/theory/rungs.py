"""The rungs of the ladder of log p(x): their names, their values and a sentence on each. Qt-free."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from latentlab.engine.inference.ladder import IMPORTANCE, UNKNOWN, Estimate, Ladder
from latentlab.engine.rendering.requests.theory import LadderReply, PosteriorReply, Subject

# A gap of fewer nats is rounding.
_NO_GAP = 0.005
BOUND, ESTIMATE, EXACT, APART = "bound", "estimate", "exact", "apart"


@dataclass(frozen=True)
class Rung:
    """One way to log p(x).

    Attributes:
        name: as it stands in the chart.
        value, error: in nats.
        says: a sentence.
        kind: a lower bound, an estimate without one, the value itself, or no bound at all.
        spread: the same by independent runs.
        before: where it comes from by a loss that is shown as a line: the reconstruction of an ELBO.
    """

    name: str
    value: float
    error: float
    says: str
    kind: str = BOUND
    spread: tuple[float, ...] = ()
    before: float | None = None


def number(value: float, digits: int = 2) -> str:
    """A number of nats, with a true minus sign; "–" if it is not known."""
    if not math.isfinite(value):
        return "–"
    return f"{value:,.{digits}f}".replace("-", "\N{MINUS SIGN}")


def rungs_of(known: LadderReply) -> tuple[Rung, ...]:
    """All rungs of a model, from the loosest to the value itself; last what is no bound. What is not computed
    yet has no value: nothing moves when it comes.
    """
    ladder = known.ladder
    jensen = (
        "E_p(z)[log p(x|z)], the mean over all z, also those that have nothing to do with the picture: a "
        "lower bound, and a useless one."
    )
    elbo = (
        f"Reconstruction {number(ladder.reconstruction.value)} less KL {number(ladder.kl)}: the line is the "
        "KL. A lower bound; its gap is KL(q(z|x) ‖ p(z|x))."
    )
    refined = (
        "q after gradient steps for this picture alone: what the encoder, which guesses q for every picture, "
        "gave away."
    )
    rungs = [
        _rung("Jensen under the prior", ladder.prior_jensen, jensen),
        _naive(ladder),
        replace(_rung("ELBO of the encoder's q", ladder.elbo, elbo), before=ladder.reconstruction.value),
        _rung("ELBO of a refined q", known.refined or UNKNOWN, refined),
    ]
    for k in IMPORTANCE[1:]:
        says = (
            f"Importance-weighted, K = {k:,}: log of the mean of K weights p(x|z) p(z) / q(z|x), z from q. "
            "It rises to log p(x) with K. "
            f"{_worth(ladder.effective_draws, ladder.elbo.draws)} of q count."
        )
        rungs.append(_rung(f"Importance, {k:,} draws", ladder.importance.get(k, UNKNOWN), says))
    rungs.append(_adapted(ladder))
    if ladder.quadrature is not None:
        says = "The integral of p(x|z) p(z) itself, over a grid of the plane, split where the mass is."
        rungs.append(Rung("Integral over the plane", ladder.quadrature, 0.0, says, EXACT))
    if ladder.exact is not None:
        says = "In closed form: the model is linear, and its p(x) a Gaussian."
        rungs.append(Rung("Closed form", ladder.exact, 0.0, says, EXACT))
    apart = (
        "log E_q[p(x|z)] lacks the ratio p(z) / q(z|x), and lies above log p(x) as easily as below: it is no "
        "bound, though some notes begin with it."
    )
    rungs.append(_rung("log E_q[p(x|z)], no bound", ladder.posterior_average, apart, APART))
    return tuple(rungs)


def _rung(name: str, one: Estimate, says: str, kind: str = BOUND) -> Rung:
    return Rung(name, one.value, one.error if math.isfinite(one.error) else 0.0, says, kind)


def _adapted(ladder: Ladder) -> Rung:
    one = ladder.adapted or Estimate(math.nan, 0.0, IMPORTANCE[-1])
    says = (
        "The draws come from a mixture that learns where the posterior is, also where q is not: the last "
        f"{IMPORTANCE[-1] // 2:,} count for {number(ladder.adapted_effective, 0)}."
    )
    return _rung(f"Adapted, {one.draws:,} draws", one, says)


def _naive(ladder: Ladder) -> Rung:
    name = f"Naive, {ladder.naive.draws:,} draws" if ladder.naive.draws else "Naive Monte Carlo"
    low, high = (min(ladder.runs), max(ladder.runs)) if ladder.runs else (math.nan, math.nan)
    says = (
        f"log of the mean of p(x|z) over {ladder.naive.draws:,} draws of the prior. Ten runs of a tenth of "
        f"them each, the small ticks, lie between {number(low, 1)} and {number(high, 1)}: the few draws that "
        "explain the picture decide everything."
    )
    return replace(_rung(name, ladder.naive, says, ESTIMATE), spread=ladder.runs)


def _worth(effective: float, draws: int) -> str:
    return f"{number(effective, 0)} of {draws:,} draws"


def first_known(reply: PosteriorReply) -> LadderReply:
    """What a posterior says of the ladder, before the ladder is climbed."""
    elbo = Estimate(reply.elbo)
    flat = reply.log_density is not None
    ladder = Ladder(
        elbo=elbo,
        reconstruction=Estimate(reply.reconstruction),
        kl=reply.kl,
        adapted=None if flat else Estimate(reply.evidence, 0.0, reply.draws),
        adapted_effective=reply.effective,
        quadrature=reply.evidence if flat else None,
        exact=reply.exact,
    )
    return LadderReply(reply.generation, reply.subject, ladder)


def nothing_known(subject: Subject) -> LadderReply:
    """The rungs of a picture before anything is computed."""
    ladder = Ladder(UNKNOWN, UNKNOWN, math.nan)
    return LadderReply(0, subject, ladder, None, 0.0, "Looking for the posterior")


def gap_in_words(known: LadderReply) -> str:
    """The gap of the ELBO, and its two parts."""
    ladder = known.ladder
    if not math.isfinite(ladder.gap):
        return "Gap: KL(q ‖ p(z|x)) = …"
    words = f"Gap: KL(q ‖ p(z|x)) = log p(x) \N{MINUS SIGN} ELBO = {number(ladder.gap)} nats"
    if abs(ladder.gap) < _NO_GAP:
        return f"{words}: q(z|x) is the true posterior."
    if known.refined is None:
        return f"{words}."
    guess = max(0.0, known.refined.value - ladder.elbo.value)
    left = max(0.0, ladder.best - known.refined.value)
    return (
        f"{words}, of which {number(guess)} because one encoder guesses q for all pictures (amortisation), "
        f"and {number(left)} because q is a diagonal Gaussian (approximation)."
    )

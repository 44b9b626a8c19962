"""Texts about the user's own picture: its ELBO, how usual it is, its reconstruction error."""

from __future__ import annotations

import math

from latentlab.engine.rendering.error_map import ErrorMap
from latentlab.engine.rendering.requests.pictures import OwnPictureReply

# A picture is called unusual if a smaller share of held-out pictures has a lower ELBO.
_UNUSUAL, _PLAIN = 0.05, 0.995
# How much better the negative must do to be mentioned.
_BETTER = 0.01


def elbo_in_words(reply: OwnPictureReply) -> str:
    """The ELBO and its parts, in nats; for an autoencoder, which has none, log p(x|z)."""
    if math.isnan(reply.reconstruction_nats):
        return "This model has no likelihood, so there is no ELBO of the picture."
    if not math.isfinite(reply.kl):
        return f"log p(x|z) = {_nats(reply.reconstruction_nats)} nats"
    parts = f"{_nats(reply.reconstruction_nats)} reconstruction − {_nats(reply.kl)} KL"
    return f"ELBO {_nats(reply.elbo)} nats = {parts}"


def known_in_words(reply: OwnPictureReply, data: str) -> str:
    """Whether the picture is like those that the model knows, judged by its ELBO."""
    if reply.below is None:
        return ""
    figure = "ELBO" if math.isfinite(reply.kl) else "log p(x|z)"
    of = f"{reply.among:,} pictures of {data}"
    better = (reply.negative_below or 0.0) - reply.below > _BETTER
    if reply.fits != reply.told:
        return (
            f"The condition is {_listed(reply.told)}. Under {_listed(reply.fits)} the picture "
            "would be more likely: choose that below the probe."
        )
    if reply.below < _UNUSUAL and better:
        return "Inverted, the picture would be more likely: try Negative."
    if reply.below == 0.0:
        return f"Far from the training data: its {figure} is below that of all {of}."
    if reply.below < _UNUSUAL:
        return f"Unusual for this model: its {figure} is above that of only {reply.below:.0%} of {of}."
    if reply.below > _PLAIN:
        return (
            f"Simpler than the training data: its {figure} is above that of nearly all {of}, "
            "which says little about what it shows."
        )
    return f"Typical for this model: its {figure} is above that of {reply.below:.0%} of {of}."


def error_in_words(found: ErrorMap) -> str:
    """The scale of an error map."""
    if found.most == 0.0:
        return "No error: the reconstruction is the picture itself."
    return (
        f"Black is no error, pale yellow {found.most:.2f}, the largest here (black against white is 1); "
        f"{found.mean:.3f} on average."
    )


def _listed(condition: str) -> str:
    """A list that can break across lines."""
    return condition.replace(",", ", ")


def _nats(value: float) -> str:
    return f"{value:,.1f}".replace("-", "\N{MINUS SIGN}")

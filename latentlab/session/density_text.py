"""Texts about the density of encoded pictures at the probe."""

from __future__ import annotations

from latentlab.engine.rendering.requests.grids import ProbeDensityReply

_ABOUT = (
    "log q(z): how densely the posteriors of the encoded pictures lie at the probe, in nats. Of {pictures:,} "
    "pictures, drawn from their posteriors and each judged by all the others, 99 of 100 lie above {usual} "
    "and {lower:.0%} lie lower than the probe. In many dimensions pictures lie far apart and "
    "the bound is wide: places within it may still be such where no picture lies."
)


def far_in_words(found: ProbeDensityReply) -> str:
    """The warning."""
    assert found.log_density is not None
    assert found.usual is not None
    return (
        f"Far from all encoded pictures (log q {in_figures(found.log_density)}; 99 % lie above "
        f"{in_figures(found.usual)}): the picture decoded here is unreliable."
    )


def at_length(found: ProbeDensityReply) -> str:
    """The explanation of the figures."""
    assert found.usual is not None
    return _ABOUT.format(pictures=found.pictures, usual=in_figures(found.usual), lower=found.lower)


def in_figures(nats: float) -> str:
    """The figures in nats, rounded to a meaningful precision."""
    digits = 1 if abs(nats) < 100 else 0
    # Adding 0 turns -0.0 into 0.0.
    return f"{round(nats, digits) + 0.0:,.{digits}f}".replace("-", "\N{MINUS SIGN}")

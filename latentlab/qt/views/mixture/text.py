"""What is said of a step of EM."""

from __future__ import annotations

from latentlab.engine.rendering.requests.mixture import EMStep


def heading(step: EMStep, fitted: bool) -> str:
    """The name of a step; `fitted` is the mixture as its file has it."""
    if fitted:
        return f"The fitted mixture, after {step.em_pass} passes" if step.em_pass else "The fitted mixture"
    if step.number == 0:
        return "Start: k-means"
    return f"Pass {step.em_pass}, {'E' if step.is_e else 'M'} step"


def explained(step: EMStep, fitted: bool) -> str:
    """What has just happened, in a sentence."""
    if fitted:
        return "Each dot is a picture, in the colour of its most probable component; pale: between several."
    if step.number == 0:
        return "Each component begins as a group of near pictures. No picture is shared out yet."
    if step.is_e:
        return f"Every picture is shared out among the components. log p(x) = {_nats(step.log_p)} nats."
    return "Means, weights and spreads become those of the pictures that each component answers for."


def _nats(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}".replace("-", "−")

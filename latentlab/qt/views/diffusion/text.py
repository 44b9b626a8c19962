"""Texts about a tape and its frames, without Qt."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from latentlab.engine.diffusion.noising import snr_db
from latentlab.engine.diffusion.recipes import (
    BetweenNoises,
    FromNoise,
    FromPicture,
    Inpainting,
    SamplerSettings,
    Start,
)
from latentlab.engine.types import Point
from latentlab.models.sampler_names import SAMPLER_LABELS

_MINUS = "\N{MINUS SIGN}"
_EACH = 2
_PLAIN = SamplerSettings()


def of_frame(
    number: int,
    total: int,
    t: int,
    alpha_bar: NDArray[np.float64],
    sampler_settings: SamplerSettings = _PLAIN,
) -> str:
    """The position of a frame on a tape with these settings, and its noise level."""
    whole = len(alpha_bar) - 1
    where = f"Frame {number} of {total - 1} · t = {t} of {whole}"
    if t == 0:
        return f"{where} · no noise left: these are the samples"
    if t == whole:
        average = "given the condition" if sampler_settings.conditions else "of all pictures"
        if sampler_settings.conditions and sampler_settings.guidance != 1.0:
            how = "exaggerated" if sampler_settings.guidance > 1.0 else "weakened"
            average += f", {how} by guidance"
        return f"{where} · pure noise: x̂₀ is the average {average}"
    level = snr_db(float(alpha_bar[t]))
    signed = f"{abs(level):.1f}"
    if float(signed):
        signed = f"{_MINUS if level < 0 else '+'}{signed}"
    amount = "pure noise" if level < -30 else "more noise than picture" if level < 0 else (
        "more picture than noise" if level < 30 else "almost no noise"
    )  # fmt: skip
    return f"{where} · SNR {signed} dB: {amount}"


def condition_words(conditions: Sequence[Point], names: Sequence[str], exclusive: bool) -> str:
    """The conditions of the pictures, shortly; "" for none."""
    if not conditions or not names:
        return ""
    if exclusive:
        classes = [names[max(range(len(row)), key=row.__getitem__)] for row in conditions if row]
        return f"class {classes[0]}" if len(set(classes)) == 1 else "each class in turn"
    if len(set(conditions)) > 1:
        return "each with its own attributes"
    said = [
        f"with {name}" if value > 0.5 else f"without {name}"
        for name, value in zip(names, conditions[0], strict=False)
        if value != 0.5
    ]
    return ", ".join(said[:_EACH]) + (" …" if len(said) > _EACH else "")


def of_chosen(number: int, count: int, condition: Point, names: Sequence[str], exclusive: bool) -> str:
    """Which picture of a batch it is, and its condition."""
    which = f"Picture {number + 1} of {count}"
    told = condition_words((condition,), names, exclusive) if condition else ""
    return f"{which} · {told}" if told else which


def of_sampler_settings(
    sampler_settings: SamplerSettings, names: Sequence[str] = (), exclusive: bool = True
) -> str:
    """The sampler settings on one line, as a tape's caption."""
    told = condition_words(sampler_settings.conditions, names, exclusive)
    words = [f"{SAMPLER_LABELS[sampler_settings.sampler]} {sampler_settings.steps}"]
    if sampler_settings.sampler == "ddim" and sampler_settings.eta:
        words[0] += f", eta {sampler_settings.eta:g}"
    if told:
        words += [told, f"guidance {sampler_settings.guidance:g}"]
    return " · ".join([*words, f"seed {sampler_settings.seed}"])


def of_start(start: Start) -> str:
    """The start of a tape, "" for plain noise."""
    match start:
        case FromNoise():
            return ""
        case BetweenNoises(seed=seed):
            return f"Starts on the arc to the noise of seed {seed}"
        case FromPicture(strength=strength):
            return f"Starts from a picture with noise of strength {strength:.0%}"
        case Inpainting():
            return "Fills the hole in a picture"


def time_left(seconds: float) -> str:
    """The remaining time, rounded."""
    if seconds < 1.0:
        return "a moment left"
    if seconds < 90.0:
        return f"{round(seconds)} s left"
    return f"{round(seconds / 60.0)} min left"

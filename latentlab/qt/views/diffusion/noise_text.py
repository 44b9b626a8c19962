"""Texts on how much of a picture is left in noise."""

from __future__ import annotations

from latentlab.engine.diffusion.noising import snr_db

_MINUS = "\N{MINUS SIGN}"
# (least SNR in dB, what the reverse process restores of the picture from there).
_LEFT = (
    (12.0, "Keeps all but the finest detail"),
    (4.0, "Keeps the shape, cleans up the strokes"),
    (-4.0, "Keeps the outline, changes the stroke"),
    (-12.0, "Keeps a hint of the layout, changes the rest"),
)


def number(value: float, digits: int = 3) -> str:
    """A number with so many significant digits, and a true minus sign."""
    return f"{value:.{digits}g}".replace("-", _MINUS)


def db_in_words(db: float) -> str:
    """A text such as "−3.1 dB"."""
    figure = f"{db:.1f}".replace("-0.0", "0.0").replace("inf", "∞")
    return f"{figure} dB".replace("-", _MINUS)


def noise_in_words(alpha_bar: float) -> str:
    """A text on what is left of the picture where abar_t is `alpha_bar`."""
    if alpha_bar >= 1.0:
        return "No noise: the picture itself."
    share = 100.0 * alpha_bar
    told = f"{share:.0f}" if 1.0 <= share <= 99.0 else number(share) if share > 99.0 else number(share, 1)
    if share < 0.01:
        told = "less than 0.01"
    return f"SNR {db_in_words(snr_db(alpha_bar))}: {told} % of the picture's variance is left."


def strength_in_words(alpha_bar: float) -> str:
    """A text on what the reverse process restores of a picture noised this far."""
    db = snr_db(alpha_bar)
    return next((words for least, words in _LEFT if db >= least), "Keeps almost nothing: a new picture")

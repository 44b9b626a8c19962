"""What is said of a training while it goes on. No Qt."""

from __future__ import annotations

from latentlab.engine.training.events import Progress, Started
from latentlab.qt.views.training.history import unused

_ALARM_AFTER = 200  # steps: before that, dimensions have hardly begun


def progress_in_words(progress: Progress, whole: Started) -> str:
    """Where it is, how fast, and how long it will take."""
    return (
        f"Step {progress.step:,} of {whole.steps:,} · epoch {progress.epoch} of {whole.epochs} · "
        f"{progress.images_per_second:,.0f} images/s · {duration(progress.seconds_left)} left · "
        f"{whole.device.upper()}, {whole.precision}"
    )


def alarm(kl_per_dimension: tuple[float, ...], progress: Progress) -> str:
    """Which dimensions have collapsed and what may help; "" if none has."""
    idle = unused(kl_per_dimension)
    if not idle or progress.step < _ALARM_AFTER or progress.beta == 0.0:
        return ""
    names = ", ".join(f"z{number + 1}" for number in idle[:6]) + (" …" if len(idle) > 6 else "")
    count, whole = len(idle), len(kl_per_dimension)
    return (
        f"{count} of {whole} dimensions carr{'ies' if count == 1 else 'y'} nothing ({names}): at beta "
        f"{progress.beta:g} they cost more than they are worth. A lower beta may bring them back."
    )


def duration(seconds: float) -> str:
    """About how long, in the two units that matter."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"

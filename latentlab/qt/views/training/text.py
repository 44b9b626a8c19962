"""Texts about a running training. No Qt."""

from __future__ import annotations

from collections.abc import Mapping

from latentlab.core.figures import SeriesSpec
from latentlab.engine.training.events import Progress, Started
from latentlab.qt.views.training.history import unused

_ALARM_AFTER = 200  # steps: before that, dimensions are hardly used yet


def progress_in_words(progress: Progress, whole: Started) -> str:
    """Its progress, its speed, and the remaining time."""
    return (
        f"Step {progress.step:,} of {whole.steps:,} · epoch {progress.epoch} of {whole.epochs} · "
        f"{progress.images_per_second:,.0f} images/s · {duration(progress.seconds_left)} left · "
        f"{whole.device.upper()}, {whole.precision}"
    )


def alarm(newest: Mapping[str, tuple[float, ...]], progress: Progress) -> str:
    """A warning about unused entries of each series, such as collapsed dimensions, with what may help.

    "" if there are none, or their spec has no such threshold.
    """
    if progress.step < _ALARM_AFTER or progress.beta == 0.0:
        return ""
    watched = (spec for spec in progress.terms.spec.series if spec.unused_below is not None)
    return " ".join(filter(None, (_idle(spec, newest.get(spec.name, ()), progress) for spec in watched)))


def _idle(spec: SeriesSpec, numbers: tuple[float, ...], progress: Progress) -> str:
    idle = unused(spec, numbers)
    if not idle:
        return ""
    labels = [spec.label.format(n=number + 1, count=len(numbers)) for number in idle]
    names = ", ".join(labels[:6]) + (" …" if len(idle) > 6 else "")
    count, whole, help = len(idle), len(numbers), spec.unused_help.format(beta=progress.beta)
    carry = f"{count} of {whole} dimensions carr{'ies' if count == 1 else 'y'} nothing ({names})"
    return f"{carry}: {help}" if help else f"{carry}."


def duration(seconds: float) -> str:
    """An approximate duration, in the two largest units."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"

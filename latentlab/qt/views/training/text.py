"""Texts about a training: how it stands, how it ended and where it was saved. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from latentlab.core.figures import FiguresSpec, SeriesSpec
from latentlab.engine.training.events import Progress, Started
from latentlab.qt.widgets.curves.history import SETTLES_AFTER, unused


def progress_in_words(progress: Progress, whole: Started, saved: str = "", called: str = "epoch") -> str:
    """Its progress, its speed, the remaining time, and when it was saved; an epoch may be `called` a pass."""
    parts = [
        f"Step {progress.step:,} of {whole.steps:,}",
        f"{called} {progress.epoch:,} of {whole.epochs:,}",
        f"{progress.images_per_second:,.0f} images/s",
        f"{duration(progress.seconds_left)} left",
        f"{whole.device.upper()}, {whole.precision}",
        saved,
    ]
    return " · ".join(filter(None, parts))


def saved_in_words(path: Path, seconds: float) -> str:
    """How long ago everything needed to go on was saved, and to which file."""
    ago = "just now" if seconds < 2.0 else f"{duration(seconds)} ago"
    return f"saved {ago} to {path.name}"


def ending_in_words(kept: Path, seconds: float, figures: str, whole: bool, step: int = 0) -> str:
    """How a training ended, where its model is, and what it is worth; `whole` if it ran to its end."""
    took = f" after {duration(seconds)}" if seconds >= 0.5 else ""
    how = f"Finished{took}" if whole else f"Stopped at step {step:,}{took}"
    place = f"{how}: saved as {kept.stem} in {at_home(kept.parent)}."
    return f"{place} {figures[0].upper()}{figures[1:]}." if figures else place


def result_in_words(spec: FiguresSpec, metrics: Mapping[str, float | int]) -> str:
    """The figures of a finished model on held-out pictures, "test ELBO -152.1 nats"; "" for none."""
    if not metrics:
        return ""
    if spec.result:
        try:
            return _minus(spec.result.format_map(metrics))
        except KeyError:
            return ""
    known = [(one, metrics[one.name]) for one in spec.figures if one.name in metrics]
    words = ", ".join(f"{one.title} {value:.4g} {one.unit}".strip() for one, value in known)
    return _minus(f"test {words}") if words else ""


def at_home(folder: Path) -> str:
    """A folder as people write it: below their own with a tilde."""
    try:
        return str(Path("~") / folder.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(folder)


def _minus(words: str) -> str:
    return words.replace(" -", " \N{MINUS SIGN}")


def alarm(newest: Mapping[str, tuple[float, ...]], progress: Progress) -> str:
    """A warning about unused entries of each series, such as collapsed dimensions, with what may help.

    "" if there are none, or their spec has no such threshold.
    """
    if progress.step < SETTLES_AFTER or progress.beta == 0.0:
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
    things = f"{spec.along or 'dimension'}s"
    carry = f"{count} of {whole} {things} carr{'ies' if count == 1 else 'y'} nothing ({names})"
    return f"{carry}: {help}" if help else f"{carry}."


def duration(seconds: float) -> str:
    """An approximate duration, in the two largest units."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def about(seconds: float) -> str:
    """A rough duration for an estimate: "about 6 minutes"."""
    if seconds < 20:
        return "some seconds"
    if seconds < 90:
        return f"about {10 * round(seconds / 10)} seconds"
    minutes = seconds / 60
    if minutes < 90:
        return f"about {round(minutes)} minutes"
    return f"about {minutes / 60:.1f} hours"

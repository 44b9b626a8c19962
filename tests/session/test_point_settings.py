"""Whatever is set for the points can be saved and read back: limits hold when it is set."""

from __future__ import annotations

from dataclasses import replace

from latentlab.session.point_edits import ColourBy, FindPoints, HideWords, ShowRange
from latentlab.session.point_settings import MOST_HIDDEN_WORDS, MOST_RANGES, PointSettings
from latentlab.session.saved import from_text, to_text
from latentlab.session.state import SessionState


def test_that_more_than_fits_is_cut_before_it_is_saved() -> None:
    state = FindPoints(find="x" * 9000).apply(SessionState())
    state = ColourBy(by="y" * 9000).apply(state)
    state = HideWords(column="town", words=tuple(map(str, range(5000)))).apply(state)
    for number in range(100):
        state = ShowRange(column=f"column {number}", low=float(number)).apply(state)
        state = HideWords(column=f"column {number}", words=("a",)).apply(state)
    assert from_text(to_text(state)) == state
    assert len(state.points.ranges) == MOST_RANGES
    assert state.points.range_of("column 99") == (99.0, None), "the newest stay"


def test_that_a_filter_is_replaced_and_dropped_by_its_column() -> None:
    settings = PointSettings().with_range("age", 3.0, None).with_range("elbo", None, -90.0)
    assert settings.with_range("age", None, 9.0).ranges == (("elbo", None, -90.0), ("age", None, 9.0))
    assert settings.with_range("age", None, None).ranges == (("elbo", None, -90.0),)
    assert settings.with_range("age", float("nan"), float("inf")) == settings.with_range("age", None, None)
    hidden = settings.with_hidden("town", ("Ulm", "Rome"))
    assert hidden.hidden_of("town") == ("Ulm", "Rome")
    assert hidden.with_hidden("town", ()) == settings
    many = replace(settings).with_hidden("town", tuple(map(str, range(2 * MOST_HIDDEN_WORDS))))
    assert len(many.hidden_of("town")) == MOST_HIDDEN_WORDS

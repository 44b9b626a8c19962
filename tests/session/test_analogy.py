"""The fourth point of an analogy."""

from __future__ import annotations

import pytest

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.errors import LabError
from latentlab.session.analogy import fourth, with_point
from latentlab.session.edits import SetAnalogy
from latentlab.session.fitting import fitted_to
from latentlab.session.saved import from_text, to_text
from latentlab.session.session import Session
from latentlab.session.state import OwnPicture, SessionState

A, B, C = (1.0, 2.0), (4.0, 2.5), (-1.0, 0.0)


def test_that_what_leads_from_a_to_b_leads_from_c_to_the_fourth() -> None:
    assert fourth((A, B, C)) == (2.0, 0.5)
    assert fourth((A, A, C)) == C
    assert fourth((A, B, A)) == B
    for missing in range(3):
        assert fourth(with_point((A, B, C), missing, None)) is None


def test_that_a_point_is_put_in_its_place_alone() -> None:
    assert with_point((A, None, C), 1, B) == (A, B, C)
    assert with_point((A, B, C), 0, None) == (None, B, C)


def test_that_an_analogy_undoes_and_is_refused_with_numbers_that_are_none() -> None:
    session = Session()
    changed = session.apply(SetAnalogy(analogy=(A, None, None)))
    assert changed == {"analogy": (None, None, None)}
    session.restore(changed)
    assert session.state.analogy == (None, None, None)
    with pytest.raises(LabError):
        session.apply(SetAnalogy(analogy=((float("nan"), 0.0), None, None)))
    assert session.state.analogy == (None, None, None)


def test_that_points_of_another_number_of_dimensions_do_not_come_along_to_another_model() -> None:
    model = LoadedReply.__new__(LoadedReply)
    object.__setattr__(model, "latents", 3)
    nothing = {"images": (), "condition_names": (), "exclusive": True, "classes": ()}
    for name, value in {**nothing, "data": "mnist", "split": "test"}.items():
        object.__setattr__(model, name, value)
    three = (1.0, 2.0, 3.0)
    assert fitted_to(SessionState(analogy=(A, three, None)), model).analogy == (None, three, None)


def test_that_an_analogy_is_found_again_and_a_picture_whose_pixels_are_gone_is_not() -> None:
    state = SessionState(analogy=(A, None, C), own_picture=OwnPicture(3, "me.png"))
    assert from_text(to_text(state)) == SessionState(analogy=(A, None, C))

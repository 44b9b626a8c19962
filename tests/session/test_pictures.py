"""Which pictures a session means stays the same, whatever their numbers become."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from latentlab.data.keys import Keys
from latentlab.session.pictures import in_words, keyed, renumbered
from latentlab.session.state import SessionState

CLASSES = ("cats", "dogs", "owls")


def keys_of(numbers: list[int]) -> Keys:
    return Keys(tuple(f"{n}.png" for n in numbers), np.array([n + 7 for n in numbers], dtype=np.uint64))


BEFORE = keys_of(list(range(10)))
STATE = replace(
    SessionState(), selected=4, group_a=(3, 1), group_b=(9,), hidden=frozenset({0, 2})
)  # fmt: skip


@given(st.permutations(range(12)))
def test_that_pictures_are_found_again_in_any_order_and_among_any_others(order: list[int]) -> None:
    after = keys_of(order)
    found = renumbered(keyed(STATE, BEFORE, CLASSES), after, CLASSES)
    named = [after.names[n] for n in (*found.state.group_a, *found.state.group_b, found.state.selected or 0)]
    assert named == ["3.png", "1.png", "9.png", "4.png"]
    assert (found.lost, found.state.pictures) == (0, None)


def test_that_pictures_that_are_gone_are_let_go_and_counted() -> None:
    found = renumbered(keyed(STATE, BEFORE, CLASSES), keys_of([9, 1, 8]), CLASSES)
    assert (found.state.group_a, found.state.group_b, found.state.selected) == ((1,), (0,), None)
    assert found.lost == 2
    assert in_words(found.lost).startswith("2 pictures that were selected or in a group are no longer")
    assert in_words(1).startswith("1 picture that was selected or in a group is no longer")
    assert in_words(0) == ""


def test_that_hidden_classes_are_found_by_their_names() -> None:
    found = renumbered(keyed(STATE, BEFORE, CLASSES), BEFORE, ("bats", "cats", "dogs", "owls"))
    assert found.state.hidden == {1, 3}


def test_that_a_picture_is_never_in_both_groups() -> None:
    state = replace(STATE, group_a=(1,), group_b=(2,), selected=None)
    # Both names mean the one picture that is left of that name and those pixels.
    kept = keyed(state, keys_of([0, 1, 2]), CLASSES)
    kept = replace(kept, pictures=replace(kept.pictures, group_b=kept.pictures.group_a))
    found = renumbered(kept, keys_of([1]), CLASSES)
    assert (found.state.group_a, found.state.group_b) == ((0,), ())


def test_that_a_state_without_keys_stays_as_it_is() -> None:
    found = renumbered(STATE, BEFORE, CLASSES)
    assert found.state is STATE
    assert found.lost == 0

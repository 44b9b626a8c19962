"""Each edit changes what it names and nothing else."""

from __future__ import annotations

import dataclasses

import pytest

from latentlab.engine.attributes.trust import GROUPS, Trust
from latentlab.session import edits, own_edits, place_edits, point_edits
from latentlab.session.edits import Edit
from latentlab.session.own_directions import OwnDirection
from latentlab.session.point_settings import PointSettings
from latentlab.session.state import (
    PAIR,
    TRANSIENT,
    GridSettings,
    Layers,
    OwnPicture,
    Place,
    PlaneSettings,
    SessionState,
    WalkSettings,
)

AGE = OwnDirection("Age", (1.0, 0.0), GROUPS, 4, 4, Trust(0.9, 2.0, 4, 4), "faces", "faces-vae", "0123")
CASES: list[tuple[Edit, set[str]]] = [
    (edits.MoveProbe(z=(1.0, 2.0)), {"probe"}),
    (edits.AddAttributes(amounts=(("Hat", 1.0),), z=(1.0, 2.0)), {"amounts", "probe"}),
    (edits.SelectImage(index=4), {"selected"}),
    (edits.SelectImage(index=4, z=(1.0, 2.0)), {"selected", "probe"}),
    (edits.SelectImage(index=4, z=(1.0, 2.0), condition=(0.0, 1.0)), {"selected", "probe", "condition"}),
    (edits.SelectImage(index=4, condition=(0.0, 1.0)), {"selected"}),
    (edits.ShowOwnPicture(own=OwnPicture(1, "me.png")), {"own_picture"}),
    (edits.ShowOwnPicture(own=OwnPicture(1, "me.png"), z=(1.0, 2.0)), {"own_picture", "probe"}),
    (edits.SetAnalogy(analogy=((1.0, 2.0), None, None)), {"analogy"}),
    (place_edits.SetPlaces(places=(Place("Here", (1.0, 2.0)),)), {"places"}),
    (edits.HideClasses(hidden=frozenset({1})), {"hidden"}),
    (edits.SetLayers(layers=Layers(points=False)), {"layers"}),
    (edits.SetPlane(plane=PlaneSettings(PAIR, 4, 2)), {"plane"}),
    (edits.SetCondition(condition=(0.0, 1.0)), {"condition"}),
    (edits.SetCondition(condition=(0.0, 1.0), z=(1.0, 2.0)), {"condition", "probe"}),
    (edits.SetCompensation(lean=False), {"lean"}),
    (edits.AskFor(asked=(("Hat", 1.0),)), {"asked"}),
    (edits.TakeSample(z=(1.0, 2.0), condition=(1.0,)), {"probe", "condition"}),
    (edits.SetGrid(grid=GridSettings(size=7)), {"grid"}),
    (edits.SetPins(pins=((1.0, 2.0),)), {"pins"}),
    (edits.SetWalk(walk=WalkSettings(steps=5)), {"walk"}),
    (edits.LookAt(view=(0.0, 1.0, 0.0, 1.0)), {"view"}),
    (edits.ShowFrame(frame=3), {"frame"}),
    (edits.PointAt(z=(0.5, 0.5)), {"pointed"}),
    (edits.ChangeData(split="train"), {"split"}),
    (own_edits.SetGroups(group_a=(1, 2)), {"group_a"}),
    (own_edits.SetGroups(group_b=(1, 2)), {"group_b"}),
    (own_edits.Gather(group="a"), {"gathering"}),
    (own_edits.AddDirection(own=(AGE,)), {"own"}),
    (own_edits.RenameDirection(which=AGE, name="Youth"), {"own"}),
    (own_edits.DeleteDirection(which=AGE), {"own"}),
    (point_edits.ColourBy(by="Hat"), {"points"}),
    (point_edits.FindPoints(find="Hat"), {"points"}),
    (point_edits.ShowRange(column="age", low=1.0), {"points"}),
    (point_edits.HideWords(column="Hat", words=("no",)), {"points"}),
    (point_edits.ShowAllPoints(), {"points", "hidden"}),
]


def changed(old: SessionState, new: SessionState) -> set[str]:
    names = [field.name for field in dataclasses.fields(SessionState)]
    return {name for name in names if getattr(old, name) != getattr(new, name)}


@pytest.mark.parametrize(("edit", "names"), CASES, ids=lambda value: type(value).__name__)
def test_that_an_edit_changes_what_it_names_and_nothing_else(edit: Edit, names: set[str]) -> None:
    filtered = PointSettings(ranges=(("elbo", None, -90.0),), hidden=(("Smiling", ("no",)),))
    state = SessionState(own=(AGE,), points=filtered, hidden=frozenset({3}))
    assert changed(state, edit.apply(state)) == names


@pytest.mark.parametrize(("edit", "names"), CASES, ids=lambda value: type(value).__name__)
def test_that_exactly_the_edits_of_transient_fields_are_transient(edit: Edit, names: set[str]) -> None:
    assert edit.transient == names.issubset(TRANSIENT)


def test_that_every_edit_has_a_label_and_a_case_here() -> None:
    kinds = set(Edit.__subclasses__())
    assert kinds == {type(edit) for edit, _ in CASES}
    assert all(kind.label for kind in kinds)


@pytest.mark.parametrize("edit", [edits.SetPins(pins=()), edits.SetWalk()])
def test_that_another_walk_starts_with_no_frame_shown(edit: Edit) -> None:
    assert edit.apply(SessionState(frame=5)).frame is None


@pytest.mark.parametrize(
    "edit",
    [
        edits.MoveProbe(z=(1.0, 2.0)),
        edits.SelectImage(index=4, z=(1.0, 2.0)),
        edits.ShowOwnPicture(z=(1.0, 2.0)),
        edits.TakeSample(z=(1.0, 2.0), condition=(1.0,)),
    ],
)
def test_that_a_probe_moved_otherwise_begins_anew_with_nothing_added(edit: Edit) -> None:
    assert edit.apply(SessionState(amounts=(("Hat", 1.0),))).amounts == ()


def test_that_other_data_leave_no_image_selected() -> None:
    assert edits.ChangeData(split="train").apply(SessionState(selected=3)).selected is None


def test_that_an_edit_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        edits.MoveProbe().z = (1.0, 1.0)  # type: ignore[misc]

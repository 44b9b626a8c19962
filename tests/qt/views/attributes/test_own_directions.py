"""Directions of one's own on the board: made, slid, named, deleted, saved and read; and components."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QMenu, QTableWidget, QToolButton
from pytestqt.qtbot import QtBot

from latentlab.engine.attributes.direction_files import load_directions, save_directions
from latentlab.engine.attributes.trust import COMPONENT, GROUPS, SEVERAL, Trust
from latentlab.engine.rendering.requests.directions import GroupsRequest
from latentlab.errors import LabError
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.views.attributes.name_dialog import NameDialog
from latentlab.qt.views.attributes.trust_table import TrustTable
from latentlab.qt.views.attributes.view import AttributeBoard
from latentlab.session.edits import ChangeData
from latentlab.session.own_directions import MAX_OWN, OwnDirection
from latentlab.session.own_edits import AddDirection, SetGroups
from latentlab.session.state import SessionState
from tests.qt.fake_renderer import FakeRenderer
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.views.attributes.test_attribute_board import slide
from tests.qt.waiting import until_idle

pytestmark = OFFSCREEN
LEFT = Qt.MouseButton.LeftButton
HASH = "0123456789ab"
AGE = OwnDirection("Age", (0.0, 1.0, 0.0), GROUPS, 5, 6, Trust(0.9, 2.0, 5, 6), "mnist", "fake", HASH)
KEY = "yours/A − B"


@pytest.fixture
def renderer() -> FakeRenderer:
    return FakeRenderer(latents=3)


@pytest.fixture
def board(qtbot: QtBot, workspace: Workspace) -> AttributeBoard:
    made = AttributeBoard(workspace)
    qtbot.addWidget(made)
    made.resize(360, 900)
    made.show()
    qtbot.waitUntil(lambda: "Hat" in made.rows, timeout=3000)
    return made


def answer(qtbot: QtBot, board: AttributeBoard, name: str | None = None) -> None:
    """Gives the dialog that is open another name, or leaves the one it proposes; by keys."""
    qtbot.waitUntil(lambda: board.findChild(NameDialog) is not None)
    dialog = board.findChild(NameDialog)
    if name is not None:
        dialog.edit.selectAll()
        qtbot.keyClicks(dialog.edit, name)
    qtbot.keyClick(dialog.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: board.findChild(NameDialog) is None)


def make(qtbot: QtBot, board: AttributeBoard, name: str | None = None) -> None:
    count = len(board.sections.yours.rows)
    qtbot.mouseClick(board.sections.yours.groups.make, LEFT)
    answer(qtbot, board, name)
    qtbot.waitUntil(lambda: len(board.sections.yours.rows) == count + 1, timeout=2000)


def command(board: AttributeBoard, key: str, text: str) -> None:
    """A line of a row's menu."""
    menu = board.rows[key].findChild(QMenu)
    (action,) = [action for action in menu.actions() if action.text().replace("&", "").startswith(text)]
    action.trigger()


# Making


def test_that_two_groups_make_a_direction_that_slides_and_says_how_far_to_trust_it(
    qtbot: QtBot, workspace: Workspace, board: AttributeBoard, renderer: FakeRenderer
) -> None:
    order = np.argsort(renderer.mean[:, 0]).tolist()
    a, b = tuple(order[-20:]), tuple(order[:20])
    workspace.do(SetGroups(group_a=a, group_b=b))
    make(qtbot, board)
    (made,) = workspace.state.own
    vector = renderer.mean[list(a)].mean(0) - renderer.mean[list(b)].mean(0)
    assert (made.name, made.have, made.lack, made.model_hash, made.data) == ("A − B", 20, 20, HASH, "mnist")
    assert made.vector == pytest.approx(vector.tolist(), rel=1e-5)
    row = board.rows[KEY]
    assert row.trust.text().startswith("AUC 1.00 · d ")
    assert "Computed from 20 pictures in A and 20 in B" in row.trust.toolTip()
    assert "Most similar: Hat (cosine +" in row.trust.toolTip()
    slide(qtbot, row, 1.0)
    amount = dict(workspace.state.amounts)[KEY]
    assert amount == pytest.approx(1.0, abs=0.06)
    assert workspace.state.probe == pytest.approx((amount * vector).tolist(), rel=1e-4)
    workspace.undo_stack.undo()
    assert workspace.state.probe == (0.0, 0.0, 0.0)
    workspace.undo_stack.undo()
    assert workspace.state.own == ()
    assert KEY not in board.rows
    workspace.undo_stack.redo()
    assert KEY in board.rows


def test_that_of_fewer_than_four_it_says_too_few_to_judge(
    qtbot: QtBot, workspace: Workspace, board: AttributeBoard
) -> None:
    workspace.do(SetGroups(group_a=(1, 2, 3), group_b=tuple(range(10, 30))))
    make(qtbot, board, "Old")
    assert board.rows["yours/Old"].trust.text() == "too few to judge"
    assert "four or more" in board.rows["yours/Old"].trust.toolTip()


def test_that_a_second_one_is_offered_a_name_that_is_free_and_no_taken_name_is_accepted(
    qtbot: QtBot, workspace: Workspace, board: AttributeBoard
) -> None:
    workspace.do(SetGroups(group_a=(1, 2), group_b=(3, 4)))
    make(qtbot, board)
    qtbot.mouseClick(board.sections.yours.groups.make, LEFT)
    dialog = board.findChild(NameDialog)
    okay = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
    assert dialog.edit.text() == "A − B 2"
    for name, words in (("A − B", "Another of your"), ("  ", "Give it a name"), ("x" * 81, "up to 80")):
        dialog.edit.setText(name)
        assert words in dialog.note.text()
        assert not okay.isEnabled()
        qtbot.keyClick(dialog.edit, Qt.Key.Key_Return)
    assert dialog.isVisible()
    dialog.reject()
    assert len(workspace.state.own) == 1


def test_that_groups_in_one_place_are_told_in_words(
    qtbot: QtBot, workspace: Workspace, board: AttributeBoard, renderer: FakeRenderer
) -> None:
    workspace.encodings.mean[3] = workspace.encodings.mean[4]
    workspace.do(SetGroups(group_a=(3,), group_b=(4,)))
    qtbot.mouseClick(board.sections.yours.groups.make, LEFT)
    answer(qtbot, board)
    qtbot.waitUntil(lambda: "same mean" in board.sections.yours.groups.note.text())
    assert workspace.state.own == ()


# Names


def test_that_a_direction_renamed_keeps_its_amount_and_undo_gives_back_the_name(
    qtbot: QtBot, workspace: Workspace, board: AttributeBoard
) -> None:
    workspace.do(AddDirection(own=(AGE,)))
    slide(qtbot, board.rows[AGE.key], 1.0)
    amount = dict(workspace.state.amounts)[AGE.key]
    command(board, AGE.key, "Rename")
    answer(qtbot, board, "Youth")
    assert [one.name for one in workspace.state.own] == ["Youth"]
    assert AGE.key not in board.rows
    assert board.rows["yours/Youth"].slider.value() == round(100 * amount)
    workspace.undo_stack.undo()
    assert workspace.state.own == (AGE,)
    assert board.rows[AGE.key].slider.value() == round(100 * amount)


def test_that_keys_rename_and_delete_the_row_that_has_the_focus(
    qtbot: QtBot, workspace: Workspace, board: AttributeBoard
) -> None:
    workspace.do(AddDirection(own=(AGE, replace(AGE, name="Other"))))
    board.activateWindow()
    qtbot.waitUntil(board.rows["yours/Other"].slider.isVisible)
    board.rows["yours/Other"].slider.setFocus()
    qtbot.keyClick(board.rows["yours/Other"].slider, Qt.Key.Key_F2)
    answer(qtbot, board, "Else")
    assert [one.name for one in workspace.state.own] == ["Age", "Else"]
    board.activateWindow()
    qtbot.waitUntil(lambda: board.isActiveWindow() and board.rows["yours/Else"].slider.isVisible())
    assert board.focusWidget() is board.rows["yours/Else"].slider
    qtbot.keyClick(board.rows["yours/Else"].slider, Qt.Key.Key_Delete)
    assert workspace.state.own == (AGE,)


def test_that_a_direction_deleted_leaves_the_probe_and_comes_back_by_undo(
    qtbot: QtBot, workspace: Workspace, board: AttributeBoard
) -> None:
    workspace.do(AddDirection(own=(AGE,)))
    slide(qtbot, board.rows[AGE.key], -1.0)
    before = workspace.state
    command(board, AGE.key, "Delete")
    assert (workspace.state.own, workspace.state.probe, workspace.state.amounts) == ((), before.probe, ())
    assert AGE.key not in board.rows
    workspace.undo_stack.undo()
    assert workspace.state == before


def test_that_one_called_like_an_attribute_is_another_one(
    qtbot: QtBot, workspace: Workspace, board: AttributeBoard
) -> None:
    workspace.do(AddDirection(own=(replace(AGE, name="Hat"),)))
    slide(qtbot, board.rows["Hat"], 1.0)
    slide(qtbot, board.rows["yours/Hat"], -1.0)
    amounts = dict(workspace.state.amounts)
    assert amounts["Hat"] > 0.9
    assert amounts["yours/Hat"] < -0.9
    assert workspace.state.probe == pytest.approx((amounts["Hat"], amounts["yours/Hat"], 0.0), abs=1e-5)
    qtbot.mouseClick(board.zero_all, LEFT)
    assert workspace.state.probe == pytest.approx((0.0, 0.0, 0.0), abs=1e-5)


def test_that_those_of_another_model_are_kept_and_not_shown(
    workspace: Workspace, board: AttributeBoard
) -> None:
    workspace.do(AddDirection(own=(AGE, replace(AGE, name="Strange", model_hash="ffff"))))
    assert list(board.sections.yours.rows) == [AGE.key]
    assert len(workspace.state.own) == 2


def test_that_no_more_are_made_than_can_be_kept(
    qtbot: QtBot, workspace: Workspace, board: AttributeBoard
) -> None:
    workspace.do(
        AddDirection(own=tuple(replace(AGE, name=str(n), model_hash="ffff") for n in range(MAX_OWN)))
    )
    workspace.do(SetGroups(group_a=(1,), group_b=(2,)))
    qtbot.mouseClick(board.sections.yours.groups.make, LEFT)
    assert board.findChild(NameDialog) is None
    assert "Delete one first" in board.sections.yours.groups.note.text()


# Components


def test_that_components_are_offered_with_their_share_and_one_is_a_standard_deviation(
    qtbot: QtBot, workspace: Workspace, board: AttributeBoard, renderer: FakeRenderer
) -> None:
    row = board.rows["component/2"]
    assert (row.name, row.trust.text()) == ("Component 2", "8 % of variance")
    slide(qtbot, row, 1.0)
    assert workspace.state.probe == pytest.approx(
        (0.0, 0.5 * dict(workspace.state.amounts)["component/2"], 0.0)
    )


def test_that_a_component_with_a_name_is_yours_and_no_longer_waits_for_one(
    qtbot: QtBot, workspace: Workspace, board: AttributeBoard
) -> None:
    slide(qtbot, board.rows["component/2"], 1.0)
    probe = workspace.state.probe
    command(board, "component/2", "Name")
    answer(qtbot, board, "Lightness")
    (named,) = workspace.state.own
    assert (named.method, named.vector) == (COMPONENT, (0.0, 0.5, 0.0))
    assert "component/2" not in board.rows
    assert {"component/1", "component/3", "yours/Lightness"} <= set(board.rows)
    assert (workspace.state.probe, [key for key, _ in workspace.state.amounts]) == (
        probe,
        ["yours/Lightness"],
    )
    workspace.undo_stack.undo()
    assert "component/2" in board.rows
    assert board.rows["component/2"].slider.value() != 0


class TestManyDimensions:
    @pytest.fixture
    def renderer(self) -> FakeRenderer:
        return FakeRenderer(latents=20)

    def test_that_five_are_shown_first_and_more_on_demand(self, qtbot: QtBot, board: AttributeBoard) -> None:
        assert len(board.sections.discovered.rows) == 5
        qtbot.mouseClick(board.sections.discovered.more, LEFT)
        assert len(board.sections.discovered.rows) == 16
        assert board.sections.discovered.more.isHidden()


def test_that_a_section_folds_away_under_its_heading(qtbot: QtBot, board: AttributeBoard) -> None:
    section = board.sections.discovered
    qtbot.mouseClick(section.heading, LEFT, pos=QPoint(20, 10))
    assert not section.rows["component/1"].isVisible()
    qtbot.mouseClick(section.heading, LEFT, pos=QPoint(20, 10))
    assert section.rows["component/1"].isVisible()


# Files, in the window


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[LabWindow]:
    state = SessionState(own=(AGE, replace(AGE, name="Ära", vector=(0.0, 0.0, 2.0), method=COMPONENT)))
    with open_window(qtbot, tmp_path, FakeRenderer(latents=3), state=state) as made:
        yield made


def told(window: LabWindow) -> list[str]:
    words: list[str] = []
    window.bench.controller.directions.told.connect(words.append)
    window.bench.controller.directions.failed.connect(lambda message, details: words.append(message))
    return words


@pytest.mark.parametrize("suffix", [".safetensors", ".npz"])
def test_that_directions_exported_deleted_and_imported_are_those_they_were(
    qtbot: QtBot, window: LabWindow, tmp_path: Path, suffix: str
) -> None:
    path, words, before = tmp_path / f"own{suffix}", told(window), window.workspace.state.own
    window.bench.controller.directions.export_to(str(path))
    qtbot.waitUntil(lambda: path.exists() and not window.bench.background.busy, timeout=3000)
    found = load_directions(path)
    assert (found.names, found.method, found.model_hash) == (("Age", "Ära"), SEVERAL, HASH)
    window.workspace.session.reset(replace(window.workspace.state, own=()))
    window.bench.controller.directions.import_from(str(path))
    qtbot.waitUntil(lambda: len(words) == 2, timeout=3000)
    assert "Imported 2 directions" in words[1]
    methods = [replace(one, method=SEVERAL) for one in before]
    assert [replace(one, model="fake") for one in window.workspace.state.own] == methods
    window.bench.controller.directions.import_from(str(path))
    qtbot.waitUntil(lambda: len(words) == 3, timeout=3000)
    assert "2 were there already" in words[2]
    assert len(window.workspace.state.own) == 2
    window.workspace.undo_stack.undo()
    assert window.workspace.state.own == ()


def test_that_a_taken_name_gets_a_number_when_it_is_imported(
    qtbot: QtBot, window: LabWindow, tmp_path: Path
) -> None:
    path, words = tmp_path / "own.npz", told(window)
    window.bench.controller.directions.export_to(str(path))
    qtbot.waitUntil(lambda: len(words) == 1, timeout=3000)
    window.workspace.session.reset(
        replace(window.workspace.state, own=(replace(AGE, vector=(5.0, 0.0, 0.0)),))
    )
    window.bench.controller.directions.import_from(str(path))
    qtbot.waitUntil(lambda: len(words) == 2, timeout=3000)
    assert [one.name for one in window.workspace.state.own] == ["Age", "Age 2", "Ära"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"model_hash": "ffff", "model": "other"}, "belong to other (ffff)"),
        ({"model_hash": ""}, "a model that it does not name"),
        ({"vectors": np.ones((2, 4), np.float32)}, "have 4 dimensions"),
    ],
)
def test_that_directions_of_another_model_are_refused_and_it_says_what_to_do(
    qtbot: QtBot, window: LabWindow, tmp_path: Path, change: dict[str, object], what: str
) -> None:
    path, words, before = tmp_path / "own.npz", told(window), window.workspace.state.own
    window.bench.controller.directions.export_to(str(path))
    qtbot.waitUntil(lambda: len(words) == 1, timeout=3000)
    save_directions(path, replace(load_directions(path), **change), overwrite=True)
    window.bench.controller.directions.import_from(str(path))
    qtbot.waitUntil(lambda: len(words) == 2, timeout=3000)
    assert str(path) in words[1]
    assert what in words[1]
    assert "Open the model" in words[1]
    assert window.workspace.state.own == before


def test_that_a_file_that_is_none_and_an_unknown_ending_are_told(
    qtbot: QtBot, window: LabWindow, tmp_path: Path
) -> None:
    words = told(window)
    (tmp_path / "bad.npz").write_bytes(b"nothing")
    window.bench.controller.directions.import_from(str(tmp_path / "bad.npz"))
    qtbot.waitUntil(lambda: len(words) == 1, timeout=3000)
    assert "bad.npz" in words[0]
    window.bench.controller.directions.export_to(str(tmp_path / "own.txt"))
    qtbot.waitUntil(lambda: len(words) == 2, timeout=3000)
    assert "own.txt" in words[1]
    assert ".safetensors" in words[1]


def test_that_without_any_there_is_nothing_to_export(qtbot: QtBot, window: LabWindow, tmp_path: Path) -> None:
    words = told(window)
    window.workspace.session.reset(replace(window.workspace.state, own=()))
    window.bench.controller.directions.export_to(str(tmp_path / "own.npz"))
    assert "no directions of your own" in words[0]
    assert not (tmp_path / "own.npz").exists()


def test_that_the_commands_gather_make_and_ask_for_files(qtbot: QtBot, window: LabWindow) -> None:
    workspace, plane = window.workspace, window.bench.plane
    plane.setFocus()
    qtbot.keyClick(plane, Qt.Key.Key_L)
    assert workspace.state.gathering == "a"
    qtbot.waitUntil(window.bench.actions["lassoAAction"].isChecked)
    qtbot.keyClick(plane, Qt.Key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    assert workspace.state.gathering == "b"
    qtbot.keyClick(plane, Qt.Key.Key_Escape)
    assert workspace.state.gathering == ""
    for number, key in ((5, Qt.Key.Key_A), (6, Qt.Key.Key_B)):
        workspace.session.reset(replace(workspace.state, selected=number))
        window.bench.actions.refresh()
        qtbot.keyClick(plane, key)
    assert (workspace.state.group_a, workspace.state.group_b) == ((5,), (6,))
    qtbot.keyClick(plane, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    answer(qtbot, window.bench.attributes)
    qtbot.waitUntil(lambda: len(workspace.state.own) == 3, timeout=2000)
    window.bench.actions["clearGroupsAction"].trigger()
    assert (workspace.state.group_a, workspace.state.group_b) == ((), ())
    for name, page in (("import", "importDirectionsDialog"), ("export", "exportDirectionsDialog")):
        window.bench.actions[f"{name}DirectionsAction"].trigger()
        dialog = window.findChild(QFileDialog, page)
        assert dialog.isVisible()
        dialog.reject()
    files = window.findChild(QToolButton, "ownDirectionsFile").menu().actions()
    files[0].trigger()
    window.findChildren(QFileDialog, "importDirectionsDialog")[-1].reject()


def test_that_the_table_of_trust_has_a_row_for_each_even_where_the_data_have_no_attributes(
    qtbot: QtBot,
    workspace: Workspace,
    board: AttributeBoard,
    renderer: FakeRenderer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def rows() -> dict[str, list[str]]:
        qtbot.mouseClick(board.trust, LEFT)
        shown = board.findChild(TrustTable)
        table = shown.findChild(QTableWidget, "trustTable")
        cells = {
            table.verticalHeaderItem(row).text(): [
                table.item(row, column).text() for column in range(table.columnCount())
            ]
            for row in range(table.rowCount())
        }
        shown.reject()
        qtbot.waitUntil(lambda: board.findChild(TrustTable) is None)
        return cells

    workspace.do(AddDirection(own=(AGE,)))
    told = rows()
    assert list(told) == ["Hat", "Smile", "Age"]
    assert told["Age"] == ["0.900", "2.00", "5", "6", "1.00", "+0.00", "+0.71"]

    def refuse(method: str) -> None:
        raise LabError("fake has neither attributes nor classes")

    monkeypatch.setattr(renderer, "directions", refuse)
    workspace.do(ChangeData(data="other"))
    qtbot.waitUntil(lambda: "neither" in board.status.text(), timeout=3000)
    assert board.trust.isEnabled()
    assert rows() == {"Age": ["0.900", "2.00", "5", "6", "1.00"]}


def test_that_groups_that_went_while_their_direction_was_named_make_none(
    qtbot: QtBot, workspace: Workspace, board: AttributeBoard, renderer: FakeRenderer
) -> None:
    workspace.do(SetGroups(group_a=(0, 3), group_b=(1, 4)))
    qtbot.mouseClick(board.sections.yours.groups.make, LEFT)
    workspace.do(SetGroups())
    renderer.served.clear()
    answer(qtbot, board, "Mine")
    until_idle()
    assert not any(isinstance(request, GroupsRequest) for request in renderer.served)
    assert "both groups" in board.sections.yours.groups.note.text()

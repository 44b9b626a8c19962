"""The analogy view: how its wells are filled, what follows, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.points import AnalogyRequest
from latentlab.engine.types import Point
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.views.analogy.slot import NOTHING, OWN, PROBE, SELECTED, Joint
from latentlab.qt.views.analogy.view import AnalogyView
from latentlab.session.edits import MoveProbe, SelectImage, SetAnalogy, SetCondition
from latentlab.session.neighbours import nearest
from latentlab.session.state import SessionState
from tests.qt.fake_renderer import FakeRenderer, picture_at
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = OFFSCREEN
LEFT = Qt.MouseButton.LeftButton
A, B, C = (1.0, 0.0, 0.0), (0.0, 2.0, 0.0), (0.5, 0.0, 1.0)
D = (-0.5, 2.0, 1.0)


@pytest.fixture
def renderer() -> FakeRenderer:
    return FakeRenderer(latents=3)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, renderer: FakeRenderer) -> Iterator[LabWindow]:
    with open_window(qtbot, tmp_path, renderer) as made:
        yield made


@pytest.fixture
def view(qtbot: QtBot, window: LabWindow) -> AnalogyView:
    window.bench.workspaces.reveal(window.bench.docks.analogy)
    found = window.findChild(AnalogyView, "analogyView")
    assert found is not None
    qtbot.waitUntil(lambda: not found.visibleRegion().isEmpty(), timeout=2000)
    return found


def click(qtbot: QtBot, view: AnalogyView, place: int, source: str) -> None:
    qtbot.mouseClick(view.picture_slots[place].buttons[source], LEFT)


def shows(view: AnalogyView, z: Point) -> bool:
    return view.result.picture is not None and np.array_equal(view.result.picture, picture_at(z))


def drop(view: AnalogyView, place: int, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    hands = LEFT, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, *hands)
    QApplication.sendEvent(view.picture_slots[place], enter)
    assert enter.isAccepted()
    QApplication.sendEvent(
        view.picture_slots[place], QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, *hands)
    )


def test_that_three_places_of_the_probe_give_the_fourth_and_each_is_a_step_of_the_undo(
    qtbot: QtBot, window: LabWindow, view: AnalogyView
) -> None:
    workspace = window.workspace
    assert not view.go.isEnabled()
    for place, z in enumerate((A, B, C)):
        workspace.do(MoveProbe(z=z))
        click(qtbot, view, place, PROBE)
    assert workspace.state.analogy == (A, B, C)
    qtbot.waitUntil(lambda: shows(view, D), timeout=2000)
    for picture_slot, z in zip(view.picture_slots, (A, B, C), strict=True):
        assert np.array_equal(picture_slot.picture.picture, picture_at(z))
    qtbot.mouseClick(view.go, LEFT)
    assert workspace.state.probe == D
    workspace.undo_stack.undo()
    assert workspace.state.probe == C
    workspace.undo_stack.undo()
    assert workspace.state.analogy == (A, B, None)
    assert not view.go.isEnabled()
    assert view.result.picture is None


def test_that_the_selected_image_lends_its_place_and_none_lends_none(
    qtbot: QtBot, window: LabWindow, view: AnalogyView, renderer: FakeRenderer
) -> None:
    assert not view.picture_slots[0].buttons[SELECTED].isEnabled()
    window.workspace.do(SelectImage(index=7))
    assert view.picture_slots[0].buttons[SELECTED].isEnabled()
    click(qtbot, view, 0, SELECTED)
    assert window.workspace.state.analogy[0] == tuple(map(float, renderer.mean[7]))
    assert not view.picture_slots[0].buttons[OWN].isEnabled()


def test_that_the_keys_fill_a_well_too(qtbot: QtBot, window: LabWindow, view: AnalogyView) -> None:
    button = view.picture_slots[1].buttons[PROBE]
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert window.workspace.state.analogy == (None, (0.0, 0.0, 0.0), None)


def test_that_the_nearest_images_are_those_of_the_fourth_and_a_click_selects_one(
    qtbot: QtBot, window: LabWindow, view: AnalogyView, renderer: FakeRenderer
) -> None:
    window.workspace.do(SetAnalogy(analogy=(A, B, C)))
    rows = nearest(renderer.mean, D, 4)
    assert [button.row for button in view.nearest.buttons] == rows
    qtbot.waitUntil(view.nearest.buttons[0].isVisible)
    assert f"Picture {rows[0]:,}" in view.nearest.buttons[0].accessibleName()
    qtbot.mouseClick(view.nearest.buttons[1], LEFT)
    assert window.workspace.state.selected == rows[1]
    window.workspace.do(SetAnalogy())
    assert not any(button.isVisible() for button in view.nearest.buttons)


def test_that_swapping_goes_the_other_way_and_all_or_one_can_be_cleared(
    qtbot: QtBot, window: LabWindow, view: AnalogyView
) -> None:
    workspace = window.workspace
    workspace.do(SetAnalogy(analogy=(A, B, C)))
    qtbot.mouseClick(view.swap, LEFT)
    assert workspace.state.analogy == (B, A, C)
    qtbot.waitUntil(lambda: shows(view, (1.5, -2.0, 1.0)), timeout=2000)
    click(qtbot, view, 0, NOTHING)
    assert workspace.state.analogy == (None, A, C)
    assert not view.picture_slots[0].buttons[NOTHING].isEnabled()
    qtbot.mouseClick(view.clear, LEFT)
    assert workspace.state.analogy == (None, None, None)
    assert not view.clear.isEnabled()
    for _ in range(3):
        workspace.undo_stack.undo()
    assert workspace.state.analogy == (A, B, C)


def test_that_dropped_pictures_fill_the_wells_from_there_on_each_as_a_step(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, view: AnalogyView
) -> None:
    paths = []
    for level in (50, 100):
        paths.append(tmp_path / f"{level}.png")
        Image.new("L", (20, 20), level).save(paths[-1])
    drop(view, 1, *paths)
    wanted = (None, (0.5, 0.5, 1.0), (1.0, 0.5, 1.0))
    qtbot.waitUntil(lambda: window.workspace.state.analogy == wanted, timeout=3000)
    assert window.workspace.state.own_picture is None
    assert window.workspace.state.probe == (0.0, 0.0, 0.0)
    window.workspace.undo_stack.undo()
    assert window.workspace.state.analogy == (None, wanted[1], None)


def test_that_a_bad_file_dropped_on_a_well_is_named_and_the_well_is_as_before(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, view: AnalogyView
) -> None:
    (tmp_path / "bad.png").write_text("no picture")
    drop(view, 0, tmp_path / "bad.png")
    qtbot.waitUntil(window.bench.messages.isVisible, timeout=3000)
    assert "bad.png: cannot be read" in window.bench.messages.label.text()
    assert window.workspace.state.analogy == (None, None, None)
    assert view.picture_slots[0].picture._waiting == "a"


def test_that_ones_own_picture_lends_its_place(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, view: AnalogyView
) -> None:
    Image.new("L", (20, 20), 200).save(tmp_path / "me.png")
    window.bench.opener.open_file(tmp_path / "me.png")
    qtbot.waitUntil(view.picture_slots[2].buttons[OWN].isEnabled, timeout=3000)
    click(qtbot, view, 2, OWN)
    assert window.workspace.state.analogy == (None, None, (2.0, 0.5, 1.0))


def test_that_nothing_is_decoded_before_it_is_seen(
    qtbot: QtBot, window: LabWindow, renderer: FakeRenderer
) -> None:
    def asked() -> bool:
        return any(isinstance(request, AnalogyRequest) for request in renderer.served)

    window.workspace.do(SetAnalogy(analogy=(A, B, C)))
    until_idle()
    assert not asked()
    window.bench.workspaces.reveal(window.bench.docks.analogy)
    qtbot.waitUntil(asked, timeout=2000)


def test_that_it_is_found_again_at_the_next_start_and_is_left_behind_by_another_model(
    qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "again"
    folder.mkdir()
    with open_window(
        qtbot, folder, FakeRenderer(3), state=SessionState(analogy=(A, B, C), probe=C)
    ) as window:
        pass
    with open_window(qtbot, folder, FakeRenderer(3)) as window:
        assert window.workspace.state.analogy == (A, B, C)
        with qtbot.waitSignal(window.workspace.loaded, timeout=2000):
            window.bench.opener.open_model("other")
        assert window.workspace.state.analogy == (None, None, None)


def test_that_the_pictures_follow_the_class_that_the_model_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    renderer = FakeRenderer(3, conditions=tuple("abc"))
    with open_window(qtbot, tmp_path, renderer) as window:
        window.bench.workspaces.reveal(window.bench.docks.analogy)
        view = window.findChild(AnalogyView)
        assert view is not None
        window.workspace.do(SetAnalogy(analogy=(A, B, C)))
        window.workspace.do(SetCondition(condition=(0.0, 1.0, 0.0)))
        told = picture_at(D, (0.0, 1.0, 0.0))
        qtbot.waitUntil(
            lambda: view.result.picture is not None and np.array_equal(view.result.picture, told),
            timeout=2000,
        )


def test_that_a_picture_dropped_while_a_model_is_opened_goes_into_that_models_space(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, view: AnalogyView, renderer: FakeRenderer
) -> None:
    Image.new("L", (20, 20), 100).save(tmp_path / "a.png")
    renderer.hold.clear()
    window.bench.opener.open_model("other")
    drop(view, 0, tmp_path / "a.png")
    qtbot.waitUntil(lambda: bool(view._waiting), timeout=3000)
    assert view.picture_slots[0].picture._waiting == "…"
    renderer.hold.set()
    wanted = ((1.0, 0.5, 1.0), None, None)
    qtbot.waitUntil(lambda: window.workspace.state.analogy == wanted, timeout=3000)
    assert window.workspace.model.model == "other"


def test_that_a_dropped_picture_is_not_lost_when_the_other_model_cannot_be_opened(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, view: AnalogyView, renderer: FakeRenderer
) -> None:
    Image.new("L", (20, 20), 100).save(tmp_path / "a.png")
    renderer.hold.clear()
    window.bench.opener.open_model("missing")
    drop(view, 1, tmp_path / "a.png")
    qtbot.waitUntil(lambda: bool(view._waiting), timeout=3000)
    renderer.hold.set()
    wanted = (None, (1.0, 0.5, 1.0), None)
    qtbot.waitUntil(lambda: window.workspace.state.analogy == wanted, timeout=3000)


def test_that_the_words_between_stand_at_the_middle_of_the_pictures(
    qtbot: QtBot, window: LabWindow, view: AnalogyView
) -> None:
    def middle(widget: QWidget) -> int:
        return widget.mapTo(view, widget.contentsRect().center()).y()

    joints = view.findChildren(Joint)
    assert [joint.text() for joint in joints] == ["is to", "as", "is to"]
    wanted = middle(view.picture_slots[0].picture)
    qtbot.waitUntil(lambda: all(abs(middle(joint) - wanted) <= 2 for joint in joints), timeout=2000)


def test_that_the_button_that_clears_one_takes_no_line_of_its_own(
    window: LabWindow, view: AnalogyView
) -> None:
    window.workspace.do(SetAnalogy(analogy=(A, None, None)))
    button = view.picture_slots[0].buttons[NOTHING]
    assert button.isVisible()
    picture = view.picture_slots[0].picture
    assert picture.rect().contains(button.geometry())
    assert not view.picture_slots[1].buttons[NOTHING].isVisible()

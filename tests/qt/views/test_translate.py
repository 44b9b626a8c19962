"""The view in which one draws, by mouse and key, with a real model behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QScrollArea, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from latentlab.data import catalog
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.rendering.renderer import Renderer
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.views.translate.canvas import TranslateCanvas
from latentlab.qt.views.translate.result import as_film
from latentlab.qt.views.translate.sketch import Sketch
from latentlab.qt.views.translate.view import TranslateView
from latentlab.qt.widgets.brush_canvas import FRAME
from latentlab.session.state import SessionState
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle
from tests.tiny import save_tiny_model, save_tiny_translator, toy_set

pytestmark = OFFSCREEN
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabWindow]:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))
    first = SessionState(model=str(save_tiny_model(tmp_path / "first.safetensors")), data="toy")
    # None of the models that ship takes drawings as small.
    path = save_tiny_translator(tmp_path / "p.safetensors")
    with open_window(qtbot, tmp_path, Renderer(), state=first) as made:  # type: ignore[arg-type]
        made.workspace.open(SessionState(model=str(path), data="toy"))
        until_idle()
        yield made


def without_critic(window: LabWindow, seed: int = 1) -> Path:
    """A model of the user's own for beside it; the view looks for it when it is shown anew."""
    folder = window.bench.trainer.folder
    folder.mkdir(exist_ok=True)
    path = save_tiny_translator(folder / f"plain-{seed}.safetensors", seed, adversarial=0.0)
    for name in ("texture", "translate"):
        window.bench.workspaces.show(name)
        until_idle()
    return path


def made_by(path: Path, view: TranslateView) -> np.ndarray:
    """What a model makes of the drawing on the canvas."""
    assert view.canvas.sketch is not None
    source = torch.from_numpy(view.canvas.sketch.picture)[None, None].float() / 255.0
    with torch.no_grad():
        return (load_model(path).model.translate(source)[0, 0] * 255.0).round().byte().numpy()


def view_of(window: LabWindow) -> TranslateView:
    view = window.findChild(TranslateView, "translateView")
    assert view is not None
    return view


def at(canvas: TranslateCanvas, x: float, y: float) -> QPoint:
    """Where a place of the drawing, in its pixels, is on the canvas."""
    assert canvas.sketch is not None
    canvas.grab()
    place, scale = canvas._place, canvas._place.width() / canvas.sketch.shape[1]
    return QPoint(round(place.left() + x * scale), round(place.top() + y * scale))


def stroke(
    qtbot: QtBot, canvas: TranslateCanvas, button: Qt.MouseButton, *spots: tuple[float, float]
) -> None:
    qtbot.mousePress(canvas, button, pos=at(canvas, *spots[0]))
    for spot in spots[1:]:
        qtbot.mouseMove(canvas, at(canvas, *spot))
    qtbot.mouseRelease(canvas, button, pos=at(canvas, *spots[-1]))


def click(qtbot: QtBot, view: QWidget, name: str) -> None:
    button = view.findChild(QAbstractButton, name)
    assert button.isEnabled()
    qtbot.mouseClick(button, LEFT)
    until_idle()


def test_that_such_a_model_opens_in_its_workspace_and_another_leads_out_of_it(
    window: LabWindow, tmp_path: Path
) -> None:
    workspaces = window.bench.workspaces
    assert workspaces.current == "translate"
    assert window.findChild(QToolButton, "workspace_translate").isVisible()
    other = SessionState(model=str(save_tiny_model(tmp_path / "vae.safetensors")), data="toy")
    window.workspace.open(other)
    until_idle()
    assert workspaces.current == "explore"
    assert not window.findChild(QToolButton, "workspace_translate").isVisible()
    assert "makes no pictures of other pictures" in workspaces.why_not("translate")


def test_that_it_begins_with_the_outline_of_a_picture_and_what_is_made_of_it(window: LabWindow) -> None:
    view = view_of(window)
    assert view.canvas.sketch is not None
    assert view.reply is not None
    assert view.title.text() == "Draw an outline"
    assert view.canvas.sketch.picture.shape == (8, 8)
    np.testing.assert_array_equal(view.true.picture, toy_set("test").images[0, 0])
    assert "critic takes" in view.words.text()


def test_that_the_picture_follows_within_a_stroke_and_a_stroke_is_undone_as_one(
    qtbot: QtBot, window: LabWindow
) -> None:
    view = view_of(window)
    canvas = view.canvas
    click(qtbot, view, "translateClear")
    blank = view.reply
    qtbot.mousePress(canvas, LEFT, pos=at(canvas, 1.5, 1.5))
    qtbot.mouseMove(canvas, at(canvas, 6.5, 1.5))
    until_idle()
    assert blank is not None
    assert view.reply is not None
    assert not np.array_equal(view.reply.picture, blank.picture), "the button is still down"
    assert canvas.sketch is not None
    assert (canvas.sketch.array[1, 1:7] == 0).all()
    assert canvas.sketch.array.sum() == 255 * (64 - 6)
    qtbot.mouseRelease(canvas, LEFT, pos=at(canvas, 6.5, 1.5))
    stroke(qtbot, canvas, RIGHT, (3.5, 1.5), (4.5, 1.5))
    assert (canvas.sketch.array[1, 3:5] == 255).all(), "the right button erases"
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (canvas.sketch.array[1, 1:7] == 0).all()
    click(qtbot, view, "translateUndo")
    assert canvas.sketch.array.min() == 255
    np.testing.assert_array_equal(view.reply.picture, blank.picture)
    click(qtbot, view, "translateRedo")
    assert (canvas.sketch.array[1, 1:7] == 0).all()


def test_that_it_can_be_drawn_by_keys_alone(qtbot: QtBot, window: LabWindow) -> None:
    view = view_of(window)
    click(qtbot, view, "translateClear")
    canvas = view.canvas
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Space):
        qtbot.keyClick(canvas, key)
    assert canvas.sketch is not None
    assert np.argwhere(canvas.sketch.array < 255).tolist() == [[3, 3]]
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert canvas.sketch.array.min() == 255
    qtbot.keyClick(canvas, "]")
    assert (canvas.brush, view.tools.brush.value()) == (2, 2)


def test_that_pencil_eraser_and_inks_do_what_they_say(qtbot: QtBot, window: LabWindow) -> None:
    view = view_of(window)
    click(qtbot, view, "translateClear")
    canvas = view.canvas
    click(qtbot, view, "translateInk_2")
    stroke(qtbot, canvas, LEFT, (2.5, 2.5))
    assert canvas.sketch is not None
    assert canvas.sketch.array[2, 2] == view.tools.inks.inks[2][0]
    click(qtbot, view, "translateEraser")
    stroke(qtbot, canvas, LEFT, (2.5, 2.5))
    assert canvas.sketch.array.min() == 255
    click(qtbot, view, "translateInk_0")
    assert view.tools.pen.isChecked()


def test_that_the_next_picture_is_taken_as_a_stroke_that_can_be_undone(
    qtbot: QtBot, window: LabWindow
) -> None:
    view = view_of(window)
    assert view.canvas.sketch is not None
    before = view.canvas.sketch.picture.copy()
    click(qtbot, view, "translateNext")
    assert view.tools.index.value() == 1
    np.testing.assert_array_equal(view.true.picture, toy_set("test").images[1, 0])
    assert not np.array_equal(view.canvas.sketch.picture, before)
    click(qtbot, view, "translateUndo")
    np.testing.assert_array_equal(view.canvas.sketch.picture, before)


def test_that_a_line_says_how_to_make_a_model_for_beside_it(window: LabWindow) -> None:
    beside = view_of(window).beside
    assert not beside.choice.isEnabled()
    assert beside.choice.currentText() == "None"
    assert "Critic's weight 0" in beside.note.text()
    assert not beside.picture.isVisible()


def test_that_the_model_beside_it_draws_along_and_can_be_put_away(qtbot: QtBot, window: LabWindow) -> None:
    path, view = without_critic(window), view_of(window)
    beside, canvas = view.beside, view.canvas
    assert (beside.choice.currentText(), beside.note.text()) == ("plain-1", "")
    assert beside.title.text() == "plain-1: L1 alone"
    assert beside.picture.isVisible()
    np.testing.assert_array_equal(beside.picture.picture, made_by(path, view))
    click(qtbot, view, "translateClear")
    qtbot.mousePress(canvas, LEFT, pos=at(canvas, 1.5, 1.5))
    qtbot.mouseMove(canvas, at(canvas, 6.5, 5.5))
    until_idle()
    np.testing.assert_array_equal(beside.picture.picture, made_by(path, view), "the button is still down")
    qtbot.mouseRelease(canvas, LEFT, pos=at(canvas, 6.5, 5.5))
    click(qtbot, view, "translateUndo")
    np.testing.assert_array_equal(beside.picture.picture, made_by(path, view))
    beside.choice.setFocus()
    qtbot.keyClick(beside.choice, Qt.Key.Key_Home)
    assert beside.choice.currentText() == "None"
    assert not beside.picture.isVisible()
    stroke(qtbot, canvas, LEFT, (2.5, 2.5), (5.5, 2.5))
    until_idle()
    assert beside.picture.picture is None, "nothing is made that is not shown"
    qtbot.keyClick(beside.choice, Qt.Key.Key_Down)
    until_idle()
    np.testing.assert_array_equal(beside.picture.picture, made_by(path, view))


def test_that_drawing_and_pictures_are_of_one_size_and_a_small_window_shows_the_whole_page(
    window: LabWindow,
) -> None:
    without_critic(window)
    view = view_of(window)
    for size in ((1440, 900), (1024, 600)):
        window.resize(*size)
        until_idle()
        frame = 2 * FRAME
        for picture in (view.made, view.beside.picture):
            assert picture.height() == view.canvas.height() - frame
            assert abs(picture.width() - (view.canvas.width() - frame)) <= 1, "a pixel may be left over"
        assert view.findChild(QScrollArea).verticalScrollBar().maximum() == 0


def test_that_both_go_on_when_the_model_is_opened_again_within_their_work(
    qtbot: QtBot, window: LabWindow
) -> None:
    plain, view = without_critic(window), view_of(window)
    stroke(qtbot, view.canvas, LEFT, (1.5, 1.5), (6.5, 1.5))
    window.workspace.open(window.workspace.state)
    until_idle()
    stroke(qtbot, view.canvas, LEFT, (1.5, 4.5), (6.5, 4.5))
    until_idle()
    assert view.reply is not None
    np.testing.assert_array_equal(view.made.picture, made_by(Path(window.workspace.state.model), view))
    np.testing.assert_array_equal(view.beside.picture.picture, made_by(plain, view))


def test_that_none_beside_it_stays_so_and_a_new_model_can_be_chosen(qtbot: QtBot, window: LabWindow) -> None:
    without_critic(window)
    view = view_of(window)
    view.beside.choice.setFocus()
    qtbot.keyClick(view.beside.choice, Qt.Key.Key_Home)
    second = without_critic(window, 2)
    choice = view.beside.choice
    assert choice.currentText() == "None"
    assert {choice.itemText(place) for place in range(choice.count())} == {"None", "plain-1", "plain-2"}
    for _ in range(choice.findText("plain-2")):
        qtbot.keyClick(choice, Qt.Key.Key_Down)
    until_idle()
    np.testing.assert_array_equal(view.beside.picture.picture, made_by(second, view))


def test_that_a_model_that_is_gone_is_named_beside_it(qtbot: QtBot, window: LabWindow) -> None:
    path, view = without_critic(window), view_of(window)
    path.write_bytes(b"no model any more")
    view.beside.look()
    until_idle()
    assert not view.beside.choice.isEnabled()
    assert "Train one" in view.beside.note.text()
    assert view.beside.picture.picture is None


def test_that_the_map_is_drawn_over_the_picture_where_it_is_wanted(qtbot: QtBot, window: LabWindow) -> None:
    view = view_of(window)
    seen = []
    for _ in range(3):
        click(qtbot, view, "translateCritic")
        seen.append(view.made.grab().toImage())
    assert seen[0] == seen[2] != seen[1]
    film = as_film(np.array([[1.0, 0.0]], np.float32))
    assert film.pixelColor(0, 0).alpha() == 0
    assert film.pixelColor(1, 0).alpha() > 150


def test_that_the_picture_is_saved(window: LabWindow, tmp_path: Path) -> None:
    view = view_of(window)
    view.files.save_to(str(tmp_path / "made.png"))
    until_idle()
    assert (tmp_path / "made.png").stat().st_size > 0
    assert "Saved made.png" in view.status.text()


def test_that_an_own_picture_is_begun_from(window: LabWindow, tmp_path: Path) -> None:
    view = view_of(window)
    view.files.save_to(str(tmp_path / "made.png"))
    until_idle()
    view.files.take(str(tmp_path / "made.png"))
    until_idle()
    assert view.reply is not None
    assert view.true.picture is not None
    assert view.true.picture.shape == (8, 8)


def test_that_a_sketch_of_squares_is_painted_square_by_square() -> None:
    sketch = Sketch(np.full((8, 8, 3), 255, np.uint8), 2)
    assert sketch.shape == (4, 4)
    sketch.begin()
    assert sketch.paint((0.5, 0.5), (0.5, 0.5), 1, (9, 8, 7))
    assert not sketch.paint((0.5, 0.5), (0.5, 0.5), 1, (9, 8, 7)), "nothing new"
    assert sketch.end()
    assert (sketch.picture[:2, :2] == (9, 8, 7)).all()
    assert (sketch.picture[2:] == 255).all()
    assert sketch.undo()
    assert not sketch.undo()
    assert sketch.picture.min() == 255

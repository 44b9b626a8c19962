"""The selected image's card, by number, by key, and by undo."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from latentlab.data.keys import Keys
from latentlab.engine.rendering.requests.pictures import SelectionReply, SelectionRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.selection_card.view import SelectionCard
from latentlab.session.edits import SelectImage
from tests.qt.fake_renderer import COUNT, SIDE, FakeRenderer
from tests.qt.waiting import until_idle

# What the offscreen platform says whenever a window is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def card(qtbot: QtBot, workspace: Workspace) -> SelectionCard:
    made = SelectionCard(workspace)
    qtbot.addWidget(made)
    made.resize(330, 900)
    made.show()
    made._loaded(workspace.model)
    return made


def select(qtbot: QtBot, workspace: Workspace, index: int) -> None:
    with qtbot.waitSignal(workspace.on(SelectionRequest).signal, timeout=2000):
        workspace.do(SelectImage(index=index))


def test_that_it_says_how_to_select_when_nothing_is_selected(card: SelectionCard) -> None:
    assert card.note.isVisible()
    assert "Double-click" in card.note.text()
    assert not card.original.isVisible()
    assert not card.deselect.isEnabled()
    assert card.index.text() == "none"


def test_that_image_reconstruction_and_draws_of_the_selection_are_shown(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer, card: SelectionCard
) -> None:
    select(qtbot, workspace, 7)
    np.testing.assert_array_equal(card.original.picture, renderer.images[7, 0])
    assert card.reconstruction.picture is not None
    assert sum(draw.picture is not None and draw.isVisible() for draw in card.draws) == 8
    assert not card.note.isVisible()
    assert card.index.value() == 7
    assert "class b" in card.name.text()


def test_that_the_elbo_adds_up_and_each_term_is_explained(
    qtbot: QtBot, workspace: Workspace, card: SelectionCard
) -> None:
    select(qtbot, workspace, 7)
    assert card.figures.labels["reconstruction"].text() == "−123.00 nats"
    assert card.figures.labels["kl"].text() == "7.00 nats"
    assert card.figures.labels["elbo"].text() == "−130.00 nats"
    for name in ("selectedReconstruction", "selectedKl", "selectedElbo", "selectedMean", "selectedSigma"):
        label = card.findChild(QLabel, name)
        assert isinstance(label, QLabel)
        assert len(label.toolTip()) > 20
        assert label.accessibleName()


def test_that_mean_and_sigma_of_the_posterior_are_shown(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer, card: SelectionCard
) -> None:
    select(qtbot, workspace, 3)
    mean = ", ".join(f"{value:.3f}" for value in renderer.mean[3]).replace("-", "−")
    assert card.figures.labels["mean"].text() == mean
    assert card.figures.labels["sigma"].text() == "0.100, 0.200"


def test_that_a_number_typed_selects_that_image_and_sends_the_probe_to_its_mean(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer, card: SelectionCard
) -> None:
    card.index.setFocus()
    card.index.selectAll()
    QTest.keyClicks(card.index, "41")
    assert workspace.state.selected is None
    QTest.keyClick(card.index, Qt.Key.Key_Return)
    assert workspace.state.selected == 41
    assert workspace.state.probe == tuple(map(float, renderer.mean[41]))


def test_that_arrow_keys_step_through_the_images_and_a_run_of_them_is_one_undo(
    workspace: Workspace, card: SelectionCard
) -> None:
    workspace.do(SelectImage(index=10))
    for _ in range(3):
        QTest.keyClick(card.index, Qt.Key.Key_Up)
    QTest.keyClick(card.index, Qt.Key.Key_Down)
    assert workspace.state.selected == 12
    workspace.undo_stack.undo()
    assert workspace.state.selected == 10
    assert card.index.value() == 10


def test_that_stepping_below_the_first_selects_none_and_there_is_nothing_past_the_last(
    workspace: Workspace, card: SelectionCard
) -> None:
    workspace.do(SelectImage(index=0))
    QTest.keyClick(card.index, Qt.Key.Key_Down)
    assert workspace.state.selected is None
    workspace.do(SelectImage(index=COUNT - 1))
    QTest.keyClick(card.index, Qt.Key.Key_Up)
    assert workspace.state.selected == COUNT - 1


def test_that_an_image_not_encoded_yet_is_selected_without_moving_the_probe(
    workspace: Workspace, card: SelectionCard
) -> None:
    workspace.encodings = None
    card.index.setValue(5)
    assert workspace.state.selected == 5
    assert workspace.state.probe == (0.0, 0.0)


def test_that_deselect_deselects_and_undo_selects_again(
    qtbot: QtBot, workspace: Workspace, card: SelectionCard
) -> None:
    select(qtbot, workspace, 7)
    QTest.mouseClick(card.deselect, Qt.MouseButton.LeftButton)
    assert workspace.state.selected is None
    assert not card.original.isVisible()
    with qtbot.waitSignal(workspace.on(SelectionRequest).signal, timeout=2000):
        workspace.undo_stack.undo()
    assert card.original.isVisible()
    assert card.figures.labels["elbo"].text() == "−130.00 nats"


def test_that_old_figures_do_not_stay_under_a_new_image_while_the_model_is_slow(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer, card: SelectionCard
) -> None:
    select(qtbot, workspace, 7)
    renderer.hold.clear()
    workspace.do(SelectImage(index=8))
    np.testing.assert_array_equal(card.original.picture, renderer.images[8, 0])
    qtbot.waitUntil(lambda: card.figures.labels["elbo"].text() == "…", timeout=1000)
    assert card.reconstruction.picture is None
    with qtbot.waitSignal(workspace.on(SelectionRequest).signal, timeout=2000):
        renderer.hold.set()
    assert card.figures.labels["elbo"].text() == "−130.00 nats"


def test_that_a_refusal_is_told_in_place_of_figures(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer, card: SelectionCard
) -> None:
    workspace.refused.emit(Refusal(1, SelectionRequest, "mnist has no picture 99"))
    assert card.note.isVisible()
    assert card.note.text() == "mnist has no picture 99"


def test_that_a_wheel_rolling_past_does_not_change_the_selection(
    workspace: Workspace, card: SelectionCard
) -> None:
    workspace.do(SelectImage(index=10))
    card.index.clearFocus()
    place = QPointF(5, 5)
    turn = QWheelEvent(
        place, place, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(card.index, turn)
    assert workspace.state.selected == 10


@pytest.mark.parametrize("width", [260, 330, 500])
def test_that_nothing_is_clipped_however_narrow(
    qtbot: QtBot, workspace: Workspace, card: SelectionCard, width: int
) -> None:
    select(qtbot, workspace, 7)
    card.resize(width, card.heightForWidth(width))
    until_idle()
    assert card.minimumSizeHint().width() <= 260
    assert card.reconstruction.height() >= min(card.reconstruction.width() // SIDE * SIDE, 224)
    parts = (card.original, card.reconstruction, *card.draws, *card.figures.labels.values())
    hidden = [part for part in parts if not part.isVisible()]
    assert hidden == [card.figures.labels["density"]]
    for part in set(parts) - set(hidden):
        assert card.rect().contains(part.rect().translated(part.mapTo(card, QPoint())))


def test_that_the_coordinates_of_many_latents_do_not_make_the_column_wider(
    qtbot: QtBot, workspace: Workspace, card: SelectionCard
) -> None:
    select(qtbot, workspace, 7)
    many = tuple(-1.234 for _ in range(64))
    reply = SelectionReply(
        0, 7, np.zeros((8, 8), np.uint8), np.zeros((8, 8), np.uint8), many, many, 0, 0, 0, ()
    )
    card.figures.show(reply)
    for key in ("mean", "sigma"):
        assert "(64)" in card.figures.labels[key].text()
        assert card.figures.labels[key].minimumSizeHint().width() < 100


def test_that_drawing_again_asks_for_other_draws_of_the_same_image(
    qtbot: QtBot, workspace: Workspace, renderer: FakeRenderer
) -> None:
    card = SelectionCard(workspace)
    qtbot.addWidget(card)
    card.show()
    with qtbot.waitSignal(workspace.on(SelectionRequest).signal, timeout=2000):
        workspace.do(SelectImage(index=5))
    with qtbot.waitSignal(workspace.on(SelectionRequest).signal, timeout=2000):
        qtbot.mouseClick(card.draw_again, Qt.MouseButton.LeftButton)
    first, second = [q for q in renderer.served if isinstance(q, SelectionRequest)][-2:]
    assert first.index == second.index == 5
    assert first.seed != second.seed


def test_that_the_file_of_the_selected_image_is_named_and_no_empty_line_else(
    qtbot: QtBot, workspace: Workspace, card: SelectionCard, renderer: FakeRenderer
) -> None:
    assert not card.file.isVisible()
    names = tuple(f"cats/{number}.png" for number in range(COUNT))
    renderer.keys = Keys(names, np.arange(COUNT, dtype=np.uint64))
    with qtbot.waitSignal(workspace.loaded, timeout=2000):
        workspace.open(workspace.state)
    workspace.select(7)
    assert (card.file.text(), card.file.isVisible()) == ("cats/7.png", True)
    workspace.select(None)
    assert not card.file.isVisible()


def test_that_an_exact_log_p_is_shown_of_a_model_that_knows_it_and_of_no_other(
    qtbot: QtBot, workspace: Workspace, card: SelectionCard
) -> None:
    with qtbot.waitSignal(workspace.on(SelectionRequest).signal, timeout=2000) as asked:
        workspace.do(SelectImage(index=7))
    (reply,) = asked.args
    density = card.figures.labels["density"]
    assert not density.isVisible()
    card.figures.show(replace(reply, log_density=-129.25))
    assert density.isVisible()
    assert density.text() == "−129.25 nats"
    card.figures.show(reply)
    assert not density.isVisible()


def test_that_without_a_likelihood_there_is_a_dash_for_each_term(
    qtbot: QtBot, workspace: Workspace, card: SelectionCard
) -> None:
    with qtbot.waitSignal(workspace.on(SelectionRequest).signal, timeout=2000) as asked:
        workspace.do(SelectImage(index=7))
    (reply,) = asked.args
    card.figures.show(replace(reply, elbo=math.nan, kl=math.nan, reconstruction_nats=math.nan))
    assert [card.figures.labels[name].text() for name in ("reconstruction", "kl", "elbo")] == ["–"] * 3

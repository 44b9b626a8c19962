"""A session is saved by one click and opened again by two, on the real window."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from latentlab.errors import LabError
from latentlab.qt.controllers import project_work
from latentlab.qt.controllers.project_saver import free_path
from latentlab.qt.shell.gallery.page import GalleryPage
from latentlab.qt.shell.main_window import LabWindow
from latentlab.session.edits import MoveProbe, SetPins
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = [OFFSCREEN, pytest.mark.slow]
PINS = ((1.0, 1.0), (0.5, -1.0))


class Hand:
    """A mouse that counts its clicks; it clicks only what can be seen."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot, self.actions = qtbot, 0

    def click(self, widget: QWidget | None) -> None:
        assert widget is not None
        assert not widget.visibleRegion().isEmpty()
        self.actions += 1
        self._qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)
        until_idle()


def button(window: LabWindow) -> QToolButton:
    found = window.findChild(QToolButton, "saveProjectButton")
    assert found is not None
    return found


def page(window: LabWindow) -> GalleryPage:
    found = window.findChild(GalleryPage, "gallery")
    assert found is not None
    return found


def test_that_a_session_is_saved_and_opened_again_in_three_actions(qtbot: QtBot, tmp_path: Path) -> None:
    hand = Hand(qtbot)
    with open_window(qtbot, tmp_path) as window:
        window.workspace.do(SetPins(pins=PINS))
        window.workspace.do(MoveProbe(z=(2.0, 1.0)))
        until_idle()
        hand.click(button(window))
        path = window.bench.projects.path
        assert path is not None
        assert path.is_file()
        assert path.parent == tmp_path / "LatentLab projects"
        assert path.stem == f"mnist-vae-2d {date.today().isoformat()}"
        said = window.bench.messages
        assert said.isVisible()
        assert path.stem in said.label.text()
        assert str(path.parent) in said.label.text()
        assert not window.isWindowModified()
        settings = window.settings
    # Another time, without that project, and with nothing arranged.
    settings.project, settings.session = "", None
    with open_window(qtbot, tmp_path, settings=settings) as window:
        assert window.session.state.pins == ()
        hand.click(window.bench.gallery.chip)
        (card,) = page(window).card_list.projects
        assert card.title == path.stem
        assert "2 pins" in card.words.third
        assert card is page(window).card_list.cards[0], "it stands above the models"
        hand.click(card)
        state = window.session.state
        assert (state.pins, state.probe) == (PINS, (2.0, 1.0))
        assert window.bench.projects.path == path
        assert not page(window).isVisible()
        assert hand.actions == 3


def test_that_later_clicks_save_to_the_same_file(qtbot: QtBot, tmp_path: Path) -> None:
    hand = Hand(qtbot)
    with open_window(qtbot, tmp_path) as window:
        hand.click(button(window))
        path = window.bench.projects.path
        assert path is not None
        before = path.read_bytes()
        window.bench.messages.hide()
        window.workspace.do(MoveProbe(z=(2.0, 1.0)))
        until_idle()
        assert window.isWindowModified()
        hand.click(button(window))
        assert not window.isWindowModified()
        assert path.read_bytes() != before
        assert list(path.parent.glob("*.llab")) == [path]
        assert window.bench.messages.isHidden()


def test_that_it_is_saved_elsewhere_from_the_message(qtbot: QtBot, tmp_path: Path) -> None:
    hand = Hand(qtbot)
    with open_window(qtbot, tmp_path) as window:
        hand.click(button(window))
        hand.click(window.bench.messages.offer)
        dialog = window.findChild(QFileDialog, "saveProjectDialog")
        assert dialog is not None
        assert dialog.directory().absolutePath() == str(tmp_path / "LatentLab projects")
        dialog.fileSelected.emit(str(tmp_path / "mine.llab"))
        dialog.close()
        until_idle()
        assert window.bench.projects.path == tmp_path / "mine.llab"


def test_that_a_complaint_goes_when_the_project_is_saved_after_all(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand(qtbot)

    def full(*_: object) -> None:
        raise LabError("could not be written (No space left on device)", "mine.llab")

    with open_window(qtbot, tmp_path) as window:
        hand.click(button(window))
        window.workspace.do(MoveProbe(z=(2.0, 1.0)))
        with monkeypatch.context() as patch:
            patch.setattr(project_work, "write", full)
            hand.click(button(window))
        assert "No space left" in window.bench.messages.label.text()
        assert window.bench.messages.isVisible()
        hand.click(button(window))
        assert not window.isWindowModified()
        assert window.bench.messages.isHidden(), "it is not true any more"


def test_that_a_folder_that_cannot_be_written_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "LatentLab projects").write_text("in the way")
    with open_window(qtbot, tmp_path) as window:
        Hand(qtbot).click(button(window))
        assert "was not saved" in window.bench.messages.label.text()
        assert window.bench.messages.offer.isVisible()
        assert window.bench.projects.path is None


def test_that_a_project_is_taken_off_the_list_and_stays_where_it_is(qtbot: QtBot, tmp_path: Path) -> None:
    hand = Hand(qtbot)
    with open_window(qtbot, tmp_path) as window:
        hand.click(button(window))
        hand.click(window.bench.gallery.chip)
        (card,) = page(window).card_list.projects
        assert card.is_open
        card.setFocus()
        qtbot.keyClick(card, Qt.Key.Key_Delete)
        until_idle()
        assert page(window).card_list.projects == []
        assert window.bench.projects.path is not None
        assert window.bench.projects.path.is_file()


def test_that_a_new_name_is_never_that_of_a_file(tmp_path: Path) -> None:
    first = free_path(tmp_path, "plane")
    first.touch()
    second = free_path(tmp_path, "Plane")
    second.touch()
    assert (first.name, second.name) == ("plane.llab", "Plane (2).llab")
    assert free_path(tmp_path, "plane").name == "plane (3).llab"

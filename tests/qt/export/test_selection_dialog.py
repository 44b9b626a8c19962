"""A selection of pictures leaves the window: as a table, as files, stopped half-way."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from latentlab.data.stopping import StoppedError
from latentlab.qt.export import selection_dialog
from latentlab.qt.export.selection_dialog import SelectionDialog
from latentlab.qt.shell.main_window import LabWindow
from latentlab.session.own_edits import SetGroups
from latentlab.session.point_edits import FindPoints
from tests.qt.shell import OFFSCREEN, open_window

pytestmark = OFFSCREEN


def page_of(window: LabWindow) -> SelectionDialog:
    window.bench.actions["saveSelectionAction"].trigger()
    page = window.bench.selection.page
    assert page is not None
    return page


def choose_form(page: SelectionDialog, how: selection_dialog.How) -> None:
    page.form.setCurrentIndex(page.form.findData(how.value))


def test_that_a_selection_is_saved_as_a_table_and_as_files(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.settings.folder = str(tmp_path)
        window.workspace.do(SetGroups(group_a=(4, 5)))
        window.workspace.select(7)
        page = page_of(window)
        titles = [page.which.itemText(place) for place in range(page.which.count())]
        assert titles == ["Selected picture (1)", "Group A (2)", "All pictures (60)"]
        page.which.setCurrentIndex(1)
        assert page.path.text() == str(tmp_path / "mnist group a.csv")
        with qtbot.waitSignal(page.saved, timeout=3000):
            qtbot.mouseClick(page.save_button, Qt.MouseButton.LeftButton)
        lines = (tmp_path / "mnist group a.csv").read_text().splitlines()
        assert [line.split(",")[0] for line in lines] == ["number", "4", "5"]
        assert "The names of 2 pictures are in" in window.statusBar().currentMessage()
        page = page_of(window)
        choose_form(page, selection_dialog.How.COPIES)
        assert page.by_class.isVisible()
        assert "saved as a PNG of 8 × 8" in page.note.text()
        page.which.setCurrentIndex(page.which.count() - 1)
        page.path.setText(str(tmp_path / "out" / "deep"))
        page.by_class.click()
        with qtbot.waitSignal(page.saved, timeout=5000) as saved:
            qtbot.mouseClick(page.save_button, Qt.MouseButton.LeftButton)
        assert saved.args[0].drawn == 60
        assert sorted(one.name for one in (tmp_path / "out" / "deep").iterdir()) == ["a", "b", "c"]
        assert len(list((tmp_path / "out" / "deep" / "b").iterdir())) == 20


def test_that_saving_can_be_stopped_and_what_is_saved_is_said(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = selection_dialog.save_files

    def slow(*args: object, tick: object, **more: object) -> object:
        def ticked(done: int, total: int) -> None:
            tick(done, total)
            # The person stops it after the third.
            if done == 3:
                page._token.drop()

        return real(*args, tick=ticked, **more)

    monkeypatch.setattr(selection_dialog, "save_files", slow)
    with open_window(qtbot, tmp_path) as window:
        page = page_of(window)
        choose_form(page, selection_dialog.How.COPIES)
        page.path.setText(str(tmp_path / "out"))
        with qtbot.waitSignal(page.saved, timeout=5000):
            qtbot.mouseClick(page.save_button, Qt.MouseButton.LeftButton)
        assert page.isVisible()
        assert "Stopped: of 60 pictures 4 saved as PNG" in page.note.text()
        assert len(list((tmp_path / "out").iterdir())) == 4
        monkeypatch.setattr(selection_dialog, "save_table", _stopped)
        choose_form(page, selection_dialog.How.TABLE)
        qtbot.mouseClick(page.save_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: page.note.text() == "Stopped. Nothing was saved.", timeout=3000)
        qtbot.keyClick(page, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: window.bench.selection.page is None, timeout=2000)


def _stopped(*args: object, **more: object) -> None:
    raise StoppedError("stopped")


def test_that_a_place_among_the_data_or_an_empty_one_cannot_be_chosen(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        page = page_of(window)
        page.path.clear()
        assert not page.save_button.isEnabled()
        (tmp_path / "there.csv").write_text("mine")
        page.path.setText(str(tmp_path / "there.csv"))
        assert page.save_button.text() == "Replace"
        choose_form(page, selection_dialog.How.LINKS)
        page.path.setText(str(tmp_path / "there.csv" / "x"))
        assert "is a file, not a folder" in page.note.text()
        assert not page.save_button.isEnabled()


def test_that_what_was_found_in_the_plane_is_browsed_and_saved_from_there(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.workspace.do(FindPoints(find="a and number < 30"))
        qtbot.mouseClick(window.findChild(QToolButton, "browsePoints"), Qt.MouseButton.LeftButton)
        assert window.bench.browser.isVisible()
        assert QApplication.focusWidget() is window.bench.browser.grid
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_A)
        assert window.workspace.state.selected == 0, "a letter goes to a caption here"
        assert window.bench.browser.shown.tolist() == list(range(0, 30, 3))
        qtbot.mouseClick(window.findChild(QToolButton, "savePoints"), Qt.MouseButton.LeftButton)
        page = window.bench.selection.page
        assert page.which.itemText(1) == "Pictures found (10)"
        page.close()

"""Shortcuts under keyboard layouts without Latin letters: presses with the letters and scan codes of such."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.widgets.latin_keys import LatinKeys, is_foreign
from latentlab.session.edits import MoveProbe
from tests.qt.shell import OFFSCREEN, open_window

pytestmark = OFFSCREEN

_M = Qt.KeyboardModifier
NONE, CTRL, SHIFT, ALT = _M.NoModifier, _M.ControlModifier, _M.ShiftModifier, _M.AltModifier
# Keycodes of X11, by what the keys bear in the US.
CODE = {"q": 24, "w": 25, "r": 27, "o": 32, "p": 33, "a": 38, "s": 39, "k": 45, "z": 52, "c": 54, "1": 10}


def press(letter: str, modifiers: Qt.KeyboardModifier = NONE, code: int = 0) -> bool:
    """A press as the platform brings it: first who wants it before the shortcuts is asked, who know no such
    letter; then it goes to the focus. Returns whether anybody took it."""
    focus = QApplication.focusWidget()
    assert focus is not None
    key = ord(letter.upper())
    text = "" if modifiers & CTRL else letter
    for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
        event = QKeyEvent(kind, key, modifiers, code, 0, 0, text)
        event.ignore()
        QApplication.sendEvent(focus, event)
    return event.isAccepted()


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[LabWindow]:
    with open_window(qtbot, tmp_path) as made:
        made.activateWindow()
        made.bench.plane.setFocus()
        qtbot.waitUntil(lambda: QApplication.focusWidget() is made.bench.plane, timeout=2000)
        yield made


@pytest.mark.parametrize(
    ("letter", "code"),
    [("з", CODE["p"]), ("з", 0), ("π", CODE["p"]), ("π", 0), ("פ", CODE["p"]), ("פ", 0), ("ح", CODE["p"]),
     ("ย", CODE["p"])],
)  # fmt: skip
def test_that_the_key_of_p_pins_whatever_is_printed_on_it(window: LabWindow, letter: str, code: int) -> None:
    press(letter, code=code)
    assert window.workspace.state.pins == ((0.0, 0.0),)
    window.workspace.do(MoveProbe(z=(1.0, 2.0)))
    press(letter, code=code)
    assert window.workspace.state.pins == ((0.0, 0.0), (1.0, 2.0))


def test_that_undo_layers_and_the_palette_are_reached_from_a_russian_keyboard(
    qtbot: QtBot, window: LabWindow
) -> None:
    window.workspace.do(MoveProbe(z=(1.0, 2.0)))
    press("я", CTRL, CODE["z"])
    assert window.workspace.state.probe == (0.0, 0.0)
    press("Я", CTRL | SHIFT, CODE["z"])
    assert window.workspace.state.probe == (1.0, 2.0)
    press("щ", code=CODE["o"])
    assert window.workspace.state.probe == (0.0, 0.0)
    press("л", CTRL, CODE["k"])
    assert window.bench.palette.isVisible()
    window.bench.palette.close()


def test_that_a_thai_digit_key_is_a_digit(window: LabWindow) -> None:
    window.bench.workspaces.show("attributes")
    press("ๅ", CTRL, CODE["1"])
    assert window.bench.workspaces.current == "explore"


def test_that_an_accented_latin_letter_is_left_alone(window: LabWindow) -> None:
    assert not press("é", code=CODE["p"])
    assert not press("ö", code=CODE["p"])
    assert window.workspace.state.pins == ()
    assert not is_foreign("é")
    assert not is_foreign("ễ")
    assert is_foreign("з")


def test_that_a_letter_with_no_shortcut_is_nobodys(window: LabWindow) -> None:
    assert not press("й", code=CODE["q"])
    # Shift+P is nothing.
    assert not press("З", SHIFT, CODE["p"])
    assert window.workspace.state.pins == ()


def test_that_hebrew_signs_on_the_keys_of_letters_are_those_letters(window: LabWindow) -> None:
    window.workspace.do(MoveProbe(z=(1.0, 2.0)))
    undone: list[bool] = []
    window.bench.actions["playWalkAction"].triggered.connect(lambda: undone.append(True))
    window.bench.actions["playWalkAction"].setEnabled(True)
    press("'", code=CODE["w"])
    assert undone == [], "an apostrophe of a Latin layout, as of Dvorak"
    press("ש", code=CODE["a"])
    press("'", code=CODE["w"])
    assert undone == [True]


def test_that_typing_in_a_field_is_typing(window: LabWindow) -> None:
    window.bench.probe.z.setFocus()
    window.bench.probe.z.selectAll()
    for letter in "привет":
        assert press(letter, code=CODE["p"])
    assert window.bench.probe.z.text() == "привет"
    assert window.workspace.state.pins == ()
    window.bench.probe.z.show_point((0.0, 0.0))


def test_that_copying_in_a_field_copies_its_text(window: LabWindow) -> None:
    window.bench.probe.z.setFocus()
    window.bench.probe.z.setText("1.5, 2")
    window.bench.probe.z.selectAll()
    press("с", CTRL, CODE["c"])
    assert QGuiApplication.clipboard().text() == "1.5, 2"
    window.bench.probe.z.show_point((0.0, 0.0))


def test_that_a_list_that_is_searched_by_letters_does_not_swallow_the_shortcut(window: LabWindow) -> None:
    chooser = window.findChild(QComboBox, "gridOver")
    chooser.setFocus()
    before = chooser.currentIndex()
    press("з", code=CODE["p"])
    assert len(window.workspace.state.pins) == 1
    assert chooser.currentIndex() == before
    # The press was swallowed once; the next is another.
    QTest.keyClick(chooser, Qt.Key.Key_Down)
    assert chooser.currentIndex() != before


def test_that_a_floating_panel_is_a_part_of_the_window(qtbot: QtBot, window: LabWindow) -> None:
    window.bench.docks.grid.setFloating(True)
    grid = window.findChild(QWidget, "manifoldGrid")
    window.bench.docks.grid.activateWindow()
    grid.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is grid, timeout=2000)
    press("з", code=CODE["p"])
    assert len(window.workspace.state.pins) == 1
    window.bench.docks.grid.setFloating(False)


def test_that_a_press_that_comes_by_itself_is_understood_too(window: LabWindow) -> None:
    QApplication.sendEvent(
        window.bench.plane, QKeyEvent(QEvent.Type.KeyPress, ord("З"), NONE, CODE["p"], 0, 0, "з")
    )
    assert len(window.workspace.state.pins) == 1


# In a window of its own


class Page(QWidget):
    """A button and a field with underlined letters, and shortcuts; what was done is in `done`."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self.button, self.field = QPushButton("&Start"), QLineEdit()
        self.button.clicked.connect(lambda: self.done.append("start"))
        rows = QVBoxLayout(self)
        rows.addWidget(self.button)
        rows.addWidget(self.field)
        for keys in ("Ctrl+W", "K", "K"):
            QShortcut(QKeySequence(keys), self).activated.connect(lambda keys=keys: self.done.append(keys))
        self.keys = LatinKeys(self)


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    made = Page()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    made.button.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is made.button, timeout=2000)
    return made


def test_that_underlined_letters_and_shortcut_objects_are_found(qtbot: QtBot, page: Page) -> None:
    press("ы", ALT, CODE["s"])
    qtbot.waitUntil(lambda: page.done == ["start"], timeout=2000)
    press("ц", CTRL, CODE["w"])
    assert page.done == ["start", "Ctrl+W"]


def test_that_two_of_the_same_keys_are_none(page: Page) -> None:
    press("л", code=CODE["k"])
    assert page.done == []


def test_that_a_focus_that_goes_before_the_press_comes_is_no_harm(qtbot: QtBot, page: Page) -> None:
    doomed = QPushButton()
    page.layout().addWidget(doomed)
    doomed.setFocus()
    asked = QKeyEvent(QEvent.Type.ShortcutOverride, ord("Ц"), CTRL, CODE["w"], 0, 0, "")
    QApplication.sendEvent(doomed, asked)
    doomed.deleteLater()
    QApplication.sendPostedEvents(doomed, QEvent.Type.DeferredDelete)
    page.button.setFocus()
    press("ц", CTRL, CODE["w"])
    assert page.done == ["Ctrl+W"]


@pytest.mark.parametrize(
    ("platform", "scan", "virtual"), [("windows", 25, 0), ("cocoa", 0, 35), ("xcb", 33, 0)]
)
def test_that_each_platform_numbers_its_keys(
    qtbot: QtBot, page: Page, monkeypatch: pytest.MonkeyPatch, platform: str, scan: int, virtual: int
) -> None:
    QShortcut(QKeySequence("P"), page).activated.connect(lambda: page.done.append("P"))
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: platform)
    QApplication.sendEvent(
        page.button, QKeyEvent(QEvent.Type.KeyPress, ord("Җ"), NONE, scan, virtual, 0, "җ")
    )
    assert page.done == ["P"]

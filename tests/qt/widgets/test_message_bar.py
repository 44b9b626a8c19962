"""The bar for messages: all of a long one can be read, and it leaves the window to what is in it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from latentlab.qt.widgets.message_bar import MessageBar
from tests.qt.shell import OFFSCREEN

pytestmark = OFFSCREEN


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def bar(qtbot: QtBot, window: QWidget) -> MessageBar:
    """In a window of 400 x 500 that has something else to show."""
    bar, rest = MessageBar(), QWidget()
    rest.setMinimumHeight(300)
    rows = QVBoxLayout(window)
    rows.addWidget(bar)
    rows.addWidget(rest, 1)
    window.resize(400, 500)
    window.show()
    qtbot.waitExposed(window)
    return bar


def lines(bar: MessageBar) -> float:
    return bar.words.height() / bar.label.fontMetrics().lineSpacing()


def test_that_a_short_message_takes_its_own_height(bar: MessageBar) -> None:
    bar.say("One line.")
    QApplication.processEvents()
    assert bar.words.height() == bar.label.heightForWidth(bar.words.width())
    assert lines(bar) < 2
    assert not bar.words.verticalScrollBar().isVisible()


def test_that_a_long_message_can_be_scrolled_to_its_end_and_leaves_the_window_to_the_rest(
    bar: MessageBar, window: QWidget
) -> None:
    bar.say("\n".join(f"Line {number}." for number in range(40)))
    QApplication.processEvents()
    assert round(lines(bar)) == 2, "a low window has no more to spare"
    assert "Line 39." in bar.label.toolTip()
    window.resize(400, 900)
    QApplication.processEvents()
    bar.say("\n".join(f"Line {number} of 40." for number in range(40)))
    QApplication.processEvents()
    QApplication.processEvents()
    assert bar.words.height() == 900 // 6, "a sixth of the window"
    scroll = bar.words.verticalScrollBar()
    assert scroll.isVisible()
    assert bar.words.viewport().height() + scroll.maximum() == bar.label.height()
    assert bar.label.height() >= 40 * bar.label.fontMetrics().lineSpacing()
    scroll.setValue(scroll.maximum())
    bar.say("\n".join(f"Another {number}." for number in range(40)))
    QApplication.processEvents()
    assert scroll.value() == 0, "another message is read from its beginning"
    bar.say("Short again.")
    QApplication.processEvents()
    assert lines(bar) < 2

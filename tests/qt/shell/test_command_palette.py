"""The command palette by keys, and how it finds things."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from latentlab.qt.shell.menus.command_palette import score
from tests.qt.shell import OFFSCREEN, open_window

pytestmark = OFFSCREEN


def test_that_words_match_in_any_order_and_letters_in_theirs() -> None:
    assert score("", "View › Zoom in") == 0
    assert score("in zoom", "View › Zoom in") is not None
    assert score("zmi", "View › Zoom in") is not None
    assert score("zoom left", "View › Zoom in") is None
    assert score("x", "View › Zoom in") is None


def test_that_the_start_of_a_word_is_better_than_its_middle_and_that_than_scattered_letters() -> None:
    scores = [score("pin", text) for text in ("Edit › Pin the probe", "Spinning", "Put into nets")]
    assert None not in scores
    assert scores == sorted(scores)


def test_that_it_opens_filters_does_and_closes_by_keys_alone(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        box = window.bench.palette
        qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        assert box.isVisible()
        assert len(box.texts()) > 20
        qtbot.keyClicks(box.search, "pin the")
        assert box.texts()[0] == "Edit › Pin the probe"
        qtbot.keyClick(box.search, Qt.Key.Key_Return)
        assert not box.isVisible()
        assert window.workspace.state.pins == ((0.0, 0.0),)


def test_that_arrows_choose(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        box, scale = window.bench.palette, window.bench.plane.camera.scale
        box.open_at_top()
        qtbot.keyClicks(box.search, "zoom")
        assert box.texts()[:2] == ["View › Zoom in", "View › Zoom out"]
        qtbot.keyClick(box.search, Qt.Key.Key_Up)
        qtbot.keyClick(box.search, Qt.Key.Key_Down)
        qtbot.keyClick(box.search, Qt.Key.Key_Return)
        assert window.bench.plane.camera.scale < scale


def test_that_escape_closes_and_does_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        before = window.workspace.state
        window.bench.palette.open_at_top()
        qtbot.keyClicks(window.bench.palette.search, "random")
        qtbot.keyClick(window.bench.palette.search, Qt.Key.Key_Escape)
        assert not window.bench.palette.isVisible()
        assert window.workspace.state == before


def test_that_what_cannot_be_done_is_shown_last_and_does_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        box = window.bench.palette
        box.open_at_top()
        qtbot.keyClicks(box.search, "save walk")
        qtbot.keyClick(box.search, Qt.Key.Key_Return)
        assert box.isVisible()
        qtbot.keyClick(box.search, Qt.Key.Key_Escape)


def test_that_nothing_found_is_said_and_enter_is_harmless(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        box = window.bench.palette
        box.open_at_top()
        qtbot.keyClicks(box.search, "qqqq")
        assert box.none.isVisible()
        for key in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Escape):
            qtbot.keyClick(box.search, key)
        assert not box.isVisible()


def test_that_whole_words_elsewhere_come_before_commands_by_scattered_letters(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_window(qtbot, tmp_path) as window:
        box = window.bench.palette
        box.open_at_top()
        qtbot.keyClicks(box.search, "ideal")
        assert box.texts()[0] == "Glossary › Ideal denoiser"
        assert len(box.texts()) > 1


def test_that_a_workspace_comes_before_the_panel_of_its_name(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        box = window.bench.palette
        box.open_at_top()
        qtbot.keyClicks(box.search, "texture")
        found = [text for text in box.texts() if text.endswith("› Texture")]
        assert found == ["View › Workspace › Texture", "View › Panels › Texture"]

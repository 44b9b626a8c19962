"""The sheet of many pictures before and after, and key frames of the sliders."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from latentlab.engine.files.provenance import read_provenance
from latentlab.engine.rendering.requests.points import SheetRequest
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.views.attributes.sheet_dialog import SheetDialog, narrowed
from latentlab.session.edits import AddAttributes, SelectImage
from tests.qt.fake_renderer import SIDE, FakeRenderer, picture_at
from tests.qt.shell import OFFSCREEN, open_window

pytestmark = OFFSCREEN
GAP = 2


def press(qtbot: QtBot, window: LabWindow, name: str) -> None:
    qtbot.mouseClick(window.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def opened(qtbot: QtBot, window: LabWindow) -> SheetDialog:
    window.bench.docks.show_attributes()
    qtbot.waitUntil(lambda: "Hat" in window.bench.attributes.rows, timeout=3000)
    press(qtbot, window, "attributeSheetOpen")
    dialog = window.findChild(SheetDialog)
    qtbot.waitUntil(dialog.save.isEnabled, timeout=3000)
    return dialog


def last_asked(renderer: FakeRenderer) -> SheetRequest:
    return [one for one in renderer.served if isinstance(one, SheetRequest)][-1]


@pytest.fixture
def renderer() -> FakeRenderer:
    return FakeRenderer(latents=3)


def test_that_each_row_is_a_picture_of_the_data_with_more_and_more_added(
    qtbot: QtBot, tmp_path: Path, renderer: FakeRenderer
) -> None:
    with open_window(qtbot, tmp_path, renderer) as window:
        window.workspace.do(SelectImage(index=7))
        dialog = opened(qtbot, window)
        dialog.change.setCurrentIndex(dialog.change.findText("Hat"))
        qtbot.waitUntil(lambda: len(last_asked(renderer).points) == 8 * 5)
        hat = window.bench.attributes.sections.offers["Hat"].vector
        first = np.array(last_asked(renderer).points[:5])
        steps = [-1.0, -0.5, 0.0, 0.5, 1.0]
        expected = [renderer.mean[7] + step * hat for step in steps]
        np.testing.assert_allclose(first, expected, atol=1e-5)
        dialog.close()


def test_that_rows_strengths_and_other_pictures_are_chosen(
    qtbot: QtBot, tmp_path: Path, renderer: FakeRenderer
) -> None:
    with open_window(qtbot, tmp_path, renderer) as window:
        dialog = opened(qtbot, window)
        rows = dialog.findChild(QSpinBox, "sheetRows")
        rows.setFocus()
        qtbot.keyClick(rows, Qt.Key.Key_Down)
        qtbot.waitUntil(lambda: len(last_asked(renderer).points) == 7 * 5)
        strengths = dialog.findChild(QComboBox, "sheetStrengths")
        strengths.setCurrentIndex(strengths.count() - 1)
        qtbot.waitUntil(lambda: len(last_asked(renderer).points) == 7 * 9)
        before = last_asked(renderer).points
        press(qtbot, window, "sheetOthers")
        qtbot.waitUntil(lambda: last_asked(renderer).points != before)
        dialog.close()


def test_that_what_the_sliders_add_comes_first_and_a_sheet_is_saved_with_what_it_shows(
    qtbot: QtBot, tmp_path: Path, renderer: FakeRenderer
) -> None:
    with open_window(qtbot, tmp_path, renderer) as window:
        window.workspace.do(AddAttributes(amounts=(("Hat", 0.5), ("Smile", -1.0)), z=(0.5, 0.0, 0.0)))
        dialog = opened(qtbot, window)
        assert "+0.50 Hat, −1.00 Smile" in dialog.change.currentText()
        points = last_asked(renderer).points
        with qtbot.waitSignal(window.bench.exporter.saved, timeout=3000):
            window.bench.exporter.save("sheet", tmp_path / "s.png")
        press(qtbot, window, "sheetSave")
        page = window.findChild(QPushButton, "exportSave").window()
        assert "sheet" in page.windowTitle()
        page.close()
        dialog.close()
        originals = renderer.images
    pixels = np.asarray(Image.open(tmp_path / "s.png"))
    assert pixels.shape == (8 * (SIDE + GAP) - GAP, 6 * (SIDE + GAP) - GAP)
    shown = read_provenance(tmp_path / "s.png")
    assert (shown.what, shown.extra["add"]) == ("sheet", "Hat=0.5,Smile=-1.0")
    row = int(shown.extra["pictures"].split(",")[1])
    step = SIDE + GAP
    np.testing.assert_array_equal(pixels[step : step + SIDE, :SIDE], originals[row, 0])
    np.testing.assert_array_equal(
        pixels[step : step + SIDE, 5 * step : 5 * step + SIDE], picture_at(points[9])
    )


def test_that_before_a_sheet_is_drawn_there_is_none_to_save(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        assert not window.bench.exporter.exportables.has("sheet")
        window.bench.exporter.save("sheet", tmp_path / "s.png")
        assert "no sheet" in window.bench.messages.label.text()
        assert not (tmp_path / "s.png").exists()


def test_that_key_frames_of_the_sliders_make_a_walk(
    qtbot: QtBot, tmp_path: Path, renderer: FakeRenderer
) -> None:
    with open_window(qtbot, tmp_path, renderer) as window:
        window.bench.docks.show_attributes()
        qtbot.waitUntil(lambda: "Hat" in window.bench.attributes.rows, timeout=3000)
        press(qtbot, window, "attributeKeyFrame")
        window.workspace.do(AddAttributes(amounts=(("Hat", 1.0),), z=(1.0, 0.0, 0.0)))
        press(qtbot, window, "attributeKeyFrame")
        assert window.workspace.state.pins == ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0))
        assert dict(window.workspace.state.amounts) == {"Hat": 1.0}
        qtbot.waitUntil(lambda: window.bench.exporter.exportables.has("walk"), timeout=3000)
        window.workspace.undo_stack.undo()
        assert window.workspace.state.pins == ((0.0, 0.0, 0.0),)


def test_that_the_sheet_has_room_for_faces_at_twice_their_size_and_its_heads_for_their_cells(
    qtbot: QtBot, tmp_path: Path, renderer: FakeRenderer
) -> None:
    with open_window(qtbot, tmp_path, renderer) as window:
        dialog = opened(qtbot, window)
        high, wide = 8 * 34 - GAP, 6 * 34 - GAP
        # The screen of the offscreen platform is 800 by 800.
        assert dialog.height() <= dialog.screen().availableSize().height()
        assert dialog.view.height() - dialog.view._head >= 2 * high
        assert dialog.view.width() >= 2 * wide
        font = narrowed(dialog.font(), ("Image", "−1"), 32)
        assert QFontMetricsF(font).horizontalAdvance("Image") <= 32
        assert narrowed(dialog.font(), ("Image", "−1"), 300) == dialog.font()
        dialog.close()


def test_that_no_two_controls_of_the_sheet_are_picked_by_the_same_letter(
    qtbot: QtBot, tmp_path: Path, renderer: FakeRenderer
) -> None:
    with open_window(qtbot, tmp_path, renderer) as window:
        dialog = opened(qtbot, window)
        texts = [button.text() for button in dialog.findChildren(QPushButton)]
        texts += [label.text() for label in dialog.findChildren(QLabel) if label.buddy() is not None]
        letters = [text[text.index("&") + 1].upper() for text in texts if "&" in text]
        assert "R" in letters
        assert len(set(letters)) == len(letters), texts
        dialog.close()

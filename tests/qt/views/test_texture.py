"""The view of textures, by mouse and key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QScrollArea, QToolButton
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.texturing import draw
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.views.texture.view import TextureView
from latentlab.shipped import texture_files
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = OFFSCREEN
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[LabWindow]:
    with open_window(qtbot, tmp_path) as made:
        yield made


@pytest.fixture
def view(qtbot: QtBot, window: LabWindow) -> TextureView:
    """The view, small textures of wood in it."""
    qtbot.mouseClick(window.findChild(QToolButton, "workspace_texture"), LEFT)
    (found,) = window.findChildren(TextureView)
    for field in (found.controls.width_, found.controls.height_):
        field.setValue(64)
    until_idle()
    return found


def pixels(name: str) -> np.ndarray:
    return np.asarray(Image.open(texture_files()[name]).convert("RGB"))


def test_that_it_is_made_when_its_workspace_is_first_shown(qtbot: QtBot, window: LabWindow) -> None:
    assert not window.findChildren(TextureView)
    qtbot.mouseClick(window.findChild(QToolButton, "workspace_texture"), LEFT)
    (view,) = window.findChildren(TextureView)
    until_idle()
    assert view.isVisible()
    assert view.drawn.picture.shape == (512, 512, 3)
    assert all(part.picture is not None for part in view.parts.pictures.values())


def test_that_a_small_window_shows_the_whole_page(qtbot: QtBot, window: LabWindow, view: TextureView) -> None:
    for field in (view.controls.width_, view.controls.height_):
        field.setValue(512)
    until_idle()
    area = view.findChild(QScrollArea, "texturePageArea")
    window.resize(1020, 570)
    qtbot.waitUntil(lambda: area.horizontalScrollBar().maximum() == 0)
    assert area.verticalScrollBar().maximum() == 0


def test_that_the_chosen_picture_keeps_its_colours(view: TextureView) -> None:
    icon, size = view.sources.currentItem().icon(), view.sources.iconSize()
    chosen, plain = (icon.pixmap(size, mode) for mode in (QIcon.Mode.Selected, QIcon.Mode.Normal))
    assert chosen.toImage() == plain.toImage()


def test_that_a_click_on_a_picture_draws_its_texture(qtbot: QtBot, view: TextureView) -> None:
    names = [source.name for source in view.sources.all]
    water = view.sources.item(names.index("water"))
    qtbot.mouseClick(
        view.sources.viewport(), LEFT, pos=view.sources.visualItemRect(water).topLeft() + QPoint(30, 30)
    )
    until_idle()
    assert np.array_equal(view.drawn.picture, draw(pixels("water"), view.controls.recipe))


def test_that_the_phases_lead_from_the_picture_to_chance(qtbot: QtBot, view: TextureView) -> None:
    view.controls.phases.setFocus()
    qtbot.keyClick(view.controls.phases, Qt.Key.Key_Home)
    until_idle()
    assert view.controls.recipe.amount == 0.0
    assert "its periodic part" in view.findChild(QLabel, "textureWord").text()
    assert np.array_equal(view.drawn.picture, draw(pixels("wood"), view.controls.recipe))


def test_that_another_seed_draws_another_texture_and_a_tile_has_no_seam(
    qtbot: QtBot, view: TextureView
) -> None:
    before = view.drawn.picture
    qtbot.mouseClick(view.findChild(QPushButton, "textureAgain"), LEFT)
    until_idle()
    assert not np.array_equal(view.drawn.picture, before)
    qtbot.mouseClick(view.tiled, LEFT, pos=QPoint(8, view.tiled.height() // 2))
    tiles = view.drawn.picture
    assert tiles.shape == (128, 128, 3)
    assert np.array_equal(tiles[:64, :64], tiles[64:, 64:])


def test_that_a_walk_goes_from_one_texture_to_another_and_shuts_what_does_not_count(
    qtbot: QtBot, view: TextureView
) -> None:
    controls = view.controls
    assert not controls.way.isEnabled()
    controls.other.setFocus()
    qtbot.keyClicks(controls.other, "water")
    assert controls.second.name == "water"
    assert controls.way.isEnabled()
    assert not controls.phases.isEnabled()
    controls.way.setFocus()
    qtbot.keyClick(controls.way, Qt.Key.Key_End)
    until_idle()
    assert controls.recipe.toward == 1.0
    expected = draw(pixels("wood"), controls.recipe, pixels("water"))
    assert np.array_equal(view.drawn.picture, expected)


def test_that_a_picture_of_ones_own_becomes_a_texture_and_a_broken_file_is_named(
    view: TextureView, tmp_path: Path
) -> None:
    Image.fromarray(pixels("grass")[:40, :50]).save(tmp_path / "lawn.png")
    view.files.take(str(tmp_path / "lawn.png"))
    until_idle()
    assert view.sources.source.name == "lawn.png"
    assert np.array_equal(view.drawn.picture, draw(pixels("grass")[:40, :50], view.controls.recipe))
    (tmp_path / "broken.png").write_bytes(b"no picture")
    view.files.take(str(tmp_path / "broken.png"))
    until_idle()
    assert "broken.png" in view.status.text()
    assert view.sources.source.name == "lawn.png"


def test_that_a_picture_too_small_for_a_texture_is_refused_in_words(view: TextureView) -> None:
    view.sources.add("tiny", np.zeros((4, 4), np.uint8))
    until_idle()
    assert "at least 8 x 8" in view.status.text()
    assert not view.save.isEnabled()
    assert view.drawn.picture is None


def test_that_a_texture_is_saved_where_the_dialog_says(
    qtbot: QtBot, view: TextureView, window: LabWindow, tmp_path: Path
) -> None:
    qtbot.mouseClick(view.save, LEFT)
    page = window.findChild(QFileDialog, "saveTextureDialog")
    page.fileSelected.emit(str(tmp_path / "tile.png"))
    page.reject()
    until_idle()
    assert np.array_equal(np.asarray(Image.open(tmp_path / "tile.png")), view.drawn.picture)
    assert "Saved tile.png" in view.status.text()


def test_that_a_file_that_cannot_be_written_is_named(view: TextureView, tmp_path: Path) -> None:
    view.files.save_to(str(tmp_path / "nowhere" / "tile.png"))
    until_idle()
    assert "tile.png" in view.status.text()
    assert view.drawn.picture is not None

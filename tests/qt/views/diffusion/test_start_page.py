"""Where a tape begins: a picture, a picture with a hole, two noises; and back from a tape to the controls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from latentlab.engine.diffusion.noising import as_picture, as_x, noised, picture_of, pixels_of
from latentlab.engine.diffusion.recipes import (
    BetweenNoises,
    FromNoise,
    FromPicture,
    Inpainting,
    Recipe,
    SamplerSettings,
)
from latentlab.engine.diffusion.runner import Diffusion
from latentlab.engine.rendering.cropping import Fitting
from latentlab.engine.rendering.own_picture import fitted
from latentlab.models.ddpm.model import DDPM, DDPMConfig
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.clients.task_queue import TaskQueue
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.picture_store import OwnPictures
from latentlab.qt.views.diffusion.seeded_noise import SeededNoise
from latentlab.qt.views.diffusion.start.page import BETWEEN, HOLE, PICTURE, StartPage
from latentlab.session.edits import SelectImage
from tests.qt.fake_renderer import FakeRenderer
from tests.qt.views.diffusion.fake_service import SIDE, FakeService, noise_of
from tests.qt.waiting import until_idle

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def diffusion() -> Iterator[DenoiserClient]:
    made = DenoiserClient(FakeService())
    yield made
    made.stop()


@pytest.fixture
def pictures(qtbot: QtBot, workspace: Workspace) -> Iterator[OwnPictures]:
    background = TaskQueue()
    yield OwnPictures(workspace, background)
    qtbot.waitUntil(lambda: not background.busy, timeout=5000)


@pytest.fixture
def page(qtbot: QtBot, diffusion: DenoiserClient, workspace: Workspace, pictures: OwnPictures) -> StartPage:
    made = StartPage(diffusion, workspace, pictures, SeededNoise(diffusion))
    qtbot.addWidget(made)
    made.resize(420, 560)
    made.show()
    qtbot.waitExposed(made)
    with qtbot.waitSignal(diffusion.opened, timeout=3000):
        diffusion.open("fake-ddpm")
    return made


def start_of(qtbot: QtBot, page: StartPage) -> object:
    """What the button asks for; a recipe takes it."""
    with qtbot.waitSignal(page.recipe_wanted, timeout=1000) as told:
        qtbot.mouseClick(page.draw, LEFT)
    assert Recipe(start=told.args[0]).start == told.args[0]
    return told.args[0]


def drop(widget: QWidget, data: QMimeData) -> None:
    hands = LEFT, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(20, 20), Qt.DropAction.CopyAction, data, *hands)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(widget, QDropEvent(QPointF(20, 20), Qt.DropAction.CopyAction, data, *hands))


def file_of(path: Path, picture: np.ndarray) -> QMimeData:
    Image.fromarray(picture).save(path)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    return data


def chance(*shape: int) -> np.ndarray:
    return np.random.default_rng(2).integers(0, 256, shape, dtype=np.uint8)


# From a picture


def test_that_the_selected_picture_is_taken_and_followed(
    qtbot: QtBot, page: StartPage, workspace: Workspace, renderer: FakeRenderer
) -> None:
    assert "none is selected" in page.source.words.text()
    workspace.do(SelectImage(index=5))
    assert page.source.words.text() == "C, picture 6 of mnist"
    start = start_of(qtbot, page)
    assert start == FromPicture(pixels_of(renderer.images[5, 0]), 0.5)
    workspace.do(SelectImage(index=9))
    assert np.array_equal(picture_of(start_of(qtbot, page).pixels), renderer.images[9, 0])


def test_that_the_strength_is_said_in_words_and_seen(qtbot: QtBot, page: StartPage) -> None:
    qtbot.waitUntil(lambda: page.begins.picture is not None)
    x_0 = as_x(page.source.picture)
    seen, told = [], set()
    for value in (100, 500, 950):
        page.strength.setValue(value)
        seen.append(page.begins.picture)
        told.add(page.strength_words.text())
        assert start_of(qtbot, page).strength == value / 1000
    assert len(told) == 3
    assert not np.array_equal(seen[0], seen[2])
    assert "t = 95 of 100" in page.strength_words.text()
    # As the first picture of the tape begins: with the noise of the seed that is set.
    page.show_sampler_settings(7, 4)
    begins = as_picture(noised(x_0, 0.05**2, noise_of(7)))
    qtbot.waitUntil(lambda: np.abs(page.begins.picture.astype(int) - begins).max() <= 1, timeout=3000)
    page.strength.setValue(0)
    assert not page.draw.isEnabled()
    assert page.note.text() == "Set a strength above 0 first."


def test_that_a_dropped_picture_of_any_size_is_fitted_to_the_denoiser(
    qtbot: QtBot, tmp_path: Path, page: StartPage, workspace: Workspace
) -> None:
    photo = chance(30, 40, 3)
    drop(page, file_of(tmp_path / "me.png", photo))
    qtbot.waitUntil(lambda: page.source.words.text().startswith("me.png, 40 × 30"), timeout=3000)
    wanted = fitted(photo, Fitting(), (1, SIDE, SIDE))[0]
    assert np.array_equal(picture_of(start_of(qtbot, page).pixels), wanted)
    assert page.seen.isVisible()
    assert not page.source.selected.isChecked()
    # The selected picture comes back when it is asked for, not before.
    workspace.do(SelectImage(index=5))
    assert page.source.words.text().startswith("me.png")
    qtbot.mouseClick(page.source.selected, LEFT)
    assert page.source.words.text() == "C, picture 6 of mnist"


def test_that_another_part_of_the_picture_can_be_taken(qtbot: QtBot, tmp_path: Path, page: StartPage) -> None:
    photo = chance(24, 48)
    drop(page.source.frame, file_of(tmp_path / "wide.png", photo))
    qtbot.waitUntil(lambda: page.source.words.text().startswith("wide.png"), timeout=3000)
    before = start_of(qtbot, page)
    page.source.frame.setFocus()
    qtbot.keyClick(page.source.frame, Qt.Key.Key_Right)
    after = start_of(qtbot, page)
    assert after != before
    wanted = fitted(photo, page.source.frame.fitting, (1, SIDE, SIDE))[0]
    assert np.array_equal(picture_of(after.pixels), wanted)


def test_that_a_picture_can_be_pasted(qtbot: QtBot, page: StartPage) -> None:
    image = QImage(SIDE, SIDE, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.white)
    QGuiApplication.clipboard().setImage(image)
    qtbot.mouseClick(page.source.paste, LEFT)
    qtbot.waitUntil(
        lambda: page.source.picture is not None and page.source.picture.min() == 255, timeout=3000
    )
    QGuiApplication.clipboard().clear()


def test_that_a_file_can_be_asked_for(qtbot: QtBot, tmp_path: Path, page: StartPage) -> None:
    Image.new("L", (SIDE, SIDE), 77).save(tmp_path / "grey.png")
    qtbot.mouseClick(page.source.open, LEFT)
    dialog = page.window().findChild(QFileDialog, "openStartPictureDialog")
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "grey.png"))
    dialog.reject()
    qtbot.waitUntil(lambda: bool((page.source.picture == 77).all()), timeout=3000)


def test_that_the_own_picture_of_the_panel_is_offered_with_its_frame(
    qtbot: QtBot, page: StartPage, pictures: OwnPictures, tmp_path: Path
) -> None:
    assert not page.source.own.isVisible()
    photo = chance(20, 50)
    file_of(tmp_path / "mine.png", photo)
    with qtbot.waitSignal(pictures.taken, timeout=3000):
        pictures.open_file(tmp_path / "mine.png")
    pictures.fit(Fitting(x=0.9))
    qtbot.mouseClick(page.source.own, LEFT)
    wanted = fitted(photo, Fitting(x=0.9), (1, SIDE, SIDE))[0]
    assert np.array_equal(picture_of(start_of(qtbot, page).pixels), wanted)


def test_that_what_cannot_be_taken_is_told_and_the_picture_stays(
    qtbot: QtBot, tmp_path: Path, page: StartPage, pictures: OwnPictures
) -> None:
    before = page.source.picture
    text = QMimeData()
    text.setText("https://example.org/cat.png")
    with qtbot.waitSignal(page.failed, timeout=1000) as told:
        page.source.take(text)
    assert "downloads nothing" in told.args[0]
    (tmp_path / "broken.png").write_bytes(b"no picture")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "broken.png"))])
    with qtbot.waitSignal(pictures.failed, timeout=3000) as told:
        drop(page, data)
    assert "broken.png" in told.args[0]
    assert np.array_equal(page.source.picture, before)
    assert "Reading" not in page.source.words.text()


def test_that_of_two_pictures_the_later_one_stays(qtbot: QtBot, tmp_path: Path, page: StartPage) -> None:
    first, second = file_of(tmp_path / "a.png", chance(9, 9)), file_of(tmp_path / "b.png", chance(12, 12))
    drop(page, first)
    drop(page, second)
    drop(page, first)
    qtbot.mouseClick(page.source.selected, LEFT)
    until_idle()
    assert "mnist" in page.source.words.text()


# A hole


def test_that_a_hole_is_painted_and_drawn_anew(qtbot: QtBot, page: StartPage, renderer: FakeRenderer) -> None:
    qtbot.mouseClick(page.buttons[HOLE], LEFT)
    assert page.canvas.isVisible()
    assert not page.draw.isEnabled()
    assert page.note.text() == "Paint the hole first."
    page.canvas.grab()
    qtbot.mouseClick(page.canvas, LEFT, pos=page.canvas.rect().center())
    page.tools.repeats.setValue(7)
    start = start_of(qtbot, page)
    assert isinstance(start, Inpainting)
    assert start.repeats == 7
    assert np.array_equal(picture_of(start.pixels), renderer.images[0, 0])
    assert np.array_equal(picture_of(start.mask) != 0, page.canvas.hole)
    assert 0 < page.canvas.share < 0.5
    qtbot.mouseClick(page.tools.clear, LEFT)
    assert not page.draw.isEnabled()


def test_that_a_picture_in_colour_has_a_hole_of_one_plane(
    qtbot: QtBot, workspace: Workspace, pictures: OwnPictures
) -> None:
    class InColour(FakeService):
        def serve(self, request):
            for reply in super().serve(request):
                if hasattr(reply, "alpha_bar"):
                    object.__setattr__(reply, "shape", (3, SIDE, SIDE))
                yield reply

    diffusion = DenoiserClient(InColour())
    page = StartPage(diffusion, workspace, pictures, SeededNoise(diffusion))
    qtbot.addWidget(page)
    try:
        with qtbot.waitSignal(diffusion.opened, timeout=3000):
            diffusion.open("faces-ddpm")
    finally:
        diffusion.stop()
    page.choose(HOLE)
    page.canvas.open_half("left")
    assert page.start.pixels.shape == (SIDE, SIDE, 3)
    assert page.start.mask.shape == (SIDE, SIDE)


# Two noises


def test_that_two_seeds_and_a_number_are_told(qtbot: QtBot, page: StartPage) -> None:
    qtbot.mouseClick(page.buttons[BETWEEN], LEFT)
    seeds: list[int] = []
    counts: list[int] = []
    page.seed_chosen.connect(seeds.append)
    page.count_chosen.connect(counts.append)
    page.show_sampler_settings(42, 12)
    assert (page.between.seed_a.value(), page.between.count.value()) == (42, 12)
    assert (seeds, counts) == ([], []), "what is said from outside is not said back"
    page.between.seed_b.setValue(9)
    assert start_of(qtbot, page) == BetweenNoises(9)
    assert "seed 42" in page.between.words.text()
    assert "seed 9" in page.between.words.text()
    page.between.seed_a.setValue(9)
    page.between.count.setValue(5)
    assert (seeds, counts) == ([9], [5])
    assert "every picture would be the same" in page.between.words.text()
    qtbot.mouseClick(page.between.dice, LEFT)
    assert start_of(qtbot, page) == BetweenNoises(page.between.seed_b.value())


# Back from a tape


@pytest.mark.parametrize(
    ("start", "choice"),
    [
        (FromPicture(pixels_of(chance(SIDE, SIDE)), 0.3333), PICTURE),
        (Inpainting(pixels_of(chance(SIDE, SIDE)), pixels_of(np.eye(SIDE, dtype=np.uint8) * 255), 3), HOLE),
        (BetweenNoises(2**60), BetweenNoises),
    ],
)
def test_that_the_controls_of_a_tape_ask_for_the_same_tape(
    qtbot: QtBot, page: StartPage, start: object, choice: str
) -> None:
    page.show_start(start)
    assert page.choice == (BETWEEN if choice is BetweenNoises else choice)
    assert start_of(qtbot, page) == start
    page.show_start(FromNoise())
    assert start_of(qtbot, page) == start


def test_that_a_tape_can_come_back_before_its_model_is_there(
    qtbot: QtBot, diffusion: DenoiserClient, workspace: Workspace, pictures: OwnPictures
) -> None:
    page = StartPage(diffusion, workspace, pictures, SeededNoise(diffusion))
    qtbot.addWidget(page)
    start = Inpainting(pixels_of(chance(SIDE, SIDE)), pixels_of(np.eye(SIDE, dtype=np.uint8) * 255), 3)
    page.show_start(start)
    assert not page.draw.isEnabled()
    assert page.note.text() == "Open a diffusion model first."
    with qtbot.waitSignal(diffusion.opened, timeout=3000):
        diffusion.open("fake-ddpm")
    assert page.start == start


@pytest.mark.parametrize("width", [250, 440, 900])
@pytest.mark.parametrize("choice", [PICTURE, HOLE, BETWEEN])
def test_that_nothing_is_cut_off_at_any_width(qtbot: QtBot, page: StartPage, width: int, choice: str) -> None:
    page.resize(width, 500)
    page.choose(choice)
    until_idle()
    for widget in page.findChildren(QWidget):
        if widget.isVisible() and widget.objectName().startswith(("start", "mask", "between", "strength")):
            right = widget.mapTo(page, widget.rect().topRight()).x()
            assert 0 <= right < page.width(), widget.objectName()


@pytest.mark.parametrize(("width", "height", "side"), [(724, 214, 112), (980, 400, 280)])
def test_that_pictures_are_as_large_as_the_room_allows_and_nothing_is_out_of_sight(
    qtbot: QtBot, page: StartPage, width: int, height: int, side: int
) -> None:
    page.resize(width, height)
    for choice, seen in (
        (PICTURE, (page.source.frame, page.begins, page.strength, page.source.open)),
        (HOLE, (page.canvas, page.tools.repeats)),
        (BETWEEN, (page.between.count,)),
    ):
        page.choose(choice)
        until_idle()
        for widget in (*seen, page.draw):
            place = QRect(widget.mapTo(page, QPoint(0, 0)), widget.size())
            assert page.rect().contains(place), widget.objectName()
            if widget in (page.source.frame, page.begins, page.canvas):
                assert min(place.width(), place.height()) >= side, widget.objectName()


def test_that_a_real_denoiser_runs_what_the_page_asks_for(qtbot: QtBot, page: StartPage) -> None:
    diffusion = Diffusion(DDPM(DDPMConfig(shape=(1, SIDE, SIDE), widths=(16, 32))).eval(), "fp32")
    page.canvas.open_half("left")
    kept = page.source.picture[:, SIDE // 2 :]
    for choice in (PICTURE, HOLE, BETWEEN):
        page.choose(choice)
        start = start_of(qtbot, page)
        frames = [
            frame for frame in diffusion.run(Recipe(2, SamplerSettings(steps=2), start)) if frame is not None
        ]
        assert frames[-1].t == 0
        if choice == HOLE:
            drawn = np.rint((frames[-1].x_t[0, 0, :, SIDE // 2 :] + 1) * 127.5)
            assert np.abs(drawn - kept).max() <= 1

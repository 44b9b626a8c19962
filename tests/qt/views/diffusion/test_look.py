"""What is shown of a frame, and how large: one layer or three; one picture, four or all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.views.diffusion.reverse.batch import ALL, FOUR, ONE
from latentlab.qt.views.diffusion.reverse.look_bar import NOISE, NOISY, PREDICTED, THREE
from latentlab.qt.views.diffusion.reverse.page import ReversePage
from tests.qt.views.diffusion.fake_service import FakeService

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[ReversePage]:
    diffusion = DenoiserClient(FakeService())
    made = ReversePage(diffusion)
    qtbot.addWidget(made)
    made.resize(1000, 660)
    made.form.steps.setValue(5)
    made.show()
    qtbot.waitExposed(made)
    with qtbot.waitSignal(diffusion.opened, timeout=3000):
        diffusion.open("fake-ddpm")
    with qtbot.waitSignal(made.tape_finished, timeout=3000):
        qtbot.mouseClick(made.buttons.draw, LEFT)
    yield made
    diffusion.stop()


def shown(page: ReversePage) -> list[bool]:
    return [panel.isVisible() for panel in page.panels]


def test_that_sixteen_pictures_are_large_and_the_chosen_one_stands_beside_them(
    qtbot: QtBot, page: ReversePage
) -> None:
    noisy = page.panels[0].mosaic
    assert shown(page) == [True, False, False]
    assert noisy.place_of(15).width() >= 100
    assert noisy.geometry().height() >= noisy.place_of(15).bottom() - 1
    assert page.side.isVisible()
    qtbot.mouseClick(noisy, LEFT, pos=noisy.place_of(4).center().toPoint())
    assert page.picture == 4
    assert page.side.heading.text() == "Picture 5 of 16 · class 1"
    assert page.side.large.width() >= page.side.small[0].width() > 0
    # Lower, the three layers stand side by side; narrow, the chosen picture gives way.
    page.resize(1000, 300)
    assert shown(page) == [True, True, True]
    assert not page.side.isVisible()
    page.resize(720, 660)
    assert shown(page) == [True, False, False]
    assert not page.side.isVisible()


def test_that_layers_and_numbers_of_pictures_are_chosen_by_mouse_and_key(
    qtbot: QtBot, page: ReversePage
) -> None:
    qtbot.mouseClick(page.look.layers[PREDICTED], LEFT)
    assert shown(page) == [False, True, False]
    predicted = page.panels[1].mosaic
    assert predicted.pictures is page.frames[-1].x0_hat
    page.look.layers[NOISE].setFocus()
    qtbot.keyClick(page.look.layers[NOISE], Qt.Key.Key_Space)
    assert shown(page) == [False, False, True]
    assert page.look.layers[NOISE].isChecked()
    qtbot.mouseClick(page.look.layers[THREE], LEFT)
    assert shown(page) == [True, True, True]
    # A choice stays, however high the page is.
    qtbot.mouseClick(page.look.layers[PREDICTED], LEFT)
    page.resize(1000, 300)
    assert shown(page) == [False, True, False]
    page.resize(1000, 660)
    qtbot.mouseClick(page.look.counts[FOUR], LEFT)
    assert predicted.numbers == range(4)
    small = predicted.place_of(0).width()
    for _ in range(4):
        qtbot.keyClick(predicted, Qt.Key.Key_Right)
    assert page.picture == 4
    assert predicted.numbers == range(4, 8)
    assert predicted.place_of(0).isEmpty()
    qtbot.keyClick(predicted, Qt.Key.Key_Return)
    assert page.look.counts[ONE].isChecked()
    assert predicted.numbers == range(4, 5)
    assert predicted.place_of(4).width() > small
    qtbot.keyClick(predicted, Qt.Key.Key_Return)
    assert page.look.counts[ALL].isChecked()
    assert predicted.numbers == range(16)
    assert not page.look.layers[NOISY].isChecked()


def test_that_tab_goes_from_the_settings_to_the_pictures_the_tape_and_the_buttons_below(
    qtbot: QtBot, page: ReversePage
) -> None:
    page.form.guidance.setFocus()
    stops = []
    for _ in range(16):
        now = page.focusWidget()
        stops.append(now.objectName())
        qtbot.keyClick(now, Qt.Key.Key_Tab)
    expected = (
        "guidanceSlider tapeDraw layer_noisy layer_predicted layer_noise layer_three tapeAlone tapeFour "
    )
    expected += "tapeAll idealDenoiser noisyPictures tape tapeBack tapePlay tapeStep tapeSpeed"
    assert stops == expected.split()

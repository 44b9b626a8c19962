"""The popup "Where from?", and the places where it is asked for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from latentlab.engine.evaluation.origin_requests import OriginProgress, OriginReply, OriginRequest
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.errors import LabError
from latentlab.qt.clients.origin_client import OriginClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.samples.sheet import SampleSheet
from latentlab.qt.views.where_from.dialog import WhereFrom
from latentlab.qt.widgets.drawable import as_image
from latentlab.session.edits import ChangeData
from tests.qt.waiting import until_idle

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
LEFT = Qt.MouseButton.LeftButton
PICTURE = np.full((8, 8), 120, np.uint8)


class FakeOrigins:
    """Finds pictures 3, 4, 5 ... in pixels, and 10, 11 ... in features; of a black picture nothing."""

    def __init__(self) -> None:
        self.served: list[OriginRequest] = []
        self.features, self.exact, self.data = True, True, "mnist"

    def serve(self, request: Request) -> Iterator[Reply | None]:
        assert isinstance(request, OriginRequest)
        self.served.append(request)
        if not request.picture.any():
            raise LabError("the pictures that it was trained on were not found")
        yield OriginProgress(request.generation, "pixels", 0.5, "Comparing …")
        for space, first in (("pixels", 3), ("features", 10)) if self.features else (("pixels", 3),):
            yield OriginReply(
                request.generation, space, "measured so", tuple(range(first, first + 6)),
                tuple(np.full((8, 8), 20 * place, np.uint8) for place in range(6)), ("a", "") * 3,
                (0.01, 0.02, 0.03, 0.04, 0.05, 0.06), np.linspace(0.05, 0.3, 100).astype(np.float32),
                space == "pixels", f"A copy, in {space}.", self.data, self.exact,
                space == "features" or not self.features,
            )  # fmt: skip


@pytest.fixture
def service() -> FakeOrigins:
    return FakeOrigins()


@pytest.fixture
def popup(qtbot: QtBot, workspace: Workspace, service: FakeOrigins) -> Iterator[WhereFrom]:
    origins = OriginClient(service)
    made = WhereFrom(origins, workspace, None)
    qtbot.addWidget(made)
    yield made
    for thread in origins.request_end():
        thread.wait()


def asked(popup: WhereFrom, picture: np.ndarray = PICTURE) -> None:
    popup.show_picture(picture, "mnist-vae-2d", "/models/mnist-vae-2d.safetensors")
    until_idle()


def test_that_it_shows_the_picture_the_sentence_and_the_nearest_in_both_spaces(
    popup: WhereFrom, service: FakeOrigins, workspace: Workspace
) -> None:
    asked(popup)
    (request,) = service.served
    assert request.model == "/models/mnist-vae-2d.safetensors"
    assert request.instead == workspace.state.data
    assert popup.isVisible()
    assert not popup.isModal(), "the window goes on"
    assert popup.picture.picture is PICTURE
    assert popup.made_by.text() == "Drawn by mnist-vae-2d"
    assert popup.pixels.words.text() == "A copy, in pixels."
    assert popup.features.words.text() == "A copy, in features."
    assert [button.row for button in popup.pixels.buttons] == [3, 4, 5, 6, 7, 8]
    assert [button.row for button in popup.features.buttons] == [10, 11, 12, 13, 14, 15]
    assert popup.pixels.buttons[0].accessibleName() == "Training picture 3, class a"
    assert popup.pixels.captions[1].text() == "0.0200"
    assert popup.pixels.chart.distance == 0.01
    image = as_image(popup.pixels.chart, 1.0)
    colours = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    assert len(colours) > 2


def test_that_without_a_classifier_there_are_pixels_alone(popup: WhereFrom, service: FakeOrigins) -> None:
    service.features = False
    asked(popup)
    assert popup.pixels.isVisible()
    assert not popup.features.isVisible()


def test_that_a_click_selects_the_training_picture_in_the_plane(
    qtbot: QtBot, popup: WhereFrom, workspace: Workspace
) -> None:
    workspace.do(ChangeData(data="mnist", split="train"))
    until_idle()
    asked(popup)
    qtbot.mouseClick(popup.pixels.buttons[1], LEFT)
    assert workspace.state.selected == 4


def test_that_where_the_plane_shows_held_out_pictures_alone_it_then_shows_all(
    qtbot: QtBot, popup: WhereFrom, workspace: Workspace
) -> None:
    asked(popup)
    assert workspace.state.split == "test"
    qtbot.mouseClick(popup.features.buttons[2], LEFT)
    until_idle()
    assert workspace.state.split == "all"
    assert workspace.state.selected == 12
    assert "training pictures, too" in popup.note.text()


def test_that_of_other_data_nothing_is_selected(
    qtbot: QtBot, popup: WhereFrom, workspace: Workspace, service: FakeOrigins
) -> None:
    service.data = "faces"
    asked(popup)
    qtbot.mouseClick(popup.pixels.buttons[0], LEFT)
    assert workspace.state.selected is None
    assert "other data" in popup.note.text()


def test_that_a_refusal_is_said_in_place_of_the_pictures(popup: WhereFrom) -> None:
    asked(popup, np.zeros((8, 8), np.uint8))
    assert "were not found" in popup.pixels.words.text()
    assert not any(button.isVisible() for button in popup.pixels.buttons)
    assert not popup.features.isVisible()


def test_that_data_that_have_changed_are_named(popup: WhereFrom, service: FakeOrigins) -> None:
    service.exact = False
    asked(popup)
    assert "not exactly those" in popup.note.text()


def test_that_another_picture_takes_the_place_of_the_one_before(
    popup: WhereFrom, service: FakeOrigins
) -> None:
    asked(popup)
    other = np.full((8, 8), 33, np.uint8)
    asked(popup, other)
    assert popup.picture.picture is other
    assert len(service.served) == 2


def a_sheet(qtbot: QtBot) -> tuple[SampleSheet, list[int]]:
    """A sheet of six pictures, and the greys of those that were asked for."""
    sheet = SampleSheet(400)
    qtbot.addWidget(sheet)
    sheet.resize(300, 200)
    sheet.show_pictures([np.full((8, 8), 40 * n, np.uint8) for n in range(6)])
    sheet.show()
    found: list[int] = []
    sheet.origin_wanted.connect(lambda picture: found.append(int(picture[0, 0])))
    return sheet, found


def test_that_a_picture_of_a_sheet_is_chosen_by_mouse_or_keys_and_asked_for(qtbot: QtBot) -> None:
    sheet, found = a_sheet(qtbot)
    assert sheet.columns == 3
    qtbot.mouseClick(sheet, LEFT, pos=sheet.place_of(4).center().toPoint())
    assert (sheet.chosen, found) == (4, [])
    qtbot.mouseDClick(sheet, LEFT, pos=sheet.place_of(4).center().toPoint())
    assert found == [160]
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(sheet, key)
    assert sheet.chosen == 2
    qtbot.keyClick(sheet, Qt.Key.Key_Return)
    assert found == [160, 80]
    qtbot.mouseDClick(sheet, LEFT, pos=QPoint(1, 1))
    assert found == [160, 80], "beside the pictures there is none"


def test_that_the_menu_of_a_sheet_asks_for_the_chosen_picture(qtbot: QtBot) -> None:
    sheet, found = a_sheet(qtbot)
    sheet.choose(3)
    place = sheet.place_of(3).center().toPoint()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, sheet.mapToGlobal(place))
    QApplication.sendEvent(sheet, event)
    menu = sheet.findChild(QMenu, "sampleMenu")
    assert menu is not None
    menu.actions()[0].trigger()
    menu.close()
    assert found == [120]


def test_that_an_empty_sheet_asks_for_nothing(qtbot: QtBot) -> None:
    sheet, found = a_sheet(qtbot)
    sheet.show_pictures([])
    qtbot.keyClick(sheet, Qt.Key.Key_Return)
    assert (sheet.picture, found) == (None, [])

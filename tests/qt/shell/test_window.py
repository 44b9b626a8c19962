"""The window as a whole: what it is made of, how it bears bad news, and how it ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLineEdit,
    QProgressBar,
    QSlider,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from latentlab.data.keys import Keys
from latentlab.engine.rendering.requests.directions import DirectionsRequest
from latentlab.engine.rendering.requests.opening import EncodingsReply
from latentlab.engine.rendering.requests.points import PointRequest, TraversalRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.qt.app import create_window
from latentlab.qt.controllers.settings import Settings
from latentlab.session.bounds import MAX_PINS, TRAY_FULL
from latentlab.session.edits import MoveProbe, SetPins
from latentlab.session.pictures import in_words
from latentlab.session.state import PictureKeys, SessionState
from tests.qt.fake_renderer import COUNT, FakeRenderer
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = OFFSCREEN

STAYING_NAMES = (
    "latentPlane", "probeImage", "probeZ", "manifoldGrid", "tray", "dimensionsView", "classSelector",
)  # fmt: skip


def test_that_scripts_find_the_views_and_the_probe_by_their_names(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        for name in STAYING_NAMES:
            assert window.findChild(QWidget, name) is not None, name
        window.workspace.do(MoveProbe(z=(1.0, -2.0)))
        assert window.session.state.probe == (1.0, -2.0)


def test_that_the_title_names_model_and_data(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        assert "mnist-vae-2d" in window.windowTitle()
        assert "mnist (test)" in window.windowTitle()


def test_that_every_control_has_name_accessible_name_and_tooltip(qtbot: QtBot, tmp_path: Path) -> None:
    lacking = []
    with open_window(qtbot, tmp_path) as window:
        for kind in (QAbstractButton, QComboBox, QLineEdit, QProgressBar, QSlider, QSpinBox):
            for control in window.findChildren(kind):
                if not control.isVisible():
                    continue
                if control.objectName().startswith("qt_") or type(control).__module__.startswith("pyqtgraph"):
                    continue
                if isinstance(control.parentWidget(), QSpinBox | QLineEdit | QComboBox):
                    continue  # made by Qt inside another control
                if "DockWidgetTitleButton" in control.metaObject().className():
                    continue
                if not (control.objectName() and control.accessibleName() and control.toolTip()):
                    lacking.append((type(control).__name__, control.objectName(), control.accessibleName()))
    assert not lacking


def test_that_the_dimensions_behind_the_grids_tab_ask_for_nothing_until_they_are_seen(
    qtbot: QtBot, tmp_path: Path
) -> None:
    renderer = FakeRenderer(4)

    def asked() -> bool:
        return any(isinstance(request, TraversalRequest) for request in renderer.served)

    with open_window(qtbot, tmp_path, renderer) as window:
        for _ in range(2):
            window.bench.docks.grid.raise_()
            until_idle()
            renderer.served.clear()
            window.workspace.do(MoveProbe(z=(1.0, 2.0, 0.0, window.workspace.state.probe[3] + 1.0)))
            until_idle()
            assert not asked()
            window.bench.docks.dimensions.raise_()
            qtbot.waitUntil(asked, timeout=2000)


def test_that_points_and_tray_are_in_front_of_what_shares_their_places(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        docks = window.bench.docks
        for _ in range(2):
            qtbot.waitUntil(lambda: not docks.points.visibleRegion().isEmpty(), timeout=1000)
            assert docks.dimensions.visibleRegion().isEmpty()
            assert not docks.tray.visibleRegion().isEmpty()
            docks.dimensions.raise_()
            docks.tray.hide()
            until_idle()
            window.bench.workspaces.reset()
            until_idle()


def test_that_nothing_is_clipped_in_a_small_window(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.resize(1000, 700)
        for name in window.bench.workspaces.specs:
            window.bench.workspaces.show(name)
            window.bench.workspaces.reset()
            until_idle()
            assert (window.width(), window.height()) == (1000, 700)
            assert window.centralWidget().width() >= 300
            for dock in window.bench.docks.all:
                inner = dock.widget()
                if inner is None or not window.bench.docks.in_front(dock):
                    continue
                least = inner.minimumSizeHint()
                assert inner.width() >= least.width(), dock.objectName()
                assert inner.height() >= least.height(), dock.objectName()


@pytest.fixture(params=[1.0, 1.5], ids=["usual letters", "large letters"])
def letters(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[float]:
    usual = qapp.font()
    larger = QFont(usual)
    larger.setPointSizeF(usual.pointSizeF() * request.param)
    qapp.setFont(larger)
    yield request.param
    qapp.setFont(usual)


def test_that_the_window_with_its_title_fits_a_screen_of_1024_by_600_whatever_is_in_front(
    qtbot: QtBot, tmp_path: Path, letters: float
) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.bench.messages.say(
            "A message of some length, which wraps where it is narrow. " * 3, "Do it", print
        )
        for name in window.bench.workspaces.specs:
            window.bench.workspaces.show(name)
            QApplication.processEvents()
            for dock in window.bench.docks.all:
                if name != "explore" and not dock.isVisible():
                    continue  # it is opened in one of them
                window.bench.docks.bring(dock)
                qtbot.waitUntil(lambda dock=dock: window.bench.docks.in_front(dock), timeout=2000)
                what = f"{dock.objectName()} in {name}"
                window.resize(300, 300)
                # A title bar of 37 pixels, and a frame.
                assert window.height() <= (540 if letters == 1.0 else 563), what
                assert window.width() <= 1000, what
                window.resize(1016, 556)
                QApplication.processEvents()
                assert (window.width(), window.height()) == (1016, 556), what
                assert window.bench.plane.height() >= window.bench.plane.minimumHeight(), what
            window.bench.workspaces.reset()


def test_that_a_window_made_before_it_is_shown_has_no_width_of_panels_side_by_side(
    qtbot: QtBot, tmp_path: Path
) -> None:
    window = create_window(Settings(tmp_path / "lab.ini"))
    window.resize(1000, 540)
    assert (window.width(), window.height()) == (1000, 540)
    window.close()
    window.deleteLater()


def test_that_why_there_are_no_directions_is_told_by_the_attributes_alone(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_window(qtbot, tmp_path) as window:
        words = "photos has neither attributes nor classes"
        window.workspace.refused.emit(Refusal(1, DirectionsRequest, words))
        assert window.bench.attributes.status.text() == words
        assert not window.bench.messages.isVisible()
        window.workspace.refused.emit(Refusal(1, DirectionsRequest, "It broke", "Traceback: here"))
        assert window.bench.messages.label.text() == "It broke"


def test_that_a_refusal_is_told_in_the_message_bar_which_can_be_closed(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        with qtbot.waitSignal(window.workspace.refused, timeout=2000):
            window.bench.opener.open_model("missing")
        assert window.bench.messages.isVisible()
        assert "missing" in window.bench.messages.label.text()
        assert window.workspace.state.model == "mnist-vae-2d"
        qtbot.mouseClick(window.bench.messages.close_button, Qt.MouseButton.LeftButton)
        assert not window.bench.messages.isVisible()
        assert not window.crashes.log.path.exists(), "an expected refusal is no fault to log"


def test_that_an_unexpected_refusal_also_goes_to_the_log(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.workspace.refused.emit(Refusal(1, PointRequest, "It broke", "Traceback: here"))
        assert "Traceback: here" in window.crashes.log.path.read_text()
        assert "It broke" in window.bench.messages.label.text()


def test_that_the_model_of_last_time_that_is_gone_gives_way_to_the_shipped_one(
    qtbot: QtBot, tmp_path: Path
) -> None:
    settings = Settings(tmp_path / "lab.ini")
    settings.session = SessionState(model="missing", pins=((1.0, 2.0),))
    settings.save()
    with open_window(qtbot, tmp_path) as window:
        assert window.workspace.state.model == "mnist-vae-2d"
        assert window.workspace.state.pins == ()
        assert "missing" in window.bench.messages.label.text()
        assert "opened instead" in window.bench.messages.label.text()
        assert "missing" in (tmp_path / "lab.ini.before").read_text()


def test_that_at_a_start_no_message_takes_the_place_of_another(qtbot: QtBot, tmp_path: Path) -> None:
    """The model has gone, and with it groups of its pictures; and a training was left."""
    picked = PictureKeys(selected="", group_a=("0000000000000003 3.png",), group_b=(), hidden=())
    settings = Settings(tmp_path / "lab.ini")
    settings.session = SessionState(model="missing", data="/gone", group_a=(3,), pictures=picked)
    settings.save()
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "cats.safetensors.training").write_bytes(b"")
    renderer = FakeRenderer()
    renderer.keys = Keys(tuple(f"{n}.jpg" for n in range(COUNT)), np.arange(COUNT, dtype=np.uint64) + 1000)
    with open_window(qtbot, tmp_path, renderer) as window:
        lines = window.bench.messages.label.text().splitlines()
        assert [line.partition(" ")[0] for line in lines] == ["no", "mnist-vae-2d,", "The"]
        assert lines[2] == "The training of cats was not finished. It can be continued."
        assert window.bench.messages.offer.text() == "Go on"
        # What was picked among other pictures is not looked for among these.
        assert (window.workspace.state.group_a, window.workspace.state.pictures) == ((), None)


def test_that_pictures_that_are_gone_are_told_beside_a_training_that_can_go_on(
    qtbot: QtBot, tmp_path: Path
) -> None:
    picked = PictureKeys(selected="", group_a=("0000000000000003 3.png",), group_b=(), hidden=())
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "cats.safetensors.training").write_bytes(b"")
    renderer = FakeRenderer()
    renderer.keys = Keys(tuple(f"{n}.jpg" for n in range(COUNT)), np.arange(COUNT, dtype=np.uint64) + 1000)
    state = SessionState(group_a=(3,), pictures=picked)
    with open_window(qtbot, tmp_path, renderer, state=state) as window:
        lines = window.bench.messages.label.text().splitlines()
        assert lines == ["The training of cats was not finished. It can be continued.", in_words(1)]
        assert window.bench.messages.offer.isVisible()
        # Later ones take the place of what has been read.
        window.workspace.noticed.emit("More news.")
        window.workspace.open(window.workspace.state)
        qtbot.waitSignal(window.workspace.loaded, timeout=2000).wait()
        window.workspace.noticed.emit("Other news.")
        assert window.bench.messages.label.text() == "Other news."


def test_that_closing_in_the_middle_of_work_joins_within_two_seconds(qtbot: QtBot, tmp_path: Path) -> None:
    renderer = FakeRenderer()
    with open_window(qtbot, tmp_path, renderer) as window:
        renderer.hold.clear()
        window.workspace.do(MoveProbe(z=(1.0, 1.0)))
        free = threading.Timer(0.3, renderer.hold.set)
        free.start()
        started = time.perf_counter()
        assert window.close()
        assert time.perf_counter() - started < 2
        free.join()
        assert not window.isVisible()


def test_that_a_window_closes_before_its_model_is_open(qtbot: QtBot, tmp_path: Path) -> None:
    from latentlab.qt.clients.workspace import Workspace
    from latentlab.qt.shell.main_window import LabWindow
    from latentlab.session.session import Session

    window = LabWindow(Workspace(Session(), FakeRenderer()), Settings(tmp_path / "lab.ini"))
    window.show()
    qtbot.waitExposed(window)
    window.close()
    window.start()
    assert window.workspace.model is None
    window.deleteLater()


def test_that_a_window_closed_before_it_is_furnished_keeps_the_layout_of_last_time(
    qtbot: QtBot, tmp_path: Path
) -> None:
    from latentlab.qt.clients.workspace import Workspace
    from latentlab.qt.shell.main_window import LabWindow
    from latentlab.session.session import Session

    with open_window(qtbot, tmp_path) as window:
        window.bench.docks.tray.hide()
    kept = Settings(tmp_path / "lab.ini").layouts
    empty = LabWindow(Workspace(Session(), FakeRenderer()), Settings(tmp_path / "lab.ini"))
    empty.show()
    qtbot.waitExposed(empty)
    assert empty.hint.isVisible()
    empty.close()
    empty.deleteLater()
    assert kept
    assert Settings(tmp_path / "lab.ini").layouts == kept
    with open_window(qtbot, tmp_path) as window:
        assert not window.bench.docks.tray.isVisible()
        assert not window.settings.complaint


def test_that_the_status_bar_tells_device_decode_time_memory_and_progress(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_window(qtbot, tmp_path) as window:
        status = window.bench.status
        qtbot.waitUntil(lambda: status.decode.text() == "Decode 0.5 ms", timeout=2000)
        assert status.device.text() == "CPU"
        assert not status.progress.isVisible()
        mean = window.workspace.encodings.mean
        window.workspace.encoded.emit(EncodingsReply(1, mean[:20], mean[:20], 60))
        assert status.progress.isVisible()
        assert (status.progress.value(), status.progress.maximum()) == (20, 60)
        assert "20 of 60" in status.task.text()
        window.workspace.encoded.emit(EncodingsReply(1, mean, mean, 60))
        assert not status.progress.isVisible()
        assert status.task.text() == ""


def test_that_progress_is_not_drawn_over_a_message_and_comes_when_that_goes(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_window(qtbot, tmp_path) as window:
        status, bar, mean = window.bench.status, window.statusBar(), window.workspace.encodings.mean
        status.say("A message.", 60)
        window.workspace.encoded.emit(EncodingsReply(1, mean[:20], mean[:20], 60))
        assert not status.progress.isVisible()
        bar.clearMessage()
        assert status.progress.isVisible()
        status.say("Another message.", 60)
        assert not status.progress.isVisible()
        window.workspace.encoded.emit(EncodingsReply(1, mean, mean, 60))
        bar.clearMessage()
        assert not status.progress.isVisible(), "there is no work any more"


def test_that_the_plane_says_what_is_being_opened_until_it_is_there(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        assert window.hint.text() == "Opening mnist-vae-2d …"
        assert not window.hint.isVisible()


def test_that_about_offers_details_to_copy(qtbot: QtBot, tmp_path: Path) -> None:
    from PySide6.QtGui import QGuiApplication

    from latentlab.qt.shell.about_dialog import AboutDialog

    with open_window(qtbot, tmp_path) as window:
        window.bench.actions["aboutAction"].trigger()
        page = window.findChild(AboutDialog)
        qtbot.waitUntil(lambda: "torch" in page.details.toPlainText(), timeout=5000)
        qtbot.mouseClick(page.copy_button, Qt.MouseButton.LeftButton)
        copied = QGuiApplication.clipboard().text()
        assert "qt platform: offscreen" in copied
        assert "mnist-vae-2d" in copied
        page.close()


def test_that_the_command_says_why_a_full_tray_takes_no_pin(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.workspace.do(SetPins(pins=tuple((float(number), 0.0) for number in range(MAX_PINS))))
        window.bench.actions["pinHereAction"].trigger()
        assert len(window.workspace.state.pins) == MAX_PINS
        assert window.bench.messages.label.text() == TRAY_FULL

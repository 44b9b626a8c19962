"""A picture of one's own in the window: dropped, pasted, opened, fitted, compared, put away, and bad ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from latentlab.engine.files.export import save_picture
from latentlab.engine.files.provenance import Provenance, read_provenance
from latentlab.engine.rendering.cropping import PAD
from latentlab.engine.rendering.requests.pictures import OwnPictureRequest
from latentlab.engine.rendering.requests.points import PointRequest
from latentlab.errors import LabError
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.views.own_picture.view import OwnPictureView
from latentlab.qt.widgets.crop_frame import PictureFrame
from latentlab.qt.widgets.images import from_qimage
from latentlab.qt.widgets.incoming import incoming, on_clipboard
from latentlab.session.edits import AddAttributes, MoveProbe
from tests.qt.fake_renderer import FakeRenderer, picture_at
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = OFFSCREEN
LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def renderer() -> FakeRenderer:
    return FakeRenderer(latents=3)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, renderer: FakeRenderer) -> Iterator[LabWindow]:
    with open_window(qtbot, tmp_path, renderer) as made:
        yield made
        QGuiApplication.clipboard().clear()


@pytest.fixture
def view(window: LabWindow) -> OwnPictureView:
    found = window.findChild(OwnPictureView)
    assert found is not None
    return found


def grey(path: Path, level: int, size: tuple[int, int] = (60, 40)) -> Path:
    Image.new("L", size, level).save(path)
    return path


def files(*paths: Path | str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drop(widget: QWidget, data: QMimeData) -> None:
    hands = LEFT, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(20, 20), Qt.DropAction.CopyAction, data, *hands)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(widget, QDropEvent(QPointF(20, 20), Qt.DropAction.CopyAction, data, *hands))


def taken(qtbot: QtBot, window: LabWindow, light: float) -> None:
    """Waits until the probe is at the place that the fake model gives to a picture of this light."""
    qtbot.waitUntil(lambda: window.workspace.state.probe == (light, 0.5, 1.0), timeout=3000)


def told(qtbot: QtBot, window: LabWindow) -> str:
    qtbot.waitUntil(window.bench.messages.isVisible, timeout=3000)
    return window.bench.messages.label.text()


# How it comes in


def test_that_a_plain_picture_dropped_on_the_window_is_encoded_and_the_probe_goes_to_its_place(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, view: OwnPictureView
) -> None:
    window.workspace.do(MoveProbe(z=(1.0, 1.0, 1.0)))
    count = window.workspace.undo_stack.count()
    drop(window, files(grey(tmp_path / "me.png", 200)))
    taken(qtbot, window, 2.0)
    qtbot.waitUntil(lambda: not window.bench.docks.own_picture.visibleRegion().isEmpty(), timeout=2000)
    assert view.name.text() == "me.png, 60 × 40"
    assert np.array_equal(view.drawn.picture, picture_at((2.0, 0.5, 1.0)))
    assert int(view.seen.picture[0, 0]) == 200
    assert view.elbo.text() == "ELBO −100.0 nats = −90.0 reconstruction − 10.0 KL"
    qtbot.waitUntil(lambda: "Typical for this model" in view.known.text(), timeout=2000)
    assert window.workspace.undo_stack.count() == count + 1, "picture and probe are one step"
    assert window.workspace.undo_stack.undoText() == "Own picture"
    window.workspace.undo_stack.undo()
    assert window.workspace.state.probe == (1.0, 1.0, 1.0)
    assert window.workspace.state.own_picture is None
    assert view.frame.isVisible()
    assert not view.seen.isVisible()
    window.workspace.undo_stack.redo()
    taken(qtbot, window, 2.0)
    assert view.seen.isVisible()


@pytest.mark.parametrize("name", ["a.bmp", "a.tif", "a.jpg", "a.gif"])
def test_that_any_kind_of_picture_file_will_do(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, name: str
) -> None:
    drop(window, files(grey(tmp_path / name, 200)))
    taken(qtbot, window, 2.0)


def test_that_the_drop_area_takes_even_pictures_that_latentlab_has_made(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, view: OwnPictureView
) -> None:
    made = Provenance("probe", "mnist-vae-2d", "0123456789ab", z=(3.0, 3.0, 3.0))
    path = save_picture(tmp_path / "p.png", np.full((8, 8), 100, np.uint8), provenance=made)
    drop(window, files(path))
    qtbot.waitUntil(lambda: window.workspace.state.probe == (3.0, 3.0, 3.0), timeout=2000)
    assert window.workspace.state.own_picture is None
    window.bench.docks.show_own_picture()
    area = window.findChild(QWidget, "ownImageDrop")
    assert isinstance(area, PictureFrame)
    drop(area, files(path))
    taken(qtbot, window, 1.0)


def test_that_of_several_pictures_each_is_shown_in_turn_dropped_here_or_pasted(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, view: OwnPictureView
) -> None:
    paths = [grey(tmp_path / "a.png", 200), grey(tmp_path / "b.png", 100), grey(tmp_path / "c.png", 50)]
    drop(view.frame, files(*paths))
    taken(qtbot, window, 2.0)
    assert "1 of 3 files is opened: a.png" in told(qtbot, window)
    assert "still to come: b.png, c.png" in told(qtbot, window)
    qtbot.mouseClick(window.bench.messages.offer, LEFT)
    taken(qtbot, window, 1.0)
    QApplication.clipboard().setMimeData(files(*reversed(paths)))
    window.bench.actions["pastePictureAction"].trigger()
    taken(qtbot, window, 0.5)
    assert "still to come: b.png, a.png" in told(qtbot, window)


def test_that_a_picture_without_a_file_can_be_dropped_and_pasted(
    qtbot: QtBot, window: LabWindow, view: OwnPictureView
) -> None:
    data = QMimeData()
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    image.fill(QColor(150, 150, 150))
    data.setImageData(image)
    drop(window, data)
    taken(qtbot, window, 1.5)
    assert view.name.text() == "dropped picture, 20 × 20"
    image.fill(QColor(50, 50, 50))
    QGuiApplication.clipboard().setImage(image)
    window.bench.plane.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_V, CONTROL)
    taken(qtbot, window, 0.5)
    assert view.name.text() == "pasted picture, 20 × 20"


@pytest.mark.parametrize("form", ["{}", '"{}"', "file://{}"])
def test_that_the_path_of_a_picture_can_be_pasted(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, form: str
) -> None:
    QGuiApplication.clipboard().setText(form.format(grey(tmp_path / "me.png", 200)))
    window.bench.actions["pastePictureAction"].trigger()
    taken(qtbot, window, 2.0)


def test_that_a_copied_file_is_opened_as_if_it_had_been_dropped(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, view: OwnPictureView
) -> None:
    QGuiApplication.clipboard().setMimeData(files(grey(tmp_path / "me.png", 100)))
    window.bench.docks.show_own_picture()
    qtbot.mouseClick(view.paste, LEFT)
    taken(qtbot, window, 1.0)


def test_that_paste_in_a_field_of_text_still_pastes_text(qtbot: QtBot, window: LabWindow) -> None:
    window.activateWindow()
    QGuiApplication.clipboard().setText("1, 2, 3")
    window.bench.probe.z.setFocus()
    window.bench.probe.z.selectAll()
    qtbot.keyClick(window.bench.probe.z, Qt.Key.Key_V, CONTROL)
    assert window.bench.probe.z.text() == "1, 2, 3"
    assert not window.bench.messages.isVisible()


def test_that_the_page_opens_by_key_by_menu_and_by_the_empty_area(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, view: OwnPictureView
) -> None:
    path = grey(tmp_path / "me.png", 200)
    window.bench.docks.show_own_picture()
    qtbot.waitUntil(lambda: not view.frame.visibleRegion().isEmpty())

    def page() -> QFileDialog:
        (found,) = [one for one in window.findChildren(QFileDialog) if one.isVisible()]
        assert found.objectName() == "openPictureDialog"
        return found

    view.frame.setFocus()
    for opened in (
        lambda: qtbot.mouseClick(view.frame, LEFT),
        lambda: qtbot.keyClick(view.frame, Qt.Key.Key_Return),
        lambda: qtbot.mouseClick(view.open, LEFT),
        lambda: qtbot.keyClick(window, Qt.Key.Key_I, CONTROL),
    ):
        opened()
        page().reject()
    window.bench.actions["openPictureAction"].trigger()
    page().fileSelected.emit(str(path))
    page().reject()
    taken(qtbot, window, 2.0)
    assert window.settings.folder == str(tmp_path)


def test_that_the_commands_are_found_in_the_palette(qtbot: QtBot, window: LabWindow) -> None:
    box = window.bench.palette
    box.open_at_top()
    qtbot.keyClicks(box.search, "picture of your own")
    assert box.texts()[0] == "File › Open picture of your own"
    box.search.clear()
    qtbot.keyClicks(box.search, "paste")
    assert box.texts()[0] == "Edit › Paste picture"
    qtbot.keyClick(box.search, Qt.Key.Key_Escape)


# How it is fitted


def test_that_a_drag_of_the_frame_moves_what_is_seen_and_the_probe_as_one_step(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, view: OwnPictureView
) -> None:
    drop(window, files(grey(tmp_path / "me.png", 200, (80, 40))))
    taken(qtbot, window, 2.0)
    qtbot.waitUntil(lambda: not view.frame.visibleRegion().isEmpty())
    view.frame.repaint()
    count = window.workspace.undo_stack.count()
    middle = view.frame.rect().center()
    qtbot.mousePress(view.frame, LEFT, pos=middle)
    for step in range(1, 6):
        qtbot.mouseMove(view.frame, middle + QPoint(4 * step, 0))
        until_idle()
    qtbot.mouseRelease(view.frame, LEFT, pos=middle + QPoint(20, 0))
    own = window.workspace.state.own_picture
    assert own is not None
    assert own.fitting.x > 0.52
    qtbot.waitUntil(lambda: window.workspace.state.probe == (2.0, own.fitting.x, 1.0), timeout=2000)
    assert window.workspace.undo_stack.count() == count + 1
    window.workspace.undo_stack.undo()
    assert window.workspace.state.probe == (2.0, 0.5, 1.0)
    assert view.frame.fitting.x == 0.5
    until_idle()
    assert window.workspace.state.probe == (2.0, 0.5, 1.0), "what an undo brings back is not followed anew"
    assert window.workspace.undo_stack.canRedo()


def test_that_wheel_and_keys_zoom_and_nudge_and_the_slider_stands_where_they_say(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, view: OwnPictureView
) -> None:
    drop(window, files(grey(tmp_path / "me.png", 200)))
    taken(qtbot, window, 2.0)
    frame = view.frame

    def wheel() -> None:
        place = QPointF(frame.rect().center())
        event = QWheelEvent(
            place, frame.mapToGlobal(place), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(frame, event)

    seconds = 100.0
    frame._clock = lambda: seconds
    view.zoom.setFocus()
    wheel()
    qtbot.mouseMove(frame, frame.rect().center())
    wheel()
    assert frame.fitting.zoom == 1.0, "a wheel that scrolls the panel zooms nothing"
    seconds += 1.0
    wheel()
    assert frame.fitting.zoom == pytest.approx(1.15), "the mouse rests on the picture"
    qtbot.keyClick(frame, Qt.Key.Key_Plus)
    assert frame.fitting.zoom == pytest.approx(1.15**2)
    assert view.zoom.value() > 0
    qtbot.keyClick(frame, Qt.Key.Key_Right)
    assert frame.fitting.x > 0.5
    qtbot.keyClick(frame, Qt.Key.Key_Minus)
    qtbot.waitUntil(
        lambda: window.workspace.state.probe == (2.0, frame.fitting.x, frame.fitting.zoom), timeout=2000
    )
    view.zoom.setValue(50)
    assert window.workspace.state.own_picture.fitting.zoom == 4.0


def test_that_the_whole_can_be_shown_and_light_and_dark_exchanged(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, view: OwnPictureView, renderer: FakeRenderer
) -> None:
    drop(window, files(grey(tmp_path / "me.png", 200)))
    taken(qtbot, window, 2.0)
    view.fit.setFocus()
    qtbot.keyClick(view.fit, Qt.Key.Key_Down)
    assert window.workspace.state.own_picture.fitting.how == PAD
    assert not view.zoom.isEnabled()
    qtbot.keyClick(view.negative, Qt.Key.Key_Space)
    assert window.workspace.state.own_picture.fitting.negative

    def asked() -> OwnPictureRequest:
        return [one for one in renderer.served if isinstance(one, OwnPictureRequest)][-1]

    qtbot.waitUntil(lambda: asked().fitting == window.workspace.state.own_picture.fitting, timeout=2000)
    window.workspace.undo_stack.undo()
    assert not view.negative.isChecked()
    window.workspace.undo_stack.undo()
    assert view.zoom.isEnabled()


# What comes of it


def test_that_the_error_map_is_shown_on_demand_with_its_scale_in_words(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, view: OwnPictureView
) -> None:
    drop(window, files(grey(tmp_path / "me.png", 200)))
    taken(qtbot, window, 2.0)
    qtbot.waitUntil(lambda: view.seen.picture is not None)
    assert not view.map.isVisible()
    qtbot.keyClick(view.error, Qt.Key.Key_Space)
    assert view.map.isVisible()
    level = int(picture_at((2.0, 0.5, 1.0))[0, 0])
    assert f"pale yellow {(200 - level) / 255:.2f}, the largest here" in view.scale.text()
    assert view.map.picture.shape == (8, 8, 3)
    qtbot.keyClick(view.error, Qt.Key.Key_Space)
    assert not view.map.isVisible()


def test_that_attributes_are_added_from_there_and_the_saved_picture_says_where_it_came_from(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, view: OwnPictureView
) -> None:
    drop(window, files(grey(tmp_path / "me.png", 200)))
    taken(qtbot, window, 2.0)
    assert not view.go.isEnabled(), "the probe is there"
    qtbot.mouseClick(view.attributes, LEFT)
    qtbot.waitUntil(lambda: window.bench.docks.in_front(window.bench.docks.attributes), timeout=2000)
    z = (3.0, 0.5, 1.0)
    with qtbot.waitSignal(
        window.workspace.on(PointRequest).signal, check_params_cb=lambda reply: reply.z == z
    ):
        window.workspace.do(AddAttributes(amounts=(("Hat", 1.0),), z=z))
    with qtbot.waitSignal(window.bench.exporter.saved, timeout=2000):
        window.bench.exporter.save_probe(tmp_path / "hat.png")
    origin = read_provenance(tmp_path / "hat.png")
    assert origin.z == z
    assert origin.extra["picture"] == "me.png"
    assert origin.extra["add"] == "Hat=1.0"
    with qtbot.waitSignal(window.workspace.on(PointRequest).signal):
        window.workspace.do(MoveProbe(z=(0.0, 0.0, 0.0)))
    with qtbot.waitSignal(window.bench.exporter.saved, timeout=2000):
        window.bench.exporter.save_probe(tmp_path / "other.png")
    assert "picture" not in read_provenance(tmp_path / "other.png").extra
    window.bench.docks.show_own_picture()
    assert view.go.isEnabled()
    qtbot.mouseClick(view.go, LEFT)
    assert window.workspace.state.probe == (2.0, 0.5, 1.0)


def test_that_the_picture_outlives_another_model_which_encodes_it_anew_and_leaves_the_probe(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, view: OwnPictureView, renderer: FakeRenderer
) -> None:
    drop(window, files(grey(tmp_path / "me.png", 200)))
    taken(qtbot, window, 2.0)
    renderer.latents = 2
    renderer.mean = renderer.mean[:, :2].copy()
    with qtbot.waitSignal(window.workspace.loaded, timeout=2000):
        window.bench.opener.open_model("other")
    qtbot.waitUntil(lambda: view.drawn.picture is not None, timeout=2000)
    assert window.workspace.state.probe == (0.0, 0.0)
    assert view.name.text().startswith("me.png")
    qtbot.waitUntil(view.go.isEnabled, timeout=2000)
    qtbot.mouseClick(view.go, LEFT)
    assert window.workspace.state.probe == (2.0, 0.5)


def test_that_a_picture_can_be_put_away_and_that_undoes(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, view: OwnPictureView
) -> None:
    drop(window, files(grey(tmp_path / "me.png", 200)))
    taken(qtbot, window, 2.0)
    qtbot.mouseClick(view.away, LEFT)
    assert window.workspace.state.own_picture is None
    assert window.workspace.state.probe == (2.0, 0.5, 1.0)
    assert not view.away.isEnabled()
    window.workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: view.drawn.picture is not None, timeout=2000)
    assert view.name.text().startswith("me.png")


# What cannot be taken


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("cut.png", None, "damaged"),
        ("text.bmp", b"no picture", "no picture in a known format"),
        ("giant.tif", b"giant", "over the limit"),
    ],
)
def test_that_a_bad_file_is_named_with_the_reason_and_the_session_is_untouched(
    qtbot: QtBot,
    tmp_path: Path,
    window: LabWindow,
    view: OwnPictureView,
    name: str,
    content: bytes | None,
    reason: str,
) -> None:
    path = tmp_path / name
    if content is None:
        Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)).save(path)
        path.write_bytes(path.read_bytes()[:-2000])
    elif content == b"giant":
        Image.new("1", (9000, 9000)).save(path)
    else:
        path.write_bytes(content)
    before, count = window.workspace.state, window.workspace.undo_stack.count()
    drop(window, files(path))
    text = told(qtbot, window)
    assert name in text
    assert reason in text
    # The message takes a strip of the plane's height.
    assert dataclasses.replace(window.workspace.state, view=before.view) == before
    assert window.workspace.undo_stack.count() == count
    assert not view.seen.isVisible()
    assert not window.crashes.log.path.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no picture and no file"),
        ("https://example.org/cat.png", "downloads nothing"),
        ("some words", "neither a picture nor a file"),
        ("two\nlines", "no picture and no file"),
        ("/nowhere/cat.png", "neither a picture nor a file that is there"),
    ],
)
def test_that_what_cannot_be_pasted_says_why(qtbot: QtBot, window: LabWindow, text: str, words: str) -> None:
    QGuiApplication.clipboard().setText(text)
    qtbot.keyClick(window, Qt.Key.Key_V, CONTROL)
    said = told(qtbot, window)
    assert said.startswith("Nothing was pasted")
    assert words in said
    assert window.workspace.state.own_picture is None


def test_that_a_link_dropped_from_a_browser_says_what_to_do(qtbot: QtBot, window: LabWindow) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/cat.png")])
    drop(window, data)
    assert "Save the picture on this computer" in told(qtbot, window)


def test_that_transparent_pictures_lie_on_white_and_grey_ones_are_grey() -> None:
    image = QImage(3, 2, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 0))
    image.setPixelColor(2, 0, QColor(10, 20, 30))
    pixels = from_qimage(image)
    assert pixels.shape == (2, 3, 3)
    assert pixels[0, 2].tolist() == [10, 20, 30]
    assert pixels[1, 0].tolist() == [255, 255, 255]
    plain = QImage(3, 2, QImage.Format.Format_RGB32)
    plain.fill(QColor(7, 7, 7))
    assert np.array_equal(from_qimage(plain), np.full((2, 3), 7))


def test_that_a_picture_that_comes_while_the_model_is_being_opened_is_followed_once_it_is(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, renderer: FakeRenderer
) -> None:
    renderer.hold.clear()
    window.bench.opener.open_model("other")
    drop(window, files(grey(tmp_path / "me.png", 200)))
    qtbot.waitUntil(lambda: window.workspace.state.own_picture is not None, timeout=2000)
    renderer.hold.set()
    taken(qtbot, window, 2.0)
    assert window.workspace.state.model == "other"


def test_that_a_message_that_nothing_was_pasted_goes_when_a_picture_is_taken(
    qtbot: QtBot, tmp_path: Path, window: LabWindow
) -> None:
    QGuiApplication.clipboard().setText("some words")
    qtbot.keyClick(window, Qt.Key.Key_V, CONTROL)
    assert "Nothing was pasted" in told(qtbot, window)
    drop(window, files(grey(tmp_path / "me.png", 200)))
    taken(qtbot, window, 2.0)
    assert not window.bench.messages.isVisible()
    window.bench.messages.say("something else")
    drop(window, files(grey(tmp_path / "you.png", 100)))
    taken(qtbot, window, 1.0)
    assert window.bench.messages.isVisible(), "what it says is still true"


def test_that_the_size_said_is_the_files_own_not_what_is_kept_of_it(
    qtbot: QtBot, tmp_path: Path, window: LabWindow, view: OwnPictureView
) -> None:
    drop(window, files(grey(tmp_path / "large.png", 200, (4100, 30))))
    qtbot.waitUntil(lambda: view.name.text() == "large.png, 4,100 × 30", timeout=3000)
    assert window.bench.controller.own_picture.pictures.pixels.shape[1] < 2048
    image = QImage(3000, 20, QImage.Format.Format_RGB32)
    image.fill(QColor(7, 7, 7))
    QGuiApplication.clipboard().setImage(image)
    qtbot.keyClick(window, Qt.Key.Key_V, CONTROL)
    qtbot.waitUntil(lambda: view.name.text().endswith("3,000 × 20"), timeout=3000)


def test_that_a_clipboard_that_has_nothing_at_all_is_an_empty_one(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Nothing:
        def mimeData(self) -> None:
            """As where no other program has put anything there."""

    monkeypatch.setattr(QGuiApplication, "clipboard", Nothing)
    with pytest.raises(LabError, match="copy a picture"):
        incoming(on_clipboard())

"""Pictures of one's own in the window: where they are offered, and how one goes back to others."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from latentlab.data import catalog, opening
from latentlab.data.shipped_sets import SHIPPED_SETS
from latentlab.engine.rendering.requests.opening import FollowRequest
from latentlab.engine.training.snapshot import Snapshot
from latentlab.qt.app import _Pictures
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.open_data.dialog import OpenDataDialog
from latentlab.qt.shell.main_window import LabWindow
from latentlab.session import known_data, recent_data
from latentlab.session.recent_data import RecentData
from latentlab.session.session import Session
from tests.data.pictures import folder_of
from tests.qt.fake_renderer import COUNT, SIDE, FakeRenderer
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import until_idle

pytestmark = OFFSCREEN
# Such pictures as the fake renderer's model is made for.
FITTING = f"::side={SIDE},colour=grey"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    opening.forget()
    yield
    opening.forget()


def opened(qtbot: QtBot, window: LabWindow, spec: str) -> None:
    """Opens data through the page, as a person does."""
    window.bench.controller.data.open_spec(spec)
    page = window.bench.controller.data.page
    qtbot.waitUntil(lambda: not page.page.strip.waiting, timeout=3000)
    with qtbot.waitSignal(page.opened, timeout=5000):
        qtbot.mouseClick(page.open_button, Qt.MouseButton.LeftButton)


def test_that_pictures_are_offered_for_training_and_shown_where_they_fit(
    qtbot: QtBot, tmp_path: Path
) -> None:
    spec = f"{folder_of(tmp_path / 'cats', 10)}{FITTING}"
    with open_window(qtbot, tmp_path) as window:
        opened(qtbot, window, spec)
        assert window.bench.training.data.currentData() == spec
        browser = window.bench.browser
        assert browser.isVisible(), "the person sees their own pictures"
        assert len(browser.shown) == 10
        assert "10 pictures of cats" in browser.banner.words.text()
        assert "held out" in browser.banner.words.text()
        assert "10 pictures read" in window.statusBar().currentMessage()
        with qtbot.waitSignal(window.workspace.loaded, timeout=3000):
            qtbot.mouseClick(browser.banner.plane, Qt.MouseButton.LeftButton)
        assert (window.workspace.state.data, window.workspace.state.split) == (spec, "all"), (
            "few: all of them"
        )
        assert f"({COUNT} of cats)" in window.bench.actions["allDataAction"].text()
        assert window.bench.actions["testDataAction"].text().endswith("(of cats)")
        assert browser.linked
        assert not browser.banner.isVisible()
        assert window.bench.actions["recentData1Action"].isChecked()
        with qtbot.waitSignal(window.workspace.loaded, timeout=3000):
            window.workspace.undo_stack.undo()
        assert window.workspace.state.data == "mnist"


def test_that_pictures_of_another_shape_are_only_offered_for_training(qtbot: QtBot, tmp_path: Path) -> None:
    spec = f"{folder_of(tmp_path / 'cats', 40)}::side=16"
    with open_window(qtbot, tmp_path) as window:
        opened(qtbot, window, spec)
        assert window.bench.training.data.currentData() == spec
        assert window.workspace.state.data == "mnist"
        assert "40 pictures read" in window.statusBar().currentMessage()
        assert not window.bench.messages.isVisible()
        assert not window.bench.browser.banner.plane.isVisible()
        assert window.bench.browser.isVisible()
        qtbot.mouseClick(window.bench.browser.banner.train, Qt.MouseButton.LeftButton)
        assert window.bench.training.isVisible()


def test_that_open_and_train_shows_the_training_form_at_once(qtbot: QtBot, tmp_path: Path) -> None:
    spec = f"{folder_of(tmp_path / 'cats', 40)}::side=16"
    renderer = FakeRenderer()
    with open_window(qtbot, tmp_path, renderer) as window:
        window.bench.controller.data.open_spec(spec)
        page = window.bench.controller.data.page
        qtbot.waitUntil(lambda: not page.page.strip.waiting, timeout=3000)
        with qtbot.waitSignal(page.opened, timeout=5000):
            qtbot.mouseClick(page.train_button, Qt.MouseButton.LeftButton)
        assert window.bench.training.data.currentData() == spec
        assert window.bench.training.isVisible()
        assert window.bench.browser.rows.data == spec
        theta = np.zeros(1, dtype=np.float32)
        window.workspace.follow(Snapshot("cats-vae", 1, "vae", {}, theta, spec))
        until_idle()
        (asked,) = (one for one in renderer.served if isinstance(one, FollowRequest))
        assert asked.split == "all", "the plane unfolds with all forty, not with the few that are held out"


def test_that_data_the_model_does_not_take_say_so_and_offer_a_training(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.bench.actions["facesDataAction"].trigger()
        text = window.bench.messages.label.text()
        assert "made for 8 × 8 grey pictures; faces has 32 × 32 colour pictures" in text
        assert window.workspace.state.data == "mnist"
        assert not window.bench.actions["facesDataAction"].isChecked()
        assert window.bench.actions["mnistDataAction"].isChecked()
        qtbot.mouseClick(window.bench.messages.offer, Qt.MouseButton.LeftButton)
        assert window.bench.training.data.currentData() == "faces"
        assert window.bench.training.isVisible()


def test_that_what_was_opened_is_found_again_at_the_next_start(qtbot: QtBot, tmp_path: Path) -> None:
    spec = f"{folder_of(tmp_path / 'me & you', 10)}{FITTING}"
    with open_window(qtbot, tmp_path) as window:
        assert not window.bench.actions["recentData1Action"].isVisible()
        opened(qtbot, window, spec)
    with open_window(qtbot, tmp_path) as window:
        again = window.bench.actions["recentData1Action"]
        assert again.text() == "me && you: 8 × 8 grey pictures"
        assert not window.bench.actions["recentData2Action"].isVisible()
        assert window.bench.training.data.findData(spec) >= 0
        with qtbot.waitSignal(window.workspace.loaded, timeout=3000):
            again.trigger()
        assert window.workspace.state.data == spec


def test_that_a_folder_with_a_name_that_is_no_text_is_opened_and_remembered(
    qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    spec = f"{folder_of(folder, 4)}{FITTING}"
    with open_window(qtbot, tmp_path) as window:
        opened(qtbot, window, spec)
        assert window.bench.actions["recentData1Action"].text().startswith("caf?")
        assert Settings(tmp_path / "lab.ini").recent[0].spec == spec
        with qtbot.waitSignal(window.workspace.loaded, timeout=3000):
            qtbot.mouseClick(window.bench.browser.banner.plane, Qt.MouseButton.LeftButton)
        assert window.workspace.state.data == spec
    with open_window(qtbot, tmp_path) as window:
        assert window.workspace.state.data == spec


def test_that_a_page_replaces_the_one_before(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.bench.controller.data.open_path(str(folder_of(tmp_path / "a", 3)))
        first = window.bench.controller.data.page
        window.bench.controller.data.open_path(str(folder_of(tmp_path / "b", 3)))
        assert not first.isVisible()
        qtbot.waitUntil(lambda: len(window.findChildren(OpenDataDialog)) == 1, timeout=2000)
        assert window.bench.controller.data.page.windowTitle() == "Open b"


def test_that_the_window_closes_while_a_page_looks(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.bench.controller.data.open_path(str(folder_of(tmp_path / "a", 3)))


@pytest.mark.parametrize(
    ("action", "name"), [("openDataAction", "openFolderDialog"), ("openDataFileAction", "openPicturesDialog")]
)
def test_that_the_menu_asks_for_a_folder_or_a_file(
    qtbot: QtBot, tmp_path: Path, action: str, name: str
) -> None:
    folder = folder_of(tmp_path / "cats", 3)
    with open_window(qtbot, tmp_path) as window:
        window.bench.actions[action].trigger()
        page = window.findChild(QFileDialog, name)
        page.fileSelected.emit(str(folder))
        page.close()
        assert window.bench.controller.data.page.page.path.text() == str(folder)
        assert window.settings.folder == str(tmp_path)


def test_that_data_of_the_command_line_are_asked_about_once_when_the_window_is_up(
    qtbot: QtBot, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / "cats", 3)
    window = LabWindow(
        Workspace(Session(), FakeRenderer()), Settings(tmp_path / "lab.ini"), tmp_path / "models"
    )
    _Pictures(window, f"{folder}::side=16")
    window.show()
    window.start()
    page = window.findChild(OpenDataDialog)
    assert page is None, "first the window is laid out"
    qtbot.waitUntil(lambda: window.bench.controller.data.page is not None, timeout=2000)
    page = window.bench.controller.data.page
    assert page.spec == f"{folder}::side=16"
    qtbot.waitUntil(lambda: window.workspace.encodings is not None, timeout=3000)
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    window.workspace.open(window.workspace.state)
    until_idle()
    assert window.bench.controller.data.page is None
    qtbot.waitUntil(lambda: not window.bench.background.busy, timeout=3000)
    window.close()
    window.deleteLater()


def test_that_options_that_make_no_sense_are_told(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        window.bench.controller.data.open_spec("/tmp::side=9999")
        assert "9999" in window.bench.messages.label.text()
        assert window.bench.controller.data.page is None


def test_that_five_are_remembered_the_newest_first_each_once() -> None:
    known: tuple[RecentData, ...] = ()
    for number in (1, 2, 3, 4, 5, 6, 3):
        known = recent_data.with_newest(known, RecentData(f"/data/{number}", (1, number, number)))
    assert [one.spec for one in known] == [f"/data/{number}" for number in (3, 6, 5, 4, 2)]
    assert recent_data.from_text(recent_data.to_text(known)) == known


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rubbish",
        "{}",
        "[1]",
        '[["a"]]',
        '[["a", [1, 2]]]',
        '[["a::side=9999", [1, 8, 8]]]',
        "[" * 100_000,
    ],
    ids=range(8),
)
def test_that_damaged_recent_data_are_none(tmp_path: Path, text: str) -> None:
    settings = Settings(tmp_path / "lab.ini")
    settings.save()
    settings._store.setValue("recent", text)
    settings._store.sync()
    again = Settings(tmp_path / "lab.ini")
    assert again.recent == ()
    assert again.complaint == "", "everything else is as it was"


def test_that_one_damaged_line_leaves_the_others() -> None:
    assert recent_data.from_text('[["/a", [1, 8, 8]], null]') == (RecentData("/a", (1, 8, 8)),)


def test_that_what_an_earlier_version_wrote_is_read() -> None:
    lines = '[["/a", [1, 8, 8]], ["/b", [3, 8, 8], 12], ["/c", [3, 8, 8], "many"]]'
    assert [one.count for one in recent_data.from_text(lines)] == [0, 12, 0]


def test_that_the_shipped_sets_are_what_the_menu_says() -> None:
    assert list(SHIPPED_SETS) == list(catalog.CATALOG)
    for name, known in SHIPPED_SETS.items():
        everything = catalog.load(name, "all")
        assert (everything.shape, len(everything)) == (known.shape, known.count)


@pytest.mark.parametrize(
    ("spec", "title"),
    [
        ("mnist", "mnist"),
        ("/home/me/cats::side=32", "cats"),
        ("/home/me/cats.zip", "cats.zip"),
        ("/", "/"),
        ("/a::side=x", "a::side=x"),
    ],
)
def test_that_data_are_called_by_their_name(spec: str, title: str) -> None:
    assert known_data.title_of(spec) == title


def test_that_known_data_that_fit_no_model_are_shown_by_themselves_or_said_to_be_gone(
    qtbot: QtBot, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / "cats", 40)
    with open_window(qtbot, tmp_path) as window:
        window.settings.recent = (RecentData(f"{folder}::side=16", (3, 16, 16), 40),)
        window.bench.controller.data.changed.emit()
        browser = window.bench.browser
        window.bench.actions["recentData1Action"].trigger()
        qtbot.waitUntil(browser.isVisible, timeout=3000)
        assert (len(browser.shown), browser.rows.title, browser.linked) == (40, "cats", False)
        assert "is made for 8 × 8" in window.bench.messages.label.text()
        window.bench.actions["facesDataAction"].trigger()
        qtbot.waitUntil(lambda: browser.rows.title == "faces", timeout=10_000)
        opening.forget()
        shutil.rmtree(folder)
        window.bench.actions["recentData1Action"].trigger()
        qtbot.waitUntil(lambda: "no such file or folder" in window.bench.messages.label.text(), timeout=3000)


def test_that_the_form_opens_pictures_to_train_on_and_its_message_goes_when_it_starts(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_window(qtbot, tmp_path) as window:
        form, data = window.bench.training.form, window.bench.controller.data
        form.own.click()
        asked = window.findChild(QFileDialog, "openFolderDialog")
        asked.fileSelected.emit(str(folder_of(tmp_path / "cats", 40)))
        asked.reject()
        page = data.page
        assert page.train_button.isDefault()
        qtbot.waitUntil(lambda: not page.page.strip.waiting, timeout=3000)
        with qtbot.waitSignal(page.opened, timeout=5000):
            qtbot.keyClick(page, Qt.Key.Key_Return)
        said = window.bench.messages
        assert "cats can be trained on now" in said.label.text()
        form.start.click()
        assert said.isHidden()

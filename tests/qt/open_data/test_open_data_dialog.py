"""The page for pictures of one's own: what it finds, how it reads, and how it takes trouble."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import shiboken6
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from latentlab.data import opening
from latentlab.data.report import ReadingReport
from latentlab.data.spec import Spec
from latentlab.qt.clients.task_queue import TaskQueue
from latentlab.qt.open_data.dialog import OpenDataDialog, Stage
from tests.data.pictures import folder_of, noise, write
from tests.qt.shell import OFFSCREEN
from tests.qt.waiting import pass_time

pytestmark = OFFSCREEN


@dataclass
class Opened:
    """What the page told when it was accepted."""

    spec: str
    report: ReadingReport
    shape: tuple[int, int, int]


class Table:
    """Opens pages, and keeps what they tell."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot, self.opened, self.broken = qtbot, [], []
        self.home, self.background = QWidget(), TaskQueue()
        self.pages: list[OpenDataDialog] = []
        qtbot.addWidget(self.home)

    def page(self, spec: Path | str, *, train_first: bool = False) -> OpenDataDialog:
        page = OpenDataDialog(Spec.parse(str(spec)), self.background, self.home, train_first=train_first)
        page.opened.connect(lambda *told: self.opened.append(Opened(*told)))
        page.broken.connect(lambda *told: self.broken.append(told))
        self.pages.append(page)
        page.open()
        self.qtbot.waitExposed(page)
        return page

    def seen(self, spec: Path | str, *, train_first: bool = False) -> OpenDataDialog:
        """A page that has had its first look."""
        page = self.page(spec, train_first=train_first)
        self.wait(lambda: not page.page.strip.waiting)
        return page

    def wait(self, until: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(until, timeout=5000)

    def press(self, button: QWidget) -> None:
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def gone(page: OpenDataDialog) -> bool:
    """Whether a page is closed; it is deleted then, sooner or later."""
    return not shiboken6.isValid(page) or not page.isVisible()


@pytest.fixture
def table(qtbot: QtBot) -> Iterator[Table]:
    opening.forget()
    made = Table(qtbot)
    yield made
    for page in made.pages:
        if not gone(page):
            page.close()
    made.wait(lambda: not made.background.busy)
    opening.forget()


def test_that_a_folder_is_looked_at_and_read(table: Table, tmp_path: Path) -> None:
    page = table.seen(folder_of(tmp_path / "cats", 12, side=20))
    assert "12 pictures (folder of pictures). Each becomes" in page.page.found.text()
    assert "in colour" in page.page.found.text()
    assert "Automatic: " in page.page.choices.side.currentText()
    table.press(page.open_button)
    table.wait(lambda: bool(table.opened))
    (told,) = table.opened
    assert told.spec == str(tmp_path / "cats")
    assert (told.report.read, told.shape[0]) == (12, 3)
    assert gone(page)


def test_that_choices_made_by_key_are_previewed_and_kept(table: Table, tmp_path: Path) -> None:
    page = table.seen(folder_of(tmp_path / "cats", 6, side=20))
    for box, key in (
        (page.page.choices.side, Qt.Key.Key_1),
        (page.page.choices.fit, Qt.Key.Key_S),
        (page.page.choices.colour, Qt.Key.Key_G),
    ):
        table.qtbot.keyClick(box, key)
    assert page.page.strip.waiting
    table.wait(lambda: not page.page.strip.waiting)
    assert {(image.width(), image.isGrayscale()) for image in page.page.strip.prepared} == {(16, True)}
    table.qtbot.keyClick(page, Qt.Key.Key_Return)
    table.wait(lambda: bool(table.opened))
    assert table.opened[0].spec == f"{tmp_path / 'cats'}::side=16,fit=pad,colour=grey"
    assert table.opened[0].shape == (1, 16, 16)


def test_that_the_page_begins_with_the_options_it_is_given(table: Table, tmp_path: Path) -> None:
    page = table.seen(f"{folder_of(tmp_path / 'cats', 4)}::side=20,colour=rgb")
    assert page.page.choices.side.currentText() == "20 × 20 pixels"
    assert page.spec.endswith("::side=20,colour=rgb")


def test_that_the_white_of_deep_pictures_is_shown_and_can_be_chosen(table: Table, tmp_path: Path) -> None:
    for number in range(4):
        levels = np.full((16, 16), 1000 * (number + 1), np.uint16)
        Image.fromarray(levels).save(tmp_path / f"{number}.png")
    page = table.seen(tmp_path)
    white = page.page.choices.white
    assert white.isVisible()
    assert white.currentText() == "Automatic: 4,095"
    for key in (Qt.Key.Key_1, Qt.Key.Key_6):
        table.qtbot.keyClick(white, key)
    table.wait(lambda: not page.page.strip.waiting)
    assert (white.currentText(), page.spec) == ("16,383", f"{tmp_path}::white=16383")
    brightest = max(image.pixelColor(0, 0).red() for image in page.page.strip.prepared)
    assert brightest == round(4000 / 16_383 * 255)
    table.press(page.open_button)
    table.wait(lambda: bool(table.opened))
    assert table.opened[0].spec == f"{tmp_path}::white=16383"
    assert any(note.startswith("White is 16383, as asked") for note in table.opened[0].report.notes)


def test_that_no_white_is_offered_where_no_picture_is_deep(table: Table, tmp_path: Path) -> None:
    page = table.seen(folder_of(tmp_path / "cats", 4))
    assert not page.page.choices.white.isVisible()
    page = table.seen(f"{tmp_path / 'cats'}::white=700")
    assert page.page.choices.white.isVisible()
    assert page.page.choices.white.currentText() == "700"


class Slow:
    """Holds the first look until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.let_go = threading.Event()
        self._real = opening.preview
        monkeypatch.setattr(opening, "preview", self._look)

    def _look(self, spec: str, count: int) -> opening.Preview:
        self.asked.append(spec)
        if len(self.asked) == 1:
            self.let_go.wait(5)
        return self._real(spec, count)


def test_that_the_newest_of_many_previews_wins_and_most_are_never_made(
    table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch)
    page = table.page(folder_of(tmp_path / "cats", 4))
    table.wait(lambda: bool(slow.asked))
    side = page.page.choices.side
    for side_chosen in (16, 28, 48, 64):
        side.setCurrentIndex(side.findData(side_chosen))
        pass_time(5)
    slow.let_go.set()
    widths: list[int] = []
    real = page.page.strip.show_preview
    monkeypatch.setattr(
        page.page.strip,
        "show_preview",
        lambda preview: (widths.append(preview.pairs[0][1].shape[-1]), real(preview)),
    )
    table.wait(lambda: not page.page.strip.waiting)
    assert widths == [64], "what the first look brought is not shown"
    assert len(slow.asked) == 2


def test_that_a_page_may_close_while_it_looks(
    table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch)
    page = table.page(folder_of(tmp_path / "cats", 4))
    table.wait(lambda: bool(slow.asked))
    table.press(page.cancel_button)
    assert gone(page)
    slow.let_go.set()
    table.wait(lambda: not table.background.busy)
    assert not table.opened


def _held_reading(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event, list[str]]:
    """A reading that waits after 4,200 of 20,000 pictures, then goes on to tell how far it is."""
    there, go_on, ended = threading.Event(), threading.Event(), []

    def read(spec: str, *, tick: Callable[[int, int], None]) -> None:
        tick(4200, 20_000)
        there.set()
        go_on.wait(5)
        try:
            tick(4250, 20_000)
        except opening.LabError:
            ended.append(spec)
            raise

    monkeypatch.setattr(opening, "open_data", read)
    return there, go_on, ended


def test_that_a_reading_tells_how_far_it_is_and_stops_when_asked(
    table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, go_on, ended = _held_reading(monkeypatch)
    page = table.seen(folder_of(tmp_path / "cats", 4))
    table.press(page.open_button)
    table.wait(lambda: page.page.progress.text() == "4,200 of 20,000 pictures")
    assert there.is_set()
    assert not page.page.choices.isEnabled()
    table.press(page.cancel_button)
    assert page.stage is Stage.CHOOSING
    assert page.isVisible()
    assert "Nothing was opened" in page.page.note.text()
    assert page.page.choices.isEnabled()
    go_on.set()
    table.wait(lambda: not table.background.busy)
    assert ended, "the reading was broken off"
    assert not table.opened
    monkeypatch.undo()
    table.press(page.open_button)
    table.wait(lambda: bool(table.opened))


def test_that_escape_stops_the_reading_and_once_more_closes(
    table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, go_on, _ = _held_reading(monkeypatch)
    page = table.seen(folder_of(tmp_path / "cats", 4))
    table.press(page.open_button)
    table.qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert page.isVisible()
    table.qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert gone(page)
    go_on.set()


def test_that_a_page_that_is_closed_while_reading_leaves_nothing_behind(
    table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, go_on, ended = _held_reading(monkeypatch)
    page = table.seen(folder_of(tmp_path / "cats", 4))
    table.press(page.open_button)
    table.wait(lambda: page.page.progress.maximum() == 20_000)
    page.close()
    assert gone(page)
    go_on.set()
    table.wait(lambda: not table.background.busy)
    assert ended
    assert not table.opened


def test_that_what_was_left_out_is_shown_before_the_page_closes(table: Table, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "cats", 5)
    (folder / "torn.png").write_bytes(b"no picture")
    page = table.seen(folder)
    table.press(page.open_button)
    table.wait(lambda: page.stage is Stage.TOLD)
    assert page.isVisible()
    assert not table.opened
    assert "1 was left out" in page.page.note.text()
    assert page.page.details.toPlainText().startswith("torn.png: no picture")
    assert page.open_button.text() == "Use the 5 pictures"
    table.press(page.open_button)
    assert table.opened[0].report.skipped_count == 1
    assert gone(page)


def test_that_what_was_read_may_be_turned_down_after_all(table: Table, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "cats", 5)
    (folder / "torn.png").write_bytes(b"no picture")
    page = table.seen(folder)
    table.press(page.open_button)
    table.wait(lambda: page.stage is Stage.TOLD)
    table.press(page.cancel_button)
    assert gone(page)
    assert not table.opened


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.zip", b"PK\x05\x06" + b"\0" * 18, "holds no pictures"),
        ("torn.zip", b"PK\x03\x04 and no more", "torn.zip"),
        ("train-images-idx3-ubyte", b"\0\0\x08\x03\0\0", "train-images-idx3-ubyte"),
        ("gone", None, "no such file or folder"),
    ],
)
def test_that_a_damaged_source_says_why_in_the_page(
    table: Table, tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    page = table.seen(path)
    assert words in page.page.note.text()
    assert name in page.page.note.text()
    assert not page.open_button.isEnabled()
    assert not table.broken, "expected trouble is nothing for the log"
    table.press(page.cancel_button)
    assert gone(page)


def test_that_trouble_while_reading_leaves_the_choices_as_they_are(table: Table, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "cats", 3)
    page = table.seen(folder)
    for path in folder.iterdir():
        path.unlink()
    table.press(page.open_button)
    table.wait(page.page.note.isVisible)
    assert "holds no pictures" in page.page.note.text()
    assert page.stage is Stage.CHOOSING
    write(folder / "a.png", noise(1))
    write(folder / "b.png", noise(2))
    table.press(page.open_button)
    table.wait(lambda: bool(table.opened))


def test_that_a_fault_nobody_expected_is_told_with_details_for_the_log(
    table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = table.seen(folder_of(tmp_path / "cats", 3))

    def broken(spec: str, *, tick: object) -> None:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr(opening, "open_data", broken)
    table.press(page.open_button)
    table.wait(lambda: bool(table.broken))
    assert "of all things" in page.page.note.text()
    assert "Traceback" in table.broken[0][1]


def test_that_every_control_has_a_name_and_a_tip(table: Table, tmp_path: Path) -> None:
    page = table.seen(folder_of(tmp_path / "cats", 3))
    parts = page.page
    for control in (
        parts.path, parts.found, parts.strip, parts.note, parts.details, parts.progress, parts.choices.side,
        parts.choices.fit, parts.choices.colour, page.open_button, page.cancel_button,
    ):  # fmt: skip
        assert control.objectName()
        assert control.accessibleName()
        assert control.toolTip()


def with_columns(folder: Path) -> Path:
    """Twelve pictures, with two columns of words in a table."""
    folder_of(folder, 12)
    rows = "".join(f"{n:03}.png,{('x', 'y')[n % 2]},{('u', 'v')[n // 6]}\n" for n in range(12))
    (folder / "labels.csv").write_text("file,one,the other\n" + rows)
    return folder


def test_that_without_a_table_there_are_no_columns_to_choose(table: Table, tmp_path: Path) -> None:
    page = table.seen(folder_of(tmp_path / "cats", 6))
    assert page.page.choices.columns.isHidden()
    assert page.spec == str(tmp_path / "cats")


def test_that_the_class_column_is_chosen_by_key(table: Table, tmp_path: Path) -> None:
    page = table.seen(with_columns(tmp_path / "cats"))
    columns = page.page.choices.columns
    assert columns.isVisible()
    assert columns.file.currentText() == "As found: file"
    assert columns.label.currentText() == "As found: one"
    assert columns.split.currentText() == "As found: none"
    named = [columns.label.itemText(index) for index in range(columns.label.count())]
    assert named == ["As found: one", "None", "file", "one", "the other"]
    assert '"one" is the class (2)' in page.page.found.text()
    table.qtbot.keyClick(columns.label, Qt.Key.Key_T)
    assert columns.label.currentText() == "the other"
    assert page.page.strip.waiting
    table.wait(lambda: not page.page.strip.waiting)
    assert '"the other" is the class (2)' in page.page.found.text()
    table.press(page.open_button)
    table.wait(lambda: bool(table.opened))
    assert table.opened[0].spec == f"{tmp_path / 'cats'}::class=the%20other"
    assert opening.open_data(table.opened[0].spec).everything.classes == ("u", "v")


def test_that_a_column_that_names_no_file_is_told(table: Table, tmp_path: Path) -> None:
    page = table.seen(with_columns(tmp_path / "cats"))
    box = page.page.choices.columns.file
    table.qtbot.keyClick(box, Qt.Key.Key_O)
    assert box.currentText() == "one"
    table.wait(lambda: not page.page.strip.waiting)
    assert "the column 'one' names none of the 12 pictures" in page.page.note.text()
    assert not page.open_button.isEnabled()
    table.qtbot.keyClick(box, Qt.Key.Key_Home)
    table.wait(page.open_button.isEnabled)
    assert page.spec == str(tmp_path / "cats")


def test_that_what_was_asked_for_stays_chosen(table: Table, tmp_path: Path) -> None:
    folder = with_columns(tmp_path / "cats")
    spec = f"{folder}::dealt=count,white=4095,class=the%20other,attributes=one"
    page = table.seen(spec)
    assert page.page.choices.columns.label.currentText() == "the other"
    assert page.spec == spec


@pytest.mark.parametrize("train_first", [False, True])
def test_that_enter_goes_on_to_the_training_for_one_who_comes_from_it(
    table: Table, tmp_path: Path, train_first: bool
) -> None:
    page = table.seen(folder_of(tmp_path / "cats", 10), train_first=train_first)
    assert not page.to_train
    with table.qtbot.waitSignal(page.opened, timeout=5000):
        table.qtbot.keyClick(page, Qt.Key.Key_Return)
        kept = page.to_train
    assert kept is train_first

"""Projects in a window: what is arranged is saved, opened again, and never lost."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from latentlab.data.keys import Keys
from latentlab.engine.files.project_file import DOCUMENT, read_document
from latentlab.errors import LabError
from latentlab.qt.controllers.project_copies import ProjectCopies
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.shell.main_window import LabWindow
from latentlab.qt.widgets.ask_dialogs import ChoiceDialog
from latentlab.session.edits import MoveProbe, SetLayers, SetPins
from latentlab.session.own_edits import SetGroups
from latentlab.session.project import from_json
from latentlab.session.state import SessionState
from tests.qt.fake_renderer import COUNT, FakeRenderer
from tests.qt.shell import OFFSCREEN, open_window
from tests.qt.waiting import pass_time, until_idle
from tests.tiny import save_tiny_model

pytestmark = [OFFSCREEN, pytest.mark.slow]
PINS = ((1.0, 1.0), (0.5, -1.0))


class Renamed(FakeRenderer):
    """Its pictures have keys; those that were first come last if they are `turned`."""

    def __init__(self, turned: int = 0) -> None:
        super().__init__()
        numbers = np.roll(np.arange(COUNT), -turned)
        self.keys = Keys(tuple(f"{number}.png" for number in numbers), numbers.astype(np.uint64))


def open_project(qtbot: QtBot, window: LabWindow, path: Path) -> None:
    with qtbot.waitSignal(window.workspace.encoded, timeout=5000):
        window.open_project(path)
    until_idle()


def save_project(window: LabWindow, path: Path) -> None:
    window.save_project(path)
    assert path.is_file(), "it is written when the call returns"
    until_idle()


def said(window: LabWindow) -> str:
    bar = window.bench.messages
    return "" if bar.isHidden() else bar.label.text()


def test_that_everything_that_is_arranged_is_there_again_in_another_window(
    qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "my.llab"
    (cats := tmp_path / "cats").mkdir()
    with open_window(qtbot, tmp_path, Renamed(), state=SessionState(data=str(cats))) as window:
        layers = replace(window.workspace.state.layers, contours=False)
        for edit in (
            SetPins(pins=PINS),
            SetGroups(group_a=(1, 2)),
            SetLayers(layers=layers),
            MoveProbe(z=(2.0, 1.0)),
        ):
            window.workspace.do(edit)
        with qtbot.waitSignal(window.workspace.encoded, timeout=3000):
            window.bench.opener.open_model("other")
        window.workspace.do(MoveProbe(z=(0.0, 3.0)))
        assert not window.isWindowModified()
        window.bench.actions["projectNotesAction"].trigger()
        window.findChild(QPlainTextEdit, "projectNotesText").setPlainText("Try beta = 4.")
        # Twice in one breath, as a script may do.
        window.save_project(path)
        save_project(window, path)
        assert said(window) == ""
        assert window.windowTitle().startswith("my[*] — other ·")
        # What is undone is no change; what is done is.
        window.workspace.do(MoveProbe(z=(1.0, 1.0)))
        until_idle()
        assert window.isWindowModified()
        window.bench.actions["undoAction"].trigger()
        until_idle()
        assert not window.isWindowModified()
    (other := tmp_path / "elsewhere").mkdir()
    # One picture was added in front of the others.
    with open_window(qtbot, other, Renamed(turned=-1)) as window:
        open_project(qtbot, window, path)
        state = window.workspace.state
        assert (state.model, state.probe, state.pins) == ("other", (0.0, 3.0), ())
        assert window.bench.projects.notes == "Try beta = 4."
        assert not window.isWindowModified()
        assert not window.workspace.undo_stack.canUndo()
        assert said(window) == "Its pictures have changed since my.llab was saved."
        with qtbot.waitSignal(window.workspace.encoded, timeout=3000):
            window.bench.opener.open_model(SessionState().model)
        state = window.workspace.state
        assert (state.pins, state.probe, state.group_a, state.layers) == (PINS, (2.0, 1.0), (2, 3), layers)
        until_idle()
        assert window.isWindowModified(), "another model is shown"
        assert str(path) in window.settings.projects


def test_that_a_second_window_opens_it_read_only_and_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "my.llab"
    (other := tmp_path / "elsewhere").mkdir()
    with open_window(qtbot, tmp_path) as window:
        save_project(window, path)
        with open_window(qtbot, other) as second:
            open_project(qtbot, second, path)
            assert "read-only: it is open in another window" in said(second)
            assert "(read-only)" in second.windowTitle()
            second.workspace.do(SetPins(pins=PINS))
            before = path.read_bytes()
            second.save_project(path)
            assert path.read_bytes() == before
            assert "was not saved" in said(second)
            save_project(second, other / "copy.llab")
            assert "(read-only)" not in second.windowTitle()
    with open_window(qtbot, other, settings=Settings(other / "lab2.ini")) as window:
        open_project(qtbot, window, path)
        assert "(read-only)" not in window.windowTitle()


def test_that_what_is_not_saved_is_there_after_closing_after_a_crash_and_after_another_project(
    qtbot: QtBot, tmp_path: Path
) -> None:
    path, second = tmp_path / "my.llab", tmp_path / "second.llab"
    with open_window(qtbot, tmp_path) as window:
        save_project(window, path)
        window.workspace.do(SetPins(pins=PINS))
    # Closed without a question: it goes on where it was.
    with open_window(qtbot, tmp_path) as window:
        until_idle()
        assert window.workspace.state.pins == PINS
        assert window.windowTitle().startswith("my[*]")
        assert window.isWindowModified()
        save_project(window, second)
        window.workspace.do(SetPins(pins=(*PINS, (2.0, 2.0))))
        until_idle()
        # As long as it takes until a copy is kept.
        pass_time(16_000)
        until_idle()
        # A crash: nothing of what closing does was done, and the settings are those of another window.
        kept = window.bench.projects.copies.of(second)
        assert from_json(read_document(kept)).session.pins == (*PINS, (2.0, 2.0))
        content = kept.read_bytes()
    kept.write_bytes(content)
    (other := tmp_path / "elsewhere").mkdir()
    with open_window(qtbot, tmp_path, settings=Settings(other / "lab.ini")) as window:
        window.workspace.do(SetPins(pins=((3.0, 3.0),)))
        open_project(qtbot, window, second)
        assert window.workspace.state.pins == PINS
        assert "second.llab was changed until" in said(window)
        with qtbot.waitSignal(window.workspace.encoded, timeout=3000):
            window.bench.messages.offer.click()
        until_idle()
        assert (window.workspace.state.pins, window.isWindowModified()) == ((*PINS, (2.0, 2.0)), True)
        # What was there before, in no project, can be had again.
        with qtbot.waitSignal(window.workspace.encoded, timeout=3000):
            window.bench.actions["sessionBeforeAction"].trigger()
        assert window.workspace.state.pins == ((3.0, 3.0),)
        assert window.bench.projects.path is None


def test_that_a_file_that_somebody_else_has_changed_is_not_written_over(qtbot: QtBot, tmp_path: Path) -> None:
    path, other = tmp_path / "my.llab", tmp_path / "other.llab"
    with open_window(qtbot, tmp_path) as window:
        window.workspace.do(SetPins(pins=PINS))
        save_project(window, path)
        save_project(window, other)
        other.write_bytes(path.read_bytes() + b" ")
        window.save_project(other)
        until_idle()
        assert "another program has changed it" in said(window)
        assert other.read_bytes()[-1:] == b" "
        # Without a project the session goes on; notes are the project's.
        window.bench.projects.note("Of the other.")
        window.bench.actions["closeProjectAction"].trigger()
        until_idle()
        assert not window.windowTitle().startswith("other")
        assert (window.workspace.state.pins, window.bench.projects.notes) == (PINS, "")
        open_project(qtbot, window, path)
        path.rename(tmp_path / "gone.llab")
    with open_window(qtbot, tmp_path) as window:
        until_idle()
        assert "my.llab: could not be read" in said(window)
        assert "is still here" in said(window)
        assert window.workspace.state.pins == PINS
    with open_window(qtbot, tmp_path) as window:
        until_idle()
        assert said(window) == "", "it is said once"


def test_that_what_is_damaged_or_newer_is_refused_and_nothing_changes(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "my.llab"
    with open_window(qtbot, tmp_path) as window:
        save_project(window, path)
        title, document = window.windowTitle(), json.loads(read_document(path))
        broken, newer = tmp_path / "broken.llab", tmp_path / "newer.llab"
        broken.write_bytes(path.read_bytes()[:-40])
        with zipfile.ZipFile(newer, "w") as archive:
            archive.writestr(DOCUMENT, json.dumps({**document, "version": 99, "program": "9.1"}))
        for file, words in (
            (broken, "is damaged"),
            (newer, "newer LatentLab (9.1"),
            (tmp_path / "no.llab", "No such"),
        ):
            dropped = QMimeData()
            dropped.setUrls([QUrl.fromLocalFile(str(file))])
            window.bench.opener.open_dropped(dropped)
            until_idle()
            assert words in said(window)
            assert file.name in said(window)
        assert window.windowTitle() == title


def test_that_a_model_that_has_moved_is_found_by_its_hash_or_asked_for_once(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With models that are files; what draws is the stand-in, which says what the files' hashes are."""
    (models := tmp_path / "models").mkdir()
    (away := tmp_path / "away").mkdir()
    mine = save_tiny_model(models / "mine.safetensors")
    renderer = FakeRenderer()
    for folder in (models, away):
        renderer.hashes[str(folder / "mine.safetensors")] = hashlib.sha256(mine.read_bytes()).hexdigest()[:12]
    renderer.hashes[str(models / "called otherwise.safetensors")] = renderer.hashes[str(mine)]
    path = tmp_path / "projects" / "my.llab"
    path.parent.mkdir()
    with open_window(qtbot, tmp_path, renderer) as window:
        with qtbot.waitSignal(window.workspace.encoded, timeout=3000):
            window.bench.opener.open_model(str(mine))
        window.workspace.do(SetPins(pins=PINS))
        save_project(window, path)
        # In a folder that is known: it is found.
        mine.rename(models / "called otherwise.safetensors")
        open_project(qtbot, window, path)
        assert window.workspace.state.model == str(models / "called otherwise.safetensors")
        assert (window.workspace.state.pins, said(window)) == (PINS, "")
        # In none: it is asked for, and what was done with it waits.
        (models / "called otherwise.safetensors").rename(away / "mine.safetensors")
        open_project(qtbot, window, path)
        assert "mine.safetensors is not where it was" in said(window)
        assert window.workspace.state.model == SessionState().model
        window.bench.messages.offer.click()
        page = window.findChild(object, "findModelDialog")
        assert page.objectName() == "findModelDialog"
        with qtbot.waitSignal(window.workspace.encoded, timeout=3000):
            page.fileSelected.emit(str(away / "mine.safetensors"))
            page.close()
        assert (window.workspace.state.model, window.workspace.state.pins) == (
            str(away / "mine.safetensors"),
            PINS,
        )
        # Saved again, it knows where it is.
        save_project(window, path)
        open_project(qtbot, window, path)
        assert (said(window), window.workspace.state.pins) == ("", PINS)


def test_that_missing_pictures_are_asked_for_and_without_them_nothing_is_saved_over(
    qtbot: QtBot, tmp_path: Path
) -> None:
    path, cats = tmp_path / "my.llab", tmp_path / "cats"
    cats.mkdir()
    with open_window(qtbot, tmp_path, state=SessionState(data=str(cats))) as window:
        window.workspace.do(SetGroups(group_a=(1, 2)))
        save_project(window, path)
        cats.rename(moved := tmp_path / "dogs")
        for button, data, group in (
            ("&Find them …", str(moved), (1, 2)),
            ("Open &without them", "mnist", ()),
        ):
            window.open_project(path)
            until_idle()
            page = window.findChild(ChoiceDialog, "missingPictures")
            (found,) = (one for one in page.findChildren(QPushButton) if one.text() == button)
            found.click()
            if group:
                window.findChild(object, "findPicturesDialog").fileSelected.emit(str(moved))
                window.findChild(object, "findPicturesDialog").close()
            with qtbot.waitSignal(window.workspace.encoded, timeout=3000):
                pass
            until_idle()
            assert (window.workspace.state.data, window.workspace.state.group_a) == (data, group)
        before = path.read_bytes()
        window.save_project(path)
        assert (path.read_bytes(), "pictures are missing" in said(window)) == (before, True)


def test_that_scripts_find_the_actions(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as window:
        for name in ("saveProjectAction", "openProjectAction"):
            assert window.findChild(QAction, name) is not None, name


def test_that_nothing_of_a_project_that_is_coming_mixes_with_the_one_that_is_there(
    qtbot: QtBot, tmp_path: Path
) -> None:
    here, coming, renderer = tmp_path / "here.llab", tmp_path / "coming.llab", Renamed()
    with open_window(qtbot, tmp_path, renderer) as window:
        projects, show = window.bench.projects, window.bench.workspaces.show
        show("data")
        save_project(window, coming)
        show("explore")
        save_project(window, here)

        def begin() -> None:
            """Opens the other project, whose model is not there yet."""
            renderer.hold.clear()
            window.open_project(coming)
            qtbot.waitUntil(lambda: projects.coming, timeout=3000)

        # Another model in its place: the project is given up, and nothing of it stays behind.
        begin()
        assert window.bench.workspaces.current == "explore"
        window.bench.opener.open_model("other")
        renderer.hold.set()
        until_idle()
        assert (projects.path, projects.coming, window.bench.workspaces.current) == (here, False, "explore")
        # Twice in one breath: it is not "open in another window".
        begin()
        window.open_project(coming)
        qtbot.waitUntil(lambda: not window.bench.background.busy, timeout=3000)
        # What was there is saved as it was, and does not come back when it has been written.
        projects.save()
        renderer.hold.set()
        until_idle()
        assert (projects.path, projects.refusal, said(window)) == (coming, "", "")
        assert window.bench.workspaces.current == "data"
        assert from_json(read_document(here)).layouts[-1][0] == "workspace:explore"
        save_project(window, here)
        assert (projects.path, said(window)) == (here, "")
        projects.save(coming)
        projects.close_project()
        until_idle()
        assert projects.path is None, "it is not opened again by having been written"


def test_that_the_project_of_the_last_time_never_takes_the_place_of_the_one_that_is_asked_for(
    qtbot: QtBot, tmp_path: Path
) -> None:
    before, asked = tmp_path / "before.llab", tmp_path / "asked.llab"
    with open_window(qtbot, tmp_path, Renamed()) as window:
        projects = window.bench.projects
        for path in (before, asked):
            save_project(window, path)
        for wanted, comes in ((asked, asked), (tmp_path / "missing.llab", before)):
            projects.close_project()
            until_idle()
            # As at a start from the command line: the first model is there before the project has been read.
            window.settings.project = str(before)
            projects.open(wanted)
            projects.restore()
            until_idle()
            assert projects.path == comes


def test_that_what_cannot_be_kept_at_the_end_is_said_at_the_next_start(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "my.llab"

    def full(self: ProjectCopies, path: Path, project: object) -> None:
        raise LabError("could not be written (No space left on device)", path)

    with open_window(qtbot, tmp_path) as window:
        save_project(window, path)
        window.workspace.do(MoveProbe(z=(1.0, 0.5)))
        monkeypatch.setattr(ProjectCopies, "keep", full)
    monkeypatch.undo()
    assert "No space left" in (tmp_path / "log" / "lab.log").read_text()
    with open_window(qtbot, tmp_path, settings=Settings(tmp_path / "lab.ini")) as window:
        words = window.bench.status._bar.currentMessage()
        assert words.startswith("my.llab: when LatentLab was closed")
        assert "No space left" in words
        assert window.workspace.state.probe == (1.0, 0.5), "its session is here"
    with open_window(qtbot, tmp_path, settings=Settings(tmp_path / "lab.ini")) as window:
        assert "when LatentLab was closed" not in window.bench.status._bar.currentMessage()

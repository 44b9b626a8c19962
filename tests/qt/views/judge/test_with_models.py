"""The judge's view down to tiny models and back; the window closes in the middle of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from latentlab.core.judgement import JudgeBegan, JudgeEvent
from latentlab.data import catalog
from latentlab.engine.evaluation.judge import store
from latentlab.qt.clients.judge_client import JudgeClient
from latentlab.qt.clients.trainer_client import TrainerClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.judge.view import JudgeView
from tests.qt.shell import OFFSCREEN
from tests.tiny import save_tiny_model, toy_set

pytestmark = [OFFSCREEN, pytest.mark.slow]
LEFT = Qt.MouseButton.LeftButton
PATIENCE_MS = 120_000


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Own models of data called toy."""
    counts = {"train": 160, "test": 120}
    entry = catalog.Entry("toy", "", lambda _, split: toy_set(split, counts[split]))  # type: ignore[arg-type]
    monkeypatch.setitem(catalog.CATALOG, "toy", entry)
    monkeypatch.setattr(store, "default_folder", lambda: tmp_path / "judged")
    made = tmp_path / "models"
    made.mkdir()
    save_tiny_model(made / "mine.safetensors")
    save_tiny_model(made / "other.safetensors", seed=1)
    return made


@pytest.fixture
def made(workspace: Workspace, folder: Path) -> Iterator[list[JudgeView]]:
    views: list[JudgeView] = []
    yield views
    for view in views:
        view.client.stop()
        view.close()
        view.deleteLater()


def opened(qtbot: QtBot, made: list[JudgeView], workspace: Workspace, folder: Path) -> JudgeView:
    client = JudgeClient()
    view = JudgeView(SimpleNamespace(workspace=workspace, judge=client, trainer=TrainerClient(folder)))
    view.client = client
    made.append(view)
    view.resize(1200, 800)
    view.show()
    qtbot.waitExposed(view)
    view.show_data("toy")
    view.bar.pictures.setValue(100)
    return view


def test_that_own_models_are_judged_and_what_a_closed_window_had_measured_is_there_again(
    qtbot: QtBot, made: list[JudgeView], workspace: Workspace, folder: Path
) -> None:
    view = opened(qtbot, made, workspace, folder)
    assert [row.name for row in view.model.rows] == ["mine", "other"]
    qtbot.mouseClick(view.findChild(QPushButton, "judgeButton"), LEFT)
    qtbot.waitUntil(lambda: any(len(row.cells) > 2 for row in view.model.rows), timeout=PATIENCE_MS)
    view.client.stop()
    qtbot.waitUntil(view.client.request_end()[0].isFinished, timeout=PATIENCE_MS)

    later = opened(qtbot, made, workspace, folder)
    qtbot.waitUntil(lambda: any(len(row.cells) > 2 for row in later.model.rows), timeout=PATIENCE_MS)
    assert not later.client.running, "they are there before anything is judged"
    events: list[JudgeEvent] = []
    later.client.told.connect(events.append)
    qtbot.mouseClick(later.findChild(QPushButton, "judgeButton"), LEFT)
    qtbot.waitUntil(lambda: not later.client.running, timeout=PATIENCE_MS)
    began = events[0]
    assert isinstance(began, JudgeBegan)
    assert sum(len(row.cells) for row in began.table.rows) >= 2, "kept from the window that was closed"
    assert later.bar.status.text() == "Judged 2 models, 100 samples of each."
    assert [row.name for row in later.model.rows] == ["mine", "other"]
    for _, column, cell in later.model.table.all_cells():
        assert cell is not None, column.key
        assert cell.value is not None or cell.note

    frechet = next(number for number, one in enumerate(later.model.columns) if one.name == "frechet")
    index = later.model.index(0, frechet)
    later.table.scrollTo(index)
    qtbot.mouseClick(later.table.viewport(), LEFT, pos=later.table.visualRect(index).center())
    pictures = later.findChild(QListWidget, "judgeBehindPictures")
    qtbot.waitUntil(lambda: pictures.count() > 0, timeout=PATIENCE_MS)
    assert pictures.count() == len(index.model().cell(index)[2].behind.numbers)

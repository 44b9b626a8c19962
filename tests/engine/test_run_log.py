"""A training's figures on disk, for other programs to plot."""

from __future__ import annotations

import errno
import json
import math
import threading

import pytest

from latentlab.engine.training import run_log
from latentlab.engine.training.events import (
    EpochEnded,
    Progress,
    Started,
)
from latentlab.engine.training.run_log import RunLog
from latentlab.errors import LabError
from latentlab.models.objectives.figures import denoising_figures, elbo_figures, label_figures

TRAIN, TEST = elbo_figures(-90.0, (15.0, 5.0)), elbo_figures(-95.0, (15.5, 5.5))


def test_that_every_figure_becomes_a_line_and_a_scalar(tmp_path, monkeypatch):
    monkeypatch.setattr(run_log, "_EVERY_S", 0.0)
    with RunLog(tmp_path / "run") as log:
        log.add(Started(10, 2, "cpu", "fp32", 1))
        log.add(Progress(3, 1, TRAIN, 1000.0, 5.0, 0.5))
        log.add(EpochEnded(5, 1, TRAIN, TEST))
        log.add(EpochEnded(10, 2, TRAIN, None))
    lines = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    assert lines == [
        {
            "step": 3, "epoch": 1, "split": "train", "elbo": -110.0, "reconstruction": -90.0, "kl": 20.0,
            "images_per_second": 1000.0, "beta": 0.5,
        },
        {"step": 5, "epoch": 1, "split": "test", "elbo": -116.0, "reconstruction": -95.0, "kl": 21.0},
    ]  # fmt: skip
    board = next((tmp_path / "run").glob("events.out.tfevents.*")).read_bytes()
    for tag in (b"train/elbo", b"train/beta", b"train_kl_per_dimension/z2", b"test/kl"):
        assert tag in board, tag


def test_that_a_denoisers_loss_is_told_by_noise_level_and_an_undrawn_level_is_null(tmp_path, monkeypatch):
    monkeypatch.setattr(run_log, "_EVERY_S", 0.0)
    with RunLog(tmp_path / "run") as log:
        log.add(Progress(3, 1, denoising_figures(0.25, (0.5, math.nan, 0.125)), 1000.0, 5.0, 1.0))
        log.add(EpochEnded(5, 1, denoising_figures(0.2), denoising_figures(0.3, (0.6, 0.4, 0.2))))
    text = (tmp_path / "run" / "metrics.jsonl").read_text()
    assert "NaN" not in text, "no JSON"
    assert [json.loads(line) for line in text.splitlines()] == [
        {
            "step": 3, "epoch": 1, "split": "train", "loss": 0.25, "images_per_second": 1000.0,
            "loss_per_level": [0.5, None, 0.125],
        },
        {"step": 5, "epoch": 1, "split": "test", "loss": 0.3, "loss_per_level": [0.6, 0.4, 0.2]},
    ]  # fmt: skip
    board = next((tmp_path / "run").glob("events.out.tfevents.*")).read_bytes()
    for tag in (b"train/loss", b"train_loss_per_level/3", b"test_loss_per_level/2"):
        assert tag in board, tag
    for tag in (b"train_loss_per_level/2", b"train/beta", b"train/elbo"):
        assert tag not in board, tag


def test_that_of_a_classifier_loss_and_accuracy_are_told_and_no_beta(tmp_path, monkeypatch):
    monkeypatch.setattr(run_log, "_EVERY_S", 0.0)
    with RunLog(tmp_path / "run") as log:
        log.add(Progress(3, 1, label_figures(0.5, 0.75), 1000.0, 5.0, 1.0))
        log.add(EpochEnded(5, 1, label_figures(0.4, 0.8), label_figures(0.3, 0.9)))
    lines = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [
        {
            "step": 3, "epoch": 1, "split": "train", "loss": 0.5, "accuracy": 0.75,
            "images_per_second": 1000.0,
        },
        {"step": 5, "epoch": 1, "split": "test", "loss": 0.3, "accuracy": 0.9},
    ]  # fmt: skip
    board = next((tmp_path / "run").glob("events.out.tfevents.*")).read_bytes()
    assert b"test/accuracy" in board
    assert b"train/beta" not in board


def test_that_progress_is_noted_once_a_second_and_a_later_run_appends(tmp_path):
    for _ in range(2):
        with RunLog(tmp_path) as log:
            for step in range(5):
                log.add(Progress(step, 1, TRAIN, 1000.0, 5.0, 1.0))
    assert len((tmp_path / "metrics.jsonl").read_text().splitlines()) == 2


def test_that_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LabError, match="cannot be written to"):
        RunLog(tmp_path / "file" / "run")


def test_that_a_log_that_can_no_longer_be_written_says_so_once_and_leaves_whole_lines(tmp_path, monkeypatch):
    monkeypatch.setattr(run_log, "_EVERY_S", 0.0)
    log = RunLog(tmp_path / "run")
    assert log.add(Progress(1, 1, TRAIN, 1000.0, 5.0, 1.0)) == ""
    with monkeypatch.context() as patch:
        patch.setattr(log, "_lines", _FullDisk(log._lines, room=20))
        told = [log.add(Progress(step, 1, TRAIN, 1000.0, 5.0, 1.0)) for step in (2, 3, 4)]
    assert told[0].startswith(f"{tmp_path / 'run'}: the log stops here")
    assert "No space left on device" in told[0]
    assert told[1:] == ["", ""]
    assert log.close() == ""
    lines = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [1]


def test_that_a_board_that_cannot_be_written_ends_the_log_in_words_too(tmp_path, monkeypatch):
    def full(event):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(run_log, "_EVERY_S", 0.0)
    log = RunLog(tmp_path / "run")
    monkeypatch.setattr(log._board, "write", full)
    assert "No space left on device" in log.add(Progress(1, 1, TRAIN, 1000.0, 5.0, 1.0))


def test_that_what_fails_at_the_very_end_is_told_by_close(tmp_path, monkeypatch):
    def full():
        raise OSError(errno.ENOSPC, "No space left on device")

    log = RunLog(tmp_path / "run")
    monkeypatch.setattr(log._board, "flush", full)
    assert "No space left on device" in log.close()
    assert log.close() == ""


def test_that_no_thread_writes_where_its_failure_could_not_be_caught(tmp_path):
    before = threading.active_count()
    with RunLog(tmp_path / "run") as log:
        log.add(Progress(1, 1, TRAIN, 1000.0, 5.0, 1.0))
        assert threading.active_count() == before


class _FullDisk:
    """A file on a disk that has room for so many bytes more."""

    def __init__(self, file, room: int) -> None:
        self._file, self._room = file, room

    def write(self, content: bytes) -> int:
        written = self._file.write(content[: self._room])
        self._room -= written
        return written

    def __getattr__(self, name: str):
        return getattr(self._file, name)

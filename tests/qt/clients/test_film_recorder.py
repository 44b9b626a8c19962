"""The film of an unfolding."""

from __future__ import annotations

import itertools

import numpy as np
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from latentlab.qt.clients import film_recorder as module
from latentlab.qt.clients.film_recorder import FilmRecorder
from tests.qt.shell import OFFSCREEN

pytestmark = OFFSCREEN


def make(qtbot: QtBot, width: int = 300, height: int = 200) -> tuple[QWidget, FilmRecorder]:
    widget = QWidget()
    widget.setAutoFillBackground(True)
    widget.resize(width, height)
    qtbot.addWidget(widget)
    widget.show()
    return widget, FilmRecorder(widget)


def colour(widget: QWidget, level: int) -> None:
    palette = widget.palette()
    palette.setColor(QPalette.ColorRole.Window, QColor(level, 0, 255 - level))
    widget.setPalette(palette)


def test_that_a_frame_is_what_the_widget_shows(qtbot: QtBot):
    widget, film = make(qtbot)
    for level in (10, 200):
        colour(widget, level)
        film.take()
    first, second = film.frames
    assert first.shape == second.shape
    assert max(first.shape) == 360
    assert np.abs(first.astype(int) - [10, 0, 245]).max() <= 1
    assert np.abs(second.astype(int) - [200, 0, 55]).max() <= 1


def test_that_a_full_film_spans_the_whole_training(qtbot: QtBot, monkeypatch):
    monkeypatch.setattr(module, "_MOST", 8)
    widget, film = make(qtbot, 40, 30)
    for level in range(100):
        colour(widget, level)
        film.take()
    levels = [int(frame[0, 0, 0]) for frame in film.frames]
    assert len(levels) <= 8
    assert levels[0] == 0
    assert levels[-1] >= 80
    assert len({after - before for before, after in itertools.pairwise(levels)}) == 1


def test_that_a_widget_of_another_size_begins_a_new_film(qtbot: QtBot):
    widget, film = make(qtbot)
    film.take()
    widget.resize(200, 300)
    film.take()
    assert len(film.frames) == 1
    film.clear()
    assert film.frames == ()


def test_that_a_hidden_widget_is_not_filmed(qtbot: QtBot):
    widget, film = make(qtbot)
    widget.hide()
    film.take()
    assert film.frames == ()


def test_that_a_widget_without_a_picture_is_passed_over(qtbot: QtBot):
    widget, film = make(qtbot)
    film.take()
    widget.resize(0, 0)
    film.take()
    widget.resize(300, 200)
    film.take()
    assert len(film.frames) == 2

"""The tape of a training's samples: what they were asked for is written by them."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.scores import VarietyReply
from latentlab.qt.views.adversarial.tape import SampleTape


def frame(columns: int, asked: tuple[str, ...] = (), *, borrowed: bool = False) -> VarietyReply:
    pictures = np.zeros((6, 8, 8), np.uint8)
    return VarietyReply(1, pictures, columns, 1.0, (), (), asked, None, 7, borrowed)


def test_that_the_class_is_written_over_each_column_and_pictures_have_no_less_room(qtbot: QtBot) -> None:
    tape = SampleTape()
    qtbot.addWidget(tape)
    tape.add(frame(2))
    plain = tape.sheet.heightForWidth(300)
    assert "ask" not in tape.words.text()
    tape.add(frame(2, ("even", "odd") * 3))
    assert tape.sheet.heads == ("even", "odd")
    assert tape.sheet.heightForWidth(300) == plain + tape.sheet.fontMetrics().height()
    assert "Every class is asked for in turn." in tape.words.text()


def test_that_classes_without_a_column_each_and_attributes_are_told_in_words(qtbot: QtBot) -> None:
    tape = SampleTape()
    qtbot.addWidget(tape)
    tape.add(frame(3, ("a", "b", "c", "d", "e", "f")))
    assert tape.sheet.heads == (), "the second row has others"
    assert "Every class is asked for in turn." in tape.words.text()
    tape.add(frame(3, borrowed=True))
    assert tape.sheet.heads == ()
    assert "the attributes of a held-out picture" in tape.words.text()

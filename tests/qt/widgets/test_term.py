"""Where the underline of a term is drawn."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPalette
from pytestqt.qtbot import QtBot

from latentlab.qt.widgets.images import from_qimage
from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.term import Term

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def ink_in(label: Label, rows: range) -> QRect:
    """The rectangle around all that is drawn in these rows of a label without underlines."""
    palette = QPalette(QColor("white"))
    palette.setColor(QPalette.ColorRole.WindowText, QColor("black"))
    label.setPalette(palette)
    grey = from_qimage(label.grab().toImage())
    dark = (grey if grey.ndim == 2 else grey.min(-1))[rows.start : rows.stop] < 128
    down, across = np.flatnonzero(dark.any(1)), np.flatnonzero(dark.any(0))
    left, top = int(across[0]), rows.start + int(down[0])
    return QRect(left, top, int(across[-1]) - left + 1, rows.start + int(down[-1]) - top + 1)


@pytest.mark.parametrize("align", [Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter])
@pytest.mark.parametrize("height", [40, 90])
def test_that_a_term_in_the_second_line_is_underlined_there(
    qtbot: QtBot, align: Qt.AlignmentFlag, height: int
) -> None:
    text, term = "Pictures with the highest responsibility", "responsibility"
    labels = Term(text, term), Label(text)
    for label in labels:
        qtbot.addWidget(label)
        label.setWordWrap(True)
        label.setAlignment(align | Qt.AlignmentFlag.AlignVCenter)
        label.resize(label.fontMetrics().horizontalAdvance("Pictures with the highest resp"), height)
    (word,) = labels[0].words(term)
    line = labels[0].fontMetrics().height()
    ink = ink_in(labels[1], range(height // 2 + 1, height))
    assert abs(word.left() - ink.left()) <= 3
    assert abs(word.right() - ink.right()) <= 3
    assert ink.top() - 6 <= word.top() <= ink.top()
    assert word.bottom() <= height // 2 + line


def test_that_a_term_broken_in_two_lines_is_underlined_in_both_and_answers_in_both(qtbot: QtBot) -> None:
    label = Term("It shows mode collapse and KL", "mode collapse", "KL")
    qtbot.addWidget(label)
    label.setWordWrap(True)
    label.resize(label.fontMetrics().horizontalAdvance("It shows mode coll"), 60)
    first, second = label.words("mode collapse")
    assert first.bottom() <= second.top() + 1
    assert first.left() > second.left()
    (other,) = label.words("KL")
    assert other.left() > second.right()
    assert label.words("ELBO") == []

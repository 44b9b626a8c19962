"""The histograms of scores, and where the picture at the probe is among them."""

from __future__ import annotations

from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.scores import HistogramsReply
from latentlab.models.critics import ScoreSpec
from latentlab.qt.views.adversarial.histograms import Histograms

REPLY = HistogramsReply(
    generation=1,
    low=-2.0,
    high=2.0,
    names=("train", "made"),
    shares=((0.0, 0.25, 0.25, 0.5), (0.75, 0.25, 0.0, 0.0)),
    means=(1.0, -1.25),
    counts=(8, 8),
    spec=ScoreSpec("f(x)", "Score", "", False),
)


def test_that_the_axes_are_those_of_the_scores_and_the_probe_is_marked_at_its_score(qtbot: QtBot) -> None:
    chart = Histograms()
    qtbot.addWidget(chart)
    chart.resize(500, 200)
    chart.show()
    assert chart.drawn_size().isEmpty(), "there is nothing to take away yet"
    chart.show_reply(REPLY)
    assert chart.x_span == (-2.0, 2.0)
    assert chart.y_span[0] == 0.0
    assert 0.75 < chart.y_span[1] < 1.0
    assert chart.table() == {
        "from": [-2.0, -1.0, 0.0, 1.0],
        "train": REPLY.shares[0],
        "made": REPLY.shares[1],
    }
    # Nothing is drawn high up at the right end but the mark, also of a score beyond it.
    at = (chart.place(1.5, 0.0).toPoint().x(), chart.place(1.5, 0.7).toPoint().y())
    before = chart.grab().toImage().pixelColor(*at)
    assert before == chart.palette().base().color()
    chart.mark(1.5)
    assert darkness(chart, at) > 0.5
    chart.mark(50.0)
    assert chart.grab().toImage().pixelColor(*at) == before
    assert darkness(chart, (chart.place(2.0, 0.0).toPoint().x() - 1, at[1])) > 0.2


def darkness(chart: Histograms, at: tuple[int, int]) -> float:
    colour: QColor = chart.grab().toImage().pixelColor(*at)
    return abs(colour.lightnessF() - chart.palette().base().color().lightnessF())

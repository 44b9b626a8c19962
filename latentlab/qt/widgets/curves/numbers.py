"""The numbers behind the charts of a training, as columns of a table. No Qt."""

from __future__ import annotations

import numpy as np

from latentlab.core.figures import ChartSpec
from latentlab.qt.widgets.curves.charts import Numbers
from latentlab.qt.widgets.curves.history import History

Columns = dict[str, list[object]]
_STEP, _OF = "step", "pictures"
LEARNT, HELD_OUT = "learnt from", "held out"


def of_history(history: History | None) -> Columns:
    """All figures and series: a row for each step of the pictures learnt from, then for the held-out ones."""
    if history is None or history.spec is None:
        return {}
    parts = ((LEARNT, history.train), (HELD_OUT, history.test))
    columns: Columns = {
        _STEP: [step for _, series in parts for step in series.steps],
        _OF: [of for of, series in parts for _ in series.steps],
    }
    for figure in history.spec.figures:
        columns[figure.name] = [value for _, series in parts for value in series.values(figure.name)]
    for one in history.spec.series:
        rows = [row for _, series in parts for row in series.rows(one.name)]
        for number in range(max(map(len, rows), default=0)):
            columns[f"{one.name} {number + 1}"] = [_at(row, number) for row in rows]
    return columns if columns[_STEP] else {}


def of_chart(chart: ChartSpec, steps: Numbers, train: Numbers, ends: Numbers, test: Numbers) -> Columns:
    """What one chart draws; (N,) steps, (lines, N) values of both kinds of pictures."""
    columns: Columns = {
        _STEP: [int(step) for step in (*steps, *ends)],
        _OF: [*[LEARNT] * len(steps), *[HELD_OUT] * len(ends)],
    }
    if not columns[_STEP]:
        return {}
    for number, part in enumerate(chart.parts):
        both = np.concatenate([train[number], test[number] if len(ends) else np.empty(0)])
        columns[f"{chart.of} {part}".strip()] = (10.0**both if chart.log else both).tolist()
    return columns


def _at(row: tuple[float, ...], number: int) -> float | None:
    return row[number] if number < len(row) else None

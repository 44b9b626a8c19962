"""What the charts of the judge show: a point for each model, with error bars and floors. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from latentlab.core.judged_text import SIGNS
from latentlab.core.judgement import Cell, Column, Table
from latentlab.qt.views.judge.words import full_title, measure_in_words

FRECHET, NATS, PRECISION, RECALL = "frechet", "nats", "precision", "recall"


@dataclass(frozen=True)
class Point:
    """A model in a chart: its hash, name, place, and standard errors (0 where they are not known)."""

    model: str
    name: str
    x: float
    y: float
    x_error: float = 0.0
    y_error: float = 0.0
    sign: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart.

    Attributes:
        name: of its widget and its file.
        title: over it.
        x_label, y_label: of its axes, with units.
        y_short: where there is no room for the other.
        points: all models that have both figures.
        x_floor, y_floor: None where there is none, or each model has its own.
        log_x: whether the axis of x is logarithmic.
        nothing: why there are no points.
    """

    name: str
    title: str
    x_label: str
    y_label: str
    y_short: str
    points: tuple[Point, ...] = ()
    x_floor: float | None = None
    y_floor: float | None = None
    log_x: bool = False
    nothing: str = ""

    def columns(self) -> Mapping[str, Sequence[object]]:
        """Its numbers for a table."""
        if not self.points:
            return {}
        return {
            "model": [point.name for point in self.points],
            self.x_label: [point.x for point in self.points],
            f"{self.x_label}, error": [point.x_error for point in self.points],
            self.y_label: [point.y for point in self.points],
            f"{self.y_label}, error": [point.y_error for point in self.points],
        }


def measures_of(table: Table) -> tuple[str, ...]:
    """The measures that densities of the table are given in, that of the most models first."""
    counts: dict[str, int] = {}
    for row in table.rows:
        cell = row.cells.get(NATS)
        if cell is not None and cell.value is not None and cell.tag is not None:
            counts[cell.tag.measure] = counts.get(cell.tag.measure, 0) + 1
    return tuple(sorted(counts, key=lambda measure: -counts[measure]))


def charts_of(table: Table, measure: str) -> tuple[Chart, ...]:
    """The charts of a table; only models with densities of one measure share the first."""
    frechet = _chief(table, FRECHET)
    return tuple(
        chart
        for chart in (
            _frechet_against_nats(table, frechet, measure),
            _precision_against_recall(table),
            _frechet_against_time(table, frechet),
        )
        if chart is not None
    )


def _frechet_against_nats(table: Table, frechet: Column | None, measure: str) -> Chart | None:
    if frechet is None:
        return None
    nats = table.column(NATS)
    points = []
    for row in table.rows:
        x, y = row.cells.get(NATS), row.cells.get(frechet.key)
        of_it = x is not None and x.tag is not None and x.tag.measure == measure
        if of_it and x is not None and y is not None and x.value is not None and y.value is not None:
            points.append(_point(row.hash, row.name, x, y, SIGNS[frechet.standing(y)]))
    words = f"log p(x) of {measure_in_words(measure)}" if measure else "log p(x)"
    return Chart(
        "judgeFrechetNats",
        "Fréchet against density",
        f"{words}, {nats.unit}",
        full_title(frechet),
        frechet.title,
        tuple(points),
        None,
        _floor(table, frechet),
        nothing="No model has both a density of this measure and a Fréchet distance yet.",
    )


def _precision_against_recall(table: Table) -> Chart | None:
    precision, recall = _chief(table, PRECISION), _chief(table, RECALL)
    if precision is None or recall is None:
        return None
    points = []
    for row in table.rows:
        x, y = row.cells.get(recall.key), row.cells.get(precision.key)
        if x is not None and y is not None and x.value is not None and y.value is not None:
            points.append(_point(row.hash, row.name, x, y, SIGNS[precision.standing(y)], 100.0))
    return Chart(
        "judgePrecisionRecall",
        "Precision against recall",
        f"{full_title(recall)}, %",
        f"{full_title(precision)}, %",
        f"{precision.title}, %",
        tuple(points),
        _floor(table, recall, 100.0),
        _floor(table, precision, 100.0),
        nothing="No model has precision and recall yet.",
    )


def _frechet_against_time(table: Table, frechet: Column | None) -> Chart | None:
    if frechet is None:
        return None
    points = []
    for row in table.rows:
        y = row.cells.get(frechet.key)
        if row.sampling is not None and row.sampling > 0.0 and y is not None and y.value is not None:
            x = Cell(value=row.sampling)
            points.append(_point(row.hash, row.name, x, y, SIGNS[frechet.standing(y)]))
    return Chart(
        "judgeFrechetTime",
        "Fréchet against sampling time",
        "seconds for 1,000 samples",
        full_title(frechet),
        frechet.title,
        tuple(points),
        None,
        _floor(table, frechet),
        log_x=True,
        nothing="No model has a Fréchet distance and a sampling time yet.",
    )


def _chief(table: Table, name: str) -> Column | None:
    return next((one for one in table.columns if one.name == name and one.chief), None)


def _point(model: str, name: str, x: Cell, y: Cell, sign: str, scale: float = 1.0) -> Point:
    return Point(
        model,
        name,
        scale * (x.value or 0.0),
        scale * (y.value or 0.0),
        scale * (x.error or 0.0),
        scale * (y.error or 0.0),
        sign,
    )


def _floor(table: Table, column: Column, scale: float = 1.0) -> float | None:
    """The floor of a column, if it is one for all models."""
    cells = [row.cells[column.key] for row in table.rows if column.key in row.cells]
    floors = {cell.floor for cell in cells if cell.floor is not None}
    return scale * floors.pop() if len(floors) == 1 else None

"""The judge's table as Qt's model: what cells and headings say, and order when figures come in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from latentlab.core.judged_columns import columns
from latentlab.core.judgement import Cell, Row, Table
from latentlab.core.measures import DensityTag
from latentlab.qt.views.judge.table_model import MEASURING, JudgeTableModel

UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
BINARY, PIXELS = DensityTag("bound", "binary"), DensityTag("exact", "continuous")


def table() -> Table:
    def row(name: str, nats: Cell, frechet: float | None) -> Row:
        cells = {"nats": nats}
        if frechet is not None:
            cells["frechet.features"] = Cell(frechet, 0.5, 2000, 3.0, 5.0, 0.5)
        return Row(name, f"hash {name}", "VAE", cells)

    return Table(
        "mnist", "f", 2000, 0, 1, columns(),
        (
            row("a", Cell(-100.0, 0.4, 10_000, tag=BINARY), 20.0),
            row("b", Cell(500.0, 0.4, 10_000, tag=PIXELS), None),
            row("c", Cell(-90.0, 0.4, 10_000, tag=BINARY), 5.5),
            row("d", Cell(note="an autoencoder has no density"), 3.0),
        ),
    )  # fmt: skip


@pytest.fixture
def model(qtbot: QtBot) -> JudgeTableModel:
    made = JudgeTableModel()
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Warning, made)
    made.show_table(table())
    return made


def column(model: JudgeTableModel, key: str) -> int:
    return next(place for place, one in enumerate(model.columns) if one.key == key)


def texts(model: JudgeTableModel, key: str) -> list[str]:
    return [model.index(row, column(model, key)).data() for row in range(model.rowCount())]


def names(model: JudgeTableModel) -> str:
    return "".join(row.name for row in model.rows)


def test_that_a_cell_has_figure_sign_error_and_its_place_among_figures_that_compare(
    model: JudgeTableModel,
) -> None:
    assert texts(model, "nats") == [
        "−100.00\n± 0.40 · bound, binary · 2/2",
        "500.00\n± 0.40 · exact, continuous",
        "−90.00\n± 0.40 · bound, binary · 1/2",
        "–\nan autoencoder has no density",
    ]
    assert texts(model, "frechet.features") == [
        "20.00 ▼\n± 0.50 · 3/3", "", "5.50 ≈\n± 0.50 · 2/3", "3.00 ▲\n± 0.50 · 1/3",
    ]  # fmt: skip


def test_that_the_tip_tells_the_floor_n_time_and_why_there_is_no_figure(model: JudgeTableModel) -> None:
    tip = model.index(0, column(model, "frechet.features")).data(Qt.ItemDataRole.ToolTipRole)
    for words in (
        "Worse than the floor of 5.00 ± 0.50",
        "held-out",
        "2,000 pictures",
        "3.0 s",
        "Place 3 of 3",
    ):
        assert words in tip
    lacking = model.index(3, column(model, "nats")).data(Qt.ItemDataRole.AccessibleTextRole)
    assert lacking == "d, log p(x): none. An autoencoder has no density."


def test_that_headings_say_unit_what_is_better_and_the_floor(model: JudgeTableModel) -> None:
    across = Qt.Orientation.Horizontal
    assert model.headerData(column(model, "nats"), across) == "log p(x), nats\u00a0↑"
    assert model.headerData(column(model, "frechet.features"), across) == "Fréchet\u00a0↓\nfloor 5.00"
    about = model.headerData(column(model, "frechet.features"), across, Qt.ItemDataRole.ToolTipRole)
    assert "Lower is better. Floor: as many held-out pictures in place of the samples (5.00)." in about


def test_that_sorting_has_the_best_first_and_measures_apart_and_those_without_figure_last(
    model: JudgeTableModel,
) -> None:
    nats, frechet = column(model, "nats"), column(model, "frechet.features")
    model.sort(nats, UP)
    assert names(model) == "cabd"
    model.sort(nats, DOWN)
    assert names(model) == "acbd"
    model.sort(frechet, UP)
    assert names(model) == "dcab"
    model.sort(-1, UP)
    assert names(model) == "abcd"


def test_that_rows_stay_in_their_places_while_figures_come_in_and_the_current_one_is_kept(
    model: JudgeTableModel,
) -> None:
    frechet = column(model, "frechet.features")
    model.sort(frechet, UP)
    kept = QPersistentModelIndex(model.index(model.place_of("hash b"), frechet))
    model.show_table(model.table.with_cell("hash b", "frechet.features", Cell(0.1, 0.1, 2000)))
    assert names(model) == "dcab"
    model.sort_again()
    assert names(model) == "bdca"
    assert model.rows[kept.row()].name == "b"


def test_that_other_models_or_columns_make_another_table(qtbot: QtBot, model: JudgeTableModel) -> None:
    with qtbot.waitSignal(model.modelReset):
        model.show_table(model.table.with_row(Row("e", "hash e")))
    assert model.rowCount() == 5
    assert texts(model, "nats")[-1] == "–\nnot judged yet"
    few = model.columnCount()
    with qtbot.waitSignal(model.modelReset):
        model.show_every_column(True)
    assert few < model.columnCount() == len(columns())
    assert {one.space for one in model.columns} == {"", "features", "untrained", "pixels"}


def test_that_the_cell_in_work_is_marked(model: JudgeTableModel) -> None:
    model.show_busy("hash b", "frechet.features")
    assert texts(model, "frechet.features")[1] == MEASURING
    model.show_busy("hash b", "")
    assert texts(model, "kid.features") == ["", MEASURING, "", ""]
    model.show_busy("", "")
    assert texts(model, "frechet.features")[1] == ""


def test_that_floors_that_differ_by_model_are_no_number_in_the_heading(model: JudgeTableModel) -> None:
    made = model.table
    for row, floor in zip(made.rows, (0.1, 0.2, 0.3, 0.4), strict=True):
        made = made.with_cell(row.hash, "reconstruction", Cell(0.2, 0.01, 100, 0.0, floor, 0.01))
    model.show_table(made)
    head = model.headerData(column(model, "reconstruction"), Qt.Orientation.Horizontal)
    assert head.endswith("\nfloor by model")


def test_that_a_model_that_knows_the_held_out_pictures_is_marked(model: JudgeTableModel) -> None:
    down, tip = Qt.Orientation.Vertical, Qt.ItemDataRole.ToolTipRole
    assert "learnt" not in model.headerData(0, down, tip)
    model.show_table(model.table.with_row(replace(model.table.rows[0], learnt=1200)))
    assert "learnt from 1,200 of the held-out pictures" in model.headerData(0, down, tip)


def test_that_names_that_look_like_html_are_shown_as_they_are(model: JudgeTableModel) -> None:
    rows = tuple(replace(row, name="<img src=/dev/zero>") for row in model.table.rows)
    model.show_table(replace(model.table, rows=rows))
    tip = model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in tip

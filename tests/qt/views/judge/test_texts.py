"""The judge's table as text, what its charts show, and how long it says it takes. Without Qt."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from latentlab.core.judgement import Cell, Row
from latentlab.engine.files.charts import save_table
from latentlab.engine.files.model_catalog import KnownModel
from latentlab.qt.views.judge.as_columns import as_columns
from latentlab.qt.views.judge.labels import placed
from latentlab.qt.views.judge.points import charts_of, measures_of
from latentlab.qt.views.judge.scales import log_ticks, span
from latentlab.qt.views.judge.tables import at_first, lacking, merged
from latentlab.qt.views.judge.time_left import TimeLeft
from latentlab.qt.views.judge.words import figure_of, in_two_lines
from tests.qt.fake_judge import MODELS, cell_of, row_of, table_of


def test_that_saved_numbers_have_every_figure_with_error_floor_n_and_tag(tmp_path: Path) -> None:
    table = table_of()
    path = save_table(tmp_path / "t.csv", as_columns(table, table.rows))
    lines = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert [line["model"] for line in lines] == list(MODELS)
    cell = cell_of("mnist-ddpm", table.column("precision.pixels"))
    line = next(one for one in lines if one["model"] == "mnist-ddpm")
    assert float(line["precision.pixels"]) == cell.value
    assert float(line["precision.pixels error"]) == cell.error
    assert float(line["precision.pixels floor"]) == cell.floor
    assert (line["precision.pixels n"], line["nats how"], line["nats measure"]) == ("2000", "bound", "binary")
    assert lines[0]["nats"] == ""
    assert len({len(part) for part in as_columns(table, table.rows).values()}) == 1


def test_that_only_models_of_one_measure_share_the_axis_of_nats() -> None:
    table = table_of()
    assert measures_of(table) == ("binary", "continuous")
    binary, continuous = (charts_of(table, measure)[0] for measure in measures_of(table))
    assert {point.name for point in binary.points} == {"mnist-ddpm", "mnist-vae-16d", "mnist-vae-2d"}
    assert {point.name for point in continuous.points} == {"mnist-ppca-2d"}
    assert "binary pixels, nats" in binary.x_label


def test_that_charts_have_floors_errors_and_only_models_with_both_figures() -> None:
    table = table_of()
    rows = (table.rows[0], replace(table.rows[1], cells={}), replace(table.rows[2], sampling=None))
    _, precision, time = charts_of(replace(table, rows=rows), "binary")
    assert [point.name for point in precision.points] == [MODELS[0], MODELS[2]]
    assert (precision.x_floor, precision.y_floor) == (92.0, 92.0)
    assert precision.points[0].x_error == pytest.approx(1.2)
    assert [point.name for point in time.points] == [MODELS[0]]
    assert time.log_x
    assert time.columns()["model"] == [MODELS[0]]
    nothing = charts_of(replace(table, rows=()), "")
    assert all(not chart.points and chart.nothing and not chart.columns() for chart in nothing)


def test_that_names_cover_neither_each_other_nor_points_nor_leave_the_chart() -> None:
    points = [(20.0, 50.0), (22.0, 52.0), (195.0, 5.0), (100.0, 95.0)]
    found = placed(points, [(60.0, 12.0)] * 4, (200.0, 100.0))
    boxes = [(x, y, x + 60.0, y + 12.0) for x, y in filter(None, found)]
    assert len(boxes) == 4
    for number, a in enumerate(boxes):
        assert 0 <= a[0] < a[2] <= 200
        assert 0 <= a[1] < a[3] <= 100
        for b in boxes[number + 1 :]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert not any(a[0] < x < a[2] and a[1] < y < a[3] for x, y in points)


def test_that_a_name_without_room_is_left_out() -> None:
    assert placed([(20.0, 10.0)], [(60.0, 12.0)], (40.0, 20.0)) == [None]


def test_that_logarithmic_ticks_are_round_numbers_in_full() -> None:
    assert [text for _, text in log_ticks(-2.2, 3.4)] == ["0.01", "0.1", "1", "10", "100", "1,000"]
    assert [text for _, text in log_ticks(-0.1, 0.8)] == ["1", "2", "5"]
    for lowest in (-2.35, -0.6, 0.0, 0.41):
        assert len(log_ticks(*span([lowest], least=1.0))) >= 2, "also where all models are about as fast"


def test_that_the_time_left_counts_only_what_was_done_since_it_began() -> None:
    now = 100.0
    left = TimeLeft(lambda: now)
    left.note(0.5)
    assert left.words() == ""
    now = 220.0
    left.note(0.6)
    assert left.words() == "about 8 min left"
    now = 800.0
    left.note(0.99)
    assert left.words() == "less than a minute left"


def test_that_headings_break_where_the_longer_line_is_shortest() -> None:
    assert in_two_lines("Probe, 1,000 labels\u00a0↓") == ("Probe, 1,000", "labels\u00a0↓")
    assert in_two_lines("Recall") == ("", "Recall")


def known(name: str, path: str = "") -> KnownModel:
    return KnownModel(path or name, name, "vae", "mnist", 2)


def test_that_the_shipped_table_has_an_empty_row_for_each_model_that_it_lacks() -> None:
    mine = known("mine", "/somewhere/mine.safetensors")
    table = at_first("mnist", table_of(), [known(MODELS[0]), mine], 500)
    assert [row.name for row in table.rows] == [*MODELS, "mine"]
    assert (table.rows[-1].path, table.rows[-1].cells) == ("/somewhere/mine.safetensors", {})
    assert lacking(table, [known(MODELS[0]), mine]) == ("/somewhere/mine.safetensors",)
    assert lacking(table_of(), [known(MODELS[0])]) == (MODELS[0],), "where all are known, all are judged anew"


def test_that_figures_that_do_not_compare_are_not_put_in_one_table() -> None:
    before, begun = table_of(), table_of(("mine",), measured=False)
    assert [row.name for row in merged(begun, before).rows] == ["mine", *MODELS]
    assert merged(begun, replace(before, pictures=500)).rows == begun.rows
    assert merged(begun, None) is begun
    again = replace(begun, rows=(row_of(MODELS[0], measured=False),))
    names = [row.name for row in merged(again, before).rows]
    assert sorted(names) == sorted(MODELS), "a model that is judged again has one row"
    empty = replace(before, rows=(*before.rows, Row("empty", "e", cells={})))
    assert "empty" not in [row.name for row in merged(begun, empty).rows]


def test_that_a_figure_of_zero_is_a_figure() -> None:
    table = table_of(MODELS[:1])
    row = replace(table.rows[0], cells={"copies": Cell(0.0, 0.0, 2000, 1.0, 0.0, 0.0)})
    assert figure_of(table.column("copies"), row.cells["copies"]) == "0.0 %"
    assert as_columns(replace(table, rows=(row,)), [row])["copies"] == [0.0]

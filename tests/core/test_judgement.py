"""The judge's table as data: ranks, standings, JSON."""

from __future__ import annotations

import json

import pytest

from latentlab.core.judged_columns import columns
from latentlab.core.judged_json import table_as_dict, table_from
from latentlab.core.judgement import SPACES, Behind, Cell, Rank, Row, Table
from latentlab.core.measures import DensityTag

EXACT = DensityTag("exact", "continuous")
BOUND = DensityTag("bound", "binary")


def table_of(*cells: dict[str, Cell]) -> Table:
    """A table with a model for each of these."""
    rows = tuple(Row(f"model-{number}", f"{number:012x}", cells=some) for number, some in enumerate(cells))
    return Table("toy", "f" * 64, 2000, 0, 1, columns(), rows)


def test_that_densities_are_ranked_within_their_measure_only() -> None:
    table = table_of(
        {"nats": Cell(-90.0, tag=BOUND)},
        {"nats": Cell(900.0, tag=EXACT)},
        {"nats": Cell(-80.0, tag=BOUND)},
        {"nats": Cell(note="it has no density")},
    )
    ranks = table.ranks("nats")
    assert [ranks.get(row.hash) for row in table.rows] == [
        Rank(2, 2, "binary"), Rank(1, 1, "continuous"), Rank(1, 2, "binary"), None,
    ]  # fmt: skip


def test_that_equal_figures_share_a_place_and_lower_is_better_where_it_is() -> None:
    key = "frechet.features"
    table = table_of({key: Cell(3.0)}, {key: Cell(2.0)}, {key: Cell(2.0)})
    assert [table.ranks(key)[row.hash].place for row in table.rows] == [3, 1, 1]


def test_that_a_figure_with_no_better_way_is_not_ranked() -> None:
    assert not table_of({"active_units": Cell(3.0)}, {"active_units": Cell(2.0)}).ranks("active_units")


@pytest.mark.parametrize(
    ("key", "cell", "standing"),
    [
        ("frechet.pixels", Cell(3.0, 0.1, floor=1.0, floor_error=0.1), "worse"),
        ("frechet.pixels", Cell(0.5, 0.1, floor=1.0, floor_error=0.1), "better"),
        ("frechet.pixels", Cell(1.2, 0.1, floor=1.0, floor_error=0.1), "alike"),
        ("recall.untrained", Cell(0.2, 0.01, floor=0.9), "worse"),
        ("recall.untrained", Cell(0.2, 0.01), ""),
        ("active_units", Cell(2.0, floor=1.0), ""),
        ("nats", Cell(note="none", floor=1.0), ""),
    ],
)
def test_that_a_figure_stands_apart_from_its_floor_by_more_than_the_errors(
    key: str, cell: Cell, standing: str
) -> None:
    assert table_of().column(key).standing(cell) == standing


def test_that_keys_are_unique_and_one_space_is_chief() -> None:
    for space in SPACES:
        every = columns(space)
        assert len({column.key for column in every}) == len(every)
        assert {column.space for column in every if column.space and column.chief} == {space}
    with pytest.raises(KeyError):
        table_of().column("kid")


def test_that_a_table_comes_back_from_json() -> None:
    behind = Behind("held-out", (3, 1, 2), "the least likely")
    table = table_of(
        {"nats": Cell(-90.0, 0.5, 1000, 2.5, tag=BOUND, behind=behind)},
        {"frechet.pixels": Cell(2.0, 0.1, 2000, 1.0, 0.5, 0.01), "kid.features": Cell(note="left out")},
    )
    again = table_from(json.loads(json.dumps(table_as_dict(table), allow_nan=False)))
    assert again == table
    assert again.rows[0].cells["nats"].seconds == 2.5


@pytest.mark.parametrize(
    "damage",
    [
        {"models": 3}, {"pictures": -1}, {"chief": "none"}, {"data": None},
        {"models": [{"name": "a", "hash": "b", "cells": {"nats": {"value": "high"}}}]},
        {"models": [{"name": "a", "hash": "b", "cells": {"nats": {"value": float("nan")}}}]},
        {"models": [{"name": "a", "hash": "b", "cells": {"nats": {"value": 1, "tag": {"how": "so"}}}}]},
    ],
)  # fmt: skip
def test_that_damaged_json_is_refused(damage: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="expected"):
        table_from({**table_as_dict(table_of()), **damage})


def test_that_a_cell_replaces_one_and_a_row_is_found_by_its_hash() -> None:
    table = table_of({}, {}).with_cell("000000000001", "nats", Cell(-1.0, tag=BOUND))
    assert [sorted(row.cells) for row in table.rows] == [[], ["nats"]]
    assert table.with_row(Row("other", "abc")).rows[-1].name == "other"
    assert table.with_row(Row("renamed", "000000000000")).rows[0].name == "renamed"


def test_that_shares_are_shown_in_percent() -> None:
    assert table_of().column("recall.pixels").text(0.1234) == "12.3 %"
    assert table_of().column("nats").text(-1234.5) == "-1,234.50"
    assert table_of().column("nats").text(None) == ""

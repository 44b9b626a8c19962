"""The judge's table as data: models in rows, figures in columns, on three axes. Torch-free.

    density          log p(x) of held-out pictures, each model by its own tag and measure
    samples          distances and neighbourhoods of drawn pictures, in three feature spaces
    representation   what the encodings of pictures tell about them

A cell has its value, its standard error, how many pictures it is of, and the same figure of a reference, its
floor: of samples it is what as many held-out pictures reach. Models are ranked column by column, and
densities only among those of one measure: nats of binary pixels and of colours do not compare.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from latentlab.core.figures import Better
from latentlab.core.measures import DensityTag, Measure

Axis = Literal["density", "samples", "representation"]
AXES: tuple[Axis, ...] = ("density", "samples", "representation")
# Of a figure against its floor; "" where there is no floor, or no better way.
Standing = Literal["better", "alike", "worse", ""]
# The feature spaces that samples are compared in.
Space = Literal["", "features", "untrained", "pixels"]
SPACES: tuple[Space, ...] = ("features", "untrained", "pixels")
# The pictures behind a cell: drawn samples, training or held-out pictures, held-out ones beside their
# reconstructions, or samples beside their nearest training pictures.
Shows = Literal["", "samples", "training", "held-out", "reconstructions", "nearest"]
# Standard errors between a figure and its floor, above which they differ.
_APART = 2.0


@dataclass(frozen=True)
class Behind:
    """The pictures that a cell is made of, the most telling first.

    Attributes:
        shows: what they are.
        numbers: their numbers: of samples in the order drawn, of others in their split.
        words: what is told of them, such as "the least likely".
    """

    shows: Shows = ""
    numbers: tuple[int, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class Cell:
    """One figure of one model.

    Attributes:
        value: the figure; None where the model cannot be measured so, and `note` says why.
        error: its standard error; None where it is not known.
        count: N, how many pictures (or samples) it is of.
        seconds: how long it took; two cells that differ in this alone are equal.
        floor, floor_error: the same figure of the reference (see the column's `floor`); None without one.
        tag: of a density: exact, bound or estimate, and its measure.
        note: why there is no figure, or what is to be known of it.
        behind: its pictures.
    """

    value: float | None = None
    error: float | None = None
    count: int = 0
    seconds: float = field(default=0.0, compare=False)
    floor: float | None = None
    floor_error: float | None = None
    tag: DensityTag | None = None
    note: str = ""
    behind: Behind = Behind()


@dataclass(frozen=True)
class Column:
    """A figure of the table.

    Attributes:
        name: its name in JSON.
        axis: the group that it stands in.
        title: its heading.
        unit: such as "nats"; "" for a plain number; "%" for a share from 0 to 1, to be shown in percent.
        better: which way is better; "" for neither.
        digits: decimals that are shown, of percent where it is a share.
        space: the feature space that it is measured in; "" for none.
        floor: in words, what its floor is; "" where it has none.
        help: what it means.
        chief: whether it is shown first; the others are for a closer look.
    """

    name: str
    axis: Axis
    title: str
    unit: str = ""
    better: Better = ""
    digits: int = 2
    space: Space = ""
    floor: str = ""
    help: str = ""
    chief: bool = True

    @property
    def key(self) -> str:
        """Its key among a row's cells: the name, and the space where it has one, such as "kid.pixels"."""
        return f"{self.name}.{self.space}" if self.space else self.name

    def standing(self, cell: Cell) -> Standing:
        """Whether a figure is better or worse than its floor by more than their errors."""
        if cell.value is None or cell.floor is None or not self.better:
            return ""
        errors = [error for error in (cell.error, cell.floor_error) if error is not None]
        above = cell.value - cell.floor
        if abs(above) <= _APART * math.hypot(*errors):
            return "alike"
        return "better" if (above > 0.0) == (self.better == "higher") else "worse"

    def text(self, number: float | None) -> str:
        """A figure as shown, without its unit unless that is percent; "" for none."""
        if number is None or not math.isfinite(number):
            return ""
        return f"{100.0 * number:.{self.digits}f} %" if self.unit == "%" else f"{number:,.{self.digits}f}"


@dataclass(frozen=True)
class Row:
    """A judged model.

    Attributes:
        name: its name, or that of its file.
        hash: of its file; it identifies the row.
        kind: its kind's title.
        cells: by the key of the column; what is not there is not measured yet.
        learnt: how many of the held-out pictures it has learnt from; None if unknown.
        sampling: seconds for a thousand samples; None where it draws none, or that is not known yet.
        path: its file; "" for a row that was read from a kept table.
    """

    name: str
    hash: str
    kind: str = ""
    cells: Mapping[str, Cell] = field(default_factory=dict)
    learnt: int | None = None
    sampling: float | None = field(default=None, compare=False)
    path: str = field(default="", compare=False)


@dataclass(frozen=True)
class Rank:
    """A model's place in a column: the `place` from 1 on, among `of` that compare; equal figures share it.

    `measure` is that of the densities compared, "" elsewhere.
    """

    place: int
    of: int
    measure: Measure | Literal[""] = ""


@dataclass(frozen=True)
class Table:
    """All models of a data set.

    Attributes:
        data: the data set's name.
        fingerprint: of its pictures, training and held-out.
        pictures: N, how many samples were asked for of each model.
        seed: of all draws.
        version: of the judge: figures of two versions do not compare.
        columns: all figures, by axis.
        rows: the models in the order given.
    """

    data: str
    fingerprint: str
    pictures: int
    seed: int
    version: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...] = ()

    def of_axis(self, axis: Axis) -> tuple[Column, ...]:
        """The columns of one axis."""
        return tuple(column for column in self.columns if column.axis == axis)

    def column(self, key: str) -> Column:
        """The column with this key; raises KeyError if there is none."""
        return next((one for one in self.columns if one.key == key), None) or _missing(key)

    def with_cell(self, model_hash: str, key: str, cell: Cell) -> Table:
        """The table with one more figure."""
        rows = tuple(
            replace(row, cells={**row.cells, key: cell}) if row.hash == model_hash else row
            for row in self.rows
        )
        return replace(self, rows=rows)

    def with_row(self, row: Row) -> Table:
        """The table with a row in place of the one with its hash, or appended."""
        if all(row.hash != one.hash for one in self.rows):
            return replace(self, rows=(*self.rows, row))
        return replace(self, rows=tuple(row if row.hash == one.hash else one for one in self.rows))

    def ranks(self, key: str) -> Mapping[str, Rank]:
        """The place of each model in a column, by hash; none for models without a figure.

        Densities are ranked among those of one measure only.
        """
        better = self.column(key).better
        found: dict[str, Rank] = {}
        for measure, cells in self._comparable(key).items():
            values = {name: cell.value for name, cell in cells.items() if cell.value is not None}
            for name, value in values.items() if better else ():
                before = sum(one > value if better == "higher" else one < value for one in values.values())
                found[name] = Rank(1 + before, len(values), measure)
        return found

    def _comparable(self, key: str) -> Mapping[Measure | Literal[""], Mapping[str, Cell]]:
        """The cells of a column by measure, then by the hash of their model."""
        found: dict[Measure | Literal[""], dict[str, Cell]] = {}
        for row in self.rows:
            if key in row.cells:
                cell = row.cells[key]
                found.setdefault("" if cell.tag is None else cell.tag.measure, {})[row.hash] = cell
        return found

    def all_cells(self) -> Iterator[tuple[Row, Column, Cell | None]]:
        """Each place of the table; None where nothing is measured yet."""
        for row in self.rows:
            for column in self.columns:
                yield row, column, row.cells.get(column.key)


@dataclass(frozen=True)
class JudgeProgress:
    """What the judge is doing now, and the share of all its work that is done, 0 to 1.

    `model` is the hash of the model, "" while it looks at the data set itself; `key` is the column's, ""
    where the work is for several (drawing the samples); `words` tell it: "mnist-ddpm: drawing samples".
    """

    share: float
    words: str
    model: str = ""
    key: str = ""


@dataclass(frozen=True)
class CellDone:
    """A figure is measured, or was found among those kept; `row` is the model's row with it."""

    row: Row
    key: str
    cell: Cell


@dataclass(frozen=True)
class JudgeBegan:
    """The first event: the table with all models, and the figures that are already known."""

    table: Table


@dataclass(frozen=True)
class JudgeDone:
    """The last event: the whole table."""

    table: Table


JudgeEvent = JudgeBegan | JudgeProgress | CellDone | JudgeDone


def _missing(key: str) -> Column:
    raise KeyError(key)

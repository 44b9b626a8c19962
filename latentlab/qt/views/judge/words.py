"""What the judge's table says in words: cells, headings and tips. No Qt."""

from __future__ import annotations

from latentlab.core.judged_text import TITLES
from latentlab.core.judgement import Cell, Column, Rank, Row, Standing, Table
from latentlab.plain import minus

_AS_WORDS: dict[Standing, str] = {
    "better": "better than the floor",
    "alike": "no different from the floor, within the errors",
    "worse": "worse than the floor",
    "": "",
}
_DIRECTIONS = {"higher": "Higher is better.", "lower": "Lower is better.", "": ""}
# With a space that no line is broken at.
ARROWS = {"higher": "\u00a0↑", "lower": "\u00a0↓", "": ""}
_SPACES = {"features": "classifier features", "untrained": "untrained network", "pixels": "pixels", "": ""}
_MEASURES = {
    "binary": "binary pixels",
    "bytes": "bytes",
    "palette": "colours of a palette",
    "continuous": "continuous pixels",
}
NOTHING = "–"
BY_MODEL, BY_MEASURE = "floor by model", "floor by measure"


def band_of(column: Column) -> str:
    """The group of columns that a column stands in."""
    space = _SPACES[column.space]
    return f"{TITLES[column.axis]}, {space}" if space else TITLES[column.axis]


def measure_in_words(measure: str) -> str:
    """What a density is a density of."""
    return _MEASURES.get(measure, measure)


def title_of(column: Column) -> str:
    """A column's heading: with its unit, and an arrow towards what is better."""
    unit = "" if column.unit in ("", "%") or column.unit in column.title.lower() else f", {column.unit}"
    title = column.title.replace(" × ", "\u00a0×\u00a0")
    return f"{title}{unit}{ARROWS[column.better]}"


def in_two_lines(title: str) -> tuple[str, str]:
    """A heading, broken where its longer line is shortest."""
    words = title.split(" ")
    splits = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(len(words))]
    return min(splits, key=lambda lines: max(map(len, lines)))


def full_title(column: Column) -> str:
    """A column's name where its group is not to be seen."""
    space = _SPACES[column.space]
    return f"{column.title} ({space})" if space else column.title


def figure_of(column: Column, cell: Cell) -> str:
    """The figure of a cell; a dash where there is none."""
    return minus(column.text(cell.value)) or NOTHING


def error_of(column: Column, error: float | None) -> str:
    """An error bar: "± 0.21"; "" if it is not known."""
    text = column.text(error).removesuffix(" %")
    return f"± {text}" if text else ""


def below_figure(column: Column, cell: Cell, rank: Rank | None) -> str:
    """The second line of a cell: its error, the tag of a density, its place; or why there is no figure."""
    if cell.value is None:
        return cell.note
    tag = "" if cell.tag is None else f"{cell.tag.how}, {cell.tag.measure}"
    place = "" if rank is None or rank.of < 2 else f"{rank.place}/{rank.of}"
    return " · ".join(filter(None, (error_of(column, cell.error), tag, place)))


def floor_of(column: Column, table: Table) -> str:
    """The floor of a column, under its heading: a number if all models have the same."""
    if not column.floor:
        return ""
    shown: dict[str, set[str]] = {}
    for row in table.rows:
        cell = row.cells.get(column.key)
        if cell is not None and cell.floor is not None:
            measure = "" if cell.tag is None else cell.tag.measure
            shown.setdefault(measure, set()).add(column.text(cell.floor))
    if not shown:
        return ""
    if any(len(floors) > 1 for floors in shown.values()):
        return BY_MODEL
    return BY_MEASURE if len(shown) > 1 else f"floor {minus(next(iter(shown.values())).pop())}"


def about_column(column: Column, table: Table) -> str:
    """What a column is, which way is better, and what its floor is."""
    heading = f"{full_title(column)}{', ' + column.unit if column.unit not in ('', '%') else ''}."
    floor = floor_of(column, table)
    words = f"Floor: {column.floor}" if column.floor else ""
    if floor not in ("", BY_MODEL, BY_MEASURE):
        words += f" ({floor.removeprefix('floor ')})"
    return " ".join(filter(None, (heading, column.help, _DIRECTIONS[column.better], words and f"{words}.")))


def about_cell(row: Row, column: Column, cell: Cell | None, rank: Rank | None) -> str:
    """A cell in whole sentences: the figure with its error, floor, place, N and time, and what is noted."""
    head = f"{row.name}, {full_title(column)}"
    if cell is None:
        return f"{head}: not measured yet."
    if cell.value is None:
        return f"{head}: none. {_sentence(cell.note)}".strip()
    unit = "" if column.unit in ("", "%") else f" {column.unit}"
    said = [f"{head}: {figure_of(column, cell)} {error_of(column, cell.error)}".rstrip() + f"{unit}."]
    if cell.tag is not None:
        said.append(f"{_article(cell.tag.how)} of {measure_in_words(cell.tag.measure)}.")
    if cell.floor is not None:
        floor = f"{minus(column.text(cell.floor))} {error_of(column, cell.floor_error)}".rstrip()
        standing = _AS_WORDS[column.standing(cell)]
        said.append(f"{standing[:1].upper()}{standing[1:]} of {floor} ({column.floor})." if standing else "")
    if rank is not None and rank.of > 1:
        among = f" of models of {measure_in_words(rank.measure)}" if rank.measure else ""
        said.append(f"Place {rank.place} of {rank.of}{among}.")
    said.append(f"Of {cell.count:,} pictures, in {_seconds(cell.seconds)}." if cell.count else "")
    said.append(_sentence(cell.note))
    return " ".join(filter(None, said))


def about_model(row: Row) -> str:
    """What a model is, and whether it knows the pictures that it is judged by."""
    learnt = (
        f"It has learnt from {row.learnt:,} of the held-out pictures: its figures are too good.\n"
        if row.learnt
        else ""
    )
    time = "" if row.sampling is None else f"It draws 1,000 samples in {_seconds(row.sampling)}.\n"
    return f"{row.name}\n{row.kind}\n{learnt}{time}Double-click opens it."


def _article(how: str) -> str:
    return {"exact": "Exact", "bound": "A lower bound", "estimate": "An estimate"}.get(how, how)


def _sentence(note: str) -> str:
    note = note.strip()
    return f"{note[:1].upper()}{note[1:]}{'' if note.endswith('.') else '.'}" if note else ""


def _seconds(seconds: float) -> str:
    if seconds < 10.0:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 120.0 else f"{seconds / 60.0:.0f} min"


def status_at_first(name: str, shipped: Table | None, offered: int, *, known: bool) -> str:
    """What is said before anything is judged, of data of this name; `known`: whether a table is kept."""
    if not offered:
        return f"No model was trained on {name}: add one from a file by Models."
    if shipped is not None:
        models = f"{len(shipped.rows)} models, {shipped.pictures:,} samples of each"
        return f"The table of {name} that ships: {models}. Judge measures the chosen models, and adds them."
    if known:
        return f"The newest table of {name}. Judge goes on, or measures other models."
    return f"Nothing of {name} is measured yet. Judge begins; it takes minutes, and can be stopped."


def status_of_known(name: str, table: Table) -> str:
    """What is said when figures of earlier judgings are shown."""
    count = sum(bool(row.cells) for row in table.rows)
    models = f"{count} model{'s' * (count != 1)}"
    return f"What was measured before of {name}: {models}, {table.pictures:,} samples of each."

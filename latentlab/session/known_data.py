"""The data sets that can be chosen, with their titles: those that ship, and those opened recently."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from latentlab.data.report import shown
from latentlab.data.shipped_sets import SHIPPED_SETS
from latentlab.data.spec import Spec
from latentlab.errors import LabError
from latentlab.session.recent_data import RecentData

Shape = tuple[int, int, int]

# Of data of so many pictures or fewer, all are shown: the tenth that is held out would be few.
FEW_PICTURES = 5000


@dataclass(frozen=True)
class Known:
    """A data set that can be chosen: its title, its spec, and (C, H, W).

    `count` is how many pictures there are; 0 if unknown.
    """

    title: str
    spec: str
    shape: Shape
    count: int = 0


def title_of(spec: str) -> str:
    """The title of these data: the name in the catalog, or that of the folder or file."""
    try:
        source = Spec.parse(spec).source
    except LabError:
        source = spec
    return source if source in SHIPPED_SETS else shown(Path(source).name or source)


def shape_in_words(shape: Shape) -> str:
    """A text such as "28 × 28 grey pictures"."""
    return f"{shape[1]} × {shape[2]} {'grey' if shape[0] == 1 else 'colour'} pictures"


def choices(recent: tuple[RecentData, ...]) -> list[Known]:
    """Everything that can be chosen without a file dialog."""
    shipped = [
        Known(f"{name}: {known.title}", name, known.shape, known.count)
        for name, known in SHIPPED_SETS.items()
    ]
    return shipped + [Known(_long_title(one), one.spec, one.shape, one.count) for one in recent]


def shape_of(spec: str, recent: tuple[RecentData, ...]) -> Shape | None:
    """(C, H, W) of the pictures, as far as known without reading them."""
    if spec in SHIPPED_SETS:
        return SHIPPED_SETS[spec].shape
    return next((one.shape for one in recent if one.spec == spec), None)


def split_to_show(spec: str, recent: tuple[RecentData, ...]) -> str:
    """The split of these data to show at first: "all" of the user's own where they are few, else "test"."""
    count = next((one.count for one in recent if one.spec == spec), 0)
    return "all" if 0 < count <= FEW_PICTURES else "test"


def _long_title(one: RecentData) -> str:
    return f"{title_of(one.spec)}: {shape_in_words(one.shape)}"

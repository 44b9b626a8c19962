"""The columns of the open data by name: those of the data, and figures that the model computes.

Figures are computed in the background when they are first needed, and kept for each model and data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from latentlab.core.columns import Column, Numbers, Texts, Words, say_the_same
from latentlab.core.matching import CLASS
from latentlab.engine.rendering.requests.figures import (
    NOTHING,
    PICTURE_FIGURES,
    FiguresReply,
    FiguresRequest,
    PictureFigure,
)
from latentlab.engine.rendering.requests.opening import EncodingsReply, LoadedReply, UnfoldedReply
from latentlab.engine.rendering.serving import Refusal
from latentlab.plain import spaced
from latentlab.qt.clients.workspace import Workspace
from latentlab.session.picture_columns import NUMBER, SPLIT
from latentlab.session.picture_rows import rows_of
from latentlab.session.point_settings import PLAIN

_KEPT = 12
_FIGURES = {figure.name: figure for figure in PICTURE_FIGURES}
_TITLES = {CLASS: "Class", SPLIT: "Train or test", NUMBER: "Number"}
# The groups of choices, in order.
_GROUPS = ("class", "attributes", "table", "figures", "others")
OF_CLASS, ATTRIBUTES, OF_TABLE, FIGURES, OTHERS = _GROUPS


@dataclass(frozen=True)
class Choice:
    """A column that can colour the points: its name, its title, what it says, and its group."""

    name: str
    title: str
    tip: str
    group: str


class PointColumns(QObject):
    """`changed` says that there are other columns, or other values; `progressed` that more of a figure is
    computed.

    Attributes:
        columns: by name; figures as far as they are computed.
        version: counts the changes.
        usual: what colours the points until the person chooses: the class, else the attribute that divides
            the pictures most evenly, else "-" for one colour.
        share: how much of the figure that is being computed there is, 0 to 1.
        why: why the last figure could not be computed, "" if it could.
    """

    changed = Signal()
    progressed = Signal()

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.columns: dict[str, Column] = {}
        # The column of the table that is the class, which can be found by its own name too.
        self._like_class: frozenset[str] = frozenset()
        self.version = 0
        self.usual = PLAIN
        self._cache: dict[tuple[str, ...], dict[str, NDArray[np.float32]]] = {}
        self._failed: set[str] = set()
        self._wanted: tuple[str, ...] = ()
        self._asked = ""
        self.share, self.why = 0.0, ""
        workspace.loaded.connect(self._loaded)
        workspace.encoded.connect(self._encoded)
        workspace.on(FiguresRequest).connect(self._computed)
        workspace.refused.connect(self._refused)
        if workspace.model is not None:
            self._loaded(workspace.model)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can colour the points, in groups."""
        found = []
        for name, column in self.columns.items():
            if name in _FIGURES or isinstance(column, Texts) or name in self._like_class:
                continue
            title = self.title_of(name)
            if name in _TITLES:
                found.append(Choice(name, title, "", OF_CLASS if name == CLASS else OTHERS))
            elif isinstance(column, Words) and column.truth:
                found.append(Choice(name, title, f"Which pictures have {title}.", ATTRIBUTES))
            else:
                found.append(Choice(name, title, f"The column {title} of the table.", OF_TABLE))
        found += [Choice(one.name, one.title, one.tip, FIGURES) for one in self._figures()]
        return tuple(sorted(found, key=lambda choice: _GROUPS.index(choice.group)))

    @property
    def computing(self) -> str:
        """The title of the figure that is being computed, "" if none is."""
        return next((one.title for one in self._figures() if one.computed == self._asked), "")

    def title_of(self, name: str) -> str:
        """The title of a column."""
        if name in _FIGURES:
            return _FIGURES[name].title
        return _TITLES.get(name, spaced(name))

    def offers(self, name: str) -> bool:
        """Whether there is such a column, or it can be computed."""
        return name in self.columns or any(one.name == name for one in self._figures())

    def want(self, names: Iterable[str]) -> None:
        """Has the figures among these computed, and those asked for before no longer."""
        self._wanted = tuple(name for name in names if name in _FIGURES)
        if self._asked and all(_FIGURES[name].computed != self._asked for name in self._wanted):
            self._give_up()
        else:
            self._ask()

    def retry(self, name: str) -> None:
        """Has a figure computed after all that was stopped or could not be."""
        if name in self._failed:
            self._failed.discard(name)
            self._ask()

    @Slot()
    def stop(self) -> None:
        """Stops computing; what is known so far stays."""
        if self._asked:
            self._failed |= {one.name for one in self._figures() if one.computed == self._asked}
            self._give_up()

    def _give_up(self) -> None:
        self._asked = ""
        self._workspace.ask(FiguresRequest, NOTHING)
        self.progressed.emit()
        self._ask()

    # Computing figures

    def _figures(self) -> tuple[PictureFigure, ...]:
        model = self._workspace.model
        if model is None or self._workspace.following or not len(model.images):
            return ()
        return tuple(_FIGURES[name] for name in model.figures if name in _FIGURES)

    def _ask(self) -> None:
        """Asks for the first wanted figure that is not there yet."""
        encodings = self._workspace.encodings
        if self._asked or encodings is None or not encodings.done or isinstance(encodings, UnfoldedReply):
            return
        known = self._known()
        for figure in self._figures():
            if figure.name in self._wanted and figure.name not in (*known, *self._failed):
                self._asked, self.share, self.why = figure.computed, 0.0, ""
                self._workspace.ask(FiguresRequest, figure.computed)
                self.progressed.emit()
                return

    def _known(self) -> dict[str, NDArray[np.float32]]:
        """The finished figures of the open model and data."""
        model = self._workspace.model
        assert model is not None
        return self._cache.setdefault((model.path, model.hash, model.data, model.split), {})

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self._asked, self._failed, self.why = "", set(), ""
        self.columns = dict(rows_of(model).columns)
        classes = self.columns.get(CLASS)
        self._like_class = frozenset(
            name
            for name, one in self.columns.items()
            if isinstance(one, Words) and isinstance(classes, Words) and one is not classes
            if len(one.words) >= len(classes.words) and say_the_same(classes, one)
        )
        self.usual = _usual(self.columns)
        if not self._workspace.following:
            for name, values in self._known().items():
                # The data may have been read again since.
                if len(values) == len(model.images):
                    self.columns[name] = Numbers(name, values, "nats")
        while len(self._cache) > _KEPT:
            del self._cache[next(iter(self._cache))]
        self._renew()

    @Slot(object)
    def _encoded(self, encodings: EncodingsReply) -> None:
        if encodings.done:
            self._ask()

    @Slot(object)
    def _computed(self, reply: FiguresReply) -> None:
        self.share = reply.count / max(1, reply.total)
        for name, values in reply.values.items():
            whole = np.full(reply.total, np.nan, dtype=np.float32)
            whole[: reply.count] = values
            self.columns[name] = Numbers(name, whole, "nats")
            if reply.done:
                self._known()[name] = whole
        if reply.done:
            self._asked = ""
        self.progressed.emit()
        self._renew()
        self._ask()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(FiguresRequest) and self._asked:
            self._failed |= {one.name for one in self._figures() if one.computed == self._asked}
            self._asked, self.why = "", refusal.message
            self.progressed.emit()
            self._ask()

    def _renew(self) -> None:
        self.version += 1
        self.changed.emit()


def _usual(columns: Mapping[str, Column]) -> str:
    """The class, else the attribute whose rarer answer is the least rare, else "-"."""
    if CLASS in columns:
        return CLASS
    attributes = [one for one in columns.values() if isinstance(one, Words) and one.truth]
    rarer = {one.name: int(one.counts().min()) for one in attributes if len(one.words) > 1}
    return max(rarer, key=lambda name: rarer[name], default=PLAIN)

"""Which pictures are shown, what is known of them, and in which colours.

As in the plane, or by an expression of their own where they are not the open model's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from latentlab.core.columns import Numbers
from latentlab.core.expression import parse
from latentlab.core.matching import CLASS, found_by
from latentlab.engine.rendering.requests.figures import PICTURE_FIGURES
from latentlab.qt.clients.undo import new_gesture
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.points.columns import FIGURES
from latentlab.qt.controllers.points.facts import facts_of
from latentlab.qt.controllers.points.look import Look, inks_by
from latentlab.qt.views.data_browser.order import Keep
from latentlab.session.picture_rows import PictureRows
from latentlab.session.point_edits import FindPoints

Mask = NDArray[np.bool_]
_FIGURES = tuple(figure.name for figure in PICTURE_FIGURES)


class RowFilter(QObject):
    """`filtered` says that other pictures are to be shown, `coloured` that they have other colours, `learnt`
    that more is known of them, `told` that there is other news.

    Attributes:
        linked: whether the pictures are the open model's.
    """

    filtered = Signal()
    coloured = Signal()
    learnt = Signal()
    told = Signal()

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace, self._facts = workspace, facts_of(workspace)
        self.linked = True
        self._gesture = new_gesture()
        self._text = ""
        self._masks: tuple[Mask | None, Mask | None] = (None, None)
        self._inks: object = None
        self._facts.look_changed.connect(self._look_changed)
        self._facts.listed.connect(self._listed)
        self._facts.told.connect(self._told)

    @property
    def text(self) -> str:
        """The expression that pictures are looked for by."""
        return self._facts.settings.find if self.linked else self._text

    def look_for(self, text: str) -> None:
        """Looks for pictures by an expression; "" for none. In the plane too, where they are its points."""
        if text == self.text:
            return
        if self.linked:
            self._workspace.do(FindPoints(gesture=self._gesture, find=text))
        else:
            self._text = text
            self.filtered.emit()

    def typed(self) -> None:
        """The person has finished typing: what comes next is another step of the undo stack."""
        self._gesture = new_gesture()

    @property
    def error(self) -> str:
        """What is wrong with the expression, "" for nothing."""
        found = self._facts.error if self.linked else None
        return "" if found is None else str(found)

    def forget(self) -> None:
        """Other pictures are shown, of no model: nothing is looked for."""
        self._text = ""

    def keep(self, rows: PictureRows) -> Keep:
        """A function that says which of these pictures are shown; for any thread."""
        if not self.linked:
            text, columns = self._text.strip(), rows.columns
            return lambda: found_by(parse(text), columns, len(rows)) if text else None
        look = self._look(rows)
        masks = [] if look is None else [one for one in (look.shown, look.found) if one is not None]
        return lambda: np.logical_and.reduce(masks) if masks else None

    def inks(self, rows: PictureRows) -> NDArray[np.uint32] | None:
        """The colour of each picture, as that of its point; None where all are alike."""
        if not self.linked:
            classes = rows.columns.get(CLASS)
            return None if classes is None else inks_by(classes, len(rows), self._facts.dark)
        look = self._look(rows)
        return None if look is None or self._facts.column is None else look.inks

    def computable(self) -> tuple[tuple[str, str], ...]:
        """Name and title of what the open model can compute of its pictures."""
        if not self.linked:
            return ()
        return tuple((one.name, one.title) for one in self._facts.columns.choices if one.group == FIGURES)

    def want(self, *names: str) -> None:
        """Has those of these computed that a model computes."""
        able = {name for name, _ in self.computable()}
        self._facts.want_besides(tuple(sorted(able.intersection(names))))

    @property
    def news(self) -> str:
        """What is wrong with the expression, or is being computed; "" for nothing."""
        columns = self._facts.columns
        if self.error or not self.linked or not columns.computing:
            return self.error
        return f"Computing {columns.computing} … {columns.share:.0%}"

    def figures(self) -> dict[str, Numbers]:
        """What the open model has computed of its pictures so far."""
        known = self._facts.columns.columns
        found = {name: known[name] for name in _FIGURES if name in known}
        return {name: one for name, one in found.items() if isinstance(one, Numbers)}

    def _look(self, rows: PictureRows) -> Look | None:
        look = self._facts.look
        return look if look is not None and len(look.inks) == len(rows) else None

    @Slot()
    def _look_changed(self) -> None:
        look = self._facts.look
        masks = (None, None) if look is None else (look.shown, look.found)
        inks = None if look is None else look.inks
        if masks[0] is not self._masks[0] or masks[1] is not self._masks[1]:
            self._masks = masks
            if self.linked:
                self.filtered.emit()
        if inks is not self._inks:
            self._inks = inks
            self.coloured.emit()

    @Slot()
    def _told(self) -> None:
        if self.linked:
            self.told.emit()

    @Slot()
    def _listed(self) -> None:
        if self.linked:
            self.learnt.emit()

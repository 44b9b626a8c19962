"""The data browser: all pictures as a grid, linked both ways with the plane.

It shows the pictures that are open with the model, or others that have been read, which no model fits yet.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from latentlab.core.matching import CLASS, NAME
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.qt.clients.hand import STEP_PAUSE_S
from latentlab.qt.clients.undo import GestureClock
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.export.selection_dialog import Offer
from latentlab.qt.views.data_browser import words
from latentlab.qt.views.data_browser.banner import Banner
from latentlab.qt.views.data_browser.bar import Bar
from latentlab.qt.views.data_browser.grid import PictureGrid
from latentlab.qt.views.data_browser.menu import chosen_menu
from latentlab.qt.views.data_browser.offers import offers
from latentlab.qt.views.data_browser.order import Sorter
from latentlab.qt.views.data_browser.row_filter import RowFilter
from latentlab.qt.views.data_browser.typed import next_match
from latentlab.qt.views.spec import ViewSpec
from latentlab.session.edits import PointAt, SelectImage
from latentlab.session.picture_rows import PictureRows, facts_in_words, rows_of
from latentlab.session.state import SessionState


class DataBrowser(QWidget):
    """A grid of pictures. A click selects one, a double-click moves the probe to its encoding.

    Signals: `train_wanted` and `plane_wanted` (spec) ask to do so with pictures that are not the model's;
    `save_wanted` asks to save the selection.
    """

    train_wanted = Signal(object)
    plane_wanted = Signal(object)
    save_wanted = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dataBrowser")
        self.setAccessibleName("Data browser")
        self._workspace = workspace
        self._gestures = GestureClock(STEP_PAUSE_S)
        self._telling = False
        self._anchors: dict[tuple[str, str], tuple[int, int] | None] = {}
        # The data that the model shown last was open on.
        self._data = ""
        self.grid, self.bar, self.banner = PictureGrid(), Bar(), Banner()
        self.grid.tip, self.grid.empty = self._tip, words.WAITING
        self._sorter = Sorter(self._sorted, self.bar.complain, self)
        self._filter = RowFilter(workspace, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.banner)
        layout.addWidget(self.bar)
        layout.addWidget(self.grid, 1)
        self.grid.chosen.connect(self._chosen)
        self.grid.opened.connect(self._opened)
        self.grid.pointed.connect(self._pointed)
        self.grid.sized.connect(self._sized)
        self.grid.typed.connect(self._typed)
        self.grid.menu_wanted.connect(self._show_menu)
        self._filter.filtered.connect(self._sort)
        self._filter.coloured.connect(self._colour)
        self._filter.told.connect(self._tell_news)
        self._filter.learnt.connect(self._learn)
        self.bar.line.looked.connect(self._filter.look_for)
        self.bar.line.typed.connect(self._filter.typed)
        self.bar.ordered.connect(self._reorder)
        self.bar.captioned.connect(self._caption)
        self.bar.sized.connect(self._size_chosen)
        self.bar.save_wanted.connect(self.save_wanted)
        self.banner.train_wanted.connect(self.train_wanted)
        self.banner.plane_wanted.connect(self.plane_wanted)
        self.banner.back_wanted.connect(self.show_own)
        workspace.loaded.connect(self._loaded)
        workspace.changed.connect(self._changed)
        if workspace.model is not None:
            self.show_own()

    # What is shown

    @property
    def rows(self) -> PictureRows | None:
        """The pictures that are shown."""
        return self.grid.rows

    @property
    def linked(self) -> bool:
        """Whether they are those of the open model, so that their numbers mean the same there."""
        return self._filter.linked

    @property
    def chosen(self) -> NDArray[np.int32]:
        """The numbers of the selected pictures, in the order shown."""
        return self.grid.choice.numbers()

    @property
    def shown(self) -> NDArray[np.int32]:
        """The numbers of all pictures shown, in order."""
        return self.grid.choice.order

    def offers(self) -> list[Offer]:
        """What can be saved, the likeliest first."""
        state = self._workspace.state if self.linked else None
        return [] if self.rows is None else offers(self.rows, self.chosen, self.shown, state)

    def take_focus(self) -> None:
        """Takes the keyboard focus."""
        self.grid.setFocus()

    def show_pictures(self, rows: PictureRows) -> None:
        """Shows pictures that have been read, whether or not a model fits them."""
        model = self._workspace.model
        mine = model is not None and rows.same_as(rows_of(model))
        self._show(rows, linked=mine)

    @Slot()
    def show_own(self) -> None:
        """Shows the pictures of the open model."""
        model = self._workspace.model
        if model is not None:
            self._show(rows_of(model), linked=True)

    def _show(self, rows: PictureRows, *, linked: bool) -> None:
        self._keep_place()
        self._filter.linked = linked
        if linked:
            rows = replace(rows, figures=self._filter.figures())
        else:
            self._filter.forget()
        self.grid.show_rows(rows)
        self._offer(rows)
        self._caption()
        self._colour()
        self._sized(self.grid.side)
        if linked:
            self.grid.badges.show(self._workspace.state)
            self.grid.choice.only(self.grid.badges.selected)
        self._tell_banner()
        self._sort()
        self.grid.restore(self._anchors.get((rows.data, rows.split)))
        self._say()

    def _offer(self, rows: PictureRows) -> None:
        caption = next((one.name for one in rows.facts if one.name in (CLASS, NAME)), "")
        self.bar.offer(rows.facts, self._filter.computable(), caption)
        self.bar.line.setPlaceholderText(words.example(rows))

    @Slot()
    def _learn(self) -> None:
        """The model has computed more of its pictures."""
        rows, figures = self.rows, self._filter.figures()
        model = self._workspace.model
        if rows is None or model is None or rows.figures == figures or not rows.same_as(rows_of(model)):
            return
        self._know(replace(rows, figures=figures))

    def _know(self, rows: PictureRows) -> None:
        """Shows the same pictures, of which more, or other things, are known."""
        before, self.grid.rows = self.rows, rows
        self._offer(rows)
        known = rows.figures if before is None else {**before.figures, **rows.figures}
        if self.bar.sorted_by in known:
            self._sort()
        if self.bar.captioned_by in known:
            self._caption()

    @Slot()
    def _colour(self) -> None:
        self.grid.set_inks(None if self.rows is None else self._filter.inks(self.rows))

    def _keep_place(self) -> None:
        if self.rows is not None:
            self._anchors[self.rows.data, self.rows.split] = self.grid.anchor()

    def _tell_banner(self) -> None:
        rows, model = self.rows, self._workspace.model
        if self.linked or rows is None:
            self.banner.hide()
            return
        name, back = ("", "") if model is None else (model.model, rows_of(model).title)
        self.banner.tell(rows.data, words.of_no_model(rows, model), name, words.fits(rows, model), back)

    def _say(self) -> None:
        rows = self.rows
        text = "" if rows is None else words.heading(rows, len(self.shown), self.grid.choice.count)
        self.bar.heading.setText(text)

    # Order, captions and size

    @Slot()
    def _reorder(self) -> None:
        """The person wants another order: its beginning is shown, unless a picture is selected."""
        if not self.grid.choice.count:
            self.grid.verticalScrollBar().setValue(0)
        self._sort()

    @Slot()
    def _sort(self) -> None:
        rows = self.rows
        if rows is not None:
            self.bar.line.show_expression(self._filter.text)
            self._filter.want(self.bar.sorted_by, self.bar.captioned_by)
            fact, keep = rows.fact(self.bar.sorted_by), self._filter.keep(rows)
            self._sorter.sort(fact, keep, down=self.bar.down.isChecked(), count=len(rows))

    def _sorted(self, order: NDArray[np.int32]) -> None:
        self.grid.arrange(order)
        self.grid.empty = words.NONE_SHOWN if self.rows is not None and len(self.rows) else words.NO_DATA
        self._tell_news()
        self._say()

    @Slot()
    def _tell_news(self) -> None:
        self.bar.complain(self._filter.news)

    @Slot()
    def _caption(self) -> None:
        rows, name = self.rows, self.bar.captioned_by
        self._filter.want(self.bar.sorted_by, name)
        self.grid.set_caption(None if rows is None or not name else rows.fact(name))

    @Slot(int)
    def _size_chosen(self, place: int) -> None:
        self.grid.set_side(self.grid.sides[place])

    @Slot(int)
    def _sized(self, side: int) -> None:
        sides = self.grid.sides
        self.bar.show_size(sides.index(self.grid.side), len(sides))

    # The session

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        rows, own = self.rows, rows_of(model)
        before, self._data = self._data, model.data
        if self.linked and own.same_as(rows):
            # Another model may compute other figures of the same pictures.
            self._know(replace(own, figures=self._filter.figures()))
        elif not self.linked and before == model.data:
            # Another model on the same data: what the person looks at here stays.
            self._tell_banner()
        else:
            self.show_own()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if not self.linked or self.rows is None:
            return
        if (old.selected, old.group_a, old.group_b) != (new.selected, new.group_a, new.group_b):
            self.grid.badges.show(new)
            self.grid.viewport().update()
        if old.selected != new.selected and not self._telling:
            self.grid.choice.only(self.grid.badges.selected)
            if new.selected is not None:
                self.grid.bring_into_view(new.selected)
            self._say()
        if old.points.find != new.points.find:
            self.bar.line.show_expression(new.points.find)

    @Slot()
    def _chosen(self) -> None:
        choice = self.grid.choice
        current = choice.current if choice.current is not None and choice.chosen[choice.current] else None
        self._say()
        if current is not None:
            self.grid.setAccessibleDescription(self._tip(current))
        if self.linked and current != self._workspace.state.selected:
            self._telling = True
            try:
                self._workspace.do(SelectImage(gesture=self._gestures.gesture(), index=current))
            finally:
                self._telling = False

    @Slot(int)
    def _opened(self, number: int) -> None:
        if self.linked:
            self._workspace.select(number)

    @Slot(int)
    def _pointed(self, number: int) -> None:
        if self.linked:
            z = self._workspace.place_of(number) if number >= 0 else None
            if z != self._workspace.state.pointed:
                self._workspace.do(PointAt(z=z))

    @Slot(str)
    def _typed(self, word: str) -> None:
        rows = self.rows
        if rows is not None:
            fact = rows.fact(self.bar.captioned_by or self.bar.sorted_by)
            number = next_match(word, fact, self.grid.choice)
            if number is not None:
                self.grid.go_to(number)

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        numbers = tuple(self.chosen.tolist())
        if numbers:
            chosen_menu(
                self, self._workspace, numbers, self.linked, self.grid.open_current, self.save_wanted.emit
            ).popup(place)

    def _tip(self, number: int) -> str:
        return "" if self.rows is None else facts_in_words(self.rows, number)


SPEC = ViewSpec("data_browser", "Data", lambda context: DataBrowser(context.workspace))

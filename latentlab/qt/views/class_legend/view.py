"""The legend of the plane: a chip for each class, or word of a column, that shows or hides its points."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Slot
from PySide6.QtGui import (
    QColor,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from latentlab.core.columns import Words
from latentlab.core.expression import Comparison, Operand, to_text
from latentlab.core.matching import CLASS
from latentlab.qt.clients.undo import new_gesture
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.points.facts import facts_of
from latentlab.qt.controllers.points.look import coloured_as
from latentlab.qt.views.class_legend.chip import ClassChip
from latentlab.qt.views.spec import ViewSpec
from latentlab.qt.widgets.colours import class_colour
from latentlab.qt.widgets.flow_layout import FlowLayout, laid_out_once
from latentlab.qt.widgets.plain_text import Label, listed
from latentlab.qt.widgets.scrolled import ScrolledPage
from latentlab.session.edits import Edit, HideClasses
from latentlab.session.point_edits import FindPoints, HideWords
from latentlab.session.point_settings import MOST_HIDDEN_WORDS, PLAIN
from latentlab.session.state import SessionState

_MOST_LINES = 4


class ClassLegend(QWidget):
    """One chip per class of the data, or per word of another column that colours the points, and a button
    that shows all. Follows the session's hidden classes and words.
    """

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("classLegend")
        self.setAccessibleName("Classes")
        self._workspace, self._facts = workspace, facts_of(workspace)
        self._chips: list[ClassChip] = []
        self._column: Words | None = None
        self._dark = False
        # The state before the last click, in case it becomes a double-click.
        self._found: tuple[int, frozenset[int], int] | None = None
        self._none = Label()
        self._none.setWordWrap(True)
        self._none.hide()
        self._all = QToolButton()
        self._all.setText("All")
        self._all.setObjectName("showAllClasses")
        self._all.setEnabled(False)
        self._all.setAccessibleName("Show all classes")
        self._all.setToolTip("Show all classes")
        self._all.clicked.connect(self._show_all)
        self._all.hide()
        flow = FlowLayout(self, gap=4)
        flow.addWidget(self._all)
        flow.addWidget(self._none)
        workspace.changed.connect(self._changed)
        self._facts.listed.connect(self._follow)
        self._facts.look_changed.connect(self._follow)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        """Shows the words of the column that colours the points."""
        column = self._facts.column
        words = column if isinstance(column, Words) else None
        if words is None or words is not self._column or self._dark != self._facts.dark:
            self._column, self._found, self._dark = words, None, self._facts.dark
            with laid_out_once(self):
                self._make_chips()
        self._show()

    def _make_chips(self) -> None:
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._chips = []
        column = self._column
        if column is not None:
            counts, what = column.counts(), "Class" if column.name == CLASS else listed(column.name)
            self._chips = [
                ClassChip(code, column.words[code], int(counts[code]), colour, what)
                for code, colour in _coloured(column, self._dark)
            ]
        flow = self.layout()
        assert flow is not None
        for chip in self._chips:
            chip.toggle_wished.connect(self._toggle)
            chip.solo_wished.connect(self._solo)
            chip.doubled.connect(self._doubled)
            flow.addWidget(chip)
        title = listed(self._facts.columns.title_of(self._facts.by))
        one = "All points have one colour: choose an attribute, a column or a figure."
        self._none.setText(one if self._facts.by == PLAIN else f"The points are coloured by {title}.")
        self._none.setVisible(not self._chips)
        self._all.setVisible(bool(self._chips))

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.hidden != new.hidden or old.points.hidden != new.points.hidden:
            self._show()

    @property
    def _hidden(self) -> frozenset[int]:
        """The codes of the hidden words."""
        state, column = self._workspace.state, self._column
        if column is None or column.name == CLASS:
            return state.hidden
        words = set(state.points.hidden_of(column.name))
        return frozenset(code for code, word in enumerate(column.words) if word in words)

    def _edit(self, hidden: frozenset[int], gesture: int | None = None) -> Edit:
        column = self._column
        if column is None or column.name == CLASS:
            return HideClasses(gesture=gesture, hidden=hidden)
        words = tuple(column.words[code] for code in sorted(hidden))
        return HideWords(gesture=gesture, column=column.name, words=words)

    def _show(self) -> None:
        hidden = self._hidden
        for chip in self._chips:
            chip.setChecked(chip.label not in hidden)
        self._all.setEnabled(bool(hidden))

    @Slot(int)
    def _toggle(self, label: int) -> None:
        hidden = self._hidden
        self._found = (label, hidden, new_gesture())
        self._workspace.do(self._edit(hidden ^ {label}, self._found[2]))

    @Slot(int)
    def _doubled(self, label: int) -> None:
        """The first click of a double-click has toggled the class: undone here, within the same undo step."""
        hidden, gesture = self._hidden, new_gesture()
        if self._found is not None and self._found[0] == label and hidden == self._found[1] ^ {label}:
            _, hidden, gesture = self._found
        self._show_alone(label, hidden, gesture)

    @Slot(int)
    def _solo(self, label: int) -> None:
        self._show_alone(label, self._hidden, new_gesture())

    def _show_alone(self, label: int, hidden: frozenset[int], gesture: int) -> None:
        """Shows only one class; all, if it was alone already."""
        self._found = None
        words = () if self._column is None else self._column.words
        if self._column is not None and self._column.name != CLASS and len(words) > MOST_HIDDEN_WORDS:
            # Too many to hide: the others are dimmed.
            name, word = Operand(self._column.name), Operand(words[label])
            self._workspace.do(FindPoints(gesture=gesture, find=to_text(Comparison(name, "=", word))))
            return
        others = frozenset(range(len(words))) - {label}
        self._workspace.do(self._edit(frozenset() if hidden == others else others, gesture))

    @Slot()
    def _show_all(self) -> None:
        self._workspace.do(self._edit(frozenset()))


def _coloured(column: Words, dark: bool) -> list[tuple[int, QColor]]:
    """The words with a chip, in order, and their colours: those with a colour of their own."""
    colours = enumerate(coloured_as(column))
    return [(code, class_colour(colour, dark)) for code, colour in colours if colour is not None]


class LegendRoom(ScrolledPage):
    """A legend with room for a few lines of chips: it scrolls where more are needed. `whole` says that it
    never shows fewer of them, because what is around it scrolls.
    """

    def __init__(self, legend: ClassLegend, most: int = _MOST_LINES, *, whole: bool = False) -> None:
        super().__init__("classLegendRoom")
        self._most, self._whole = most, whole
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._legend = legend
        self.setWidget(legend)

    def event(self, event: QEvent) -> bool:
        # Other chips may need another height.
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._fit()
        return super().event(event)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return min(self._legend.heightForWidth(width), self._lines(self._most))

    def sizeHint(self) -> QSize:
        return QSize(self._legend.sizeHint().width(), self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self._lines(1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._whole:
            self.setFixedHeight(max(self._lines(1), self.heightForWidth(self.width())))

    def _lines(self, count: int) -> int:
        flow = self._legend.layout()
        assert isinstance(flow, FlowLayout)
        line = flow.sizeHint().height()
        return count * line + (count - 1) * flow.gap


SPEC = ViewSpec(
    "class_legend",
    "Classes",
    lambda context: ClassLegend(context.workspace),
)

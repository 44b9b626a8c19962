"""The panel of points: by what they are coloured, the legend, Find, and the layers of the plane."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QProgressBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from latentlab.core.columns import Numbers, unknown_in
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.points.columns import OF_CLASS, Choice
from latentlab.qt.controllers.points.facts import facts_of
from latentlab.qt.views.points.finder import Finder
from latentlab.qt.views.points.layer_boxes import LayerBoxes
from latentlab.qt.views.points.number_legend import NumberLegend
from latentlab.qt.views.spec import ViewSpec
from latentlab.qt.widgets.plain_text import Label, RichLabel, listed, plain_tip
from latentlab.qt.widgets.scrolled import ScrolledPage
from latentlab.session.point_edits import ColourBy, ShowAllPoints
from latentlab.session.point_settings import PLAIN
from latentlab.session.state import SessionState


class ColourCombo(QComboBox):
    """The columns that can colour the points. The wheel scrolls the panel, unless the list has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("colourBy")
        self.setAccessibleName("Colour points by")
        self.setToolTip("What colours the points: class, an attribute, a column of the table, or a figure.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setMaxVisibleItems(24)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class PointsView(ScrolledPage):
    """Everything about the points of the plane. `take_legend` gives it the legend of words."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__("pointsView", "Points")
        self._workspace, self._facts = workspace, facts_of(workspace)
        self._facts.show_in(self.palette())
        self.combo = ColourCombo()
        self.combo.activated.connect(self._asked_again)
        self.combo.currentIndexChanged.connect(self._chosen)
        self._listed: tuple[object, ...] = ()
        self.numbers = NumberLegend(workspace, self._facts)
        self._legend: QWidget | None = None
        self.finder = Finder(workspace, self._facts)
        self.layer_boxes = LayerBoxes(workspace)
        self.progress = QProgressBar()
        self.progress.setObjectName("figuresProgress")
        self.progress.setAccessibleName("How much of the figure is computed")
        self.progress.setToolTip("How many of the pictures the figure is computed for.")
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.computing = Label()
        self.computing.setObjectName("figuresText")
        self.computing.setWordWrap(True)
        self._stop = QToolButton()
        self._stop.setText("Stop")
        self._stop.setObjectName("stopFigures")
        self._stop.setAccessibleName("Stop computing")
        self._stop.setToolTip("Stop computing; the points keep the colours that are known so far.")
        self._stop.clicked.connect(self._facts.columns.stop)
        self.unknown = RichLabel()
        self.unknown.setObjectName("unknownPoints")
        self.filters = Label()
        self.filters.setObjectName("pointFilters")
        self.filters.setWordWrap(True)
        self.all = QToolButton()
        self.all.setText("Show all")
        self.all.setObjectName("showAllPoints")
        self.all.setAccessibleName("Show all points")
        self.all.setToolTip("Show the points that are hidden by classes, words and ranges.")
        self.all.clicked.connect(self._show_all)
        self._arrange()
        self._facts.listed.connect(self._refresh)
        self._facts.look_changed.connect(self._refresh)
        self._facts.told.connect(self._tell)
        workspace.changed.connect(self._changed)
        self._refresh()

    def _arrange(self) -> None:
        inner = QWidget()
        self._rows = QVBoxLayout(inner)
        self._rows.setSpacing(8)
        form = QFormLayout()
        label = Label("Colour by")
        label.setBuddy(self.combo)
        form.addRow(label, self.combo)
        self._rows.addLayout(form)
        working = QHBoxLayout()
        working.addWidget(self.computing, 1)
        working.addWidget(self._stop)
        self._rows.addLayout(working)
        self._rows.addWidget(self.progress)
        self._rows.addWidget(self.numbers)
        self._rows.addWidget(self.unknown)
        hidden = QHBoxLayout()
        hidden.addWidget(self.filters, 1)
        hidden.addWidget(self.all)
        self._rows.addLayout(hidden)
        found = QFormLayout()
        found.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        find = Label("Find")
        find.setBuddy(self.finder.line)
        found.addRow(find, self.finder)
        self._rows.addLayout(found)
        self._rows.addWidget(self.layer_boxes)
        self._rows.addStretch(1)
        self.setWidget(inner)

    def take_legend(self, legend: QWidget) -> None:
        """Shows the legend of words in its place, under the choice of the colour."""
        self._legend = legend
        self._rows.insertWidget(self._rows.indexOf(self.numbers), legend)
        self._refresh()

    # What comes from the workspace

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.layers != new.layers:
            self.layer_boxes.refresh()

    @Slot()
    def _refresh(self) -> None:
        self._fill_combo()
        column = self._facts.column
        if isinstance(column, Numbers):
            self.numbers.show_column(column)
        self.numbers.setVisible(isinstance(column, Numbers))
        count = 0 if column is None or self._facts.columns.computing else unknown_in(column)
        dot = f'<font color="{self._facts.unknown_colour}">●</font>'
        self.unknown.setText(f"{dot} {count:,} unknown")
        self.unknown.setVisible(count > 0)
        if self._legend is not None:
            self._legend.setVisible(not isinstance(column, Numbers))
        self._tell()

    @Slot()
    def _tell(self) -> None:
        columns = self._facts.columns
        title = columns.computing
        self.progress.setVisible(bool(title))
        self._stop.setVisible(bool(title))
        self.progress.setValue(round(1000 * columns.share))
        why = columns.why[:1].upper() + columns.why[1:]
        self.computing.setText(f"Computing {title} …" if title else why)
        self.computing.setVisible(bool(title or why))
        count, shown = self._facts.count, self._facts.shown_count
        self.filters.setText(f"{count - shown:,} of {count:,} points are hidden{self._by_what()}.")
        for widget in (self.filters, self.all):
            widget.setVisible(shown < count)
        self.finder.refresh()

    def _by_what(self) -> str:
        """The columns whose filters hide points, besides the one in the legend."""
        settings = self._facts.settings
        filtered = (*(one[0] for one in settings.ranges), *(one[0] for one in settings.hidden))
        names = [name for name in filtered if name != self._facts.by]
        if self._workspace.state.hidden and self._facts.by != "class":
            names.insert(0, "class")
        titles = [listed(self._facts.columns.title_of(name)) for name in names]
        return f" by {', '.join(titles)}" if titles else ""

    def _fill_combo(self) -> None:
        with QSignalBlocker(self.combo):
            self._list_choices()
            self.combo.setCurrentIndex(self.combo.findData(self._facts.by))

    def _list_choices(self) -> None:
        choices = self._facts.columns.choices
        if choices != self._listed:
            self._listed = choices
            self.combo.clear()
            first = [choice for choice in choices if choice.group == OF_CLASS]
            one = Choice(PLAIN, "One colour", "All points have one colour.", OF_CLASS)
            group = OF_CLASS
            for choice in (*first, one, *choices[len(first) :]):
                if choice.group != group:
                    self.combo.insertSeparator(self.combo.count())
                group = choice.group
                self.combo.addItem(listed(choice.title), choice.name)
                self.combo.setItemData(
                    self.combo.count() - 1, plain_tip(choice.tip), Qt.ItemDataRole.ToolTipRole
                )

    # The person

    @Slot(int)
    def _chosen(self, index: int) -> None:
        name = self.combo.itemData(index)
        if name is not None and name != self._facts.by:
            self._workspace.do(ColourBy(by=name))

    @Slot(int)
    def _asked_again(self, index: int) -> None:
        """Also by choosing the same again, after it was stopped."""
        self._facts.columns.retry(self.combo.itemData(index))

    @Slot()
    def _show_all(self) -> None:
        self._workspace.do(ShowAllPoints())


SPEC = ViewSpec(
    "points",
    "Points",
    lambda context: PointsView(context.workspace),
    needs=frozenset({Capability.ENCODES}),
)

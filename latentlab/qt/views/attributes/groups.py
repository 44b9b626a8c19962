"""The two hand-picked groups of pictures, and the button that makes a direction from them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from latentlab.engine.attributes.trust import FEWEST
from latentlab.engine.rendering.requests.directions import GroupsRequest
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.serving import Refusal
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.attributes.thumbnails import Thumbs
from latentlab.qt.widgets.choice_button import ChoiceButton
from latentlab.qt.widgets.colours import GROUP_COLOURS
from latentlab.qt.widgets.plain_text import Label, RichLabel, plain_tip
from latentlab.session import groups
from latentlab.session.own_edits import Gather
from latentlab.session.state import SessionState

_EMPTY = "Lasso, or Shift-click, points of the plane; or select a picture and add it."
_EMPTY_B = "The same with Ctrl+Shift: pictures that lack what those in A have."


def mark_of(group: str, side: int = 14) -> QPixmap:
    """A group's mark in the plane: a ring for A, a square for B."""
    picture = QPixmap(side, side)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = painter.pen()
    pen.setColor(QColor(GROUP_COLOURS[group]))
    pen.setWidthF(2.5)
    painter.setPen(pen)
    box = picture.rect().adjusted(2, 2, -3, -3)
    (painter.drawEllipse if group == groups.A else painter.drawRect)(box)
    painter.end()
    return picture


class GroupStrip(QWidget):
    """One group: its number of pictures, thumbnails, and buttons to add more."""

    def __init__(self, workspace: Workspace, group: str) -> None:
        super().__init__()
        self._workspace, self.group, letter = workspace, group, group.upper()
        self.setObjectName(f"group{letter}")
        self.setAccessibleName(f"Group {letter}")
        mark = Label()
        mark.setPixmap(mark_of(group))
        self.count = RichLabel()
        self.count.setObjectName(f"group{letter}Count")
        self.lasso = ChoiceButton("Lasso")
        self.add = QToolButton()
        self.add.setText("Add")
        self.clear = QToolButton()
        self.clear.setText("Clear")
        for button, name, spoken, tip in (
            (self.lasso, "Lasso", f"Select points of the plane for group {letter}",
             f"Draw around points of the plane, or click them, to add them to group {letter}. Esc ends it."),
            (self.add, "Add", f"Add the selected picture to group {letter}",
             f"Add the selected picture to group {letter} ({letter})."),
            (self.clear, "Clear", f"Empty group {letter}", f"Remove all pictures from group {letter}."),
        ):  # fmt: skip
            button.setObjectName(f"group{letter}{name}")
            button.setAccessibleName(spoken)
            button.setToolTip(plain_tip(tip))
        self.thumbs = Thumbs(_EMPTY if group == groups.A else _EMPTY_B)
        self.thumbs.setObjectName(f"group{letter}Pictures")
        self.thumbs.setAccessibleName(f"Pictures of group {letter}")
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(mark)
        head.addWidget(self.count, 1)
        for button in (self.lasso, self.add, self.clear):
            head.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 3, 8, 3)
        layout.setSpacing(3)
        layout.addLayout(head)
        layout.addWidget(self.thumbs)
        self.lasso.clicked.connect(self._lasso)
        self.add.clicked.connect(self._add)
        self.clear.clicked.connect(self._clear)
        self.thumbs.chosen.connect(self._chosen)
        self.thumbs.removed.connect(self._removed)
        workspace.loaded.connect(self._loaded)
        workspace.changed.connect(self._changed)
        self._show(workspace.state)

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self._show(self._workspace.state)

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if groups.members(old, self.group) != groups.members(new, self.group):
            self._show(new)
        self._offer(new)

    def _show(self, state: SessionState) -> None:
        numbers = groups.members(state, self.group)
        self.thumbs.show_members(self._workspace.model, numbers)
        plural = "" if len(numbers) == 1 else "s"
        self.count.setText(f"<b>{self.group.upper()}</b> · {len(numbers):,} picture{plural}")
        self._offer(state)

    def _offer(self, state: SessionState) -> None:
        numbers = groups.members(state, self.group)
        self.clear.setEnabled(bool(numbers))
        self.add.setEnabled(state.selected is not None and state.selected not in numbers)
        self.lasso.setChecked(state.gathering == self.group)

    @Slot()
    def _lasso(self) -> None:
        on = self._workspace.state.gathering == self.group
        self._workspace.do(Gather(group="" if on else self.group))

    @Slot()
    def _add(self) -> None:
        state = self._workspace.state
        if state.selected is not None:
            self._workspace.do(groups.with_added(state, self.group, (state.selected,)))

    @Slot()
    def _clear(self) -> None:
        state = self._workspace.state
        self._workspace.do(groups.without(state, self.group, groups.members(state, self.group)))

    @Slot(int)
    def _chosen(self, number: int) -> None:
        self._workspace.select(number)

    @Slot(int)
    def _removed(self, number: int) -> None:
        self._workspace.do(groups.without(self._workspace.state, self.group, (number,)))


class Groups(QWidget):
    """Both groups. `wanted` requests a direction from them; `note` says why there is none."""

    wanted = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.a, self.b = GroupStrip(workspace, groups.A), GroupStrip(workspace, groups.B)
        self.make = QPushButton("&Make a direction …")
        self.make.setObjectName("makeDirection")
        self.make.setAccessibleName("Make a direction from the groups")
        self.make.setIcon(_arrow_icon())
        self.make.setIconSize(QSize(40, 14))
        self.note = Label()
        self.note.setObjectName("groupsNote")
        self.note.setWordWrap(True)
        foot = QVBoxLayout()
        foot.setContentsMargins(8, 0, 8, 6)
        foot.setSpacing(3)
        foot.addWidget(self.note)
        foot.addWidget(self.make)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.a)
        layout.addWidget(self.b)
        layout.addLayout(foot)
        self.make.clicked.connect(self.wanted)
        workspace.loaded.connect(self._offer)
        workspace.encoded.connect(self._offer)
        workspace.changed.connect(self._changed)
        workspace.refused.connect(self._refused)
        self._offer()

    def why_not(self) -> str:
        """A message on why no direction can be made now; "" if one can."""
        state, encodings = self._workspace.state, self._workspace.encodings
        if self._workspace.following:
            return "The model is still being trained. Directions can be made when the training is finished."
        if not state.group_a or not state.group_b:
            return "Add pictures to both groups: the difference of their means is a direction."
        if encodings is None or not encodings.done:
            return "The pictures are still being encoded."
        return ""

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if (old.group_a, old.group_b) != (new.group_a, new.group_b):
            self._offer()

    @Slot()
    def _offer(self) -> None:
        why, state = self.why_not(), self._workspace.state
        self.make.setEnabled(not why)
        self.make.setToolTip(plain_tip(why or "The mean of group A minus the mean of group B."))
        few = min(len(state.group_a), len(state.group_b)) < FEWEST
        words = f"With {FEWEST} or more in each, its reliability can be measured too." if few else ""
        self.say(why or words)

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(GroupsRequest):
            self.say(refusal.message)

    def say(self, words: str) -> None:
        """Shows this text under the groups."""
        self.note.setText(words)
        self.note.setVisible(bool(words))


def _arrow_icon() -> QIcon:
    """An arrow from B to A."""
    picture = QPixmap(40, 14)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.drawPixmap(0, 0, mark_of(groups.B))
    painter.drawPixmap(26, 0, mark_of(groups.A))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = painter.pen()
    pen.setColor(QColor("#8a909a"))
    pen.setWidthF(1.6)
    painter.setPen(pen)
    painter.drawLine(16, 7, 24, 7)
    painter.drawLine(24, 7, 21, 4)
    painter.drawLine(24, 7, 21, 10)
    painter.end()
    return QIcon(picture)

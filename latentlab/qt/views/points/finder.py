"""The line that points are looked for with, how many were found, and what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from latentlab.core.columns import Words
from latentlab.core.matching import CLASS
from latentlab.qt.clients.undo import new_gesture
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.points.facts import PointFacts
from latentlab.qt.views.points.name_completer import NameCompleter
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.session.point_edits import FindPoints
from latentlab.session.point_settings import MOST_LETTERS

_MOST_WORDS = 200
_TIP = (
    "Show which points something is true of, and dim the others. A word is an attribute, a class or a part "
    "of a file name. Numbers are compared: elbo < -120, 20 <= age < 40. Together: Hat and not Smiling, "
    'class = 3 or class = 5, name ~ "img_0".'
)


class FindLine(QLineEdit):
    """A line edit that Escape empties."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class Finder(QWidget):
    """Follows the session's expression. `buttons` is the row of what can be done with what was found."""

    def __init__(self, workspace: Workspace, facts: PointFacts) -> None:
        super().__init__()
        self._workspace, self._facts = workspace, facts
        self._gesture, self._following = new_gesture(), False
        self.line = FindLine()
        self.line.setObjectName("findPoints")
        self.line.setAccessibleName("Find points")
        self.line.setToolTip(plain_tip(_TIP))
        self.line.setClearButtonEnabled(True)
        self.line.setMaxLength(MOST_LETTERS)
        self._completer = NameCompleter(self.line)
        self.line.setCompleter(self._completer)
        # Each pause in typing looks; all of it is one step of the undo stack.
        self._soon = QTimer(self, singleShot=True, interval=250)
        self._soon.timeout.connect(self._look)
        self.line.textChanged.connect(self._changed)
        self.line.returnPressed.connect(self._entered)
        self.line.editingFinished.connect(self._finished)
        self.count = Label()
        self.count.setObjectName("findCount")
        self.count.setAccessibleName("How many points were found")
        self.count.setWordWrap(True)
        self.buttons = QHBoxLayout()
        self.buttons.setContentsMargins(0, 0, 0, 0)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(3)
        rows.addWidget(self.line)
        rows.addWidget(self.count)
        rows.addLayout(self.buttons)
        self.refresh()

    def refresh(self) -> None:
        """Shows what the session looks for, and what came of it."""
        text = self._facts.settings.find
        if not self._soon.isActive() and self.line.text() != text:
            # Blocked signals would leave the button that clears it behind.
            self._following = True
            self.line.setText(text)
            self._following = False
        self.line.setPlaceholderText(self._example())
        self._completer.offer(self._names())
        error, computing = self._facts.error, self._facts.columns.computing
        if error is not None:
            words = str(error)
            self.count.setText(f"{words[:1].upper()}{words[1:]}.")
        elif not text.strip():
            self.count.setText("")
        elif not self._facts.looks_for:
            self.count.setText("Looking …" if not computing else "")
        else:
            self.count.setText(f"{self._facts.found_count:,} of {self._facts.shown_count:,}")
        self.count.setVisible(bool(self.count.text()))

    def _names(self) -> list[str]:
        """What can be written: attributes and columns, figures, classes and other words."""
        columns = self._facts.columns
        words = (
            word for one in columns.columns.values() if isinstance(one, Words) and not one.truth
            for word in one.words[:_MOST_WORDS]
        )  # fmt: skip
        return [*columns.columns, *(choice.name for choice in columns.choices), *words]

    def _example(self) -> str:
        """An expression that these data understand."""
        columns = self._facts.columns.columns
        attributes = [one.name for one in columns.values() if isinstance(one, Words) and one.truth]
        classes = columns.get(CLASS)
        if len(attributes) > 1:
            return f"{attributes[0]} and not {attributes[1]}"
        if isinstance(classes, Words) and len(classes.words) > 1:
            return f"{classes.words[0]} or {classes.words[1]}"
        return "number < 100"

    @Slot()
    def _changed(self) -> None:
        if not self._following:
            self._soon.start()

    @Slot()
    def _look(self) -> None:
        if self.line.text() != self._facts.settings.find:
            self._workspace.do(FindPoints(gesture=self._gesture, find=self.line.text()))

    @Slot()
    def _entered(self) -> None:
        self._soon.stop()
        self._look()
        if self._facts.error is not None:
            self.line.setCursorPosition(min(self._facts.error.position, len(self.line.text())))

    @Slot()
    def _finished(self) -> None:
        self._soon.stop()
        self._look()
        self._gesture = new_gesture()

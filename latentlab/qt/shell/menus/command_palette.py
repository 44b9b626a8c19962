"""The command palette: finds an action of the menus by a few letters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsDropShadowEffect,
    QHeaderView,
    QLineEdit,
    QMainWindow,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from latentlab.qt.shell.menus.actions import Actions
from latentlab.qt.widgets.plain_text import Label, spoken

_WIDTH, _ROWS = 540, 11
# After the commands that can be run now.
_LAST = 500.0
# All words as they stand are better than scattered letters: other things come before commands found by these.
_SCATTERED = 20.0
# Of a workspace and a panel of one name the workspace comes first: in it, the view is large.
_WORKSPACES, _AHEAD = "View › Workspace", 0.1
_ACTION = Qt.ItemDataRole.UserRole


def plain(menu: str, action: QAction) -> str:
    """A command as one line: its menu, then its name."""
    text = action.text().replace("…", "").strip()
    place = menu.replace("/", " › ")
    return spoken(f"{place} › {text}")


def score(query: str, text: str) -> float | None:
    """How well a text matches a query (lower is better); None if a word of the query is not in it.

    A word matches if its letters occur in order; best is the start of a word, then a contiguous match.
    """
    total, text = 0.0, text.lower()
    for word in query.lower().split():
        place = text.find(word)
        if place >= 0:
            starts = place == 0 or not text[place - 1].isalnum()
            total += (0 if starts else 5) + place / 100
            continue
        last = -1
        first = text.find(word[0])
        for letter in word:
            last = text.find(letter, last + 1)
            if last < 0:
                return None
        total += _SCATTERED + (last - first)
    return total


class CommandPalette(QFrame):
    """An overlay at the top of the window. Arrow keys choose, Enter runs, Esc closes."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self.setObjectName("commandPalette")
        self.setAccessibleName("Command palette")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self._window = window
        self._actions: Actions | None = None
        self._more: Callable[[str], Iterable[tuple[str, QAction]]] = lambda query: ()
        self._row_height = self.fontMetrics().height() + 8
        self.search = QLineEdit()
        self.search.setObjectName("paletteSearch")
        self.search.setAccessibleName("What do you want to do?")
        self.search.setToolTip(
            "Type a few letters; choose with the arrow keys, run with Enter, close with Esc."
        )
        self.search.setPlaceholderText("What do you want to do?")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list = QTreeWidget()
        self.list.setObjectName("paletteList")
        self.list.setAccessibleName("Matching commands")
        self.list.setToolTip("Matching commands; grey ones are not available now.")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._do)
        self.none = Label("No such command.")
        self.none.setObjectName("paletteNone")
        self.none.setContentsMargins(6, 4, 6, 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        for part in (self.search, self.list, self.none):
            layout.addWidget(part)
        shadow = QGraphicsDropShadowEffect(self, blurRadius=24)
        shadow.setOffset(0, 4)
        self.setGraphicsEffect(shadow)
        self.hide()

    def offer(self, actions: Actions, more: Callable[[str], Iterable[tuple[str, QAction]]]) -> None:
        """Sets the registry whose actions are offered; `more` returns others, with their texts, that suit
        what has been typed.
        """
        self._actions, self._more = actions, more

    @Slot()
    def open_at_top(self) -> None:
        """Shows all commands, with the focus in the search line."""
        self.search.clear()
        self._filter("")
        self._fit()
        self.show()
        self.raise_()
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _fit(self) -> None:
        """As high as the list needs, centred in the window's upper part."""
        rows = min(max(1, self.list.topLevelItemCount()), _ROWS)
        width = min(_WIDTH, self._window.width() - 40)
        height = rows * self._row_height + self.search.sizeHint().height() + 32
        height = min(height, self._window.height() - 80)
        self.setGeometry((self._window.width() - width) // 2, 44, width, height)

    @Slot(str)
    def _filter(self, query: str) -> None:
        self.list.clear()
        if self._actions is None:
            return
        found: list[tuple[float, str, QAction]] = []
        for menu, action in self._actions.all:
            text = plain(menu, action)
            how = score(query, text)
            if how is not None and action.isVisible() and action.objectName() != "commandPaletteAction":
                # Disabled commands come last.
                ahead = _AHEAD if text.startswith(_WORKSPACES) else 0.0
                found.append((how - ahead + (0 if action.isEnabled() else 1000), text, action))
        for text, action in self._more(query):
            how = score(query, text)
            whole = how is not None and how < _SCATTERED
            found.append((_SCATTERED if query and whole else _LAST, text, action))
        for _, text, action in sorted(found, key=lambda one: one[0]):
            self._add(text, action)
        self._choose(0)
        self.list.setVisible(bool(found))
        self.none.setVisible(not found)
        self._fit()

    def _add(self, text: str, action: QAction) -> None:
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        on = "✓ " if action.isCheckable() and action.isChecked() else ""
        item = QTreeWidgetItem([f"{on}{text}", keys])
        item.setSizeHint(0, QSize(0, self._row_height))
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setToolTip(0, action.statusTip())
        item.setData(0, _ACTION, action)
        if not action.isEnabled():
            item.setDisabled(True)
        self.list.addTopLevelItem(item)

    def _choose(self, row: int) -> None:
        item = self.list.topLevelItem(row)
        if item is not None:
            self.list.setCurrentItem(item)

    def texts(self) -> Sequence[str]:
        """What is offered now, best first."""
        items = map(self.list.topLevelItem, range(self.list.topLevelItemCount()))
        return [item.text(0) for item in items if item is not None]

    @Slot(QTreeWidgetItem)
    def _do(self, item: QTreeWidgetItem | None) -> None:
        action = None if item is None else item.data(0, _ACTION)
        if isinstance(action, QAction) and action.isEnabled():
            self._leave()
            action.trigger()

    def _leave(self) -> None:
        self.hide()
        centre = self._window.centralWidget()
        if centre is not None:
            centre.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(Qt.Key(event.key()))
        if event.type() == QEvent.Type.FocusOut and not self.underMouse():
            self.hide()
        return False

    def _key(self, key: Qt.Key) -> bool:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
        if key == Qt.Key.Key_Escape:
            self._leave()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._do(self.list.currentItem())
        elif key in steps:
            current = self.list.currentItem()
            row = self.list.indexOfTopLevelItem(current) + steps[key] if current else 0
            self._choose(min(max(row, 0), self.list.topLevelItemCount() - 1))
        else:
            return False
        return True

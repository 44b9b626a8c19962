"""The registry of the window's actions: menus, toolbar, command palette and list of keys are made from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar

from latentlab.plain import one_line
from latentlab.qt.widgets.line_icons import line_icon
from latentlab.qt.widgets.plain_text import plain_tip, spoken


@dataclass(frozen=True)
class Entry:
    """One action.

    Attributes:
        name: the action's objectName.
        menu: its menu's path, such as "View/Theme".
        text: its text in the menu, with & before the mnemonic letter.
        do: what it calls.
        tip: a sentence on it, shown in the status bar and on the toolbar.
        key: the shortcut, "" for none.
        enabled: whether it can be done now; None means always.
        checked: whether it is checked now; None means not checkable.
        group: checkable actions of one group exclude each other.
        tool: its text on the toolbar, "" for none.
        gap: whether a separator stands before it, in the menu and on the toolbar.
        caption: its current text in place of `text`; while that is "", it is hidden.
    """

    name: str
    menu: str
    text: str
    do: Callable[[], None]
    tip: str
    key: str = ""
    enabled: Callable[[], bool] | None = None
    checked: Callable[[], bool] | None = None
    group: str = ""
    tool: str = ""
    gap: bool = False
    caption: Callable[[], str] | None = None


class Actions(QObject):
    """Makes the actions of a window and keeps their enabled and checked states up to date."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._entries: dict[str, Entry] = {}
        self._groups: dict[str, QActionGroup] = {}
        self._menus: dict[str, QMenu] = {}
        self._actions: dict[str, tuple[str, QAction]] = {}
        self._due = QTimer(self, singleShot=True, interval=100)
        self._due.timeout.connect(self._refresh_after_the_drag)
        self._held = QTimer(self, interval=100)
        self._held.timeout.connect(self._refresh_after_the_drag)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name][1]

    @property
    def all(self) -> list[tuple[str, QAction]]:
        """Menu path and action of each, in the order of the menus."""
        order = {menu.split("/")[0]: place for place, menu in enumerate(self._menus)}
        return sorted(self._actions.values(), key=lambda known: order[known[0].split("/")[0]])

    def add(self, entries: Iterable[Entry]) -> None:
        """Makes an action for each entry."""
        for entry in entries:
            action = QAction(entry.text, self._window)
            action.setObjectName(entry.name)
            if entry.key:
                action.setShortcut(QKeySequence(entry.key))
            if entry.checked is not None:
                action.setCheckable(True)
            if entry.group:
                if entry.group not in self._groups:
                    self._groups[entry.group] = QActionGroup(self._window)
                self._groups[entry.group].addAction(action)
            if entry.tool:
                action.setIconText(entry.tool)
            self._entries[entry.name] = entry
            action.triggered.connect(_unchecked(entry.do))
            # The check mark shows the state, not the click: the command may have been refused.
            action.triggered.connect(self.refresh)
            self._place(entry.menu, action, entry.tip, entry.gap)
        self.refresh()

    def adopt(
        self, name: str, menu: str, action: QAction, tip: str, key: str = "", gap: bool = False
    ) -> None:
        """Adds an action that Qt made: of the undo stack, or of a dock."""
        action.setObjectName(name)
        if key:
            action.setShortcut(QKeySequence(key))
        self._place(menu, action, tip, gap)

    def _place(self, menu: str, action: QAction, tip: str, gap: bool) -> None:
        action.setStatusTip(one_line(tip))
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(plain_tip(f"{tip} ({keys})" if keys else tip))
        # An action in a menu alone has no shortcut while its menu bar is hidden in a full-screen window.
        self._window.addAction(action)
        home = self.menu(menu)
        if gap:
            home.addSeparator()
        home.addAction(action)
        self._actions[action.objectName()] = (menu, action)

    def menu(self, path: str) -> QMenu:
        """The menu at a path such as "View/Theme"; made on first use."""
        if path not in self._menus:
            above, _, title = path.rpartition("/")
            menu = (self.menu(above) if above else self._window.menuBar()).addMenu(title)
            menu.setObjectName(path.replace("&", "").replace("/", "").replace(" ", "") + "Menu")
            menu.setToolTipsVisible(False)
            self._menus[path] = menu
        return self._menus[path]

    def fill_toolbar(self, bar: QToolBar, names: Iterable[tuple[str, str]]) -> None:
        """Puts the named actions on a toolbar, each with an icon; "" is a separator."""
        for name, icon in names:
            if not name:
                bar.addSeparator()
                continue
            action = self[name]
            action.setIcon(line_icon(icon))
            bar.addAction(action)
            button = bar.widgetForAction(action)
            button.setObjectName(name.removesuffix("Action") + "Button")
            button.setAccessibleName(spoken(action.text()))

    @Slot()
    def refresh_soon(self) -> None:
        """Calls `refresh` in a moment, once for all edits until then: a drag makes hundreds a second."""
        if not self._due.isActive():
            self._due.start()

    @Slot()
    def _refresh_after_the_drag(self) -> None:
        """Calls `refresh`, but not while a mouse button is held: it would come between a hand and its
        picture, and nobody opens a menu meanwhile.
        """
        if QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self._held.stop()
            self.refresh()
        elif not self._held.isActive():
            self._held.start()

    @Slot()
    def refresh(self) -> None:
        """Updates the enabled and checked state of every action."""
        for name, entry in self._entries.items():
            action = self[name]
            if entry.enabled is not None:
                action.setEnabled(entry.enabled())
            if entry.checked is not None:
                action.setChecked(entry.checked())
            if entry.caption is not None:
                caption = entry.caption()
                action.setText(caption)
                action.setVisible(bool(caption))


def _unchecked(do: Callable[[], None]) -> Callable[[], None]:
    """Adapts `do` to a signal that carries the checked state."""

    def done() -> None:
        do()

    return done

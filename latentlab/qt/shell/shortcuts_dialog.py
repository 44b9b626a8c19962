"""The dialog that lists every shortcut, and what the mouse does in the plane."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from latentlab.qt.shell.menus.actions import Actions

_HANDS = (
    ("In the plane", (
        ("Drag the ring", "Move the probe"),
        ("Click", "Move the probe there"),
        ("Double-click a point", "Select that picture"),
        ("Wheel, + and −", "Zoom"),
        ("Right or middle drag", "Move the plane"),
        ("Arrow keys", "Move the probe a little (Shift: ten times as far)"),
        ("Home", "Show all points"),
        ("Shift+click, Shift+drag", "Select points for group A (Ctrl+Shift: B)"),
        ("Esc", "Stop selecting points; deselect the picture"),
    )),
    ("In the grid", (
        ("Click or drag", "Move the probe to that picture"),
        ("Arrow keys", "Move the probe by one picture"),
    )),
    ("In the tray", (
        ("Click", "Move the probe to the pin"),
        ("Drag", "Change the order"),
        ("Alt+Left, Alt+Right", "Move the pin"),
        ("Del", "Remove the pin"),
    )),
    ("In the walk", (("Space", "Play and pause"),)),
    ("On a diffusion tape", (
        ("Space", "Play and pause"),
        ("Drag, Left, Right, Home, End", "Move through the frames"),
        ("Up, Down", "Switch to another branch"),
        ("Esc", "Stop drawing"),
    )),
    ("Anywhere", (
        ("Drop a file or folder", "Open a model, your own pictures, or the origin of a saved picture"),
        ("Drop a picture", "Encode it and move the probe there"),
    )),
    ("In your picture", (
        ("Drag, arrow keys", "Choose the part that the model sees"),
        ("Wheel, + and −", "Zoom in or out"),
    )),
)  # fmt: skip


class ShortcutsDialog(QDialog):
    """A table of keys and mouse gestures, grouped as the menus are."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("shortcutsDialog")
        self.setWindowTitle("Keyboard shortcuts and mouse — LatentLab")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        room = self.screen().availableGeometry()
        self.resize(min(600, room.width() - 8), min(640, room.height() - 40))
        self.table = QTreeWidget()
        self.table.setObjectName("shortcutsTable")
        self.table.setAccessibleName("Keys and what they do")
        self.table.setToolTip("Keys and gestures, and what they do.")
        self.table.setColumnCount(2)
        self.table.setHeaderLabels(["Key or gesture", "What it does"])
        self.table.setRootIsDecorated(False)
        self.table.setIndentation(12)
        self.table.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        for title, hands in _HANDS:
            self._group(title, hands)
        menus: dict[str, list[tuple[str, str]]] = {}
        for menu, action in actions.all:
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            if keys:
                head = menu.split("/")[0].replace("&", "")
                menus.setdefault(f"{head} menu", []).append((keys, action.statusTip().rstrip(".")))
        for title, rows in menus.items():
            self._group(title, rows)
        self.table.expandAll()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table)
        layout.addWidget(buttons)

    def _group(self, title: str, rows: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> None:
        head = QTreeWidgetItem([title])
        font = head.font(0)
        font.setBold(True)
        head.setFont(0, font)
        self.table.addTopLevelItem(head)
        for key, meaning in rows:
            head.addChild(QTreeWidgetItem([key, meaning]))

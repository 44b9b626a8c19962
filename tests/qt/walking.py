"""A walk over everything that shows text: widgets, actions, menus, tabs, items of models, scenes, tips."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6 import QtGui
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, Qt
from PySide6.QtGui import QAction, QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDockWidget,
    QGraphicsTextItem,
    QGraphicsView,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QProgressBar,
    QStatusBar,
    QTabBar,
    QTextEdit,
    QWidget,
)

MARK = "canary"
# Names as a file from a stranger may give them.
HOSTILE = (
    f'<img src="/{MARK}">',
    f"<b>{MARK}</b>",
    f"{MARK} a&b",
    f'</p><a href="{MARK}">here</a>',
    f"{MARK}\x1b[31m\x1b]52;c;eA==\x07",
    f"{MARK}\u202egpj.exe",
    f"{MARK}{'w' * 900}",
    f"&lt;{MARK}",
    f"{MARK}\ttab\nline",
)
# Longer than this nothing on a button, in a list or in a menu is to be, and no window wider.
MOST_LETTERS, MOST_WIDTH = 120, 1024
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u206f\ud800-\udfff]")
_TAGS = re.compile(rf"<(img|b|a|/p)[^>]*{MARK}|<b>{MARK}|</p><a")
# In the name: what comes before it may have its own.
_ONE_AMPERSAND = re.compile(f"{MARK}[^&]*(?:&&[^&]*)*&(?!&)")
_TIPS = (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.StatusTipRole, Qt.ItemDataRole.WhatsThisRole)

# Kind ("label", "tip", "button", "item", ...), who, text.
Shown = tuple[str, str, str]


def all_shown() -> Iterator[Shown]:
    """Every text of every widget of the application, in sight or not."""
    for widget in QApplication.allWidgets():
        yield from of_widget(widget)
    for top in QApplication.topLevelWidgets():
        if top.parent() is None:
            for action in top.findChildren(QAction):
                yield from of_action(action)


def of_action(action: QAction) -> Iterator[Shown]:
    who = f"action {action.objectName()}"
    yield "action", who, action.text()
    # Qt takes the & out of it.
    yield "label", who, action.iconText()
    for tip in (action.toolTip(), action.statusTip(), action.whatsThis()):
        yield "tip", who, tip


def of_widget(widget: QWidget) -> Iterator[Shown]:
    who = f"{type(widget).__name__} {widget.objectName()!r}"
    yield "title", who, widget.windowTitle()
    for tip in (widget.toolTip(), widget.statusTip(), widget.whatsThis()):
        yield "tip", who, tip
    match widget:
        case QLabel():
            rich = widget.textFormat() == Qt.TextFormat.RichText
            auto = widget.textFormat() == Qt.TextFormat.AutoText
            kind = "rich" if rich or (auto and QtGui.Qt.mightBeRichText(widget.text())) else "label"
            yield kind, who, widget.text()
        case QMessageBox():
            yield "rich", who, widget.text() + widget.informativeText()
        case QAbstractButton():
            yield "button", who, widget.text()
            if not widget.shortcut().isEmpty():
                yield "shortcut", who, widget.text()
        case QMenu() | QGroupBox():
            yield "action", who, widget.title()
        case QDockWidget():
            yield "button", who, widget.windowTitle()
        case QTabBar():
            for place in range(widget.count()):
                yield "button", who, widget.tabText(place)
                yield "tip", who, widget.tabToolTip(place)
                yield "tip", who, widget.tabWhatsThis(place)
        case QLineEdit():
            yield "line", who, widget.placeholderText()
        case QPlainTextEdit():
            yield "text", who, widget.toPlainText()
        case QTextEdit():
            yield "rich", who, widget.toHtml()
        case QProgressBar():
            yield "label", who, widget.format()
        case QStatusBar():
            yield "label", who, widget.currentMessage()
        case QGraphicsView():
            yield from _of_scene(widget)
    if isinstance(widget, QComboBox | QAbstractItemView):
        yield from _of_model(widget.model(), who)


def _of_model(model: QAbstractItemModel | None, who: str) -> Iterator[Shown]:
    if model is None:
        return
    # PySide hides that of lists, which have one column.
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    directions = (Qt.Orientation.Horizontal, columns), (Qt.Orientation.Vertical, model.rowCount())
    for direction, count in directions:
        for place in range(count):
            yield "item", who, str(model.headerData(place, direction) or "")
            for role in _TIPS:
                yield "tip", who, str(model.headerData(place, direction, role) or "")
    above = [model.index(-1, -1)]
    while above:
        parent = above.pop()
        for row in range(min(model.rowCount(parent), 300)):
            for column in range(columns):
                index = model.index(row, column, parent)
                yield "item", who, str(index.data() or "")
                for role in _TIPS:
                    yield "tip", who, str(index.data(role) or "")
                tree = not isinstance(model, QAbstractListModel) and column == 0
                if tree and model.rowCount(index):
                    above.append(index)


def _of_scene(view: QGraphicsView) -> Iterator[Shown]:
    for item in view.items() if view.scene() is not None else ():
        yield "tip", f"item in {view.objectName()!r}", item.toolTip()
        if isinstance(item, QGraphicsTextItem):
            yield "rich", f"item in {view.objectName()!r}", item.toHtml()


def fault_of(kind: str, text: str) -> str:
    """What is wrong with a text that holds a name from outside; "" if it does no more than to be read."""
    if _HARMFUL.search(text):
        return "a control character, or one that turns the direction of writing"
    if kind == "shortcut":
        return "its & is a shortcut"
    if kind == "rich" or (kind == "tip" and QtGui.Qt.mightBeRichText(text)):
        if _TAGS.search(text):
            return "the name is HTML"
        page = QTextDocument()
        page.setHtml(text)
        if MARK not in page.toPlainText() or "\N{OBJECT REPLACEMENT CHARACTER}" in page.toPlainText():
            return "the name is not shown as it is"
    if kind in ("button", "action"):
        if _ONE_AMPERSAND.search(text):
            return "a single &"
        if "\t" in text or "\n" in text:
            return "a tab or a line end"
    if kind in ("button", "action", "item") and len(text) > MOST_LETTERS:
        return f"{len(text)} letters"
    return ""


def faults() -> tuple[list[str], dict[str, int]]:
    """All that is wrong with texts that hold a hostile name, and how many such each kind has."""
    wrong, counts = [], {}
    for kind, who, text in all_shown():
        if MARK in text:
            counts[kind] = counts.get(kind, 0) + 1
            fault = fault_of(kind, text)
            if fault:
                wrong.append(f"{who} ({kind}): {fault}: {text[:100]!r}")
    return wrong, counts

"""The menu of a card."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

# objectName, text, key, what it does.
Command = tuple[str, str, str, Callable[[], None]]


def pop_up(parent: QWidget | None, commands: Iterable[Command], place: QPoint) -> None:
    """Opens a menu of these commands at a global place; it is deleted when it closes."""
    menu = QMenu(parent)
    menu.setObjectName("cardMenuPopup")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for name, text, key, do in commands:
        action = menu.addAction(f"{text}\t{key}" if key else text)
        action.setObjectName(name)
        action.triggered.connect(_unchecked(do))
    menu.popup(place)


def _unchecked(do: Callable[[], None]) -> Callable[[], None]:
    """Adapts `do` to a signal that carries whether an action is checked."""

    def done() -> None:
        do()

    return done

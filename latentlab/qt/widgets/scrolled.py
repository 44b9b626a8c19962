"""A page that is scrolled where there is no room for it: no panel may keep the window large."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

_LEAST = 60


class ScrolledPage(QScrollArea):
    """A page as wide as there is room, scrolled up and down; the keyboard focus goes to what is in it."""

    def __init__(self, name: str, spoken: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)


def scrolled(page: QWidget) -> QScrollArea:
    """An area around a page; the keyboard focus goes to what is in it."""
    area = QScrollArea()
    area.setObjectName(f"{page.objectName()}Area")
    area.setAccessibleName(page.accessibleName())
    area.setWidget(page)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setMinimumSize(_LEAST, _LEAST)
    return area

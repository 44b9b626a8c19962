"""The dialog for the name of a direction, which checks it while it is typed."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QWidget

from latentlab.qt.widgets.checked_name import CheckedNameDialog
from latentlab.session.own_directions import wrong_name


class NameDialog(CheckedNameDialog):
    """Refuses names that are taken."""

    def __init__(self, title: str, name: str, taken: Iterable[str], parent: QWidget) -> None:
        names = frozenset(taken)
        super().__init__(title, name, lambda name: wrong_name(name, names), parent)
        self.setObjectName("nameDialog")
        self.edit.setObjectName("directionName")
        self.edit.setAccessibleName("Name of the direction")
        self.note.setObjectName("nameNote")
        self.setMinimumWidth(300)

"""The name of the model to be trained: proposed from pictures and model, until the person types another."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit

from latentlab.qt.widgets.plain_text import plain_tip

_TIP = "The name under which the model is saved. It can be changed later too."
# No system takes these in the name of a file, or all but one do not.
_NOT_IN_NAMES = '/\\:*?"<>|'


def fault_of(name: str) -> str:
    """Why a model cannot be called so; "" if it can."""
    if not name.strip(" ."):
        return "A model needs a name."
    odd = next((sign for sign in name if sign in _NOT_IN_NAMES or not sign.isprintable()), "")
    return f"The name of a model cannot contain {odd!r}." if odd else ""


class NameField(QLineEdit):
    """What is proposed changes with pictures and model; what was typed stays."""

    def __init__(self, free: Callable[[str], str]) -> None:
        super().__init__()
        self._free = free
        self._proposed = ""
        self.setObjectName("trainName")
        self.setAccessibleName("Name of the model")
        self.setToolTip(_TIP)
        self.textEdited.connect(self._edited)

    @property
    def typed(self) -> bool:
        """Whether the person has chosen a name."""
        return bool(self.text().strip()) and self.text() != self._proposed

    @property
    def name(self) -> str:
        """The name chosen, or else the one proposed."""
        return self.text().strip() or self._proposed

    def propose(self, stem: str) -> None:
        """Proposes a free name that begins like this, unless the person has typed one."""
        typed, self._proposed = self.typed, self._free(stem)
        self.setPlaceholderText(self._proposed)
        if not typed:
            self.setText(self._proposed)

    def begin(self) -> None:
        """A training has begun under this name: the next one is proposed anew."""
        self._proposed = self.text()

    @Slot()
    def _edited(self) -> None:
        name, free = self.name, self._free(self.name)
        fault = fault_of(name)
        taken = "" if free == name else f"There is a model called {name}: this one becomes {free}."
        self.setToolTip(plain_tip(fault or taken or _TIP))

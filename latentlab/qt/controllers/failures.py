"""Shows failures in the message bar and writes their details to the log."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from latentlab.engine.rendering.serving import Refusal
from latentlab.qt.widgets.message_bar import MessageBar


class Failures(QObject):
    """Takes failures from anyone's signal.

    Args:
        bar: where they are shown.
        log: writes an entry, for unexpected ones.
    """

    def __init__(self, bar: MessageBar, log: Callable[[str], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bar, self._log = bar, log

    @Slot(str, str)
    def report(self, message: str, details: str) -> None:
        """Shows why something failed; logs `details`, if there are any."""
        if details:
            self._log(details)
        self._bar.say(message)

    @Slot(object)
    def refused(self, refusal: Refusal) -> None:
        """The same for a worker's refusal."""
        self.report(refusal.message, refusal.details)

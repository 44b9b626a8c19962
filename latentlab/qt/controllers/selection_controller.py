"""The command that saves a selection of pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMainWindow

from latentlab.qt.controllers.settings import Settings
from latentlab.qt.export.selection_dialog import Offer, SelectionDialog
from latentlab.session.saving_pictures import Saved


class SelectionController(QObject):
    """`told` carries messages of success, `failed` a message and details.

    Args:
        offers: returns what can be saved now, the likeliest first.
    """

    told = Signal(str)
    failed = Signal(str, str)

    def __init__(
        self, window: QMainWindow, settings: Settings, offers: Callable[[], Sequence[Offer]]
    ) -> None:
        super().__init__(window)
        self._window, self._settings, self._offers = window, settings, offers
        self.page: SelectionDialog | None = None

    @Slot()
    def ask(self) -> None:
        """Opens the dialog; one at a time."""
        offers = self._offers()
        if not offers:
            return
        if self.page is not None:
            self.page.destroyed.disconnect(self._page_gone)
            self.page.close()
        page = SelectionDialog(offers, self._settings.folder, self._window)
        page.saved.connect(self._saved)
        page.failed.connect(self.failed)
        page.folder_used.connect(self._note_folder)
        page.destroyed.connect(self._page_gone)
        self.page = page
        page.open()

    @Slot()
    def _page_gone(self) -> None:
        self.page = None

    @Slot(object)
    def _saved(self, saved: Saved) -> None:
        self.told.emit(saved.in_words())

    @Slot(str)
    def _note_folder(self, folder: str) -> None:
        self._settings.folder = folder

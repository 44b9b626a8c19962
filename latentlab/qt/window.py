"""The main window: the one place where views are put together. A new view is one line here."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from latentlab.engine.requests import LoadedReply, Refusal
from latentlab.qt.desk import Desk
from latentlab.qt.views.latent_plane import LatentPlane
from latentlab.qt.views.probe_panel import ProbePanel
from latentlab.session.session import Session


class LabWindow(QMainWindow):
    """The window over one session. `start()` opens the session's model behind it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("labWindow")
        self.setWindowTitle("LatentLab")
        self.resize(1320, 840)
        self.desk = desk
        self.plane = LatentPlane(desk)
        self.probe = ProbePanel(desk)
        self.setCentralWidget(self.plane)
        self._dock("Probe", self.probe, Qt.DockWidgetArea.RightDockWidgetArea)
        desk.loaded.connect(self._loaded)
        desk.refused.connect(self._refused)

    @property
    def session(self) -> Session:
        return self.desk.session

    def _dock(self, title: str, view: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(title.lower().replace(" ", "") + "Dock")
        dock.setWidget(view)
        self.addDockWidget(area, dock)
        return dock

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self.setWindowTitle(f"{model.model} · {model.data} ({model.split}) — LatentLab")

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        self.statusBar().showMessage(refusal.message)
        print(refusal.message, refusal.details)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.desk.stop()
        event.accept()

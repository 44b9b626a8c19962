"""The main window: the one place where views are put together. A new view is one line here."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QByteArray, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QMainWindow, QToolBar, QVBoxLayout, QWidget

from latentlab.engine.requests import LoadedReply, Refusal
from latentlab.errors import LabError
from latentlab.qt.about import AboutDialog
from latentlab.qt.actions import Actions
from latentlab.qt.background import Background
from latentlab.qt.command_palette import CommandPalette
from latentlab.qt.commands import TOOLBAR, entries
from latentlab.qt.crash import CrashReporter
from latentlab.qt.deeds import Deeds
from latentlab.qt.desk import Desk
from latentlab.qt.dropping import Opener, for_model, local_files
from latentlab.qt.exporting import Exporter
from latentlab.qt.layout import Column, Docks, beside
from latentlab.qt.messages import MessageBar
from latentlab.qt.opening_hint import OpeningHint
from latentlab.qt.settings import Settings
from latentlab.qt.shortcuts import ShortcutsDialog
from latentlab.qt.status import Status
from latentlab.qt.theming import Theming
from latentlab.qt.views.class_legend import ClassLegend
from latentlab.qt.views.latent_plane import LatentPlane
from latentlab.qt.views.manifold_grid import ManifoldGrid
from latentlab.qt.views.neighbours import Neighbours
from latentlab.qt.views.probe_panel import ProbePanel
from latentlab.qt.views.selection_card import SelectionCard
from latentlab.qt.views.tray import Tray
from latentlab.qt.views.walk_player import WalkPlayer
from latentlab.session.session import Session
from latentlab.session.state import SessionState

_SAVE_MS = 3000

# What QWidget.saveGeometry() begins with.
_GEOMETRY_MAGIC = QByteArray(b"\x01\xd9\xd0\xcb")


class LabWindow(QMainWindow):
    """The window over one desk. `start()` opens the session's model behind it.

    Args:
        desk: what the views work at; the window ends it when it closes.
        settings: where the window finds itself again; None takes the user's own.
    """

    painted = Signal()

    def __init__(self, desk: Desk, settings: Settings | None = None) -> None:
        super().__init__()
        self.setObjectName("labWindow")
        self.setWindowTitle("LatentLab")
        self.setAcceptDrops(True)
        self.desk, self.settings = desk, settings or Settings()
        self.theming = Theming(self.settings.theme, self)
        self.background = Background(self)
        self.exporter = Exporter(desk, self.background, self)
        self.messages = MessageBar()
        self.crashes = CrashReporter(self)
        self.opener = Opener(desk, self.background, self.messages, self)
        self.deeds = Deeds(self, desk, self.exporter, self.opener, self.settings)
        self._compose()
        self.status = Status(self.statusBar(), desk)
        self.palette_box = CommandPalette(self)
        self.actions_ = self._made_actions()
        self.falling_back = False
        self._painted = self._shown = self._closed = False
        self._save_later = QTimer(self, singleShot=True, interval=_SAVE_MS)
        self._save_later.timeout.connect(self.save_settings)
        self._listen()
        self._restore()

    @property
    def session(self) -> Session:
        """What the person is doing: `session.state.probe` is the point under the hand."""
        return self.desk.session

    def start(self) -> None:
        """Opens the session's model; the window can be used meanwhile."""
        if not self._closed:
            self.desk.start()

    # How it is put together

    def _compose(self) -> None:
        desk = self.desk
        self.plane = LatentPlane(desk)
        self.probe = ProbePanel(desk)
        self.player = WalkPlayer(desk)
        centre = QWidget()
        centre.setObjectName("centre")
        centre.setFocusProxy(self.plane)
        rows = QVBoxLayout(centre)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.messages)
        rows.addWidget(ClassLegend(desk))
        rows.addWidget(self.plane, 1)
        self.setCentralWidget(centre)
        self.hint = OpeningHint(self.plane, desk)
        column = Column("probeColumn", (self.probe, SelectionCard(desk), Neighbours(desk)))
        self.docks = Docks(self, ManifoldGrid(desk), column, beside("trayAndWalk", Tray(desk), self.player))

    def _made_actions(self) -> Actions:
        actions, stack = Actions(self), self.desk.undo_stack
        undo, redo = stack.createUndoAction(self, "&Undo"), stack.createRedoAction(self, "&Redo")
        # The toolbar says only the verb: what is undone would make it jump at every step.
        undo.setIconText("Undo")
        redo.setIconText("Redo")
        actions.menu("&File")
        undo_tip = "Take back the last step. One drag is one step."
        actions.adopt("undoAction", "&Edit", undo, undo_tip, "Ctrl+Z")
        actions.adopt("redoAction", "&Edit", redo, "Make the step again that was taken back.", "Ctrl+Shift+Z")
        actions.add(entries(self))
        for dock in self.docks.all:
            name = dock.objectName().removesuffix("Dock") + "DockAction"
            tip = f"Show or hide the panel “{dock.windowTitle()}”."
            actions.adopt(name, "&View/P&anels", dock.toggleViewAction(), tip)
        bar = QToolBar("Toolbar")
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        self.addToolBar(bar)
        actions.fill_toolbar(bar, TOOLBAR)
        actions.adopt("toolbarAction", "&View/P&anels", bar.toggleViewAction(), "Show or hide the toolbar.")
        self.palette_box.offer(actions)
        return actions

    def _listen(self) -> None:
        desk = self.desk
        desk.loaded.connect(self._loaded)
        desk.refused.connect(self._refused)
        desk.changed.connect(self._changed)
        desk.undo_stack.indexChanged.connect(self.actions_.refresh)
        self.exporter.takeaways.changed.connect(self.actions_.refresh)
        self.exporter.saved.connect(self._saved)
        self.exporter.failed.connect(self._failed)
        self.opener.told.connect(self.status.say)
        self.opener.failed.connect(self._failed)
        self.theming.changed.connect(self.save_settings)
        self.theming.changed.connect(self.actions_.refresh)

    # Where it was

    def _restore(self) -> None:
        settings = self.settings
        # Never larger than the screen, less what a title bar and borders take.
        room = self.screen().availableGeometry()
        self.resize(min(1320, room.width() - 8), min(840, room.height() - 36))
        self.docks.fit()
        if not settings.geometry.isEmpty():
            # Qt also declines a sound geometry that was saved on a screen of another size.
            sound = settings.geometry.startsWith(_GEOMETRY_MAGIC)
            self.restoreGeometry(settings.geometry)
            if not (sound and self.restoreState(settings.layout, 1)):
                settings.reject("is damaged")
                self.docks.arrange()
        if settings.complaint:
            self.status.say(settings.complaint, 20)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._shown and self.settings.geometry.isEmpty():
            self.docks.fit()
        self._shown = True

    @Slot()
    def arrange(self) -> None:
        """All panels back in their places."""
        self.docks.arrange()

    @Slot()
    def save_settings(self) -> None:
        """Writes down what the next start shall find."""
        settings = self.settings
        settings.theme, settings.session = self.theming.theme, self.desk.state
        settings.geometry, settings.layout = self.saveGeometry(), self.saveState(1)
        if not settings.save():
            self.status.say(f"{settings.path}: the settings could not be saved")

    # What comes from the desk

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self.setWindowTitle(f"{model.model} · {model.data} ({model.split}) — LatentLab")
        self.actions_.refresh()
        self._save_later.start()

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if (old.layers, old.split, old.data) != (new.layers, new.split, new.data):
            self.actions_.refresh()
        # Started, not restarted: a long drag must not put it off for ever.
        if not self._save_later.isActive():
            self._save_later.start()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.details:
            self.crashes.log.write(f"{refusal.message}\n{refusal.details}")
        default, state, text = SessionState(), self.desk.state, refusal.message
        usual = (state.model, state.data, state.split) == (default.model, default.data, default.split)
        first = refusal.slot == "load" and refusal.generation > 0 and self.desk.model is None
        self.falling_back = first and not usual
        if self.falling_back:
            # What belonged to the model of last time stays in a copy of the settings.
            self.settings.keep_aside("before")
            text += f"\n{default.model}, which comes with LatentLab, is opened instead."
            state = for_model(state, default.model)
            self.session.reset(replace(state, data=default.data, split=default.split))
            self.desk.open(self.desk.state)
        self.messages.say(text)

    @Slot(str)
    def _saved(self, path: str) -> None:
        self.status.say(f"Saved {path}")

    @Slot(str, str)
    def _failed(self, message: str, details: str) -> None:
        if details:
            self.crashes.log.write(details)
        self.messages.say(message)

    # Commands that need the window

    def copy_probe(self) -> None:
        """The picture at the probe to the clipboard."""
        try:
            self.exporter.copy_probe()
        except LabError as error:
            self.messages.say(str(error))
        else:
            self.status.say("The picture at the probe is on the clipboard")

    def show_about(self) -> None:
        """Versions, model and details for a report."""
        paths = {"settings": self.settings.path, "log": self.crashes.log.path}
        AboutDialog(self.desk.model, paths, self.background, self).show()

    def show_shortcuts(self) -> None:
        """All keys."""
        ShortcutsDialog(self.actions_, self).show()

    def quit(self) -> None:
        """Closes the window, and so the program."""
        self.close()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.opener.open_files(local_files(event.mimeData()))

    # First and last

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        if self._closed:
            return
        self._closed = True
        self._save_later.stop()
        self.save_settings()
        for page in self.findChildren(QDialog):
            page.close()
        # Out of sight first: ending the thread may take as long as the piece of work in hand.
        self.hide()
        self.desk.stop()
        if not self.background.finish():
            self.crashes.log.write("The window closed while a file was still being written")
        self.crashes.uninstall()

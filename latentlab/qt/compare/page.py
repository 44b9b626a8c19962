"""The comparing of models inside the main window, on the session that everything else is about.

The columns are made when they are first seen: before, they cost nothing. Probe, selected picture, layers and
undo stack are those of the window.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from latentlab.qt.clients.joining import EndingThread
from latentlab.qt.clients.trainer_client import TrainerClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.compare.view import CompareView
from latentlab.qt.views.spec import ViewSpec
from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.sight import Sight, in_sight
from latentlab.session.state import SessionState

_LOOK_MS = 50


class ComparePage(QWidget):
    """Makes a `CompareView` of the window's workspace, and another one for other data.

    `troubled` carries what belongs in the log.

    Attributes:
        view: None until it is first seen.
        asked: the initial folder of the dialog for a model's file.
    """

    troubled = Signal(str)

    def __init__(self, workspace: Workspace, trainer: TrainerClient) -> None:
        super().__init__()
        self.setObjectName("compareRoom")
        self.setAccessibleName("Models side by side")
        self._workspace, self._trainer = workspace, trainer
        self.view: CompareView | None = None
        self.asked = ""
        self._shown: tuple[str, str] = ("", "")
        self._note = Label("Opening the models …")
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.addWidget(self._note)
        # In a low window the columns scroll: pressed together, their figures would lie over one another.
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.hide()
        self._rows.addWidget(self._scroll)
        # The workspace is on the screen first.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._make_view)
        # Views of other data whose threads are still at work.
        self._leaving: list[CompareView] = []
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._delete_ended)
        self._sight = Sight(self)
        self._sight.came.connect(self._again)
        workspace.loaded.connect(self._again)
        workspace.changed.connect(self._follow)
        workspace.probed.connect(self._follow)

    def minimumSizeHint(self) -> QSize:
        return QSize(440, 160)

    def take_focus(self) -> None:
        """Gives the keyboard focus to the first plane."""
        if self.view is not None and self.view.columns:
            self.view.columns[0].plane.setFocus()
        else:
            self.setFocus()

    def request_end(self) -> list[EndingThread]:
        """Tells the threads of all columns to end; returns what is to be joined."""
        self._soon.stop()
        return [thread for view in self._views for thread in view.request_end()]

    def stop(self) -> None:
        """Ends the threads, and waits for them."""
        self._soon.stop()
        self._look.stop()
        for view in self._views:
            view.stop()

    @property
    def _views(self) -> list[CompareView]:
        return self._leaving if self.view is None else [*self._leaving, self.view]

    def _let_go(self, view: CompareView) -> None:
        """Takes a view away; it is deleted when its threads have ended."""
        view.setParent(self)
        view.hide()
        view.request_end()
        self._leaving.append(view)
        self._look.start()

    @Slot()
    def _delete_ended(self) -> None:
        for view in list(self._leaving):
            if all(thread.isFinished() for thread in view.request_end()):
                self._leaving.remove(view)
                view.stop()
                view.deleteLater()
        if not self._leaving:
            self._look.stop()

    @Slot()
    def _again(self) -> None:
        """Makes the columns, or brings them to where the session is by now."""
        if not in_sight(self) or self._workspace.model is None:
            return
        if self.view is None or self._shown != _shown(self._workspace.state):
            self._soon.start()
        else:
            self.view.link.catch_up_all()

    @Slot(object, object)
    def _follow(self, old: SessionState, new: SessionState) -> None:
        """Something was undone that was done elsewhere."""
        if self.view is not None and in_sight(self) and self._shown == _shown(new):
            self.view.link.catch_up_all()

    @Slot()
    def _make_view(self) -> None:
        state = self._workspace.rest()
        if self.view is not None:
            self._let_go(self.view)
        if state.selected is None:
            # A place for comparing pictures selects one from the start.
            state = replace(state, selected=0, pictures=None)
        self._shown = _shown(state)
        self.view = CompareView(state, Path(self._trainer.folder), self.asked, lab=self._workspace)
        self.view.troubled.connect(self.troubled)
        self._note.hide()
        # It deletes the one before.
        self._scroll.setWidget(_Sheet(self.view, self._scroll))
        self._scroll.show()
        self.view.open_models(self.view.usual_models())


class _Sheet(QWidget):
    """What scrolls: as high as the window, but never lower than its content can be.

    Qt would make it as high as the content would like to be.
    """

    def __init__(self, content: QWidget, scroll: QScrollArea) -> None:
        super().__init__()
        self._content, self._scroll = content, scroll
        content.setParent(self)
        content.show()

    def minimumSizeHint(self) -> QSize:
        least, layout = self._content.minimumSizeHint(), self._content.layout()
        if layout is not None and layout.hasHeightForWidth():
            # Beside a scroll bar, whether there is one or not: without it the text may need less height, so
            # that the bar would come and go for ever.
            width = self._scroll.width() - self._scroll.verticalScrollBar().sizeHint().width()
            least.setHeight(layout.minimumHeightForWidth(max(least.width(), width)))
        return least

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._content.setGeometry(self.rect())
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().event(event)


def _shown(state: SessionState) -> tuple[str, str]:
    return state.data, state.split


SPEC = ViewSpec(
    "compare",
    "Compare",
    lambda context: ComparePage(context.workspace, context.trainer),
)

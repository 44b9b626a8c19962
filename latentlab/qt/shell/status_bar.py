"""The status bar: current activity, progress, and figures of time and memory."""

from __future__ import annotations

import os
from collections import deque
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar

from latentlab.engine.rendering.requests.opening import (
    EncodeRequest,
    EncodingsReply,
    LoadedReply,
    LoadRequest,
)
from latentlab.engine.rendering.requests.points import PointReply, PointRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.models.capabilities import Capability
from latentlab.plain import short_name
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.widgets.plain_text import Label, plain_tip

_STATM = Path("/proc/self/statm")
_REFRESH_MS = 250
_MEMORY_MS = 2000
# The bar has one line; a path of any length may be shown in it.
_SAID = 400


class Status(QObject):
    """Fills a status bar from the workspace's signals. Figures change at most four times a second."""

    def __init__(self, bar: QStatusBar, workspace: Workspace) -> None:
        super().__init__(bar)
        bar.setObjectName("statusBar")
        self._bar, self._workspace = bar, workspace
        self._seconds: deque[float] = deque(maxlen=50)
        self.task = _label("statusTask", "What is going on", "What LatentLab is doing now.")
        self.progress = QProgressBar()
        self.progress.setObjectName("statusProgress")
        self.progress.setAccessibleName("Progress")
        self.progress.setToolTip("Progress of the work.")
        self.progress.setFixedWidth(140)
        self.progress.setMaximumHeight(14)
        self.progress.setTextVisible(False)
        self.decode = _label(
            "statusDecode", "Decode time", "Time to decode one picture: the median of the last 50."
        )
        self.device = _label("statusDevice", "Device", "Where the model runs.")
        self.memory = _label("statusMemory", "Memory", "Memory that LatentLab uses now.")
        bar.addWidget(self.progress)
        bar.addWidget(self.task, 1)
        for label in (self.decode, self.device, self.memory):
            bar.addPermanentWidget(label)
        self._at_work = False
        self._rest()
        bar.messageChanged.connect(self._message_changed)
        self._refresh = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._refresh.timeout.connect(self._show_decode)
        self._measure = QTimer(self, interval=_MEMORY_MS)
        self._measure.timeout.connect(self._show_memory)
        self._show_memory()
        if self.memory.text():
            self._measure.start()
        else:
            self.memory.hide()
        workspace.busy.connect(self._busy)
        workspace.loaded.connect(self._loaded)
        workspace.encoded.connect(self._encoded)
        workspace.on(PointRequest).connect(self._pointed)
        workspace.refused.connect(self._refused)

    @Slot(str)
    def say_saved(self, path: str) -> None:
        """Shows that a file was saved."""
        self.say(f"Saved {path}")

    def say(self, text: str, seconds: float = 6.0) -> None:
        """Shows a temporary message."""
        self._bar.showMessage(short_name(text, _SAID), int(seconds * 1000))

    @Slot(str)
    def _busy(self, text: str) -> None:
        self._show_work(text, 0, 0)

    def _show_work(self, text: str, done: int, total: int) -> None:
        self.task.setText(text)
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self._at_work = True
        # Not on the beginning of a message.
        self.progress.setVisible(not self._bar.currentMessage())

    @Slot(str)
    def _message_changed(self, text: str) -> None:
        if not text:
            self.progress.setVisible(self._at_work)

    @Slot()
    def _rest(self) -> None:
        self._at_work = False
        self.task.clear()
        self.progress.hide()
        # A hidden indeterminate progress bar would go on being animated.
        self.progress.setRange(0, 1)

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self.device.setText(model.device.upper())
        self._seconds.clear()
        if model.can(Capability.ENCODES):
            self._show_work("Encoding all pictures …", 0, len(model.images))
        else:
            self._rest()

    @Slot(object)
    def _encoded(self, reply: EncodingsReply) -> None:
        if reply.done:
            self._rest()
            self._show_memory()
        else:
            done = len(reply.mean)
            self._show_work(f"Encoding pictures: {done:,} of {reply.total:,}", done, reply.total)

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(LoadRequest, EncodeRequest):
            self._rest()

    @Slot(object)
    def _pointed(self, reply: PointReply) -> None:
        self._seconds.append(reply.seconds)
        if not self._refresh.isActive():
            self._refresh.start()

    @Slot()
    def _show_decode(self) -> None:
        if self._seconds:
            self.decode.setText(f"Decode {1000 * sorted(self._seconds)[len(self._seconds) // 2]:.1f} ms")

    @Slot()
    def _show_memory(self) -> None:
        memory = resident_bytes()
        self.memory.setText("" if memory is None else f"Memory {memory / 2**20:,.0f} MB")


def resident_bytes() -> int | None:
    """Resident memory of this process in bytes; None where the system does not tell."""
    try:
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def _label(name: str, title: str, tip: str) -> QLabel:
    label = Label()
    label.setObjectName(name)
    label.setAccessibleName(title)
    label.setToolTip(plain_tip(tip))
    label.setMargin(2)
    label.setIndent(6)
    return label

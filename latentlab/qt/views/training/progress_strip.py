"""What the model in training makes of held-out pictures, and draws by itself, large enough to judge."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.requests.progress import ProgressSheetReply, ProgressSheetRequest
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Picture
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.widgets.images import to_qimage
from latentlab.qt.widgets.sight import in_sight

# As many as may be seen at once; a narrow strip shows the first of them.
_PICTURES, _SAMPLES = 12, 24
# Between two sheets: they cost the training as much as a snapshot.
_PAUSE_MS = 1500
_GAP, _BETWEEN, _LARGEST = 2, 14, 180
_WAITING = "Held-out pictures and what the model makes of them, and new samples, will be here."
_TIP = (
    "Above at the left: pictures that the training never sees. Below each: what the model makes of it, "
    "encoded and decoded. At the right: new samples, always from the same noise, so that one sees them get "
    "better."
)


class ProgressStrip(QWidget):
    """Asks for another sheet now and then while it is visible and a training is followed."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.setObjectName("progressStrip")
        self.setAccessibleName("Held-out pictures and new samples")
        self.setToolTip(_TIP)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80, 80)
        self._workspace = workspace
        self.sheet: ProgressSheetReply | None = None
        self._images: tuple[list[QImage], list[QImage], list[QImage]] = ([], [], [])
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._ask_if_newer)
        self._awaited = self._newer = False
        # The file of the model that the training has ended with.
        self._kept: Path | None = None
        workspace.loaded.connect(self._loaded)
        workspace.unfolded.connect(self._unfolded)
        workspace.on(ProgressSheetRequest).connect(self._drawn)
        workspace.refused.connect(self._refused)

    def sizeHint(self) -> QSize:
        return QSize(240, 190)

    def begin(self) -> None:
        """Another training begins."""
        self.sheet, self._images = None, ([], [], [])
        self._awaited = self._newer = False
        self._kept = None
        self._pause.stop()
        self.update()

    @Slot(object)
    def end(self, kept: Path) -> None:
        """The training has ended: the last sheet is that of the model it has saved."""
        self._kept = kept

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        if self.sheet is not None and model.path == str(self._kept):
            self._kept, self._awaited = None, True
            self._workspace.ask(ProgressSheetRequest, _PICTURES, _SAMPLES)

    @Slot(object)
    def _unfolded(self, reply: object) -> None:
        self._newer = True
        if not self._pause.isActive():
            self._ask_if_newer()

    @Slot()
    def _ask_if_newer(self) -> None:
        if self._newer and not self._awaited and in_sight(self) and self._workspace.following:
            self._newer, self._awaited = False, True
            self._workspace.ask(ProgressSheetRequest, _PICTURES, _SAMPLES)

    @Slot(object)
    def _drawn(self, reply: ProgressSheetReply) -> None:
        self._awaited, self.sheet = False, reply
        self._images = (_images(reply.originals), _images(reply.rebuilt), _images(reply.samples))
        self.setAccessibleDescription(self.caption)
        self.update()
        self._pause.start()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(ProgressSheetRequest):
            self._awaited = False

    @property
    def caption(self) -> str:
        """How far the training was; "" before there is anything."""
        if self.sheet is None:
            return ""
        step = self.sheet.step
        return "at the end" if step is None else f"after step {step:,}"

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().base())
        if self.sheet is None:
            painter.setPen(self.palette().placeholderText().color())
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(8, 0, -8, 0), int(flags), _WAITING)
            painter.end()
            return
        line = painter.fontMetrics().height() + 2
        pairs, side, left = _fit(self.width(), self.height() - line - 2)
        originals, rebuilt, samples = self._images
        pairs = min(pairs, len(originals))
        right = left + pairs * (side + _GAP) + _BETWEEN
        drawn = max(0, int((self.width() - right) // (side + _GAP)))
        for row, images in enumerate((originals, rebuilt)):
            _row(painter, images[:pairs], left, line + row * (side + _GAP), side)
        for row in range(2):
            some = samples[row * drawn : (row + 1) * drawn]
            _row(painter, some, right, line + row * (side + _GAP), side)
        painter.setPen(self.palette().text().color())
        what = "Held out" if self._workspace.state.split == "test" else "Pictures"
        self._write(painter, f"{what}, rebuilt below", left, right - _BETWEEN, line)
        self._write(painter, f"New samples {self.caption}", right, self.width(), line)
        painter.end()

    def _write(self, painter: QPainter, words: str, left: float, right: float, height: int) -> None:
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(right - left))
        painter.drawText(QRectF(left, 0, right - left, height), int(Qt.AlignmentFlag.AlignVCenter), shown)


def _fit(width: int, height: int) -> tuple[int, float, float]:
    """(pairs at the left, side of a picture, left margin): two rows, and no fewer samples than pairs."""
    side = min(
        float(_LARGEST), max(12.0, (height - _GAP) / 2.0), max(12.0, (width - _BETWEEN) / 2.0 - 2 * _GAP)
    )
    columns = int((width - _BETWEEN) // (side + _GAP))
    return max(1, min(_PICTURES, columns // 2)), side, 4.0


def _images(pictures: Sequence[Picture]) -> list[QImage]:
    return [to_qimage(picture) for picture in pictures]


def _row(painter: QPainter, images: list[QImage], left: float, top: float, side: float) -> None:
    for number, image in enumerate(images):
        scale = side / max(image.width(), image.height())
        # Whole pixels look sharp where there are few of them; else smooth.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 2.0)
        box = QRectF(0, 0, image.width() * scale, image.height() * scale)
        box.moveTopLeft(QPointF(left + number * (side + _GAP), top))
        painter.drawImage(box, image)

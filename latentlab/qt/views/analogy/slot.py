"""A slot for one picture of an analogy; buttons below it, or a dropped file, choose the picture."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from latentlab.engine.types import Picture
from latentlab.qt.widgets.flow_layout import FlowLayout
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label, plain_tip

PROBE, SELECTED, OWN, NOTHING = "Probe", "Selected", "Own", "Clear"
_LARGEST = 160
_TIPS = {
    PROBE: "Use the probe as “{}”.",
    SELECTED: "Use the selected picture as “{}”.",
    OWN: "Use your own picture as “{}”.",
    NOTHING: "Clear “{}”.",
}


class SlotPicture(CrispPicture):
    """A picture as large as there is room; a dashed frame while there is none."""

    def __init__(self, name: str, what: str, waiting: str) -> None:
        super().__init__(name, what, _LARGEST, waiting)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(48, 48)
        self._corner: QWidget | None = None

    def lay_in_corner(self, widget: QWidget) -> None:
        """Puts a small widget into the upper right corner."""
        self._corner = widget
        widget.setParent(self)
        self._move_corner()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._move_corner()

    def _move_corner(self) -> None:
        if self._corner is not None:
            self._corner.adjustSize()
            self._corner.move(self.width() - self._corner.width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.picture is None:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.palette().placeholderText().color(), 1, Qt.PenStyle.DashLine))
            side = min(self.width(), self.height()) - 2
            frame = QRectF(0, 0, side, side)
            frame.moveCenter(QRectF(self.rect()).center())
            painter.drawRoundedRect(frame, 5, 5)
            painter.end()


class PictureSlot(QWidget):
    """`taken` (slot, source) requests a point, `dropped` (slot, QMimeData) one for a picture."""

    taken = Signal(int, str)
    dropped = Signal(int, object)

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place, self.letter = place, "abc"[place]
        self.setObjectName(f"analogyWell_{self.letter}")
        self.setAcceptDrops(True)
        self.picture = SlotPicture(
            f"analogyPicture_{self.letter}", f"The picture “{self.letter}”", self.letter
        )
        self.picture.setToolTip(
            plain_tip(f"The picture “{self.letter}”. Drop a picture file here, or use the buttons.")
        )
        self.buttons: dict[str, QToolButton] = {}
        row = QWidget()
        flow = FlowLayout(row, gap=2)
        for source, tip in _TIPS.items():
            button = QToolButton()
            button.setText("×" if source == NOTHING else source)
            button.setObjectName(f"analogyTake{source}_{self.letter}")
            button.setAccessibleName(tip.format(self.letter).rstrip("."))
            button.setToolTip(plain_tip(tip.format(self.letter)))
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(self._clicked)
            self.buttons[source] = button
            if source != NOTHING:
                flow.addWidget(button)
        # Not in the row: alone in a second row it would take much height from the picture.
        self.buttons[NOTHING].setFixedSize(20, 20)
        self.picture.lay_in_corner(self.buttons[NOTHING])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.picture, 1)
        layout.addWidget(row)

    def show_picture(self, picture: Picture | None, words: str) -> None:
        """Shows the picture, or this text while there is none."""
        self.picture.say(words)
        self.picture.show_picture(picture)

    def offer(self, sources: set[str]) -> None:
        """Sets which sources of a point are available now."""
        for source, button in self.buttons.items():
            button.setEnabled(source in sources)
        self.buttons[NOTHING].setVisible(NOTHING in sources)

    def _clicked(self) -> None:
        for source, button in self.buttons.items():
            if button is self.sender():
                self.taken.emit(self.place, source)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.dropped.emit(self.place, event.mimeData())


class Joint(Label):
    """A word between two slots, at the height of the middle of their pictures."""

    def __init__(self, word: str, picture_slot: PictureSlot) -> None:
        super().__init__(word)
        self._picture_slot = picture_slot
        picture_slot.picture.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self.setContentsMargins(
                0, 0, 0, self._picture_slot.height() - self._picture_slot.picture.geometry().bottom() - 1
            )
        return super().eventFilter(watched, event)

"""A card that pops up beside what it explains: a page of the guide, as high as its text. Esc closes it."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from latentlab.qt.widgets.guide_page import GuidePage

_WIDTH, _GAP = 400, 4
# Of the screen's height.
_MOST = 0.7


class GuideCard(QFrame):
    """A popup: a click elsewhere closes it too.

    Signals:
        asked: the target of a link in it; it has closed by then.
    """

    asked = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._over = parent
        self.setObjectName("guideCard")
        self.setAccessibleName("Explanation")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.page = GuidePage()
        self.page.setObjectName("guideCardText")
        self.page.setAccessibleName("Explanation")
        self.page.setFrameShape(QFrame.Shape.NoFrame)
        self.page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.page.asked.connect(self._ask)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.page)
        self.setFocusProxy(self.page)

    def show_beside(self, markdown: str, place: QRect) -> None:
        """Shows a text below a place of the screen, or above it where there is no room below."""
        room = self._over.window().geometry() & self.screen().availableGeometry()
        width = min(_WIDTH, room.width() - 2 * _GAP)
        # As wide as it will be, before equations are fitted into it and its height is measured.
        bar = Qt.ScrollBarPolicy
        self.page.setVerticalScrollBarPolicy(bar.ScrollBarAlwaysOff)
        self.resize(width, self.height())
        rows = self.layout()
        assert rows is not None
        rows.activate()
        self.page.show_markdown(markdown)
        frame = 2 * self.frameWidth()
        document = self.page.document()
        document.setTextWidth(width - frame)
        self.page.setVerticalScrollBarPolicy(bar.ScrollBarAsNeeded)
        height = min(int(document.size().height()) + frame + 2, int(_MOST * room.height()))
        below = place.bottom() + _GAP
        top = below if below + height <= room.bottom() else place.top() - _GAP - height
        # Where there is no room, it covers what it explains.
        top = min(max(top, room.top() + _GAP), room.bottom() - height - _GAP)
        left = min(max(place.left(), room.left() + _GAP), room.right() - width - _GAP)
        self.setGeometry(left, top, width, height)
        self.show()
        self.page.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot(str)
    def _ask(self, link: str) -> None:
        self.close()
        self.asked.emit(link)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

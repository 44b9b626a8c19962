"""The page of the gallery: it covers the window below its bars, until a card is chosen or Esc is pressed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from latentlab.qt.shell.gallery.card_list import CardList
from latentlab.qt.shell.gallery.picture_card import PictureCard
from latentlab.qt.widgets.focus_return import focus_to_return_to
from latentlab.qt.widgets.message_bar import MessageBar
from latentlab.qt.widgets.plain_text import Label
from latentlab.qt.widgets.term import TermButton

_WIDEST, _MARGIN = 2200, 18
# The second click of a double click must not fall on what lies below.
_LEAVE_MS = 250
_ARROWS = (
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End,
)  # fmt: skip
_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class GalleryPage(QWidget):
    """`chosen` carries the card to open, `menu_wanted` a card and a place, `key_on` a card and a key.

    `opened` and `left` say that it has been opened and closed.
    """

    chosen = Signal(object)
    menu_wanted = Signal(object, object)
    key_on = Signal(object, int)
    file_wanted = Signal()
    opened = Signal()
    left = Signal()

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("gallery")
        self.setAccessibleName("Models and recent projects")
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Window)
        self._before: QWidget | None = None
        self.messages = MessageBar()
        self.messages.setObjectName("galleryMessage")
        self.search = QLineEdit()
        self.search.setObjectName("gallerySearch")
        self.search.setAccessibleName("Search models and projects")
        self.search.setToolTip("Type words of a name, a kind, data or a note.")
        self.search.setPlaceholderText("Search")
        self.search.setClearButtonEnabled(True)
        self.card_list = CardList()
        self._panel = QFrame(self)
        self._panel.setObjectName("galleryPanel")
        self._panel.setFrameShape(QFrame.Shape.StyledPanel)
        self._panel.setAutoFillBackground(True)
        self._panel.setBackgroundRole(QPalette.ColorRole.Window)
        rows = QVBoxLayout(self._panel)
        rows.setContentsMargins(0, 10, 0, 0)
        rows.addLayout(self._head())
        rows.addWidget(self.messages)
        rows.addWidget(self.card_list, 1)
        self._leave = QTimer(self, singleShot=True, interval=_LEAVE_MS)
        self._leave.timeout.connect(self.leave)
        self.search.textChanged.connect(self.card_list.filter)
        self.card_list.chosen.connect(self.chosen)
        self.card_list.menu_wanted.connect(self.menu_wanted)
        self.card_list.above_first.connect(self.search.setFocus)
        window.installEventFilter(self)
        self.hide()

    def _head(self) -> QHBoxLayout:
        title = Label("Models and projects")
        font = title.font()
        font.setPointSizeF(1.5 * font.pointSizeF())
        title.setFont(font)
        self.search.setMaximumWidth(320)
        self.open_file = QPushButton("Open file …")
        self.open_file.setObjectName("galleryOpenFile")
        self.open_file.setAccessibleName("Open a file")
        self.open_file.setToolTip("Open a model from any folder.")
        self.open_file.clicked.connect(self.file_wanted)
        shut = QToolButton()
        shut.setObjectName("galleryClose")
        shut.setText("✕")
        shut.setAutoRaise(True)
        shut.setAccessibleName("Close the gallery")
        shut.setToolTip("Back to the open model (Esc).")
        shut.clicked.connect(self.leave)
        head = QHBoxLayout()
        head.setContentsMargins(16, 0, 12, 0)
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.search, 2)
        head.addWidget(self.open_file)
        head.addWidget(TermButton("galleryHelp", lambda: "gallery", "What am I seeing?"))
        head.addWidget(shut)
        return head

    # Opening and leaving

    def open(self) -> None:
        """Covers the window; the search field takes the focus."""
        self._leave.stop()
        if self.isHidden():
            self._before = QApplication.focusWidget()
            self.messages.hide()
            self.search.clear()
            self.lie_over()
            self.show()
        self.raise_()
        self.search.setFocus()
        self.search.selectAll()
        self.opened.emit()

    @Slot()
    def leave(self) -> None:
        """Uncovers the window; the focus returns to where it was."""
        self._leave.stop()
        if self.isHidden():
            return
        self.hide()
        target, self._before = focus_to_return_to(self._before, self._window), None
        if target is not None:
            target.setFocus()
        self.left.emit()

    def leave_soon(self) -> None:
        """Leaves once a double click would be over."""
        self._leave.start()

    def lie_over(self) -> None:
        """Takes the place between the window's bars."""
        window = self._window
        box = window.rect()
        top = 0
        above = window.menuWidget()
        if above is not None and above.isVisible():
            top = above.geometry().bottom() + 1
        for bar in window.findChildren(QToolBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            area = window.toolBarArea(bar)
            if bar.isVisible() and not bar.isFloating() and area is Qt.ToolBarArea.TopToolBarArea:
                top = max(top, bar.geometry().bottom() + 1)
        status = window.statusBar()
        bottom = status.geometry().top() if status.isVisible() else box.bottom() + 1
        self.setGeometry(QRect(0, top, box.width(), max(1, bottom - top)))
        width = min(_WIDEST, self.width() - 2 * _MARGIN if self.width() > 1100 else self.width())
        margin = _MARGIN if width < self.width() else 0
        left = (self.width() - width) // 2
        self._panel.setGeometry(left, margin, width, self.height() - 2 * margin)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        moved = event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest)
        if moved and watched is self._window and not self.isHidden():
            self.lie_over()
        return False

    # Keys and mouse

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = not event.modifiers() & _COMMANDS
            if plain and (event.text() or event.key() in (*_ARROWS, Qt.Key.Key_F2)):
                # Letters are typed into the search; none of the window's shortcuts of one letter applies.
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, card = Qt.Key(event.key()), self._focused
        if key == Qt.Key.Key_Escape:
            self.leave()
        elif self.search.hasFocus() and key == Qt.Key.Key_Down:
            self.card_list.focus_first()
        elif self.search.hasFocus() and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            for first in self.card_list.cards[:1]:
                first.click()
        elif card is not None and key in (Qt.Key.Key_F2, Qt.Key.Key_Delete):
            self.key_on.emit(card, int(key))
        elif self.card_list.step(key):
            pass
        elif event.text().isprintable() and event.text() and not event.modifiers() & _COMMANDS:
            self.search.setFocus()
            self.search.insert(event.text())
        else:
            super().keyPressEvent(event)

    @property
    def _focused(self) -> PictureCard | None:
        return next((card for card in self.card_list.cards if card.hasFocus()), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        # Beside the panel; whatever lies below gets nothing.
        if not self._panel.geometry().contains(event.position().toPoint()):
            self.leave()
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays on the page: what it covers cannot be seen."""
        found = [one for one in self._chain() if one.isVisible() and one.isEnabled()]
        tabs = [one for one in found if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
        if not tabs:
            return False
        here = QApplication.focusWidget()
        place = tabs.index(here) if here in tabs else -1
        step = 1 if forward else -1
        there = tabs[(place + step) % len(tabs)] if place >= 0 else tabs[0 if forward else -1]
        there.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
        return True

    def _chain(self) -> list[QWidget]:
        """What takes the focus, from the top to the bottom."""
        shut = self.findChild(QToolButton, "galleryClose")
        buttons = [self.messages.offer, self.messages.close_button]
        return [self.search, self.open_file, *([shut] if shut else []), *buttons, *self.card_list.cards]

"""The message bar at the top of the window: errors and news, without blocking the work."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QToolButton,
    QWidget,
)

from latentlab.plain import sentence
from latentlab.qt.widgets.plain_text import WORDS, Label, on_button, plain_tip

# A message takes no more than this fraction of the window's height, and in a low window two lines, for there
# the panels can spare no more; the rest of it scrolls, and is whole in the tip.
_PART, _FEWEST_LINES, _LOW = 6, 2, 700


class MessageBar(QFrame):
    """One message at a time, the newest; it stays until it is closed. It may offer one action."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self.setAccessibleName("Message")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._do: Callable[[], None] | None = None
        self._text = ""
        self._sign = Label()
        self.label = Label()
        self.label.setObjectName("messageText")
        self.label.setAccessibleName("Message")
        self.label.setWordWrap(True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.words = _Words(self.label)
        self.offer = _button("messageOffer", "Run the suggested action")
        self.offer.clicked.connect(self._take)
        self.close_button = _button("messageClose", "Close this message")
        self.close_button.setText("Close")
        self.close_button.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 5, 6, 5)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        row.addWidget(self.offer, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def say(
        self,
        text: str,
        offer: str = "",
        do: Callable[[], None] | None = None,
        *,
        good: bool = False,
        beside: bool = False,
    ) -> None:
        """Shows a message in place of the last one; `do` is called when the button `offer` is pressed.

        A warning sign precedes it, unless the news is good. `beside` keeps the last message visible, and its
        action unless there is a new one.
        """
        if beside and not self.isHidden():
            text = f"{self._text}\n{text}"
            if do is None:
                offer, do = self.offer.accessibleName(), self._do
        self._text = text
        kinds = QStyle.StandardPixmap
        icon = self.style().standardIcon(
            kinds.SP_MessageBoxInformation if good else kinds.SP_MessageBoxWarning
        )
        side = self.style().pixelMetric(QStyle.PixelMetric.PM_SmallIconSize)
        self._sign.setPixmap(icon.pixmap(side, side))
        self.label.setText(text)
        self.label.setToolTip(plain_tip(f"{text}\nThe text can be selected and copied."))
        self.words.show_anew()
        self.setAccessibleDescription(text)
        self._do = do
        self.offer.setText(on_button(offer, WORDS))
        self.offer.setAccessibleName(offer or "Run the suggested action")
        self.offer.setVisible(do is not None)
        self.show()

    @Slot(str)
    def take_back(self, text: str) -> None:
        """Closes a message that is no longer true; another one stays."""
        if text and self.label.text() == sentence(text):
            self.hide()

    @Slot()
    def _take(self) -> None:
        do, self._do = self._do, None
        self.hide()
        if do is not None:
            do()


class _Words(QScrollArea):
    """As high as its text, up to a share of the window's height; beyond that it scrolls."""

    def __init__(self, label: Label) -> None:
        super().__init__()
        self._label = label
        label.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setWidget(label)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_anew(self) -> None:
        """The text has changed: scrolls to its beginning."""
        self.updateGeometry()
        self.verticalScrollBar().setValue(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        whole = self._label.heightForWidth(width)
        height = self.window().height()
        return min(whole, max(height // _PART if height >= _LOW else 0, self._few_lines()))

    def sizeHint(self) -> QSize:
        hint = self._label.sizeHint()
        return QSize(hint.width(), self.heightForWidth(hint.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._label.minimumSizeHint().width(), min(self._few_lines(), self.sizeHint().height()))

    def _few_lines(self) -> int:
        return _FEWEST_LINES * self._label.fontMetrics().lineSpacing()


def _button(name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setAccessibleName(tip)
    button.setToolTip(plain_tip(tip))
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button

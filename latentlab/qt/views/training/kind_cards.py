"""A card for each kind of model that can be trained: its name, and the sentence on when to take it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QSizePolicy, QWidget

from latentlab.engine.training.presets import trained_in_window
from latentlab.qt.widgets.plain_text import plain_tip

_MARGIN, _GAP, _ROUND = 7, 6, 5
_WRAPPED = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
_COLUMNS = 2


class KindCards(QWidget):
    """Two columns of cards; `chosen` carries the name of the kind that the person takes, `shown` says that
    they can be seen.
    """

    chosen = Signal(str)
    shown = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("kindCards")
        self.setAccessibleName("Kind of model")
        self._group = QButtonGroup(self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(_GAP)
        for number, kind in enumerate(trained_in_window()):
            card = KindCard(kind.name, kind.label, kind.when)
            self._group.addButton(card)
            grid.addWidget(card, *divmod(number, _COLUMNS))
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)
        self._group.buttonClicked.connect(self._clicked)

    @property
    def cards(self) -> list[KindCard]:
        """All cards, in the order of the registry."""
        return [card for card in self._group.buttons() if isinstance(card, KindCard)]

    def show_kind(self, kind: str) -> None:
        """Marks the card of a kind, without a signal."""
        for card in self.cards:
            if card.kind == kind:
                card.setChecked(True)

    @Slot(QAbstractButton)
    def _clicked(self, card: QAbstractButton) -> None:
        assert isinstance(card, KindCard)
        self.chosen.emit(card.kind)

    def showEvent(self, event: QShowEvent) -> None:
        self.shown.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        """Makes the cards as high as the longest sentence needs at their width."""
        width = (self.width() - (_COLUMNS - 1) * _GAP) // _COLUMNS
        height = max((card.height_for(width) for card in self.cards), default=0)
        for card in self.cards:
            card.setFixedHeight(height)


class KindCard(QAbstractButton):
    """One card; checked while its kind is chosen."""

    def __init__(self, kind: str, title: str, when: str) -> None:
        super().__init__()
        self.kind, self._when = kind, when
        self.setObjectName(f"kindCard_{kind}")
        self.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(when)
        self.setToolTip(plain_tip(when))
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(120, 80)

    def height_for(self, width: int) -> int:
        """The height at which the whole sentence can be read."""
        return self._title_height() + self._words_box(width).height() + 2 * _MARGIN + 2

    def _fonts(self) -> tuple[QFont, QFont]:
        title, words = QFont(self.font()), QFont(self.font())
        title.setBold(True)
        words.setPointSizeF(max(7.5, 0.88 * self.font().pointSizeF()))
        return title, words

    def _title_height(self) -> int:
        return self.fontMetrics().height()

    def _words_box(self, width: int) -> QRect:
        inside = QRect(0, 0, max(20, width - 2 * _MARGIN), 10_000)
        return QFontMetrics(self._fonts()[1]).boundingRect(inside, int(_WRAPPED), self._when)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, painter = self.palette(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        ground = QColor(palette.highlight().color() if chosen else palette.base().color())
        if chosen:
            ground.setAlphaF(0.22)
        elif self.underMouse() and self.isEnabled():
            ground = palette.alternateBase().color()
        edge = palette.highlight().color() if chosen or self.hasFocus() else palette.mid().color()
        painter.setPen(QPen(edge, 2.0 if chosen or self.hasFocus() else 1.0))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), _ROUND, _ROUND)
        title, words = self._fonts()
        inside = self.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        painter.setFont(title)
        painter.setPen(palette.text().color())
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), shown)
        painter.setFont(words)
        painter.setPen(palette.placeholderText().color())
        painter.drawText(inside.adjusted(0, self._title_height(), 0, 0), int(_WRAPPED), self._when)
        painter.end()

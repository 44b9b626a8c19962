"""Shows a page of the guide: Markdown with links, anchors, and equations drawn in the colour of the text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, cast

from PySide6.QtCore import QEvent, QRectF, Qt, QUrl, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QKeyEvent,
    QPainter,
    QPalette,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextTable,
)
from PySide6.QtWidgets import QTextBrowser, QTextEdit, QWidget

from latentlab.guide.chapters import anchor_of
from latentlab.guide.equations import SCHEME, picture_of, with_pictures

# Equations are drawn in a type of 10 points; on the page they are a little larger than the text.
_DRAWN_AT = 8.0
_FRAME, _MANY_COLUMNS = 40, 4
_PARAGRAPH, _ABOVE, _LINE = 7.0, 14.0, 118.0


class GuidePage(QTextBrowser):
    """One page at a time. It loads nothing but equations, and says what was clicked instead of going there.

    Signals:
        asked: the target of a link, as the Markdown has it.
    """

    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._markdown, self._anchor = "", ""
        # Of the equations on this page, as wide as they would be.
        self._widest = 0.0
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        self.document().setDocumentMargin(12)
        self.document().setIndentWidth(22)
        self.anchorClicked.connect(self._clicked)

    def show_markdown(self, markdown: str, anchor: str = "") -> None:
        """Shows a page, from this heading on."""
        self._markdown, self._anchor = markdown, anchor
        self._write()
        self.go_to(anchor)

    def go_to(self, anchor: str) -> None:
        """Scrolls to a heading and marks it; "" to the beginning."""
        self._anchor = anchor
        self.setExtraSelections([mark for mark in (self._mark(anchor),) if mark is not None])
        if anchor:
            self.scrollToAnchor(anchor)
        else:
            self.verticalScrollBar().setValue(0)

    def _mark(self, anchor: str) -> QTextEdit.ExtraSelection | None:
        """The mark of a heading: one near the end of a page does not come to the top."""
        block = self.document().begin()
        while block.isValid():
            if anchor and block.blockFormat().headingLevel() and anchor_of(block.text()) == anchor:
                mark = QTextEdit.ExtraSelection()
                colour = self.palette().color(QPalette.ColorRole.Highlight)
                colour.setAlphaF(0.2)
                mark.format.setBackground(colour)
                mark.format.setProperty(QTextCharFormat.Property.FullWidthSelection, True)
                mark.cursor = QTextCursor(block)
                return mark
            block = block.next()
        return None

    def _write(self) -> None:
        document = self.document()
        self._widest = 0.0
        self.setMarkdown(with_pictures(self._markdown))
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        block = document.begin()
        while block.isValid():
            self._dress(cursor, block.position(), block.blockFormat(), block.text())
            block = block.next()
        for frame in document.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                _dress_table(frame)
        self._dress_links(cursor)
        cursor.endEditBlock()

    def _dress(self, cursor: QTextCursor, place: int, shape: QTextBlockFormat, text: str) -> None:
        """Space around a paragraph or heading, and the heading's anchor and size."""
        cursor.setPosition(place)
        level = shape.headingLevel()
        new = QTextBlockFormat()
        if cursor.currentTable() is None:
            new.setTopMargin(_ABOVE if level > 1 else 0.0 if level else _PARAGRAPH / 2)
            new.setBottomMargin(_PARAGRAPH if level else _PARAGRAPH / 2)
        if shape.nonBreakableLines():  # code
            new.setNonBreakableLines(False)
        else:
            new.setLineHeight(_LINE, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.mergeBlockFormat(new)
        if level:
            style = QTextCharFormat()
            style.setProperty(QTextCharFormat.Property.FontSizeAdjustment, max(0, 3 - level))
            style.setFontWeight(QFont.Weight.DemiBold)
            style.setAnchor(True)
            style.setAnchorNames([anchor_of(text)])
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(style)

    def _dress_links(self, cursor: QTextCursor) -> None:
        """Links in the theme's colour: Qt's Markdown has them in the one of the palette at the start."""
        colour = self.palette().color(QPalette.ColorRole.Link)
        document = self.document()
        block = document.begin()
        while block.isValid():
            for run in [part.fragment() for part in cast("Iterable[QTextBlock.iterator]", block)]:
                if not run.charFormat().anchorHref():
                    continue
                cursor.setPosition(run.position())
                cursor.setPosition(run.position() + run.length(), QTextCursor.MoveMode.KeepAnchor)
                style = QTextCharFormat()
                style.setForeground(colour)
                style.setFontUnderline(True)
                cursor.mergeCharFormat(style)
            block = block.next()

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        url = name if isinstance(name, QUrl) else QUrl(name)
        if kind == QTextDocument.ResourceType.ImageResource.value and url.scheme() == SCHEME:
            colour = self.palette().color(QPalette.ColorRole.Text)
            scale = self.fontInfo().pixelSize() / _DRAWN_AT
            width = equation_width(url.path()) * scale
            self._widest = max(self._widest, width)
            scale *= min(1.0, self._room / width) if width else 1.0
            return equation_image(url.path(), colour.rgba(), round(scale, 3), self.devicePixelRatioF())
        return None

    @property
    def _room(self) -> float:
        """Pixels for an equation: a wider one is made smaller."""
        return max(120.0, self.viewport().width() - 2 * self.document().documentMargin())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrowest = min(event.oldSize().width(), event.size().width())
        if event.oldSize().width() != event.size().width() and self._widest > narrowest - _FRAME:
            self._write_again()

    def _write_again(self) -> None:
        """The same page, at the same place."""
        bar = self.verticalScrollBar()
        share = bar.value() / max(1, bar.maximum())
        self._write()
        bar.setValue(round(share * bar.maximum()))

    @Slot(QUrl)
    def _clicked(self, url: QUrl) -> None:
        self.asked.emit(url.toString())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Alt+Left goes back in whatever this page is a part of; QTextBrowser knows nothing of that.
        if event.modifiers() & Qt.KeyboardModifier.AltModifier or event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and self._markdown:
            self._write_again()


def _dress_table(table: QTextTable) -> None:
    """Columns as wide as their words; smaller type where there are many."""
    shape = table.format()
    shape.setColumnWidthConstraints([])
    shape.setCellPadding(3)
    table.setFormat(shape)
    if table.columns() >= _MANY_COLUMNS:
        cursor = table.firstCursorPosition()
        cursor.setPosition(table.lastCursorPosition().position(), QTextCursor.MoveMode.KeepAnchor)
        style = QTextCharFormat()
        style.setProperty(QTextCharFormat.Property.FontSizeAdjustment, -1)
        cursor.mergeCharFormat(style)


@lru_cache(maxsize=256)
def equation_width(key: str) -> float:
    """The width of an equation's drawing in points; 0 if there is none."""
    from PySide6.QtSvg import QSvgRenderer

    path = picture_of(key)
    return 0.0 if path is None else float(QSvgRenderer(str(path)).viewBoxF().width())


@lru_cache(maxsize=128)
def equation_image(key: str, ink: int, scale: float, ratio: float) -> QImage:
    """An equation's picture in one colour on nothing; a null image if there is none.

    Args:
        ink: ARGB of the colour.
        scale: pixels of the page to a point of the drawing.
        ratio: pixels of the screen to a pixel of the page.
    """
    # Imported here: only who opens the guide needs it.
    from PySide6.QtSvg import QSvgRenderer

    path = picture_of(key)
    if path is None:
        return QImage()
    drawing = QSvgRenderer(str(path))
    size = drawing.viewBoxF().size() * scale
    image = QImage((size * ratio).toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    drawing.render(painter, QRectF(image.rect()))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(image.rect(), QColor.fromRgba(ink))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image

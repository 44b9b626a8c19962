"""Sliders that ignore the mouse wheel, and a fast number display beside one."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QStylePainter, QWidget


class CalmSlider(QSlider):
    """Ignores the wheel: scrolling the list must not move the probe."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class CentredSlider(CalmSlider):
    """A slider from -x to x: its groove is filled from the centre, which is 0, to the handle."""

    def __init__(self, orientation: Qt.Orientation) -> None:
        super().__init__(orientation)
        # Opaque, as in `latentlab.qt.widgets.picture_label`.
        self.setAutoFillBackground(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, option = QStylePainter(self), QStyleOptionSlider()
        slider, groove = QStyle.ComplexControl.CC_Slider, QStyle.SubControl.SC_SliderGroove
        self.initStyleOption(option)
        option.subControls = groove
        value, upside_down = option.sliderPosition, option.upsideDown
        option.sliderPosition = 0
        handle = QStyle.SubControl.SC_SliderHandle
        middle = self.style().subControlRect(slider, option, handle, self).center().x()
        # The style fills from the lower end to the handle. So each half is drawn as if its own end were the
        # upper one: then only the part between the centre and the handle is filled.
        for half, turned in ((QRect(0, 0, middle, self.height()), True), (self.rect(), False)):
            if not turned:
                half.setLeft(middle)
            option.upsideDown = turned
            option.sliderPosition = value if turned == upside_down else -value
            painter.setClipRect(half)
            painter.drawComplexControl(slider, option)
        painter.setClipping(False)
        option.upsideDown, option.sliderPosition = upside_down, value
        option.subControls = handle
        if self.tickPosition() != QSlider.TickPosition.NoTicks:
            option.subControls |= QStyle.SubControl.SC_SliderTickmarks
        if self.isSliderDown():
            option.activeSubControls = handle
            option.state |= QStyle.StateFlag.State_Sunken
        painter.drawComplexControl(slider, option)


class Figure(QWidget):
    """A number that changes with every move. A label's would cause a relayout of all rows each time."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.setAutoFillBackground(True)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("−88.88") + 2)

    def show_text(self, text: str) -> None:
        """Shows another number."""
        if text != self.text:
            self.text = text
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.text)
        painter.end()

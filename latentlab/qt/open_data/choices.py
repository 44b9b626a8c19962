"""The options for reading pictures: size, crop, colour and table columns, each with a description."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QWidget

from latentlab.data.spec import ReadingOptions
from latentlab.qt.open_data.column_choices import ROW_GAP, ColumnChoices
from latentlab.qt.widgets.plain_text import plain_tip

_SIDES: dict[str, int | None] = {"Automatic": None} | {
    f"{side} × {side} pixels": side for side in (16, 28, 32, 48, 64)
}
_FITS: dict[str, str | None] = {"Fill, and crop the edges": "crop", "Show the whole picture": "pad"}
_WHITES: dict[str, float | None] = {"Automatic": None} | {
    f"{white:,}": float(white) for white in (1, 255, 1023, 4095, 16_383, 65_535)
}
_COLOURS: dict[str, str | None] = {"Automatic": None, "Grey": "grey", "Colour": "rgb"}


class Choices(QWidget):
    """`changed` is emitted when an option changes."""

    changed = Signal()

    def __init__(self, options: ReadingOptions) -> None:
        super().__init__()
        self._asked = options
        self.side = _box(
            "dataSide", "Size", "Every picture is resized to this. Small ones train faster.", _SIDES
        )
        self.fit = _box("dataFit", "Fit", "What to do with pictures that are not square.", _FITS)
        self.colour = _box(
            "dataColour",
            "Colour",
            "Automatic is grey if every picture is grey, which trains faster.",
            _COLOURS,
        )
        self.white = _box(
            "dataWhite",
            "White",
            "The value that is white in pictures of more than 8 bits. Automatic finds it over all of them.",
            _WHITES,
        )
        self.columns = ColumnChoices(options.columns)
        form = self._form = QFormLayout()
        form.setVerticalSpacing(ROW_GAP)
        form.addRow("&Size", self.side)
        form.addRow("&Fit", self.fit)
        form.addRow("&Colour", self.colour)
        form.addRow("&White", self.white)
        form.setRowVisible(self.white, options.white is not None)
        beside = QHBoxLayout(self)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addLayout(form, 1)
        beside.addWidget(self.columns, 1)
        self._choose(options)
        for box in (self.side, self.fit, self.colour, self.white):
            box.currentIndexChanged.connect(self.changed)
        self.columns.changed.connect(self.changed)

    @property
    def options(self) -> ReadingOptions:
        """The chosen options."""
        return replace(
            self._asked,
            side=self.side.currentData(),
            fit=self.fit.currentData(),
            colour=self.colour.currentData(),
            columns=self.columns.columns,
            white=self.white.currentData(),
        )

    def tell_side(self, side: int) -> None:
        """Shows the size that the automatic choice gives."""
        self.side.setItemText(0, f"Automatic: {side} × {side} pixels")

    def tell_whites(self, whites: tuple[float, ...]) -> None:
        """Shows the white level of the automatic choice; hidden where no picture has more than 8 bits."""
        if whites:
            self.white.setItemText(0, f"Automatic: {' and '.join(f'{white:,g}' for white in whites)}")
        self._form.setRowVisible(self.white, bool(whites) or self.white.currentData() is not None)

    def _choose(self, options: ReadingOptions) -> None:
        if self.white.findData(options.white) < 0:
            self.white.addItem(f"{options.white:,g}", options.white)
        self.white.setCurrentIndex(self.white.findData(options.white))
        if self.side.findData(options.side) < 0:
            self.side.addItem(f"{options.side} × {options.side} pixels", options.side)
        for box, value in ((self.side, options.side), (self.fit, options.fit), (self.colour, options.colour)):
            box.setCurrentIndex(box.findData(value))


def _box(
    name: str,
    title: str,
    tip: str,
    choices: dict[str, int | None] | dict[str, float | None] | dict[str, str | None],
) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(title)
    box.setToolTip(plain_tip(tip))
    for words, value in choices.items():
        box.addItem(words, value)
    return box

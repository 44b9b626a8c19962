"""The row of one attribute: name, trust, a slider for its amount, and a button back to 0."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QMenu, QSizePolicy, QToolButton, QWidget

from latentlab.plain import spaced
from latentlab.qt.widgets.plain_text import Label, listed, plain_tip
from latentlab.qt.widgets.sliders import CentredSlider, Figure
from latentlab.qt.widgets.term import Term

REACH = 2.0
_PER_UNIT = 100


class AttributeRow(QWidget):
    """`slid` (key, amount, whether the handle is held) requests another amount; `gripped` starts a slide.

    `key` is its key in the session, by default its name.
    """

    slid = Signal(str, float, bool)
    gripped = Signal()

    def __init__(self, name: str, trust: str, tip: str, key: str = "") -> None:
        super().__init__()
        self.name, self.key = name, key or name
        self._menu: QMenu | None = None
        label = Label(listed(spaced(name)))
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.trust = Term(trust, "AUC", "d")
        self.trust.setObjectName(f"attributeTrust_{name}")
        self.slider = CentredSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName(f"attributeSlider_{name}")
        self.slider.setAccessibleName(f"Amount of {name}")
        self.slider.setRange(round(-REACH * _PER_UNIT), round(REACH * _PER_UNIT))
        self.slider.setSingleStep(5)
        self.slider.setPageStep(_PER_UNIT // 2)
        self.slider.setTickInterval(_PER_UNIT)
        self.slider.setTickPosition(CentredSlider.TickPosition.TicksBelow)
        self.value = Figure()
        self.zero = QToolButton()
        self.zero.setText("0")
        self.zero.setObjectName(f"attributeZero_{name}")
        self.zero.setAccessibleName(f"Reset {name} to 0")
        self.zero.setToolTip(plain_tip(f"Reset {name} to 0."))
        for widget in (label, self.trust, self.slider):
            widget.setToolTip(plain_tip(tip))
        self._grid = layout = QGridLayout(self)
        layout.setContentsMargins(8, 3, 8, 3)
        layout.setVerticalSpacing(0)
        layout.addWidget(label, 0, 0)
        layout.addWidget(self.trust, 0, 1, 1, 3, Qt.AlignmentFlag.AlignRight)
        layout.addWidget(self.slider, 1, 0, 1, 2)
        layout.addWidget(self.value, 1, 2)
        layout.addWidget(self.zero, 1, 3)
        layout.setColumnStretch(0, 1)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderPressed.connect(self.gripped)
        self.slider.sliderReleased.connect(self.gripped)
        self.zero.clicked.connect(self._zeroed)
        self.show_amount(0.0)

    def add_command(self, text: str, keys: str, wanted: SignalInstance) -> None:
        """Adds a command to the row's menu, which is created with the first; `wanted` carries the row's
        key.
        """
        if self._menu is None:
            button = QToolButton()
            button.setText("⋯")
            button.setObjectName(f"attributeMenu_{self.name}")
            button.setAccessibleName(f"Actions for {self.name}")
            button.setToolTip(plain_tip(f"Actions for {self.name}."))
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            self._menu = QMenu(button)
            button.setMenu(self._menu)
            button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
            button.setAutoRaise(True)
            # On the line of the name, so that all sliders have the same length.
            self._grid.addWidget(self.trust, 0, 1, 1, 2, Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(button, 0, 3)
            self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        action = QAction(text, self)
        action.setShortcut(keys)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda: wanted.emit(self.key))
        self._menu.addAction(action)
        self.addAction(action)

    def show_amount(self, amount: float) -> None:
        """Shows the current amount of the attribute."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(amount * _PER_UNIT))
        self.value.show_text(f"{round(amount, 2) + 0.0:+.2f}".replace("-", "\N{MINUS SIGN}"))
        self.zero.setEnabled(amount != 0.0)

    @Slot(int)
    def _slid(self, value: int) -> None:
        self.slid.emit(self.key, value / _PER_UNIT, self.slider.isSliderDown())

    @Slot()
    def _zeroed(self) -> None:
        self.gripped.emit()
        self.slid.emit(self.key, 0.0, False)
        self.gripped.emit()

"""The toolbar of the compare window: picture, layers, links between columns, undo, and adding a column."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QToolButton, QWidget

from latentlab.qt.views.selection_card.view import IndexBox
from latentlab.qt.widgets.check_box import CheckBox
from latentlab.qt.widgets.colours import class_colour, has_dark_ground
from latentlab.qt.widgets.flow_layout import FlowLayout
from latentlab.qt.widgets.plain_text import Label, RichLabel, in_html, plain_tip
from latentlab.session.state import Layers

_LAYERS = (
    ("points", "Points", "Show the encoded pictures as points, in every column."),
    ("manifold", "Manifold", "Show what each model decodes, under its points."),
    ("contours", "Contours", "Show the prior's contours at 1, 2 and 3 sigma."),
    ("density", "Density", "Show where pictures are encoded, and the holes between them."),
)


class CompareBar(QWidget):
    """Emits the user's wishes; the owner updates it with the results."""

    picture_wished = Signal(int)
    layer_wished = Signal(str, bool)
    views_wished = Signal(bool)
    scale_wished = Signal(bool)
    all_wished = Signal()
    samples_wished = Signal(bool)
    others_wished = Signal()
    column_wished = Signal()

    def __init__(self, undo: QAction, redo: QAction) -> None:
        super().__init__()
        self.setObjectName("compareBar")
        self.setAccessibleName("Comparison")
        self.index = IndexBox()
        self.index.setObjectName("compareIndex")
        self.index.setAccessibleName("Number of the picture that every column shows")
        self.index.setToolTip("The picture of the data that every column shows. Arrow keys step to the next.")
        self.index.valueChanged.connect(self.picture_wished)
        self.name = RichLabel()
        self.name.setObjectName("compareClass")
        self.name.setAccessibleName("Class of the picture")
        self.layers = {name: _box(f"compare{text}", text, tip) for name, text, tip in _LAYERS}
        for name, box in self.layers.items():
            box.clicked.connect(partial(self._switched, name))
        self.views = _box(
            "compareLinkViews",
            "Link views",
            "Planes of models with a prior show the same part of the latent space. The codes of "
            "an autoencoder have no fixed scale, so its plane follows its own points.",
        )
        self.views.setChecked(True)
        self.views.clicked.connect(self.views_wished)
        self.scale = _box(
            "compareScale",
            "Scale autoencoders",
            "The probe of an autoencoder moves to the same relative position, in standard "
            "deviations of its codes. Otherwise it moves to the same z as in the other models.",
        )
        self.scale.setChecked(True)
        self.scale.clicked.connect(self.scale_wished)
        self.show_all = _button(
            "compareShowAll", "Show all", "Fit every plane to its points; linked ones to the points of all."
        )
        self.show_all.clicked.connect(self.all_wished)
        self.samples = _box(
            "compareSamplesBox",
            "Samples",
            "Show what each model draws by itself, in the place of its plane. Models without a latent space, "
            "such as diffusion models, can be compared only so.",
        )
        self.samples.clicked.connect(self.samples_wished)
        self.others = _button("compareOthers", "Draw others", "Draw other pictures: those of the next seed.")
        self.others.clicked.connect(self.others_wished)
        self.others.hide()
        self.add = _button("compareAdd", "Add model", "Add a model beside these, up to four.")
        self.add.clicked.connect(self.column_wished)
        number = Label("&Picture")
        number.setBuddy(self.index)
        tall = self.index.sizeHint().height()
        flow = FlowLayout(self, gap=6)
        flow.addWidget(_together(tall, number, self.index, self.name))
        flow.addWidget(_together(tall, *self.layers.values()))
        flow.addWidget(_together(tall, self.scale, self.views, self.show_all))
        flow.addWidget(_together(tall, self.samples, self.others))
        self.steps = _together(tall, _of("compareUndoButton", undo), _of("compareRedoButton", redo))
        flow.addWidget(self.steps)
        flow.addWidget(_together(tall, self.add))

    def show_picture(self, index: int | None, count: int, name: str, label: int | None) -> None:
        """Shows the number and class of the selected picture of `count`."""
        self.index.blockSignals(True)
        self.index.setMaximum(count - 1)
        self.index.setValue(-1 if index is None else index)
        self.index.blockSignals(False)
        dot = ""
        if label is not None:
            colour = class_colour(label, has_dark_ground(self.palette())).name()
            dot = f'<font color="{colour}">●</font> '
        self.name.setText(f"{dot}{in_html(name)}")

    def show_layers(self, layers: Layers) -> None:
        """Shows which layers are visible."""
        for name, box in self.layers.items():
            box.setChecked(getattr(layers, name))

    def _switched(self, name: str) -> None:
        self.layer_wished.emit(name, self.layers[name].isChecked())


def _together(tall: int, *widgets: QWidget) -> QWidget:
    """Widgets that stay together where the row wraps."""
    group = QWidget()
    group.setMinimumHeight(tall)
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 12, 0)
    row.setSpacing(6)
    for widget in widgets:
        row.addWidget(widget)
    return group


def _named(widget: QAbstractButton, name: str, text: str, tip: str) -> None:
    widget.setObjectName(name)
    widget.setText(text)
    widget.setAccessibleName(text)
    widget.setToolTip(plain_tip(tip))


def _box(name: str, text: str, tip: str) -> CheckBox:
    box = CheckBox()
    _named(box, name, text, tip)
    return box


def _button(name: str, text: str, tip: str) -> QToolButton:
    button = QToolButton()
    _named(button, name, text, tip)
    return button


def _of(name: str, action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setObjectName(name)
    button.setAccessibleName(action.iconText())
    return button

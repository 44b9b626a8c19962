"""The settings of a texture: model, phases, the way to a second texture, size and seed."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.rendering.requests.texture import TextureSource
from latentlab.engine.rendering.texture_recipe import LARGEST_SIDE, LEAST_SIDE, TITLES, TextureRecipe
from latentlab.qt.widgets.check_box import RadioButton
from latentlab.qt.widgets.number_field import WholeNumber
from latentlab.qt.widgets.plain_text import Label, listed, plain_tip
from latentlab.qt.widgets.push_button import tip_button
from latentlab.qt.widgets.sliders import CalmSlider

_STEPS = 100
_FIRST_SIDE = 512
_MOST_SEED = 2**31 - 1
_NOBODY = "no other texture"
_MODELS = {
    "rpn": "Keeps the strength of each frequency exactly, and gives it a random phase.",
    "adsn": "Drops the picture at random places, again and again: a Gaussian field of its covariance.",
}


class TextureControls(QWidget):
    """The form of a `TextureRecipe`. `changed` says that it reads otherwise."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("textureControls")
        self.models = {name: self._model(name) for name in _MODELS}
        self.models["rpn"].setChecked(True)
        # By itself, so that the two exclude each other and nothing else does.
        self._group = QButtonGroup(self)
        for button in self.models.values():
            self._group.addButton(button)
        self.phases = _slider(
            "texturePhases",
            "Random phases",
            "From the picture's own phases, which make the picture again, to random ones.",
        )
        self.phases.setValue(_STEPS)
        self.other = QComboBox()
        self.other.setObjectName("textureOther")
        self.other.setAccessibleName("Second texture")
        self.other.setToolTip("A second texture, to walk to: every point on the way is a texture, too.")
        self.other.addItem(_NOBODY, None)
        self.way = _slider("textureWay", "On the way to the second texture", "How far to go to the second.")
        self.way.setEnabled(False)
        self.width_, self.height_ = (
            WholeNumber(LEAST_SIDE, LARGEST_SIDE, _FIRST_SIDE, " px") for _ in range(2)
        )
        for field, name, spoken in (
            (self.width_, "textureWidth", "Width of the texture"),
            (self.height_, "textureHeight", "Height of the texture"),
        ):
            field.setObjectName(name)
            field.setAccessibleName(spoken)
            field.setToolTip(plain_tip(f"{spoken}, in pixels: any size, for the texture has no seam."))
        self.seed = WholeNumber(0, _MOST_SEED, 0)
        self.seed.setObjectName("textureSeed")
        self.seed.setAccessibleName("Seed")
        self.seed.setToolTip("The seed of the chance: the same seed draws the same texture again.")
        self.again = tip_button(
            "textureAgain", "Draw &another", "Draw another texture: that of the next seed"
        )
        self.word = Label()
        self.word.setWordWrap(True)
        self.word.setObjectName("textureWord")
        self._lay_out()
        for button in self.models.values():
            button.toggled.connect(self._changed)
        for slider in (self.phases, self.way):
            slider.valueChanged.connect(self._changed)
        for field in (self.width_, self.height_, self.seed):
            field.valueChanged.connect(self._changed)
        self.other.currentIndexChanged.connect(self._changed)
        self.again.clicked.connect(self._another)
        self._say()

    def _model(self, name: str) -> RadioButton:
        button = RadioButton(TITLES[name].capitalize())
        button.setObjectName(f"textureModel_{name}")
        button.setAccessibleName(TITLES[name])
        button.setToolTip(plain_tip(_MODELS[name]))
        return button

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        for button in self.models.values():
            rows.addWidget(button)
        self.ends = _ends("the picture's own", "random")
        rows.addSpacing(6)
        for label, slider, ends in (
            ("&Phases", self.phases, self.ends),
            ("&Walk to", self.other, None),
            ("", self.way, _ends("this", "the other")),
        ):
            if label:
                named = Label(label)
                named.setBuddy(slider)
                rows.addWidget(named)
            rows.addWidget(slider)
            if ends is not None:
                rows.addWidget(ends)
        form = QFormLayout()
        form.setContentsMargins(0, 6, 0, 0)
        size = QHBoxLayout()
        size.addWidget(self.width_, 1)
        size.addWidget(Label("×"))
        size.addWidget(self.height_, 1)
        form.addRow(_named("Si&ze", self.width_), size)
        form.addRow(_named("S&eed", self.seed), self.seed)
        rows.addLayout(form)
        rows.addWidget(self.again)
        rows.addWidget(self.word)

    @property
    def recipe(self) -> TextureRecipe:
        """What the form says."""
        model = "adsn" if self.models["adsn"].isChecked() or self.second is not None else "rpn"
        return TextureRecipe(
            model,
            (self.height_.value(), self.width_.value()),
            self.seed.value(),
            self.phases.value() / _STEPS,
            self.way.value() / _STEPS if self.second is not None else 0.0,
        )

    @property
    def second(self) -> TextureSource | None:
        """The texture to walk to; None for none."""
        source: TextureSource | None = self.other.currentData()
        return source

    def offer(self, source: TextureSource) -> None:
        """One more texture to walk to."""
        with QSignalBlocker(self.other):
            self.other.addItem(listed(source.name), source)

    @Slot()
    def _another(self) -> None:
        self.seed.setValue((self.seed.value() + 1) % _MOST_SEED)

    @Slot()
    def _changed(self) -> None:
        alone = self.second is None
        for button in self.models.values():
            button.setEnabled(alone)
        self.phases.setEnabled(alone and self.models["rpn"].isChecked())
        self.way.setEnabled(not alone)
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        if self.second is not None:
            words = (
                "Between two textures: the shortest way between their Gaussian fields, drawn as spot noise."
            )
        elif self.models["adsn"].isChecked():
            words = _MODELS["adsn"]
        elif self.phases.value() == 0:
            words = "All phases are the picture's own: this is its periodic part."
        elif self.phases.value() < _STEPS:
            words = "A part of the way to random phases: edges and things dissolve first."
        else:
            words = _MODELS["rpn"]
        self.word.setText(words)


def _slider(name: str, spoken: str, tip: str) -> CalmSlider:
    slider = CalmSlider(Qt.Orientation.Horizontal)
    slider.setObjectName(name)
    slider.setAccessibleName(spoken)
    slider.setToolTip(plain_tip(tip))
    slider.setRange(0, _STEPS)
    return slider


def _ends(left: str, right: str) -> QWidget:
    """The words under the two ends of a slider."""
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(Label(left))
    row.addStretch(1)
    row.addWidget(Label(right))
    return widget


def _named(words: str, field: QWidget) -> Label:
    label = Label(words)
    label.setBuddy(field)
    return label

"""The form of the settings of a tape: number of pictures, seed, and sampler settings."""

from __future__ import annotations

import random

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.diffusion.recipes import (
    MOST_PICTURES,
    FromNoise,
    FromPicture,
    Inpainting,
    SamplerSettings,
    Start,
)
from latentlab.engine.diffusion.requests import DenoiserReply
from latentlab.models.sampler_names import ETA_TIP, SAMPLER_TIP, SAMPLER_TITLES
from latentlab.qt.views.diffusion.reverse.condition_form import ToldForm
from latentlab.qt.views.diffusion.reverse.guidance import GuidanceSlider, figure_of
from latentlab.qt.views.diffusion.reverse.start_chooser import StartChooser
from latentlab.qt.views.diffusion.text import of_start
from latentlab.qt.widgets.number_field import WholeNumber
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.sliders import CalmSlider, Figure
from latentlab.qt.widgets.term import Term

PRESETS = (10, 20, 50, 100, 1000)
# Short enough to be typed.
_SEEDS = 1_000_000
# The maximum of a spin box.
_MOST_SEED = 2**31 - 1
_PER_UNIT = 10
_WIDTH = 232


class SamplerForm(QScrollArea):
    """The settings of the next tape.

    `changed`: the user has changed a setting; `settled`: a setting has changed, by the user or not.
    `noise_wanted`: tapes are to start from plain noise again.
    """

    changed = Signal()
    settled = Signal()
    noise_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("mannerForm")
        self.setAccessibleName("Sampler settings")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._chance = random.Random()
        self.count = WholeNumber(minimum=1, maximum=MOST_PICTURES, value=16)
        self.seed = WholeNumber(minimum=0, maximum=_MOST_SEED)
        # A recipe may have a longer one.
        self._seed_exactly = _MOST_SEED
        self.dice = QPushButton("Di&ce")
        self.sampler = QComboBox()
        for name, title in SAMPLER_TITLES.items():
            self.sampler.addItem(title, name)
        self.steps = WholeNumber(minimum=1, maximum=1000, value=50)
        self.presets = QToolButton()
        self.presets.setText("…")
        self.presets.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.presets.setMenu(QMenu(self))
        self.eta = CalmSlider(Qt.Orientation.Horizontal)
        self.eta.setRange(0, _PER_UNIT)
        self.eta_value = Figure()
        self.guidance = GuidanceSlider()
        self.guidance_value = self.guidance.figure
        # The recipe's exact value, until the user moves the slider, which has only discrete steps.
        self._eta_exactly: float | None = None
        self.told = ToldForm()
        self.start = StartChooser()
        self.start_words = Label()
        self.start_words.setObjectName("startWords")
        self.start_words.setWordWrap(True)
        self.from_noise = QPushButton("From &noise again")
        self._name_controls()
        self._lay_out()
        for preset in PRESETS:
            self.presets.menu().addAction(f"{preset:,} steps").setData(preset)
        self.presets.menu().triggered.connect(self._preset)
        for spin in (self.count, self.seed, self.steps):
            spin.valueChanged.connect(self._said)
        self.sampler.currentIndexChanged.connect(self._said)
        self.eta.valueChanged.connect(self._eta_moved)
        self.guidance.valueChanged.connect(self._said)
        self.told.changed.connect(self._said)
        self.dice.clicked.connect(self._throw)
        self.from_noise.clicked.connect(self.noise_wanted)
        self.start.noise_wanted.connect(self.noise_wanted)
        self.show_start(FromNoise())
        self._form.setRowVisible(self.told, False)
        self._show_what_matters()

    def _name_controls(self) -> None:
        for control, name, spoken, tip in (
            (self.count, "tapeCount", "Number of pictures", "Number of pictures drawn at once, 1 to 64."),
            (self.seed, "tapeSeed", "Seed of the noise", "Initial noise: same seed, same pictures."),
            (self.dice, "tapeDice", "Another seed", "Choose another seed at random."),
            (self.sampler, "samplerChooser", "Sampler", SAMPLER_TIP),
            (self.steps, "stepsSpin", "Steps", "Number of sampling steps from noise to picture."),
            (self.presets, "stepsPresets", "Common numbers of steps", "Common numbers of steps."),
            (self.eta, "etaSlider", "Eta: new noise at each step", ETA_TIP),
            (self.start, "startChooser", "Start from", "What the tape starts from: noise, or something else, "
                "which is set on the page From a picture."),
            (self.from_noise, "fromNoise", "Start from pure noise again", "Start from pure noise again."),
        ):  # fmt: skip
            control.setObjectName(name)
            control.setAccessibleName(spoken)
            control.setToolTip(plain_tip(tip))

    def _lay_out(self) -> None:
        inner = QWidget()
        form = self._form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(6)
        form.setVerticalSpacing(4)
        self._guidance_row = _row(self.guidance, self.guidance_value)
        self._eta_row = _row(self.eta, self.eta_value)
        form.addRow("Start from", self.start)
        form.addRow("&Pictures", self.count)
        form.addRow(_named("&Seed", self.seed), _row(self.seed, self.dice))
        form.addRow(_named("Samp&ler", self.sampler), self.sampler)
        form.addRow("Steps", _row(self.steps, self.presets))
        form.addRow(_named("Et&a", self.eta), self._eta_row)
        form.addRow(_named("C&ondition", self.told), self.told)
        form.addRow(_named("&Guidance", self.guidance), self._guidance_row)
        for chooser in (self.start, self.sampler):
            chooser.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.dice.setFixedWidth(self.dice.fontMetrics().horizontalAdvance("Dice") + 18)
        for spin in (self.count, self.seed, self.steps):
            spin.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            spin.setMinimumWidth(40)
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, 4, 0)
        rows.setSpacing(4)
        rows.addWidget(self.start_words)
        rows.addWidget(self.from_noise)
        rows.addLayout(form)
        rows.addStretch(1)
        self.setWidget(inner)

    def sizeHint(self) -> QSize:
        inner = self.widget()
        layout = None if inner is None else inner.layout()
        if layout is None:
            return QSize(_WIDTH, 240)
        # Only as high as its rows: what belongs to it follows closely.
        high = layout.totalHeightForWidth(_WIDTH) if layout.hasHeightForWidth() else -1
        return QSize(_WIDTH, high if high >= 0 else layout.totalSizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def minimumSizeHint(self) -> QSize:
        return QSize(190, 60)

    # What is set

    @property
    def sampler_settings(self) -> SamplerSettings:
        """The sampler settings of the controls."""
        sampler = str(self.sampler.currentData())
        conditions = self.told.conditions
        return SamplerSettings(
            sampler,
            self.steps.value(),
            self._eta if sampler == "ddim" else 0.0,
            self.guidance.guidance if conditions else 1.0,
            conditions,
            self._seed_exactly if self.seed.value() == self.seed.maximum() else self.seed.value(),
        )

    @property
    def _eta(self) -> float:
        return self.eta.value() / _PER_UNIT if self._eta_exactly is None else self._eta_exactly

    def show_sampler_settings(self, sampler_settings: SamplerSettings) -> None:
        """Sets the controls from sampler settings, without signals."""
        controls = (self.sampler, self.steps, self.eta, self.seed)
        blockers = [QSignalBlocker(control) for control in controls]
        self.sampler.setCurrentIndex(self.sampler.findData(sampler_settings.sampler))
        self.steps.setValue(sampler_settings.steps)
        self.eta.setValue(round(sampler_settings.eta * _PER_UNIT))
        self._eta_exactly = sampler_settings.eta
        if sampler_settings.conditions:
            self.guidance.show_guidance(sampler_settings.guidance)
        self.seed.setValue(min(sampler_settings.seed, _MOST_SEED))
        self._seed_exactly = sampler_settings.seed
        self.told.show_conditions(sampler_settings.conditions)
        del blockers
        self._show_what_matters()
        self.settled.emit()

    def show_count(self, count: int) -> None:
        """Sets the number of pictures from a recipe."""
        with QSignalBlocker(self.count):
            self.count.setValue(count)
        self.settled.emit()

    def show_seed(self, seed: int) -> None:
        """Sets the seed, without a word to others."""
        with QSignalBlocker(self.seed):
            self.seed.setValue(min(seed, _MOST_SEED))
        self._seed_exactly = seed

    def offer(self, model: DenoiserReply) -> None:
        """Enables the settings that a model has."""
        if (model.condition_names, model.exclusive) != (self.told.names, self.told.exclusive):
            self.guidance.begin(model.exclusive)
        self.told.offer(model.condition_names, model.exclusive)
        self.steps.setMaximum(model.steps)
        for action in self.presets.menu().actions():
            action.setVisible(action.data() <= model.steps)
        self._form.setRowVisible(self.told, bool(model.condition_names))
        self._show_what_matters()
        self.settled.emit()

    def show_start(self, start: Start) -> None:
        """Shows the start of tapes. With a picture as the start, classes are not used in turn."""
        self.told.tell_in_turn(not isinstance(start, FromPicture | Inpainting))
        self._show_what_matters()
        self.settled.emit()
        self.start.show_start(start)
        words = of_start(start)
        self.start_words.setText(words)
        self.start_words.setVisible(bool(words))
        self.from_noise.setVisible(bool(words))

    def _show_what_matters(self) -> None:
        self._form.setRowVisible(self._eta_row, self.sampler.currentData() == "ddim")
        self._form.setRowVisible(self._guidance_row, bool(self.told.names))
        self.eta_value.show_text(figure_of(self._eta))
        self.guidance.offer(bool(self.told.conditions))

    # The hand

    @Slot()
    def _said(self) -> None:
        self._show_what_matters()
        self.settled.emit()
        self.changed.emit()

    @Slot()
    def _eta_moved(self) -> None:
        self._eta_exactly = None
        self._said()

    @Slot()
    def _throw(self) -> None:
        self.seed.setValue(self._chance.randrange(_SEEDS))

    @Slot(object)
    def _preset(self, action: object) -> None:
        self.steps.setValue(action.data())  # type: ignore[attr-defined]


def _named(text: str, control: QWidget) -> QLabel:
    """A label whose mnemonic focuses a control that shares its row."""
    label = Term(text)
    label.setBuddy(control)
    return label


def _row(left: QWidget, right: QWidget) -> QWidget:
    """Two controls side by side, the left one as wide as possible."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(4)
    layout.addWidget(left, 1)
    layout.addWidget(right)
    return row

"""The start page of diffusion: from a picture, a picture with a mask, or between two noises."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from latentlab.engine.diffusion.noising import as_picture, as_x, noised, picture_of, pixels_of, snr_db
from latentlab.engine.diffusion.recipes import BetweenNoises, FromNoise, FromPicture, Inpainting, Start
from latentlab.engine.diffusion.requests import DenoiserReply
from latentlab.engine.types import Picture
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.picture_store import OwnPictures
from latentlab.qt.views.diffusion.captioned_pictures import CaptionedPictures
from latentlab.qt.views.diffusion.model_shape import shape_of
from latentlab.qt.views.diffusion.noise_text import db_in_words, strength_in_words
from latentlab.qt.views.diffusion.seeded_noise import SeededNoise
from latentlab.qt.views.diffusion.start.interpolation_form import BetweenForm
from latentlab.qt.views.diffusion.start.layout import FRAME_MARGIN, StartLayout
from latentlab.qt.views.diffusion.start.mask_tools import MaskTools
from latentlab.qt.views.diffusion.start.picture_source import PictureSource
from latentlab.qt.widgets.choice_button import ChoiceButton
from latentlab.qt.widgets.flow_layout import FlowLayout
from latentlab.qt.widgets.picture_label import CrispPicture
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.sliders import CalmSlider

PICTURE, HOLE, BETWEEN = "picture", "hole", "between"
_CHOICES = (
    (PICTURE, "From your picture", "Add noise to a picture and denoise it (SDEdit)."),
    (HOLE, "Paint a hole", "Fill a hole in a picture and keep the rest (RePaint)."),
    (BETWEEN, "Between two noises", "Interpolate between two noises (slerp)."),
)
# The steps of the slider, and a size without a limit.
_GRAIN, _ANY = 1000, 1 << 20
_FROM_TAPE = "The tape's picture"


class StartPage(QWidget):
    """`recipe_wanted` carries a `FromPicture`, `Inpainting` or `BetweenNoises`; `failed` a message and
    details. `seed_chosen` and `count_chosen`: see `BetweenForm`.
    """

    recipe_wanted = Signal(object)
    failed = Signal(str, str)
    seed_chosen = Signal(int)
    count_chosen = Signal(int)

    def __init__(
        self,
        diffusion: DenoiserClient,
        workspace: Workspace,
        pictures: OwnPictures,
        noise: SeededNoise,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("startPage")
        self.setAccessibleName("Start of the tape")
        self.setAcceptDrops(True)
        self._noise, self._seed = noise, 0
        # A state of its own: other pages may hear of the workspace's changes first.
        self._model: DenoiserReply | None = None
        self.choice = PICTURE
        # The exact value of a tape; the slider has only discrete steps.
        self._strength = 0.5
        self.buttons: dict[str, ChoiceButton] = {}
        for name, words, tip in _CHOICES:
            button = self.buttons[name] = ChoiceButton(words)
            button.setObjectName(f"start_{name}")
            button.setAccessibleName(words.replace("&", ""))
            button.setToolTip(plain_tip(tip))
            button.clicked.connect(partial(self.choose, name))
        self.source = PictureSource(workspace, pictures)
        self.strength = CalmSlider(Qt.Orientation.Horizontal)
        self.strength.setObjectName("strengthSlider")
        self.strength.setAccessibleName("Strength: how much noise is added")
        self.strength.setToolTip(
            "How much noise is added: 0 leaves the picture unchanged, 1 leaves nothing of it."
        )
        self.strength.setRange(0, _GRAIN)
        self.strength.setPageStep(_GRAIN // 20)
        self.strength.setValue(_GRAIN // 2)
        self.strength_value = Label()
        self.strength_words = Label()
        self.strength_words.setObjectName("strengthWords")
        self.strength_words.setWordWrap(True)
        self.seen = CrispPicture("startSeen", "The picture as the model sees it", _ANY)
        self.begins = CrispPicture("startBegins", "The start of the first picture of the tape", _ANY)
        self.tools = MaskTools()
        self.canvas = self.tools.canvas
        self.between = BetweenForm()
        self.draw = QPushButton("Draw &it")
        self.draw.setObjectName("startDraw")
        self.draw.setAccessibleName("Draw a tape from this start")
        self.draw.setToolTip("Draw a tape from this start with the current sampler settings.")
        self.note = Label()
        self.note.setObjectName("startNote")
        self.note.setWordWrap(True)
        self._strong = QWidget()
        self._outcome = CaptionedPictures(((self.seen, "Fitted"), (self.begins, "Begins as")), FRAME_MARGIN)
        self._room = self._lay_out()
        self.source.changed.connect(self._picture_changed)
        self.source.failed.connect(self.failed)
        self.strength.valueChanged.connect(self._slid)
        self.canvas.masked.connect(self._show)
        self.between.seed_chosen.connect(self.seed_chosen)
        self.between.count_chosen.connect(self.count_chosen)
        self.draw.clicked.connect(self._draw)
        diffusion.opened.connect(self._opened)
        noise.came.connect(self._show_strength)
        if diffusion.model is not None:
            self._opened(diffusion.model)
        self._picture_changed()
        self.choose(PICTURE)

    def _lay_out(self) -> StartLayout:
        choices = QWidget()
        flow = FlowLayout(choices, gap=4)
        for button in self.buttons.values():
            flow.addWidget(button)
        slide = QHBoxLayout()
        label = Label("Stren&gth")
        label.setBuddy(self.strength)
        slide.addWidget(label)
        slide.addWidget(self.strength, 1)
        slide.addWidget(self.strength_value)
        strong = QVBoxLayout(self._strong)
        strong.setContentsMargins(0, 0, 0, 0)
        strong.setSpacing(4)
        strong.addLayout(slide)
        strong.addWidget(self.strength_words)
        controls = (self.source, self._strong, self.tools, self.between)
        room = StartLayout(
            choices, self.note, self.draw, self.source.frame, self.canvas, controls, self._outcome
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(room)
        return room

    # What is set

    @property
    def start(self) -> Start | None:
        """The start as set by the controls; None if something is missing."""
        picture = self.source.picture
        if self.choice == BETWEEN:
            return BetweenNoises(self.between.other_seed)
        if picture is None:
            return None
        if self.choice == PICTURE:
            return FromPicture(pixels_of(picture), self._strength) if self._strength > 0.0 else None
        if self.canvas.share == 0.0:
            return None
        mask = self.canvas.hole.astype(np.uint8) * np.uint8(255)
        return Inpainting(pixels_of(picture), pixels_of(mask), self.tools.repeats.value())

    def show_start(self, start: Start) -> None:
        """Sets the controls from the start of a tape."""
        match start:
            case FromPicture(pixels=pixels, strength=strength):
                self.choose(PICTURE)
                self._take(picture_of(pixels))
                with QSignalBlocker(self.strength):
                    self.strength.setValue(round(strength * _GRAIN))
                self._strength = strength
            case Inpainting(pixels=pixels, mask=mask, repeats=repeats):
                self.choose(HOLE)
                self._take(picture_of(pixels))
                self.canvas.show_mask(picture_of(mask) != 0)
                self.tools.repeats.setValue(repeats)
            case BetweenNoises(seed=seed):
                self.choose(BETWEEN)
                self.between.show_other_seed(seed)
            case FromNoise():
                pass
        self._show()

    def _take(self, picture: Picture) -> None:
        """Takes a tape's picture, which has its model's shape, even where that is not open yet."""
        if self._model is None:
            self.source.set_shape(shape_of(picture))
        self.source.take_picture(picture, _FROM_TAPE)

    def show_sampler_settings(self, seed: int, count: int) -> None:
        """The seed and the number of pictures, as set elsewhere."""
        self.between.show_sampler_settings(seed, count)
        self._seed = seed
        self._show_strength()

    def choose(self, choice: str) -> None:
        """Chooses one of the three starts."""
        self.choice = choice
        for name, button in self.buttons.items():
            button.setChecked(name == choice)
        self.source.setVisible(choice != BETWEEN)
        self._strong.setVisible(choice == PICTURE)
        self._outcome.setVisible(choice == PICTURE)
        self.tools.setVisible(choice == HOLE)
        self.between.setVisible(choice == BETWEEN)
        self._show()

    # What comes from elsewhere

    @Slot(object)
    def _opened(self, model: DenoiserReply) -> None:
        self._model = model
        self.source.set_shape(model.shape)
        self._show()

    @Slot()
    def _picture_changed(self) -> None:
        self.canvas.show_picture(self.source.picture)
        self._show()

    @Slot(int)
    def _slid(self, value: int) -> None:
        self._strength = value / _GRAIN
        self._show()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.choice != BETWEEN and (event.mimeData().hasUrls() or event.mimeData().hasImage()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.source.take(event.mimeData())

    # What is shown

    @Slot()
    def _show(self) -> None:
        self._show_strength()
        # Where there is a picture to paint on, it is not shown twice.
        painted = self.choice == HOLE and self.source.picture is not None
        self.canvas.setVisible(painted)
        self.source.frame.setVisible(self.choice != BETWEEN and not painted)
        self.draw.setEnabled(self._model is not None and self.start is not None)
        self.note.setText(self._missing())
        self._room.fit()

    @Slot()
    def _show_strength(self) -> None:
        model, picture = self._model, self.source.picture
        self.strength_value.setText(f"{self._strength:.2f}")
        self.seen.show_picture(picture)
        # The frame shows it already.
        self.seen.setVisible(self.source.is_fitted)
        if model is None or picture is None:
            self.begins.show_picture(None)
            self.strength_words.setText("")
            return
        t = max(1, round(self._strength * model.steps)) if self._strength > 0.0 else 0
        alpha_bar = float(model.alpha_bar[t])
        noise = self._noise.of(self._seed) if self.choice == PICTURE else None
        if noise is not None:
            self.begins.show_picture(as_picture(noised(as_x(picture), alpha_bar, noise)))
        if t == 0:
            self.strength_words.setText("Nothing changes: no noise is added.")
        else:
            noise_words = f"From t = {t} of {model.steps}, SNR {db_in_words(snr_db(alpha_bar))}."
            self.strength_words.setText(f"{strength_in_words(alpha_bar)}. {noise_words}")

    def _missing(self) -> str:
        """Why nothing can be drawn, or a note on the result; "" if there is nothing to say."""
        if self._model is None:
            return "Open a diffusion model first."
        if self.choice == BETWEEN:
            return ""
        if self.source.picture is None:
            return "Choose a picture first."
        if self.choice == PICTURE:
            return "" if self._strength > 0.0 else "Set a strength above 0 first."
        if self.canvas.share == 0.0:
            return "Paint the hole first."
        return "Nothing of the picture is kept." if self.canvas.share == 1.0 else ""

    @Slot()
    def _draw(self) -> None:
        start = self.start
        if start is not None and self._model is not None:
            self.recipe_wanted.emit(start)

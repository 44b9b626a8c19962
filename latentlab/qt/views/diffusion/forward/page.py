"""The forward page: a picture noised to any t, and the denoiser's predictions there.

The noisy picture is computed here, in closed form; the predictions come from the denoiser's thread a moment
later, for the newest t only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from latentlab.engine.diffusion.noising import as_pictures, as_x, noise_in, noise_picture, noised, pixels_of
from latentlab.engine.diffusion.recipes import FromPicture
from latentlab.engine.diffusion.requests import DenoiserReply
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.types import Picture, Point
from latentlab.errors import LabError
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.diffusion.forward.four_pictures import FourPictures
from latentlab.qt.views.diffusion.forward.layout import ForwardLayout
from latentlab.qt.views.diffusion.forward.prediction import Noisy, Prediction
from latentlab.qt.views.diffusion.forward.schedule_plot import ScheduleCurves
from latentlab.qt.views.diffusion.model_shape import in_shape, shape_in_words, shape_of
from latentlab.qt.views.diffusion.noise_text import noise_in_words
from latentlab.qt.views.diffusion.seeded_noise import SeededNoise
from latentlab.qt.views.diffusion.text import condition_words
from latentlab.qt.widgets.images import data_picture
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.qt.widgets.sliders import CalmSlider
from latentlab.session.state import SessionState

# The initial t: halfway, both the picture and the noise are visible.
_SHARE = 0.5
_NO_MODEL = "Open a diffusion model to add noise to pictures of the data here."


class ForwardPage(QWidget):
    """`recipe_wanted` carries a `FromPicture`: the current picture, to be denoised from the current t, and
    `seed_chosen` before it the seed of the current noise.
    """

    recipe_wanted = Signal(object)
    seed_chosen = Signal(int)

    def __init__(
        self,
        diffusion: DenoiserClient,
        workspace: Workspace,
        noise: SeededNoise,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("forwardPage")
        self.setAccessibleName("Forward process: noise is added to a picture")
        self._diffusion, self._workspace, self._seeded = diffusion, workspace, noise
        # A state of its own: other pages may hear of the workspace's changes first.
        self._model: DenoiserReply | None = None
        self._index, self._seed = 0, 0
        self._picture: Picture | None = None
        self._x_0 = self._x_t = None  # type: NDArray[np.float32] | None
        self.name = _label("forwardName", "Name of the picture.")
        self.previous = _arrow("forwardPrevious", Qt.ArrowType.LeftArrow, "The picture before")
        self.next = _arrow("forwardNext", Qt.ArrowType.RightArrow, "The next picture")
        self.dice = QPushButton("Other &noise")
        self.dice.setObjectName("forwardDice")
        self.dice.setAccessibleName("Other noise")
        self.dice.setToolTip("Draw other noise. It stays the same while the slider moves.")
        self.slider = CalmSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("forwardSlider")
        self.slider.setRange(0, 0)
        self.slider.setAccessibleName("Time t: number of noise steps")
        self.slider.setToolTip("Number of noise steps: t = 0 is the picture, t = T pure noise.")
        self.time = Label()
        self.time.setObjectName("forwardTime")
        self.note = _label(
            "forwardNote",
            "The signal-to-noise ratio, ᾱ / (1 − ᾱ) for pictures of variance 1.",
        )
        self._four = FourPictures()
        self.pictures = self._four.pictures
        self.curves = ScheduleCurves()
        self.come_back = QPushButton("Den&oise from here")
        self.come_back.setObjectName("forwardComeBack")
        self.come_back.setAccessibleName("Denoise the picture from here")
        self.come_back.setToolTip(
            "Samples pictures starting from this noisy one (SDEdit); the first uses exactly this noise."
        )
        self._room = self._lay_out()
        self._prediction = Prediction(diffusion, self._noisy, self.pictures[1])
        self.previous.clicked.connect(self._go_back)
        self.next.clicked.connect(self._go_on)
        self.dice.clicked.connect(self._throw)
        self.slider.valueChanged.connect(self._moved)
        self.curves.moved.connect(self.slider.setValue)
        self.come_back.clicked.connect(self._come_back)
        noise.came.connect(self._show_time)
        workspace.loaded.connect(self._data_loaded)
        workspace.changed.connect(self._changed)
        diffusion.opened.connect(self._opened)
        self._prediction.came.connect(self._predicted)
        self._prediction.refused.connect(self.note.setText)
        if diffusion.model is not None:
            self._opened(diffusion.model)
        else:
            self._show_picture()
        if workspace.state.selected is not None:
            self._take(workspace.state.selected)

    def _lay_out(self) -> ForwardLayout:
        label = Label("t")
        label.setBuddy(self.slider)
        room = ForwardLayout(
            (self.previous, self.name, self.next),
            (label, self.slider, self.time),
            self.note,
            (self.dice, self.come_back),
            self._four,
            self.curves,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(room)
        return room

    # What comes from elsewhere

    def tell(self, conditions: tuple[Point, ...], guidance: float) -> None:
        """Sets the condition for predictions; none at first.

        If each picture would have another condition, none is used.
        """
        conditions = conditions if len(set(conditions)) == 1 else ()
        if self._prediction.tell(conditions, guidance):
            self._show_time()

    @Slot(object)
    def _opened(self, model: DenoiserReply) -> None:
        # A noisy picture of the previous model's shape cannot be used; its own noise comes later.
        self._model, self._x_t = model, None
        self._prediction.forget()
        blocker = QSignalBlocker(self.slider)
        share = self.slider.value() / self.slider.maximum() if self.slider.maximum() else _SHARE
        self.slider.setRange(0, model.steps)
        self.slider.setPageStep(max(1, model.steps // 20))
        self.slider.setValue(round(share * model.steps))
        del blocker
        self.curves.show_schedule(model.alpha_bar)
        self._show_picture()
        self._room.fit()

    @Slot(object)
    def _data_loaded(self, model: LoadedReply) -> None:
        selected = self._workspace.state.selected
        self._take(max(0, min(self._index, len(model.images) - 1)) if selected is None else selected)

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.selected != new.selected and new.selected is not None:
            self._take(new.selected)

    # The picture in hand

    def _take(self, index: int) -> None:
        self._index = index
        self._show_picture()

    def _step(self, by: int) -> None:
        if self._workspace.model is not None:
            self._take((self._index + by) % len(self._workspace.model.images))

    @Slot()
    def _go_back(self) -> None:
        self._step(-1)

    @Slot()
    def _go_on(self) -> None:
        self._step(1)

    @Slot()
    def _throw(self) -> None:
        self._seed += 1
        self._show_time()

    def _show_picture(self) -> None:
        """Another picture, or another denoiser."""
        data, model = self._workspace.model, self._model
        self._picture = self._x_0 = None
        words = "" if model is None else "There is no data yet."
        if data is not None and model is not None and 0 <= self._index < len(data.images):
            found = data_picture(data.images, self._index)
            words = _name(data, self._index)
            try:
                self._picture = in_shape(found, model.shape)
            except LabError as error:
                words = f"{words}: {error}"
            else:
                self._x_0 = as_x(self._picture)
                if shape_of(found) != model.shape:
                    shapes = shape_in_words(shape_of(found)), shape_in_words(model.shape)
                    words = f"{words}. It is {shapes[0]}; resized to the model's {shapes[1]}."
        self.name.setText(words)
        for widget in (self.slider, self.curves, self.dice, self.previous, self.next):
            widget.setEnabled(self._picture is not None)
        self._show_time()

    @Slot(int)
    def _moved(self, t: int) -> None:
        self._show_time()

    def _show_time(self) -> None:
        """Shows the picture at the current t."""
        model, t = self._model, self.slider.value()
        original, drowned, predicted, seen = self.pictures
        original.show_picture(self._picture)
        self.come_back.setEnabled(self._picture is not None and t > 0)
        if model is None or self._x_0 is None:
            self._x_t = None
            for picture in self.pictures:
                picture.show_picture(None)
            self.time.setText("")
            self.note.setText(_NO_MODEL if model is None else "")
            return
        noise = self._seeded.of(self._seed)
        if noise is None:
            return  # it comes in a moment; until then the old one stays
        alpha_bar = float(model.alpha_bar[t])
        self._x_t = noised(self._x_0, alpha_bar, noise)
        drowned.show_picture(as_pictures(self._x_t[None])[0])
        self.time.setText(f"{t} of {model.steps}")
        # Its maximal width, or the slider would shrink during a drag.
        self.time.setMinimumWidth(
            self.time.fontMetrics().horizontalAdvance(f"{model.steps} of {model.steps} ")
        )
        self.curves.show_t(t)
        told = condition_words(self._prediction.conditions, model.condition_names, model.exclusive)
        self.note.setText(noise_in_words(alpha_bar) + (f" Condition: {told}." if told else ""))
        if t == 0:
            self._prediction.forget()
            predicted.show_picture(self._picture)
            seen.show_picture(noise_picture(np.zeros_like(self._x_0)))
        else:
            self._prediction.want()

    # What the denoiser predicts

    def _noisy(self) -> Noisy | None:
        """The noisy picture to predict from."""
        if self._x_t is None or self._model is None:
            return None
        return self.slider.value(), self._x_t

    @Slot(int, object, object)
    def _predicted(self, t: int, x_t: NDArray[np.float32], x0_hat: NDArray[np.float32]) -> None:
        if self._model is not None:
            self.pictures[2].show_picture(as_pictures(x0_hat[None])[0])
            noise = noise_in(x_t, x0_hat, float(self._model.alpha_bar[t]))
            self.pictures[3].show_picture(noise_picture(noise))

    @Slot()
    def _come_back(self) -> None:
        model, t = self._model, self.slider.value()
        if model is not None and self._picture is not None and t > 0:
            self.seed_chosen.emit(self._seed)
            self.recipe_wanted.emit(FromPicture(pixels_of(self._picture), t / model.steps))


def _name(data: LoadedReply, index: int) -> str:
    """A text such as "7, picture 12 of 10,000"."""
    label = data.class_of(index)
    place = f"picture {index + 1:,} of {len(data.images):,}"
    return f"{label}, {place}" if label else place.capitalize()


def _label(name: str, tip: str) -> QLabel:
    label = Label()
    label.setObjectName(name)
    label.setToolTip(plain_tip(tip))
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def _arrow(name: str, arrow: Qt.ArrowType, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setArrowType(arrow)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setAccessibleName(tip)
    button.setToolTip(plain_tip(f"{tip}."))
    return button

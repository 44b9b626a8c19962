"""Shows the current frame: the layer and the number of pictures that are chosen, and the chosen picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from latentlab.engine.diffusion.noising import NOISE_REACH
from latentlab.engine.diffusion.requests import DenoiserReply
from latentlab.qt.views.diffusion.reverse.batch import ALL
from latentlab.qt.views.diffusion.reverse.chosen import LAYERS, Aspects, ChosenPicture
from latentlab.qt.views.diffusion.reverse.frame_panel import FramePanel
from latentlab.qt.views.diffusion.reverse.look_bar import NOISY, THREE, LookBar
from latentlab.qt.views.diffusion.text import of_chosen

if TYPE_CHECKING:
    from latentlab.engine.diffusion.runner import Frame
    from latentlab.qt.views.diffusion.reverse.layout import ReverseLayout
    from latentlab.qt.views.diffusion.tape.runner import Track


class FrameView(QObject):
    """`changed` says that another layer, or another number of pictures, is to be shown: the owner shows its
    frame again.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        # How many pictures are shown, and of which layer; until that is chosen it follows from the height.
        self._most = ALL
        self._layer: str | None = None
        self._room: ReverseLayout | None = None
        self.look = LookBar()
        self.side = ChosenPicture()
        self.panels = (
            FramePanel("noisyPictures", "xₜ noisy picture",
                       "xₜ, the noisy pictures at this frame"),
            FramePanel("believedPictures", "x̂₀ predicted picture",
                       "x̂₀, the clean pictures that the model predicts at this frame", normal=False),
            FramePanel("believedNoise", "ε̂ predicted noise",
                       "ε̂, the noise that the model predicts at this frame", NOISE_REACH),
        )  # fmt: skip
        for panel in self.panels:
            panel.mosaic.turned.connect(self.look.turn)
        self.look.count_chosen.connect(self._choose_count)
        self.look.layer_chosen.connect(self._choose_layer)

    def lie_in(self, room: ReverseLayout) -> None:
        """Sets the layout that makes room for the pictures."""
        self._room = room
        room.turned.connect(self._look_anew)
        self._look_anew()

    @property
    def layer(self) -> str:
        """The layer that is shown, or `THREE`."""
        high = self._room is not None and self._room.high
        return self._layer or (NOISY if high else THREE)

    def show(
        self, frame: Frame | None, chosen: int, model: DenoiserReply | None, track: Track | None
    ) -> None:
        """Shows a frame of a track, or nothing; a layer that is hidden costs nothing."""
        aspects: Aspects = (None, None, None)
        layer, room = self.layer, self._room
        beside = room is not None and room.high and layer != THREE
        if frame is not None and model is not None:
            aspects = frame.x_t, frame.x0_hat, frame.noise_hat(model.alpha_bar)
            if room is not None:
                room.show_batch(frame.x_t, self._most)
            if beside and track is not None:
                told = track.recipe.last_sampler_settings.condition_of(chosen)
                names, exclusive = model.condition_names, model.exclusive
                self.side.name(of_chosen(chosen, len(frame.x_t), told, names, exclusive))
        for name, panel, x in zip(LAYERS, self.panels, aspects, strict=True):
            if layer in (name, THREE):
                panel.show_pictures(x, chosen, self._most)
        if beside:
            self.side.show_layers(aspects, chosen, layer)

    @Slot(int)
    def _choose_count(self, count: int) -> None:
        self._most = count
        self._look_anew()

    @Slot(str)
    def _choose_layer(self, layer: str) -> None:
        self._layer = layer
        self._look_anew()

    @Slot()
    def _look_anew(self) -> None:
        """Another look is wanted, or the page has another height."""
        layer = self.layer
        self.look.show_look(layer, self._most)
        if self._room is not None:
            self._room.show_layers(layer != THREE)
        for name, panel in zip(LAYERS, self.panels, strict=True):
            panel.setVisible(layer in (name, THREE))
        self.changed.emit()

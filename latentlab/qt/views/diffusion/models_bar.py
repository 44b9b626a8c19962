"""Names the two models at work, the one that draws and the one that gives the plane; both can be changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QWidget

from latentlab.engine.files.model_catalog import denoisers
from latentlab.engine.files.partners import encoders_for, own_denoisers, same_pictures
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.widgets.elided_box import ElidedBox
from latentlab.qt.widgets.plain_text import Label, listed, plain_tip

_FILE = "Open a file …"
_OTHER = " (other pictures)"
_DRAWS = "The diffusion model that draws the pictures."
_PLANE = "The model whose plane shows the way of the predicted picture, by encoding it."
_MISFIT = (
    "It was trained on other pictures than the diffusion model, so the plane cannot show the way of the "
    "predicted picture. Choose one of the others."
)
_LETTERS = 12


class ModelsBar(QWidget):
    """`denoiser_wanted` and `plane_wanted` (a name or path) request another model, `file_wanted` a file."""

    denoiser_wanted = Signal(str)
    plane_wanted = Signal(str)
    file_wanted = Signal()

    def __init__(
        self,
        diffusion: DenoiserClient,
        workspace: Workspace,
        own: Callable[[], Iterable[Path]] = tuple,
    ) -> None:
        super().__init__()
        self._diffusion, self._workspace, self._own = diffusion, workspace, own
        self.setObjectName("diffusionModels")
        self.setAccessibleName("Models at work")
        self.chooser = _box("denoiserChooser", "Diffusion model", _DRAWS)
        self.plane = _box("planeChooser", "Model of the plane", _PLANE)
        self._plane_label = Label("Plane by")
        draws = Label("Drawn by")
        draws.setBuddy(self.chooser)
        self._plane_label.setBuddy(self.plane)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 0, 2)
        row.setSpacing(6)
        for widget in (draws, self.chooser, self._plane_label, self.plane):
            row.addWidget(widget)
        self.chooser.activated.connect(self._chosen)
        self.plane.activated.connect(self._plane_chosen)
        workspace.loaded.connect(self._loaded)
        diffusion.opened.connect(self.fill)
        self.fill()

    def set_narrow(self, narrow: bool) -> None:
        """Names the diffusion model alone, where there is little room."""
        for widget in (self._plane_label, self.plane):
            widget.setVisible(not narrow)

    @Slot()
    def fill(self) -> None:
        """Offers the models that ship, the user's own, the open ones, and to open others."""
        now, own = self._diffusion.model, list(self._own())
        with QSignalBlocker(self.chooser):
            self.chooser.clear()
            shipped = denoisers()
            for name in shipped:
                self.chooser.addItem(name, name)
            for path in own_denoisers(own):
                if now is None or path != now.path:
                    self.chooser.addItem(listed(Path(path).stem), path)
            if now is not None and now.model not in shipped:
                self.chooser.addItem(listed(now.model), now.path)
            self.chooser.addItem(_FILE, "")
            place = -1 if now is None else self.chooser.findText(listed(now.model))
            self.chooser.setCurrentIndex(place)
            self.chooser.setPlaceholderText("Choose a model")
        self._fill_plane(own)

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self._fill_plane(list(self._own()))

    def _fill_plane(self, own: list[Path]) -> None:
        draws, shown = self._diffusion.model, self._workspace.state.model
        with QSignalBlocker(self.plane):
            self.plane.clear()
            fitting = [] if draws is None else encoders_for(draws.path, own)
            for model in fitting:
                self.plane.addItem(listed(Path(model).stem), model)
            misfit = draws is not None and not same_pictures(draws.path, shown) and bool(fitting)
            if self.plane.findData(shown) < 0:
                self.plane.addItem(listed(Path(shown).stem) + (_OTHER if misfit else ""), shown)
            self.plane.setCurrentIndex(self.plane.findData(shown))
        self.plane.setToolTip(plain_tip(_MISFIT if misfit else _PLANE))
        self.plane.setEnabled(self._workspace.model is not None)

    @Slot(int)
    def _chosen(self, place: int) -> None:
        model, now = self.chooser.itemData(place), self._diffusion.model
        if not model:
            self.fill()
            self.file_wanted.emit()
        elif now is None or model not in (now.model, now.path):
            self.denoiser_wanted.emit(model)

    @Slot(int)
    def _plane_chosen(self, place: int) -> None:
        model = self.plane.itemData(place)
        # The one that is shown stays so until the other is open.
        self.plane.setCurrentIndex(self.plane.findData(self._workspace.state.model))
        if model != self._workspace.state.model:
            self.plane_wanted.emit(model)


def _box(name: str, spoken: str, tip: str) -> ElidedBox:
    box = ElidedBox()
    box.setObjectName(name)
    box.setAccessibleName(spoken)
    box.setToolTip(plain_tip(tip))
    box.setMinimumContentsLength(_LETTERS)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    return box

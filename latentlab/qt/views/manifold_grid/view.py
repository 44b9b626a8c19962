"""The manifold grid: n x n decoded pictures side by side, over the prior or over the plane's view.

The picture and its cells are in `picture` and `cells`; here are the controls and the labels.
"""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.requests.grids import GridReply, GridRequest
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.engine.rendering.serving import Refusal
from latentlab.engine.types import Point
from latentlab.models.capabilities import Capability
from latentlab.qt.clients.undo import GestureClock
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.views.manifold_grid.picture import GridPicture
from latentlab.qt.views.spec import ViewSpec
from latentlab.qt.widgets.plain_text import Label, plain_tip
from latentlab.session.able import why_not
from latentlab.session.edits import SetGrid
from latentlab.session.state import GRID_SIZES, OVER_PRIOR, OVER_VIEW, GridSettings, SessionState

_PATIENCE_MS = 500
_HINT = "Click to move the probe."
_RANGES = (
    "Prior quantiles: equal steps of prior probability, dense where the prior is dense. Plane in view: even "
    "steps over the visible part of the plane, decoded again as you zoom."
)


class ManifoldGrid(QWidget):
    """The picture, a line with the point under the mouse, and two choices: the range, and the number of
    cells.
    """

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("manifoldGridPanel")
        self._workspace = workspace
        self._gestures = GestureClock()
        self.picture = GridPicture(workspace)
        self.picture.hovered.connect(self._hovered)
        self.place = Label(_HINT)
        self.place.setObjectName("gridPlace")
        self.place.setAccessibleName("Latent position of the picture under the mouse")
        # Its text must not determine the minimum width of the panel.
        self.place.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.refining = Label()
        self.refining.setObjectName("gridRefining")
        self.refining.setToolTip("The pictures are coarse or outdated; the final ones are being computed.")
        self.caption = Label()
        self.caption.setObjectName("gridCaption")
        self.caption.setWordWrap(True)
        self.over = self._made_chooser()
        self.size_slider = self._made_slider()
        self.size_label = Label()
        self.size_label.setMinimumWidth(self.fontMetrics().horizontalAdvance("40 × 40"))
        self.size_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._lay_out()
        self._impatient = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._impatient.timeout.connect(self._say_refining)
        workspace.changed.connect(self._changed)
        workspace.loaded.connect(self._loaded)
        workspace.on(GridRequest).connect(self._gridded)
        workspace.refused.connect(self._refused)
        workspace.turned.connect(self._turned)
        self._show_settings(workspace.state.grid)

    def _made_chooser(self) -> QComboBox:
        over = QComboBox()
        over.setObjectName("gridOver")
        over.setAccessibleName("Range of the grid")
        over.setToolTip(_RANGES)
        over.addItem("Prior quantiles", OVER_PRIOR)
        over.addItem("Plane in view", OVER_VIEW)
        over.currentIndexChanged.connect(self._chosen)
        return over

    def _made_slider(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setObjectName("gridSize")
        slider.setAccessibleName("Pictures per side of the grid")
        slider.setToolTip("Number of pictures along each side, from 5 to 40.")
        slider.setRange(GRID_SIZES.start, GRID_SIZES.stop - 1)
        slider.setPageStep(5)
        slider.sliderPressed.connect(self._gestures.end)
        slider.sliderReleased.connect(self._gestures.end)
        slider.valueChanged.connect(self._slid)
        return slider

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.addWidget(self.place, 1)
        foot.addWidget(self.refining)
        size = QHBoxLayout()
        size.addWidget(self.size_slider, 1)
        size.addWidget(self.size_label)
        form = QFormLayout()
        form.addRow("Over", self.over)
        form.addRow("Size", size)
        self.over.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(4)
        layout.addWidget(self.picture, 1)
        layout.addLayout(foot)
        layout.addWidget(self.caption)
        layout.addLayout(form)

    def minimumSizeHint(self) -> QSize:
        # A layout's own size hint ignores the lines of wrapped text.
        layout = self.layout()
        assert layout is not None
        least = layout.minimumSize()
        width = max(least.width(), self.width())
        return QSize(least.width(), max(least.height(), layout.minimumHeightForWidth(width)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()
        super().resizeEvent(event)

    # What comes from the workspace

    @Slot(object, object)
    def _changed(self, old: SessionState, new: SessionState) -> None:
        if old.grid != new.grid:
            self._show_settings(new.grid)
        if old.condition != new.condition:
            self._wait()
        if old.grid != new.grid or (self._workspace.grid_range == OVER_VIEW and old.view != new.view):
            self._wait()

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        self._show_settings(self._workspace.state.grid)
        self._wait()

    @Slot(object)
    def _turned(self, projection: Projection) -> None:
        if not self._workspace.turns_by_itself:
            self._wait()

    @Slot(object)
    def _gridded(self, reply: GridReply) -> None:
        if reply.done:
            self._rest()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(GridRequest):
            self._rest()

    def _show_settings(self, grid: GridSettings) -> None:
        over, model = self._workspace.grid_range, self._workspace.model
        with QSignalBlocker(self.size_slider), QSignalBlocker(self.over):
            self.size_slider.setValue(grid.size)
            self.over.setCurrentIndex(self.over.findData(over))
        rows = 1 if self._workspace.projection.flat else grid.size
        self.size_label.setText(f"{grid.size} × {rows}")
        if over == OVER_VIEW:
            words = "The visible part of the plane"
        elif model is not None and model.prior is not None and not model.prior.standard:
            words = "Equal steps of the prior's probability along each of the two directions"
        elif self._workspace.projection.latents <= 2:
            words = (
                f"Equal steps of prior probability: each picture stands for 1/{grid.size * rows} of the prior"
            )
        else:
            words = (
                "Equal steps of prior probability in both directions; the other dimensions as at the probe"
            )
        lacking = "" if model is None else why_not(model.model, model.capabilities, {Capability.HAS_PRIOR})
        self.over.setEnabled(not lacking)
        self.over.setToolTip(plain_tip(lacking) if lacking else _RANGES)
        self.caption.setText(words)

    # A wait of less than half a second is not shown

    def _wait(self) -> None:
        if not self._impatient.isActive() and self._workspace.model is not None:
            self._impatient.start()

    def _rest(self) -> None:
        self._impatient.stop()
        self.refining.clear()

    @Slot()
    def _say_refining(self) -> None:
        self.refining.setText("refining …")

    # The hand

    @Slot(object)
    def _hovered(self, z: Point | None) -> None:
        self.place.setText(_HINT if z is None else place_text(z))

    @Slot(int)
    def _slid(self, size: int) -> None:
        gesture = self._gestures.gesture(self.size_slider.isSliderDown())
        self._workspace.do(SetGrid(gesture=gesture, grid=GridSettings(size, self._workspace.state.grid.over)))

    @Slot(int)
    def _chosen(self, index: int) -> None:
        self._workspace.do(
            SetGrid(grid=GridSettings(self._workspace.state.grid.size, self.over.itemData(index)))
        )


def place_text(z: Point) -> str:
    """z as it is written under the grid, with as many numbers as are readable."""
    numbers = ", ".join(f"{value:.2f}" for value in z[:4]).replace("-", "\N{MINUS SIGN}")
    return f"z = ({numbers}{', …' if len(z) > 4 else ''})"


SPEC = ViewSpec(
    "manifold_grid",
    "Manifold grid",
    lambda context: ManifoldGrid(context.workspace),
    needs=frozenset({Capability.DECODES}),
)

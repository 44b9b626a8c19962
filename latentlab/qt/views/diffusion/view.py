"""The diffusion view: pages for the reverse process, the forward process, and other starts.

A denoiser is opened when the view is first visible: it costs nothing before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from latentlab.engine.diffusion.recipes import Recipe, Start
from latentlab.engine.diffusion.requests import DenoiserReply, OpenDenoiserRequest
from latentlab.engine.diffusion.tape_origin import Origin
from latentlab.engine.files.model_catalog import name_of, suited_to
from latentlab.engine.rendering.serving import Refusal
from latentlab.models.capabilities import Capability
from latentlab.models.registry import how_to_train
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.clients.workspace import Workspace
from latentlab.qt.controllers.picture_store import OwnPictures
from latentlab.qt.export.tapes import TapeInHand
from latentlab.qt.views.diffusion.forward.page import ForwardPage
from latentlab.qt.views.diffusion.models_bar import ModelsBar
from latentlab.qt.views.diffusion.reverse.changes import fitted
from latentlab.qt.views.diffusion.reverse.page import ReversePage
from latentlab.qt.views.diffusion.seeded_noise import SeededNoise
from latentlab.qt.views.diffusion.start.page import StartPage
from latentlab.qt.views.diffusion.tape_step import DrawnBy, TapeSteps
from latentlab.qt.views.spec import ViewSpec
from latentlab.qt.widgets.plain_text import plain_tip

if TYPE_CHECKING:
    from latentlab.engine.diffusion.runner import Frame

_NONE = (
    f"No diffusion model is open. Open a file, or train one: {how_to_train(Capability.DENOISES)} --data mnist"
)
# Below this width the model of the plane is not named.
_NARROW = 760


class DiffusionView(QWidget):
    """Signals as of `ReversePage`; `file_wanted` requests a model file, `plane_wanted` another model for the
    plane, `failed` carries a message and its details.

    Args:
        own_models: finds the files of the user's own models.
    """

    frame_shown = Signal(object)
    tape_begun = Signal()
    tape_finished = Signal(object)
    file_wanted = Signal()
    plane_wanted = Signal(str)
    failed = Signal(str, str)

    def __init__(
        self,
        diffusion: DenoiserClient,
        workspace: Workspace,
        pictures: OwnPictures,
        own_models: Callable[[], Iterable[Path]] = tuple,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("diffusionView")
        self.setAccessibleName("Diffusion: from noise to pictures and back")
        self._diffusion, self._workspace = diffusion, workspace
        self._wanted = True
        # A recipe that waits for its model.
        self._pending: Recipe | None = None
        # Draws the tapes of a project.
        self._brought: Callable[[], None] | None = None
        # The sampler settings and the model of the previous session.
        self._remembered: tuple[str, Recipe] | None = None
        self.models = ModelsBar(diffusion, workspace, own_models)
        self.chooser = self.models.chooser
        self.reverse = ReversePage(diffusion)
        self.pages = QTabWidget()
        self.pages.setObjectName("diffusionPages")
        self.pages.setDocumentMode(True)
        self.pages.setCornerWidget(self.models, Qt.Corner.TopRightCorner)
        self._add_pages(pictures)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.pages)
        self.models.denoiser_wanted.connect(self.open_model)
        self.models.plane_wanted.connect(self.plane_wanted)
        self.models.file_wanted.connect(self.file_wanted)
        self.reverse.frame_shown.connect(self.frame_shown)
        self.reverse.tape_begun.connect(self.tape_begun)
        self.reverse.tape_finished.connect(self.tape_finished)
        self._steps = TapeSteps(diffusion, workspace, self.reverse.drawing.redrawing, self)
        self._steps.wanted.connect(self._bring_back)
        workspace.probed.connect(self._give_way)
        # Visible before there was a model, the view waits for one.
        workspace.loaded.connect(self.update)
        diffusion.opened.connect(self._opened)
        diffusion.refused.connect(self._refused)

    def _add_pages(self, pictures: OwnPictures) -> None:
        """Each page is one line here."""
        form = self.reverse.form
        # The two pages show the noise of different seeds.
        noises = [SeededNoise(self._diffusion, self) for _ in range(2)]
        self.forward = ForwardPage(self._diffusion, self._workspace, noises[0])
        self.forward.seed_chosen.connect(form.seed.setValue)
        self.forward.recipe_wanted.connect(self.run_start)
        self.begin = StartPage(self._diffusion, self._workspace, pictures, noises[1])
        self.begin.recipe_wanted.connect(self.run_start)
        self.begin.failed.connect(self.failed)
        self.begin.seed_chosen.connect(form.seed.setValue)
        self.begin.count_chosen.connect(form.count.setValue)
        form.start.start_wanted.connect(self._choose_start)
        form.settled.connect(self._tell_sampler_settings)
        self._tell_sampler_settings()
        for page, title, tip in (
            (self.reverse, "Reverse", "Sample pictures from noise, frame by frame."),
            (self.forward, "Forward", "Add noise to a picture step by step."),
            (
                self.begin,
                "From a picture",
                "Start from a picture, a hole in a picture, or between two noises.",
            ),
        ):
            self.pages.setTabToolTip(self.pages.addTab(page, title), plain_tip(tip))

    def minimumSizeHint(self) -> QSize:
        return QSize(440, 160)

    # What others ask

    @Slot(str)
    def open_model(self, model: str) -> None:
        """Opens a denoiser, a name or a path; a tape is run when it is loaded."""
        self._wanted, self._pending = False, None
        self.reverse.runs.stop()
        self._diffusion.open(model)
        self.reverse.say(f"Opening {Path(model).stem} …")

    def remember(self, kept: tuple[str, Recipe] | None) -> None:
        """Restores the `kept` of an earlier start: run when the view is first visible."""
        self._remembered = kept

    @property
    def kept(self) -> tuple[str, Recipe] | None:
        """The model, by its name if it ships, and the sampler settings from noise; None before there was
        any.
        """
        now, form = self._diffusion.model, self.reverse.form
        if now is None:
            return self._remembered
        return name_of(now.path), Recipe(form.count.value(), form.sampler_settings)

    @Slot(object)
    def run_start(self, start: Start) -> None:
        """Runs a tape from this start, and shows it."""
        self.pages.setCurrentWidget(self.reverse)
        self.reverse.run_start(start)

    @Slot(str)
    def _choose_start(self, name: str) -> None:
        """Shows where this start is set."""
        self.begin.choose(name)
        self.pages.setCurrentWidget(self.begin)

    def show_recipe(self, recipe: Recipe, model: str, model_hash: str = "") -> None:
        """Sets all controls from a recipe and runs it, by a model that is opened if it is not, or if the open
        one has another hash.
        """
        self.pages.setCurrentWidget(self.reverse)
        now = self._diffusion.model
        if now is not None and model in (now.model, now.path) and model_hash in ("", now.hash):
            self._run(recipe)
        else:
            self.open_model(model)
            self._pending = recipe

    def _run(self, recipe: Recipe) -> None:
        self.begin.show_start(recipe.start)
        self.reverse.run_recipe(recipe)

    def bring_recipes(self, recipes: tuple[Recipe, ...], model: str, model_hash: str) -> None:
        """Runs the recipes of several tapes: now, or when the view is first visible."""
        if self._wanted:
            self._brought = partial(self.bring_recipes, recipes, model, model_hash)
        else:
            self.reverse.drawing.beside = recipes[1:]
            self.show_recipe(recipes[0], model, model_hash)

    def recipe(self) -> Recipe | None:
        """The recipe of the current tape."""
        return self.reverse.recipe

    def frames(self) -> list[Frame]:
        """The available frames of the current tape, in order."""
        return self.reverse.frames

    def tape_in_hand(self) -> TapeInHand | None:
        """The current tape, as a file takes it; None if it has no frames."""
        page, model = self.reverse, self._diffusion.model
        track, frame = page.tracks.in_hand, page.frame
        if model is None or track is None or frame is None or track.store.get(frame.number) is not frame:
            return None
        origin = Origin(track.recipe, model.model, model.hash)
        running = page.runs.track is track
        return TapeInHand(origin, model.alpha_bar, tuple(track.store.frames), frame, page.picture, running)

    def frame_rate(self) -> int:
        """The playback rate in frames per second."""
        return self.reverse.transport.speed.value()

    def take_focus(self) -> None:
        """Gives the keyboard focus to the current tape."""
        self.reverse.take_focus()

    def learnt(self) -> str:
        """The name of the training data of the open denoiser; "" if unknown."""
        model = self._diffusion.model
        return "" if model is None else model.data

    @Slot(object)
    def _bring_back(self, drawn: DrawnBy) -> None:
        """Shows a tape that was shown before."""
        now = self._diffusion.model
        if now is not None and (now.path, now.hash) == (drawn.model, drawn.hash):
            self.pages.setCurrentWidget(self.reverse)
            self.reverse.drawing.bring_back(drawn.recipe)
        else:
            self.show_recipe(drawn.recipe, drawn.model, drawn.hash)

    @Slot()
    def _give_way(self) -> None:
        """The probe is moving: its picture goes first."""
        self._diffusion.give_way()
        self.reverse.give_way()

    @Slot()
    def _tell_sampler_settings(self) -> None:
        """Passes the settings of the first page to the other pages."""
        form = self.reverse.form
        sampler_settings = form.sampler_settings
        self.begin.show_sampler_settings(sampler_settings.seed, form.count.value())
        self.forward.tell(sampler_settings.conditions, sampler_settings.guidance)

    # What happens

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.models.set_narrow(self.width() < _NARROW)
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        # Qt reports a panel behind another tab as visible, but never paints it.
        if self._wanted and self._workspace.model is not None:
            self._wanted = False
            if self._brought is not None:
                self._brought()
            elif self._remembered is not None:
                self.show_recipe(self._remembered[1], self._remembered[0])
            else:
                self._open_suited()
        super().paintEvent(event)

    @property
    def _recalls(self) -> bool:
        """Whether the waiting recipe is that of an earlier start."""
        return self._remembered is not None and self._pending is self._remembered[1]

    def _open_suited(self) -> None:
        """Opens a model of the open data, or says that there is none."""
        suited = suited_to(self._workspace.state.data)
        if suited is None:
            self.reverse.say(_NONE)
        else:
            self.open_model(suited)

    @Slot(object)
    def _opened(self, model: DenoiserReply) -> None:
        again, pending = self._recalls, self._pending
        self._pending = None
        if pending is not None:
            # The stored path may hold another model by now.
            self._run(fitted(pending, model) if again else pending)
        else:
            self.reverse.drawing.draw_again()

    @Slot(object)
    def _refused(self, refusal: Refusal) -> None:
        if refusal.of(OpenDenoiserRequest):
            gone, self._pending = self._recalls, None
            self.models.fill()
            if self._diffusion.model is not None:
                self.reverse.say("")
            elif gone:
                # The stored model cannot be opened: one that ships is used.
                self._remembered = None
                self._open_suited()
            else:
                self.reverse.say(_NONE)


SPEC = ViewSpec(
    "diffusion",
    "Diffusion",
    lambda context: DiffusionView(
        context.denoisers, context.workspace, context.pictures, context.trainer.models
    ),
)

"""Where the views' questions go out and the answers come back: a method for each kind, and a typed signal.

What is here only passes through. Answers that change what is open or which plane is shown are the
workspace's.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from latentlab.engine.rendering.cropping import Fitting
from latentlab.engine.rendering.needs import needs_of
from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.requests.directions import (
    DirectionsReply,
    DirectionsRequest,
    GroupsReply,
    GroupsRequest,
)
from latentlab.engine.rendering.requests.grids import (
    DensityMapReply,
    DensityMapRequest,
    GridRequest,
    ProbeDensityReply,
    ProbeDensityRequest,
)
from latentlab.engine.rendering.requests.opening import EncodingsReply, LoadedReply, LoadRequest
from latentlab.engine.rendering.requests.pictures import (
    OwnPictureRequest,
    PictureSlotRequest,
    SelectionRequest,
    TrajectoryReply,
    TrajectoryRequest,
)
from latentlab.engine.rendering.requests.points import (
    AnalogyRequest,
    BeforeRequest,
    ConditionStripReply,
    ConditionStripRequest,
    PointReply,
    PointRequest,
    SamplesReply,
    SamplesRequest,
    SheetRequest,
    TraversalReply,
    TraversalRequest,
    TrayRequest,
    WalkRequest,
    WaysReply,
    WaysRequest,
)
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.types import Picture, Point, Region
from latentlab.qt.clients.mailbox import Mailbox
from latentlab.qt.clients.training_orders import Snapshot
from latentlab.session.session import Session
from latentlab.session.state import SessionState

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentlab.engine.attributes.directions import Directions

# The signal that tells an answer, by the slot of its request.
_SIGNALS: Mapping[str, str] = {
    PointRequest.slot: "pointed",
    TrayRequest.slot: "trayed",
    WalkRequest.slot: "walked",
    BeforeRequest.slot: "before",
    AnalogyRequest.slot: "analogous",
    SheetRequest.slot: "sheeted",
    ConditionStripRequest.slot: "compared",
    WaysRequest.slot: "ways",
    SamplesRequest.slot: "sampled",
    TraversalRequest.slot: "traversed",
    TrajectoryRequest.slot: "traced",
    DirectionsRequest.slot: "directed",
    GroupsRequest.slot: "grouped",
    OwnPictureRequest.slot: "own_encoded",
    PictureSlotRequest.slot: "slot_encoded",
    ProbeDensityRequest.slot: "probe_weighed",
    DensityMapRequest.slot: "density_mapped",
}
# Answers to requests of one kind alone do not say which.
_SLOTS: Mapping[type[Reply], str] = {
    PointReply: PointRequest.slot,
    ConditionStripReply: ConditionStripRequest.slot,
    WaysReply: WaysRequest.slot,
    SamplesReply: SamplesRequest.slot,
    TraversalReply: TraversalRequest.slot,
    TrajectoryReply: TrajectoryRequest.slot,
    DirectionsReply: DirectionsRequest.slot,
    GroupsReply: GroupsRequest.slot,
    ProbeDensityReply: ProbeDensityRequest.slot,
    DensityMapReply: DensityMapRequest.slot,
}
# What opens a model, and so is asked of none.
_OPENING = (LoadRequest.slot,)


class Client(QObject):
    """Asks the render thread and tells what it answers, as long as the question is the newest of its kind.

    Attributes:
        session: whose state the questions are about.
        model, encodings: what is open, and where its pictures lie as far as that is known.
        projection: the plane that is shown of the latent space.
        still_told: directions of what z still says of what the decoder is told; None until they are found.
    """

    pointed = Signal(object)
    trayed = Signal(object)
    walked = Signal(object)
    before = Signal(object)
    analogous = Signal(object)
    sheeted = Signal(object)
    compared = Signal(object)
    ways = Signal(object)
    sampled = Signal(object)
    traversed = Signal(object)
    traced = Signal(object)
    directed = Signal(object)
    grouped = Signal(object)
    own_encoded = Signal(object)
    slot_encoded = Signal(object)
    probe_weighed = Signal(object)
    density_mapped = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.model: LoadedReply | None = None
        self.encodings: EncodingsReply | None = None
        self.projection = Projection.pair(0, 1, 2)
        self.still_told: Directions | None = None
        self._followed: Snapshot | None = None
        self._mailbox = Mailbox()
        self._numbers = itertools.count(1)
        self._newest: dict[str, int] = {}
        # Slots of the grids that are being drawn.
        self._drawing: set[str] = set()

    @property
    def state(self) -> SessionState:
        """The session's state now."""
        return self.session.state

    @property
    def following(self) -> bool:
        """Whether the model in sight is one that is being trained."""
        return self._followed is not None

    def request_selection(self, seed: int = 0) -> None:
        """Asks for all about the selected picture; another seed draws other pictures of its posterior."""
        if self.state.selected is not None:
            self._ask(SelectionRequest(self._next("selection"), self.state.selected, seed=seed))

    def request_conditions(self, points: tuple[Point, ...], conditions: tuple[Point, ...]) -> None:
        """Asks for the probe under other conditions, at the point where it goes with each."""
        self._ask(ConditionStripRequest(self._next("conditions"), points, conditions))

    def request_ways(self, points: tuple[Point, ...], conditions: tuple[Point, ...]) -> None:
        """Asks for the pictures of points, each under a condition of its own."""
        self._ask(WaysRequest(self._next("ways"), points, conditions))

    def request_samples(self, asked: tuple[tuple[str, float], ...], count: int, seed: int) -> None:
        """Asks for draws from the prior, told what is asked and of the rest what occurs in the data."""
        self._ask(SamplesRequest(self._next("samples"), asked, count, seed, self.state.data))

    def request_traversal(self, dimensions: tuple[int, ...], values: tuple[float, ...]) -> None:
        """Asks for what these dimensions do at these values, the others as the probe has them."""
        if self.model is not None:
            z, condition = self.state.probe, self.state.condition
            number = self._next("traversal")
            self._ask(TraversalRequest(number, z, dimensions, values, condition))

    def request_trajectory(self, pictures: NDArray[np.float32]) -> None:
        """Asks where pictures that a diffusion model believes in lie, (N, C, H, W) from -1 to 1."""
        number = self._next("trajectory")
        self._ask(TrajectoryRequest(number, pictures, self.state.condition))

    def request_before(self, z: Point) -> None:
        """Asks for the picture of the point that attributes are added to."""
        self._ask(BeforeRequest(self._next("before"), (z,), self.state.condition))

    def request_own(self, pixels: Picture, fitting: Fitting) -> None:
        """Asks what the model makes of a picture of the person's own."""
        number, compare = self._next("own"), self._followed is None
        self._ask(OwnPictureRequest(number, pixels, fitting, self.state.condition, compare))

    def request_picture_slot(self, pixels: Picture) -> None:
        """Asks for the place of a picture that is to take part in an analogy."""
        self._ask(
            PictureSlotRequest(self._next("well"), pixels, Fitting(), self.state.condition, compare=False)
        )

    def request_analogy(self, points: tuple[Point, ...]) -> None:
        """Asks for the pictures of an analogy."""
        self._ask(AnalogyRequest(self._next("analogy"), points, self.state.condition))

    def request_directions(self, method: str) -> None:
        """Asks for the directions of the attributes of the data in sight, found in this way."""
        self._ask(DirectionsRequest(self._next("directions"), self.state.data, method))

    def request_sheet(self, points: tuple[Point, ...], pictures: tuple[int, ...]) -> None:
        """Asks for what becomes of many pictures of the data: a point for each, as often as it is changed."""
        self._ask(SheetRequest(self._next("sheet"), points, pictures))

    def request_groups(self, name: str) -> None:
        """Asks for the direction from group B to group A, to be called `name`."""
        model, encodings, state = self.model, self.encodings, self.state
        if model is not None and encodings is not None and encodings.done:
            a, b = encodings.mean[list(state.group_a)], encodings.mean[list(state.group_b)]
            self._ask(GroupsRequest(self._next("groups"), name, model.data, model.hash, a, b))

    def request_probe_density(self) -> None:
        """Asks how densely encoded pictures lie at the probe."""
        self._ask(ProbeDensityRequest(self._next("probe density"), self.state.probe))

    def request_density_map(self, columns: int, rows: int, region: Region) -> None:
        """Asks how densely encoded pictures lie in a region of the plane (left, right, bottom, top)."""
        number = self._next("density map")
        self._ask(DensityMapRequest(number, columns, rows, region, self.projection))

    def _next(self, slot: str) -> int:
        self._newest[slot] = next(self._numbers)
        return self._newest[slot]

    def _ask(self, request: Request) -> None:
        """Asks, unless the open model cannot answer: the views say why, and need not be told."""
        if self.model is not None and not self.model.capabilities.issuperset(needs_of(request)):
            return
        if isinstance(request, GridRequest):
            self._drawing.add(request.slot)
        self._mailbox.put(request)

    def _forget_questions(self) -> None:
        """Nothing that has been asked is answered any more, but for what opens a model."""
        self._newest = {slot: self._newest[slot] for slot in _OPENING if slot in self._newest}
        self._drawing.clear()

    def _current(self, slot: str, reply: Reply) -> bool:
        return self._newest.get(slot) == reply.generation

    def _tell(self, reply: Reply) -> None:
        """Emits the signal of an answer that is still asked for."""
        slot = _SLOTS.get(type(reply)) or str(getattr(reply, "slot", ""))
        if slot in _SIGNALS and self._current(slot, reply):
            if isinstance(reply, DirectionsReply) and reply.directions is not None:
                self.still_told = reply.still_told
            getattr(self, _SIGNALS[slot]).emit(reply)

"""The renderer: serves the window's requests with one model and one data set.

`serve(request)` is a generator. It yields partial replies and, between pieces of long work, None, so that the
caller can serve a more urgent request first or drop it for a newer one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.data.image_set import ImageSet
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.inference.memory import give_back
from latentlab.engine.rendering import opening
from latentlab.engine.rendering.density import Density
from latentlab.engine.rendering.direction_service import DirectionFinder
from latentlab.engine.rendering.drawing import Drawing, mosaic, to_pictures, walk_points
from latentlab.engine.rendering.encoding import encoded, unfolded
from latentlab.engine.rendering.group_direction import between_groups
from latentlab.engine.rendering.opening import Following, Opened
from latentlab.engine.rendering.own_picture import OwnPictures
from latentlab.engine.rendering.picture_figures import picture_figures
from latentlab.engine.rendering.prior_plane import prior_lines
from latentlab.engine.rendering.progress_sheet import progress_sheet
from latentlab.engine.rendering.requests.directions import DirectionsRequest, GroupsRequest
from latentlab.engine.rendering.requests.figures import FiguresRequest
from latentlab.engine.rendering.requests.grids import (
    DensityMapRequest,
    GridRequest,
    PriorLinesReply,
    PriorLinesRequest,
    ProbeDensityRequest,
)
from latentlab.engine.rendering.requests.opening import (
    EncodeRequest,
    FollowRequest,
    LoadedReply,
    LoadRequest,
)
from latentlab.engine.rendering.requests.pictures import (
    OwnPictureRequest,
    SelectionRequest,
    TrajectoryRequest,
)
from latentlab.engine.rendering.requests.points import (
    ConditionStripRequest,
    PointRequest,
    SamplesRequest,
    SheetRequest,
    TraversalRequest,
    TrayRequest,
    WalkRequest,
    WaysRequest,
)
from latentlab.engine.rendering.requests.progress import ProgressSheetRequest
from latentlab.engine.rendering.sampler import Sampler
from latentlab.engine.rendering.selection import selection, trajectory
from latentlab.engine.rendering.serving import Reply, Request, Server, handles, server_of
from latentlab.errors import LabError

__all__ = ["Renderer", "mosaic", "to_pictures", "walk_points"]

_HERE = "latentlab.engine.rendering"


class Renderer(Server):
    """Holds one model and one data set, and serves requests about them.

    Not for use by two threads at once. `device` is where the model is put.
    """

    def __init__(self, device: str | torch.device = "cpu") -> None:
        self.device = torch.device(device)
        # The open model; None before the first request to open one.
        self.opened: Opened | None = None
        self._following: Following | None = None
        self._finder = DirectionFinder()
        self._sampler = Sampler()
        self._own = OwnPictures()
        self._density = Density.unknown()
        # Others serve what is a subject of its own, in a module of requests of its own.
        drawing, posteriors = (lambda: self.drawing), (lambda: self._density.posteriors)
        self.members = {
            f"{_HERE}.requests.{requests}": server_of(f"{_HERE}.{where}", *arguments)
            for requests, where, *arguments in (
                ("texture", "texture_service:Textures"),
                ("aggregate", "aggregating:Aggregates", posteriors, drawing),
                ("stretch", "stretching:Stretches", drawing),
                ("critic", "criticising:Critics", drawing),
                ("scores", "scoring:ScoreSets", self._in_hand, lambda: self._step),
                ("theory", "theory:Theory", self._in_hand, lambda: self._step),
                ("eigenpictures", "eigenpictures:Eigenpictures", self._in_hand),
                ("translation", "translation:Translations", self._in_hand),
                ("inversion", "inverting:Inversions", self._in_hand, lambda: self._step),
            )
        }
        # Counts how often another model, or other data, have been opened.
        self._times_opened = 0

    @torch.inference_mode()
    def serve(self, request: Request[Any]) -> Iterator[Reply | None]:
        """The replies to a request, with None between pieces of work.

        Ends early when another model, or other data, are opened meanwhile: the request was about the previous
        ones.

        Raises:
            LabError: if the request cannot be met; the model and data in hand stay as they were.
        """
        before, opens = self._times_opened, isinstance(request, LoadRequest | FollowRequest)
        for reply in self.answers(request):
            yield reply
            if self._times_opened != before and not opens:
                return

    @torch.inference_mode()
    def decode(self, z: Tensor, y: Tensor | None = None) -> NDArray[np.uint8]:
        """Pictures at z under y; (B, D) -> uint8 (B, H, W) or (B, H, W, 3)."""
        return self.drawing.decode(z, y)

    @property
    def loaded(self) -> LoadedModel | None:
        """The open model; None if none is."""
        return None if self.opened is None else self.opened.loaded

    @property
    def data(self) -> ImageSet | None:
        """The open data; None if none are."""
        return None if self.opened is None else self.opened.data

    @property
    def drawing(self) -> Drawing:
        """What decodes with the open model.

        Raises:
            LabError: if none is open.
        """
        return self._in_hand().drawing

    def _in_hand(self) -> Opened:
        if self.opened is None:
            raise LabError("no model that makes pictures is open")
        return self.opened

    @handles(LoadRequest)
    def _load(self, request: LoadRequest) -> Iterator[Reply | None]:
        opened = yield from opening.load(request, self.device)
        yield self._open(opened, None, opened.reply(request.generation))
        # The old model, and perhaps data, are gone: free their memory.
        give_back()

    def _open(self, opened: Opened, following: Following | None, reply: LoadedReply) -> LoadedReply:
        """Replaces the open model and data."""
        self.opened, self._following, self._density = opened, following, Density.unknown()
        self._times_opened += 1
        return reply

    @handles(FollowRequest)
    def _follow(self, request: FollowRequest) -> Iterator[Reply | None]:
        following = self._following
        if following is None or not following.goes_on_with(request):
            following = yield from opening.follow(request, self.device)
            # The weights first: those of an empty model are meaningless.
            following.unfolding.adopt(request.theta, request.step, request.buffers)
            yield self._open(following.opened, following, following.opened.reply(request.generation))
        else:
            following.unfolding.adopt(request.theta, request.step, request.buffers)
        yield from following.unfolding.refresh()
        reply, self._density = unfolded(following.unfolding, self.drawing, request, self._density)
        yield reply

    @handles(EncodeRequest)
    def _encode(self, request: EncodeRequest) -> Iterator[Reply | None]:
        reply, self._density = yield from encoded(self._in_hand(), request, self._density)
        yield reply

    @handles(PointRequest)
    def _point(self, request: PointRequest) -> Iterator[Reply | None]:
        yield self.drawing.point(request)

    @handles(SelectionRequest)
    def _selection(self, request: SelectionRequest) -> Iterator[Reply | None]:
        yield selection(self._in_hand(), request)

    @handles(TrayRequest)
    def _tray(self, request: TrayRequest) -> Iterator[Reply | None]:
        yield from self.drawing.points(request, request.points, request.condition)

    @handles(WalkRequest)
    def _walk(self, request: WalkRequest) -> Iterator[Reply | None]:
        self.drawing.require_places(request.pins)
        yield from self.drawing.points(request, walk_points(request), request.condition)

    @handles(ConditionStripRequest)
    def _condition_strip(self, request: ConditionStripRequest) -> Iterator[Reply | None]:
        yield from self.drawing.condition_strip(request)

    @handles(WaysRequest)
    def _ways(self, request: WaysRequest) -> Iterator[Reply | None]:
        yield from self.drawing.ways(request)

    @handles(SheetRequest)
    def _sheet(self, request: SheetRequest) -> Iterator[Reply | None]:
        yield from self.drawing.sheet(request, self._in_hand().conditions_at(request.pictures))

    @handles(SamplesRequest)
    def _samples(self, request: SamplesRequest) -> Iterator[Reply | None]:
        opened = self._in_hand()
        yield from self._sampler.draw(opened.loaded, opened.drawn_by, request)

    @handles(GridRequest)
    def _grid(self, request: GridRequest) -> Iterator[Reply | None]:
        yield from self.drawing.grid(request)

    @handles(TraversalRequest)
    def _traversal(self, request: TraversalRequest) -> Iterator[Reply | None]:
        yield from self.drawing.traversal(request)

    @handles(ProgressSheetRequest)
    def _progress_sheet(self, request: ProgressSheetRequest) -> Iterator[Reply | None]:
        yield from progress_sheet(self._in_hand(), request, self._step)

    @property
    def _step(self) -> int | None:
        """The step of a model that is being trained; None for another."""
        return None if self._following is None else self._following.unfolding.step

    @handles(TrajectoryRequest)
    def _trajectory(self, request: TrajectoryRequest) -> Iterator[Reply | None]:
        yield trajectory(self._in_hand(), request)

    @handles(DirectionsRequest)
    def _directions(self, request: DirectionsRequest) -> Iterator[Reply | None]:
        yield from self._finder.find(self._in_hand().loaded, request)

    @handles(OwnPictureRequest)
    def _own_picture(self, request: OwnPictureRequest) -> Iterator[Reply | None]:
        yield from self._own.answer(request, self.drawing, self._in_hand().held)

    @handles(FiguresRequest)
    def _figures(self, request: FiguresRequest) -> Iterator[Reply | None]:
        yield from picture_figures(self._in_hand(), self._density, request)

    @handles(GroupsRequest)
    def _groups(self, request: GroupsRequest) -> Iterator[Reply | None]:
        yield from between_groups(request)

    @handles(DensityMapRequest)
    def _density_map(self, request: DensityMapRequest) -> Iterator[Reply | None]:
        drawing = self.drawing
        yield from self._density.map(request, drawing.prior if drawing.has_prior else None)

    @handles(PriorLinesRequest)
    def _prior_lines(self, request: PriorLinesRequest) -> Iterator[Reply | None]:
        lines = prior_lines(self.drawing.prior, request.projection)
        yield PriorLinesReply(request.generation, request.projection, lines)

    @handles(ProbeDensityRequest)
    def _probe_density(self, request: ProbeDensityRequest) -> Iterator[Reply | None]:
        yield from self._density.at(request)

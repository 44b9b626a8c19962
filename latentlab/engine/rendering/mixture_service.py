"""Serves the window's questions about a mixture: its components, and the steps of its EM.

It holds one mixture and the pictures that this was fitted to, read when they are first asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from latentlab.core.component_shapes import directions
from latentlab.core.low_rank import LowRank
from latentlab.core.mixture import Mixture
from latentlab.data import catalog
from latentlab.data.image_set import ImageSet, size_in_words
from latentlab.engine.files.checkpoint import LoadedModel, load_model
from latentlab.engine.files.recorded_data import is_there, recorded_spec
from latentlab.engine.rendering.drawing import to_pictures
from latentlab.engine.rendering.em_following import FollowedEM
from latentlab.engine.rendering.em_frames import Frames, Plane
from latentlab.engine.rendering.em_run import em_again, passes_of
from latentlab.engine.rendering.requests.mixture import (
    ComponentReply,
    ComponentRequest,
    ComponentsReply,
    ComponentsRequest,
    EMReply,
    EMRequest,
    FollowedReply,
    FollowEMRequest,
)
from latentlab.engine.rendering.serving import Reply, Request, Server, handles
from latentlab.errors import LabError
from latentlab.models.base import Fits, HasComponents

# On the card of a component.
FACTORS, MEMBERS, SAMPLES = 8, 24, 12
_CHUNK = 2048
# Of a direction, its length: the two ends are as far as most pictures go.
_TO_THE_ENDS = 2.0


@dataclass(eq=False)
class _InHand:
    loaded: LoadedModel
    known: Mixture
    shape: tuple[int, int, int]
    data: ImageSet
    frames: Frames
    # The responsibilities of all pictures (N, K), once they have been asked for.
    r: Tensor | None = None


class MixtureService(Server):
    """Serves the requests of `latentlab.engine.rendering.requests.mixture`."""

    def __init__(self) -> None:
        self._held: _InHand | None = None
        self._followed: FollowedEM | None = None

    @torch.inference_mode()
    def serve(self, request: Request[Any]) -> Iterator[Reply | None]:
        """The replies to a request, with None between pieces of work.

        Raises:
            LabError: if the request cannot be met.
        """
        yield from self.answers(request)

    @handles(ComponentsRequest)
    def _components(self, request: ComponentsRequest) -> Iterator[Reply | None]:
        loaded = load_model(request.model)
        model = loaded.model
        if not isinstance(model, HasComponents):
            raise LabError("is no mixture: it has no components", loaded.path)
        yield None
        data = catalog.load(_own_data(loaded, request.data), "train")
        if data.shape != model.picture_shape:
            raise LabError(
                f"has components of {size_in_words(model.picture_shape)}, "
                f"and the pictures of {data.name} are {size_in_words(data.shape)}",
                loaded.path,
                "Open it on pictures of its own size",
            )
        yield None
        frames = Frames(Plane.of(data.images), model.picture_shape)
        yield None
        known, passes = model.as_mixture(), passes_of(loaded.card)
        self._held = _InHand(loaded, known, model.picture_shape, data, frames)
        yield ComponentsReply(
            generation=request.generation,
            model=loaded.name,
            hash=loaded.hash,
            data=data.name,
            pictures=len(data),
            points=frames.plane.points.float().numpy(),
            explained=frames.plane.explained,
            step=frames.answered(known, frames.still(known, 2 * passes), 2 * passes),
            passes=passes,
            refits=isinstance(model, Fits) and passes > 0,
        )

    @handles(ComponentRequest)
    def _component(self, request: ComponentRequest) -> Iterator[Reply | None]:
        held = self._in_hand()
        j, known = request.component, held.known
        if not 0 <= j < len(known.weights):
            raise LabError(f"{held.loaded.name} has no component {j}")
        if held.r is None:
            parts = []
            for first in range(0, len(held.data), _CHUNK):
                x = held.data.images[first : first + _CHUNK].flatten(1).to(known.weights) / 255.0
                parts.append(known.joint_of_near(x).softmax(1).float())
                yield None
            held.r = torch.cat(parts)
        shares, members = held.r[:, j].topk(min(MEMBERS, len(held.r)))
        members, shares = members[shares > 0.0], shares[shares > 0.0]
        yield ComponentReply(
            generation=request.generation,
            component=j,
            weight=float(known.weights[j]),
            **_shape_of(held, j),
            members=to_pictures(held.data.images[members].float() / 255.0),
            shares=shares.numpy(),
            count=float(held.r[:, j].sum()),
            samples=self._drawn(held, j, request.seed),
        )

    @handles(EMRequest)
    def _em(self, request: EMRequest) -> Iterator[Reply | None]:
        if not request.run:
            return
        held = self._in_hand()
        for now in em_again(held.loaded.card, held.data, held.frames):
            yield EMReply(request.generation, now.step, now.done, now.total)

    @handles(FollowEMRequest)
    def _follow(self, request: FollowEMRequest) -> Iterator[Reply | None]:
        if self._followed is None or not self._followed.goes_on_with(request):
            self._followed = None
            yield None
            self._followed = FollowedEM(request)
        for step, first in self._followed.steps(request):
            yield FollowedReply(request.generation, request.training, step, first)
        yield FollowedReply(request.generation, request.training)

    @staticmethod
    def _drawn(held: _InHand, j: int, seed: int) -> Any:
        components = held.known.components
        if isinstance(components, LowRank):
            # As its model draws: without the noise that is the same in all directions.
            components = replace(components, noise=torch.zeros_like(components.noise))
        which = torch.full((SAMPLES,), j, dtype=torch.long)
        rows = components.draw(which, torch.Generator().manual_seed(seed))
        return _pictures(held, rows)

    def _in_hand(self) -> _InHand:
        if self._held is None:
            raise LabError("no mixture is open")
        return self._held


def _shape_of(held: _InHand, j: int) -> dict[str, Any]:
    """Mean and directions of a component, as pictures."""
    components = held.known.components
    mean, along = components.mean[j], directions(components, j, FACTORS)
    return {
        "mean": _pictures(held, mean.unsqueeze(0)),
        "less": _pictures(held, mean - _TO_THE_ENDS * along),
        "more": _pictures(held, mean + _TO_THE_ENDS * along),
        "lengths": tuple(along.norm(dim=1).tolist()),
    }


def _pictures(held: _InHand, rows: Tensor) -> Any:
    return to_pictures(rows.float().view(-1, *held.shape).clamp(0.0, 1.0))


def _own_data(loaded: LoadedModel, otherwise: str) -> str:
    """The spec of the pictures that a model was fitted to, if they are to be found."""
    name = str(loaded.card.data.get("name", ""))
    if name in catalog.CATALOG:
        return name
    recorded = recorded_spec(loaded.card.data, loaded.card.command)
    return recorded if is_there(recorded) else otherwise

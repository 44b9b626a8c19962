"""Requests in, replies out: the one place where a window's wishes meet a model.

`serve(request)` is a generator. It yields partial replies and, between pieces of long work, None, so that
whoever drives it can let a more urgent request go first or drop it for a newer one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.core import gaussian
from latentlab.data import catalog
from latentlab.data.image_set import ImageSet, size_in_words
from latentlab.engine.attributes.conditions import conditions_of, encoder_is_told
from latentlab.engine.attributes.finding import DirectionFinder, shipped_directions
from latentlab.engine.attributes.implications import Implied, implied_by
from latentlab.engine.files.checkpoint import LoadedModel, ModelCard, load_model
from latentlab.engine.files.held_out import in_words, learnt_among
from latentlab.engine.inference.encodings import encode_in_chunks, join
from latentlab.engine.inference.memory import give_back
from latentlab.engine.inference.moments import Moments
from latentlab.engine.rendering.density import Density
from latentlab.engine.rendering.drawing import Drawing, mosaic, to_pictures, to_point, walk_points
from latentlab.engine.rendering.group_direction import between_groups
from latentlab.engine.rendering.own_picture import Held, OwnPictures
from latentlab.engine.rendering.replies import (
    MOST_COMPONENTS,
    EncodingsReply,
    LoadedReply,
    Reply,
    SelectionReply,
    TrajectoryReply,
    UnfoldedReply,
)
from latentlab.engine.rendering.requests import (
    ConditionStripRequest,
    DensityMapRequest,
    DirectionsRequest,
    EncodeRequest,
    FollowRequest,
    GridRequest,
    GroupsRequest,
    LoadRequest,
    OwnPictureRequest,
    PointRequest,
    ProbeDensityRequest,
    Request,
    SamplesRequest,
    SelectionRequest,
    SheetRequest,
    TrajectoryRequest,
    TraversalRequest,
    TrayRequest,
    WalkRequest,
    WaysRequest,
)
from latentlab.engine.rendering.sampler import Sampler
from latentlab.engine.rendering.unfolding import Unfolding, empty_model
from latentlab.errors import LabError
from latentlab.models.base import Conditional, Decodes, Encodes, Posterior
from latentlab.models.registry import find_kind

__all__ = ["Renderer", "mosaic", "to_pictures", "walk_points"]

_ELBO_DRAWS = 64
_FIRST_ENCODINGS = 2000
_SAMPLED = 2000
# Of the sample, those that tell how dense is dense, four times a second.
_DRAWN = 200
# Of a model that is no file yet.
_NO_HASH = "0" * 12


class Renderer:
    """Holds one model and one data set, and answers requests about them.

    Not for use by two threads at once. `device` is where the model is put.
    """

    def __init__(self, device: str | torch.device = "cpu") -> None:
        self.device = torch.device(device)
        self.loaded: LoadedModel | None = None
        self.data: ImageSet | None = None
        self._drawing: Drawing | None = None
        # What the model is told of each picture of these data; made when it is first asked for.
        self._told: tuple[ImageSet, Tensor | None] | None = None
        self._finder = DirectionFinder()
        self._sampler = Sampler()
        self._own = OwnPictures()
        self._density = Density.unknown()
        self._unfolding: Unfolding | None = None
        self._following: tuple[str, ...] = ()
        # How often another model, or other data, have been opened.
        self._opened = 0

    @torch.inference_mode()
    def serve(self, request: Request) -> Iterator[Reply | None]:
        """The replies to a request, with None between pieces of work.

        It ends early when another model, or other data, are opened meanwhile: whoever asked did so of those
        before.

        Raises:
            LabError: if the request cannot be met; the model and data in hand stay as they were.
        """
        opened, opens = self._opened, isinstance(request, LoadRequest | FollowRequest)
        for reply in self._answers(request):
            yield reply
            if self._opened != opened and not opens:
                return

    def _answers(self, request: Request) -> Iterator[Reply | None]:
        match request:
            case LoadRequest():
                yield from self._load(request)
            case EncodeRequest():
                yield from self._encode(request)
            case FollowRequest():
                yield from self._follow(request)
            case PointRequest():
                yield self.drawing.point(request)
            case SelectionRequest():
                yield self._selection(request)
            case TrayRequest():
                yield from self.drawing.points(request, request.points, request.condition)
            case WalkRequest():
                self.drawing.require_places(request.pins)
                yield from self.drawing.points(request, walk_points(request), request.condition)
            case ConditionStripRequest():
                yield from self.drawing.condition_strip(request)
            case WaysRequest():
                yield from self.drawing.ways(request)
            case SheetRequest():
                yield from self.drawing.sheet(request, self._told_of(request.pictures))
            case SamplesRequest():
                if self.loaded is None:
                    raise LabError("no model is open")
                yield from self._sampler.draw(self.loaded, self.drawing, request)
            case GridRequest():
                yield from self.drawing.grid(request)
            case TraversalRequest():
                yield from self.drawing.traversal(request)
            case TrajectoryRequest():
                yield self._trajectory(request)
            case DirectionsRequest():
                if self.loaded is None:
                    raise LabError("no model is open")
                yield from self._finder.find(self.loaded, request)
            case OwnPictureRequest():
                yield from self._own.answer(request, self.drawing, self._held)
            case GroupsRequest():
                yield from between_groups(request)
            case DensityMapRequest():
                yield from self._density.map(request)
            case ProbeDensityRequest():
                yield from self._density.at(request)
            case _:
                raise LabError(f"nobody answers a {type(request).__name__}")

    @torch.inference_mode()
    def decode(self, z: Tensor, y: Tensor | None = None) -> NDArray[np.uint8]:
        """Pictures at z under y; (B, D) -> uint8 (B, H, W) or (B, H, W, 3)."""
        return self.drawing.decode(z, y)

    @property
    def drawing(self) -> Drawing:
        """What draws with the open model.

        Raises:
            LabError: if none is open.
        """
        if self._drawing is None:
            raise LabError("no model that makes pictures is open")
        return self._drawing

    def _load(self, request: LoadRequest) -> Iterator[Reply | None]:
        # Tensors made in inference mode would be of no use to whoever wants gradients of this model.
        with torch.inference_mode(False):
            loaded = load_model(request.model, self.device)
        yield None
        with torch.inference_mode(False):
            data, spec = catalog.load(request.data, request.split), request.data
            own = str(loaded.card.data.get("name", ""))
            if own in catalog.CATALOG and getattr(loaded.model, "picture_shape", data.shape) != data.shape:
                # Made for other pictures, which come with LatentLab: those are what it is opened on.
                data, spec = catalog.load(own, request.split), own
        yield None
        yield self._open(request, loaded, data, spec)
        # A model, and perhaps data, have gone, and the window works on what it was told.
        give_back()

    def _open(
        self, request: LoadRequest | FollowRequest, loaded: LoadedModel, data: ImageSet, spec: str
    ) -> LoadedReply:
        """Goes on with another model and other data, if they suit each other."""
        model = loaded.model
        if not (isinstance(model, Encodes) and isinstance(model, Decodes)):
            raise LabError("has no encoder and decoder, so it has no plane to show", loaded.path)
        if data.shape != model.picture_shape:
            raise LabError(
                f"made for pictures {size_in_words(model.picture_shape)}, "
                f"those of {data.name} are {size_in_words(data.shape)}",
                loaded.path,
                "Open such pictures first, or start with: latentlab open MODEL --data PATH",
            )
        self.loaded, self.data, self._told, self._unfolding = loaded, data, None, None
        self._density, self._opened = Density.unknown(), self._opened + 1
        self._drawing = Drawing(model, self.device)
        conditional = model if isinstance(model, Conditional) else None
        held = self._held()
        return LoadedReply(
            generation=request.generation,
            model=loaded.name,
            path=str(loaded.path),
            title=find_kind(loaded.card.kind).title,
            hash=loaded.hash,
            latents=model.latents,
            metrics=tuple(
                (name, float(value))
                for name, value in loaded.card.metrics.items()
                if isinstance(value, int | float) and abs(value) < 1e300
            ),
            command=loaded.card.command,
            data=spec,
            split=data.split,
            classes=data.classes,
            images=data.images.numpy(),
            labels=None if data.labels is None else data.labels.numpy(),
            device=str(self.device),
            condition_names=conditional.condition_names if conditional else (),
            exclusive=conditional.exclusive if conditional else True,
            told=None if held is None or held[1] is None else held[1].numpy(),
            implied=self._implications(),
            steered=shipped_directions(loaded, spec) is not None,
            keys=data.keys,
            testing=data.testing,
            notes=_notes(loaded, data, spec),
        )

    def _follow(self, request: FollowRequest) -> Iterator[Reply | None]:
        """Gives the model the weights of a snapshot, and finds out where a share of the pictures lies now."""
        key = (request.name, request.kind, request.data, request.split)
        if self._unfolding is None or self._following != key:
            with torch.inference_mode(False):
                data = catalog.load(request.data, request.split)
                yield None
                model = empty_model(request.kind, request.config).to(self.device)
            card = ModelCard(request.kind, request.config)
            reply = self._open(
                request, LoadedModel(request.name, model, card, Path(), _NO_HASH), data, request.data
            )
            told = self._conditions(data) if encoder_is_told(model) else None
            self._unfolding, self._following = Unfolding(model, data, told), key
            self._unfolding.adopt(request.theta, request.step)
            yield reply
        unfolding = self._unfolding
        unfolding.adopt(request.theta, request.step)
        for _ in unfolding.refresh():
            yield None
        moments = Moments()
        # A spread-out sample is enough for what only tells how much each dimension is used.
        some = slice(None, None, max(1, len(unfolding.mean) // _SAMPLED))
        moments.add(unfolding.mean[some], unfolding.log_variance[some])
        whole = moments.summary()
        mean, sigma = unfolding.mean.copy(), np.exp(0.5 * unfolding.log_variance)
        self._density = Density(mean[some], sigma[some], draws=_DRAWN)
        yield UnfoldedReply(
            generation=request.generation,
            mean=mean,
            sigma=sigma,
            total=len(unfolding.mean),
            kl_per_dimension=whole.kl_per_dimension,
            spread=whole.spread,
            components=whole.components,
            step=unfolding.step,
        )

    def _encode(self, request: EncodeRequest) -> Iterator[Reply | None]:
        loaded, data = self.loaded, self.data
        if loaded is None or data is None:
            raise LabError("no model and data set are open")
        y = self._conditions(data) if encoder_is_told(loaded.model) else None
        parts, told, moments = [], 0, Moments()
        for part in encode_in_chunks(loaded.model, data, y=y):
            parts.append(part)
            moments.add(part.mean, part.log_variance)
            count = sum(map(len, parts))
            # Joining is quadratic if told at every chunk; telling at doublings keeps it linear.
            if count == len(data) or count >= max(_FIRST_ENCODINGS, 2 * told):
                encodings = join(parts)
                parts, told = [encodings], count
                sigma = np.exp(0.5 * encodings.log_variance)
                if count < len(data):
                    yield EncodingsReply(request.generation, encodings.mean, sigma, len(data))
                    continue
                whole = moments.summary()
                self._density = Density(encodings.mean, sigma)
                yield EncodingsReply(
                    generation=request.generation,
                    mean=encodings.mean,
                    sigma=sigma,
                    total=len(data),
                    kl_per_dimension=whole.kl_per_dimension,
                    spread=whole.spread,
                    components=whole.components,
                    principal=moments.principal(MOST_COMPONENTS),
                )
            else:
                yield None

    def _conditions(self, data: ImageSet) -> Tensor | None:
        """What the open model is told of each picture; see `conditions_of`."""
        assert self.loaded is not None
        if self._told is None or self._told[0] is not data:
            self._told = (data, conditions_of(self.loaded.model, data))
        return self._told[1]

    def _implications(self) -> Implied:
        """Which conditions of the open model go along with which, as far as the open data tell."""
        model, held = self.drawing.model, self._held()
        if held is None or held[1] is None or not isinstance(model, Conditional) or model.exclusive:
            return ()
        return implied_by(held[1].numpy())

    def _told_of(self, pictures: tuple[int, ...]) -> Tensor | None:
        """What the open model is told of these pictures of the open data, (N, A)."""
        if self.data is None:
            raise LabError("no data set is open")
        if not all(0 <= index < len(self.data) for index in pictures):
            raise LabError(f"{self.data.name} has no such pictures")
        y = self._conditions(self.data)
        return None if y is None else y[torch.tensor(pictures, dtype=torch.long)]

    def _held(self) -> Held | None:
        """The open data, and what the model is told of each picture; None if that is not known."""
        if self.data is None:
            return None
        try:
            return self.data, self._conditions(self.data)
        except LabError:
            return None

    def _selection(self, request: SelectionRequest) -> SelectionReply:
        model, data = self.drawing.model, self.data
        if data is None or not isinstance(model, Encodes):
            raise LabError("no data set is open")
        if not 0 <= request.index < len(data):
            raise LabError(f"{data.name} has no picture {request.index}")
        x = data.images[request.index : request.index + 1].to(self.device).float() / 255.0
        told = self._conditions(data)
        y = None if told is None else told[request.index].to(self.device)
        posterior = model.encode(x, y)
        # The terms are the same however often the posterior is drawn from anew.
        z = self._draws(posterior, _ELBO_DRAWS, seed=0)
        reconstruction = float(model.likelihood.log_prob(model.decode(z, y), x).mean())
        kl = float(gaussian.kl_to_standard(posterior.mean, posterior.log_variance)[0])
        mean, log_variance = posterior.mean, posterior.log_variance
        return SelectionReply(
            generation=request.generation,
            index=request.index,
            original=to_pictures(x)[0],
            reconstruction=self.decode(mean, y)[0],
            mean=to_point(mean[0]),
            sigma=to_point(torch.exp(0.5 * log_variance[0])),
            elbo=reconstruction - kl,
            reconstruction_nats=reconstruction,
            kl=kl,
            draws=tuple(self.decode(self._draws(posterior, request.draws, request.seed), y)),
            condition=() if y is None else to_point(y),
        )

    def _trajectory(self, request: TrajectoryRequest) -> TrajectoryReply:
        model = self.drawing.model
        assert isinstance(model, Encodes)
        shape = request.pictures.shape[1:]
        if shape != model.picture_shape:
            what, mine = size_in_words(shape), size_in_words(model.picture_shape)
            raise LabError(f"pictures {what} have no place in the plane of a model for pictures {mine}")
        x = torch.from_numpy(request.pictures).to(self.device).clamp(-1.0, 1.0) * 0.5 + 0.5
        y = torch.tensor(request.condition, device=self.device) if encoder_is_told(model) else None
        mean = model.encode(x, y if y is None or len(y) else None).mean
        return TrajectoryReply(request.generation, tuple(map(to_point, mean)))

    def _draws(self, posterior: Posterior, count: int, seed: int) -> Tensor:
        """z ~ q(z|x) for one picture, (count, D); the first of many are those of few, on every device."""
        mean, log_variance = posterior.mean, posterior.log_variance
        noise = gaussian.steady_noise(torch.empty(count, mean.shape[-1]), torch.Generator().manual_seed(seed))
        return mean + torch.exp(0.5 * log_variance) * noise.to(mean.device, mean.dtype)


def _notes(loaded: LoadedModel, data: ImageSet, spec: str) -> tuple[str, ...]:
    """What a person should know of how a model and the data go together; of one that is no file, nothing."""
    if not loaded.path.name:
        return ()
    total = data.testing if data.split == "all" else len(data)
    learnt = in_words(learnt_among(loaded.card, data, spec, read_again=False), total, data.name)
    return (f"{learnt}.",) if learnt else ()

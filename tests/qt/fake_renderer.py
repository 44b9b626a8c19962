"""A renderer without a model: its pictures are plain grey, and it keeps a list of what it was asked."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import threading
from collections.abc import Iterator

import numpy as np

from latentlab.core.columns import Kept
from latentlab.data.keys import Keys
from latentlab.engine.attributes.directions import Directions, Trust
from latentlab.engine.attributes.implications import Implied
from latentlab.engine.rendering.group_direction import between_groups
from latentlab.engine.rendering.requests.aggregate import AggregateReply, AggregateRequest
from latentlab.engine.rendering.requests.directions import DirectionsReply, DirectionsRequest, GroupsRequest
from latentlab.engine.rendering.requests.figures import PICTURE_FIGURES, FiguresReply, FiguresRequest
from latentlab.engine.rendering.requests.grids import (
    DensityMapReply,
    DensityMapRequest,
    GridReply,
    GridRequest,
    PriorLinesReply,
    PriorLinesRequest,
    ProbeDensityReply,
    ProbeDensityRequest,
)
from latentlab.engine.rendering.requests.opening import (
    MOST_COMPONENTS,
    EncodeRequest,
    EncodingsReply,
    LoadedReply,
    LoadRequest,
)
from latentlab.engine.rendering.requests.pictures import (
    OwnPictureReply,
    OwnPictureRequest,
    SelectionReply,
    SelectionRequest,
    TrajectoryReply,
    TrajectoryRequest,
)
from latentlab.engine.rendering.requests.points import (
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
    WalkReply,
    WalkRequest,
    WaysReply,
    WaysRequest,
)
from latentlab.engine.rendering.requests.stretch import StretchMapReply, StretchMapRequest
from latentlab.engine.rendering.requests.texture import (
    TexturePartsRequest,
    TextureRequest,
    TextureSaveRequest,
)
from latentlab.engine.rendering.requests.theory import LadderRequest, LikeThisRequest, PosteriorRequest
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.rendering.texture_service import Textures
from latentlab.engine.types import Picture, Point
from latentlab.errors import LabError
from tests.qt.fake_theory import climbed, like_this, posterior

SIDE = 8
COUNT = 60
CLASSES = tuple("abc")


def hash_of(model: str) -> str:
    """What it says that the hash of a model's file is."""
    usual = "0123456789ab"
    return usual if model == "mnist-vae-2d" else hashlib.sha256(model.encode()).hexdigest()[:12]


def picture_at(z: Point, condition: Point = ()) -> Picture:
    """A picture whose grey tells where it was decoded, and under what."""
    told = sum(number * value for number, value in enumerate(condition, 1))
    level = int(abs(z[0] * 40 + sum(z[1:]) * 7) + 50 * told) % 256
    return np.full((SIDE, SIDE), level, dtype=np.uint8)


class FakeRenderer:
    """Answers at once. `hold` keeps the thread waiting where a test wants a slow model.

    A model of `latents` dimensions, the last of which says least, with these conditions.
    """

    def __init__(self, latents: int = 2, conditions: tuple[str, ...] = (), exclusive: bool = True) -> None:
        self.latents, self.conditions, self.exclusive = latents, conditions, exclusive
        self.served: list[Request] = []
        self.textures = Textures()
        self.hold = threading.Event()
        self.hold.set()
        generator = np.random.default_rng(0)
        self.mean = generator.normal(size=(COUNT, latents)).astype(np.float32)
        self.images = generator.integers(0, 256, (COUNT, 1, SIDE, SIDE), dtype=np.uint8)
        self.labels = np.arange(COUNT, dtype=np.int64) % len(CLASSES)
        # Every picture is of the second condition.
        self.told = np.tile(np.eye(len(conditions), dtype=np.float32)[1], (COUNT, 1)) if conditions else None
        self.broken: Exception | None = None
        self.still_told: Directions | None = None
        self.implied: Implied = ()
        self.keys: Keys | None = None
        self.columns: tuple[Kept, ...] = ()
        self.figures: tuple[str, ...] = ()
        # Of files that have changed.
        self.hashes: dict[str, str] = {}

    def serve(self, request: Request) -> Iterator[Reply | None]:
        self.hold.wait(5)
        self.served.append(request)
        if self.broken is not None:
            raise self.broken
        number = request.generation
        match request:
            case LoadRequest():
                if request.model == "missing":
                    raise LabError("no model or file is called 'missing'")
                yield LoadedReply(
                    number, request.model, f"/models/{request.model}.safetensors", "Fake",
                    self.hashes.get(request.model, hash_of(request.model)),
                    self.latents, (("elbo", -1.0),), "latentlab train", request.data, request.split, CLASSES,
                    self.images, self.labels, "cpu", self.conditions, self.exclusive,
                    self.told, self.implied, request.model == "steered", self.keys,
                    columns=self.columns, figures=self.figures,
                )  # fmt: skip
            case EncodeRequest():
                yield EncodingsReply(
                    number, self.mean, np.full_like(self.mean, 0.1), COUNT,
                    tuple(1.0 / 10**place for place in range(self.latents)), (1.0,) * self.latents,
                    self.components, self.principal,
                )  # fmt: skip
            case TextureRequest() | TexturePartsRequest() | TextureSaveRequest():
                # No model is behind these: the real one answers.
                yield from self.textures.answers(request)
            case AggregateRequest():
                hole = (2.0,) * self.latents
                yield AggregateReply(
                    number, 5.0, 0.1, 1.5, 0.2, 0.125, 0.01, (hole,), 4.1, False, COUNT, 1500,
                    (self.latents - 1,), self.latents,
                )  # fmt: skip
            case StretchMapRequest():
                for done in (False, True):
                    steps = np.linspace(-1.0, 2.0, request.columns, dtype=np.float32)
                    log_area = np.tile(steps, (request.rows, 1))
                    yield StretchMapReply(number, request.region, request.projection, log_area, done)
            case PriorLinesRequest():
                yield PriorLinesReply(number, request.projection, ())
            case PointRequest():
                density = -1.84 - 0.5 * sum(value**2 for value in request.z)
                picture = picture_at(request.z, request.condition)
                yield PointReply(number, request.z, picture, density, 0.0005, request.condition)
            case SelectionRequest():
                z = tuple(map(float, self.mean[request.index]))
                sigma = tuple(0.1 * (1 + place) for place in range(self.latents))
                original = self.images[request.index, 0]
                yield SelectionReply(
                    number, request.index, original, picture_at(z), z, sigma, -130.0, -123.0, 7.0,
                    tuple(picture_at(z) for _ in range(request.draws)),
                    () if self.told is None else tuple(map(float, self.told[request.index])),
                )  # fmt: skip
            case OwnPictureRequest():
                yield from self._own(request)
            case TrayRequest():
                pictures = tuple(picture_at(point, request.condition) for point in request.points)
                yield WalkReply(number, request.points, pictures, (-2.0,) * len(pictures), request.condition)
            case SheetRequest():
                sheet = tuple(picture_at(point) for point in request.points)
                yield WalkReply(number, request.points, sheet, ())
            case WalkRequest():
                points = self._walk(request)
                pictures = tuple(picture_at(point, request.condition) for point in points)
                yield WalkReply(number, points, pictures, (-2.0,) * len(points), request.condition)
            case ConditionStripRequest():
                pictures = tuple(map(picture_at, request.points, request.conditions))
                yield ConditionStripReply(number, request.points, request.conditions, pictures)
            case WaysRequest():
                pictures = tuple(map(picture_at, request.points, request.conditions))
                yield WaysReply(number, request.points, request.conditions, pictures)
            case SamplesRequest():
                yield None
                yield self._samples(request)
            case TraversalRequest():
                for dimension in request.dimensions:
                    strip = np.full((SIDE, SIDE * len(request.values)), 40 * dimension % 256, np.uint8)
                    done = dimension == request.dimensions[-1]
                    yield TraversalReply(number, dimension, request.values, strip, done)
            case TrajectoryRequest():
                # Brighter pictures lie further to the right.
                light = request.pictures.mean((1, 2, 3))
                rest = (0.0,) * (self.latents - 1)
                yield TrajectoryReply(number, tuple((float(mean), *rest) for mean in light))
            case DirectionsRequest():
                yield DirectionsReply(number, None, 0.5)
                found = self.directions(request.method)
                yield DirectionsReply(number, found, still_told=self.still_told)
            case GroupsRequest():
                yield from between_groups(request)
            case ProbeDensityRequest():
                # Pictures lie within 3 of the origin.
                log_density = -sum(value**2 for value in request.z)
                lower = 0.25 if log_density > -9.0 else 0.0
                yield ProbeDensityReply(number, request.z, log_density, -9.0, lower, COUNT)
            case FiguresRequest(computed=computed) if computed:
                # Picture 0 is the worst.
                names = [one.name for one in PICTURE_FIGURES if one.computed == computed]
                values = {name: np.arange(COUNT, dtype=np.float32) - 100 for name in names}
                yield FiguresReply(number, {name: part[:30] for name, part in values.items()}, 30, COUNT)
                yield FiguresReply(number, values, COUNT, COUNT)
            case PosteriorRequest():
                yield posterior(request, self.mean)
            case LadderRequest():
                yield from climbed(request)
            case LikeThisRequest():
                yield like_this(request, SIDE)
            case DensityMapRequest():
                yield self._density_map(request)
            case GridRequest():
                left, right, bottom, top = request.region or (-2.0, 2.0, -2.0, 2.0)
                across = tuple(map(float, np.linspace(left, right, request.columns)))
                up = tuple(map(float, np.linspace(bottom, top, request.rows)))
                for done in (False, True):
                    mosaic = np.full(
                        (request.rows * SIDE, request.columns * SIDE), 200 if done else 90, np.uint8
                    )
                    yield GridReply(
                        number, request.region, across, up, mosaic, done, 0.001,
                        request.projection, request.base, request.condition,
                    )  # fmt: skip

    def _density_map(self, request: DensityMapRequest) -> DensityMapReply:
        """Pictures lie on the right of the origin; on the left the prior expects as many."""
        left, right, bottom, top = request.region
        u = np.linspace(left, right, request.columns, dtype=np.float32)
        v = np.linspace(top, bottom, request.rows, dtype=np.float32)[:, None]
        log_prior = -1.84 - 0.5 * (u**2 + v**2)
        log_density = np.where(u > 0, log_prior, np.float32(-40.0))
        return DensityMapReply(
            request.generation, request.region, request.projection, log_density, log_prior,
            (-2.0, -4.0, -6.0), COUNT, True,
        )  # fmt: skip

    def _samples(self, request: SamplesRequest) -> SamplesReply:
        """Points that tell the seed; what is not asked for is there in every second one."""
        asked = dict(request.asked)
        points = tuple(
            (float(request.seed % 50), *(0.1 * one,) * (self.latents - 1)) for one in range(request.count)
        )
        told = tuple(
            tuple(asked.get(name, float(one % 2)) for name in self.conditions) for one in range(request.count)
        )
        pictures = tuple(map(picture_at, points, told))
        told = told if self.conditions else ()
        origin = "the others as in 7 of 9 real pictures"
        return SamplesReply(request.generation, request.asked, request.seed, points, told, pictures, origin)

    def directions(self, method: str) -> Directions:
        """Hat along the first dimension, Smile along both of the first two; the latter cannot be judged."""
        vectors = np.zeros((2, self.latents), np.float32)
        vectors[0, 0] = vectors[1, :2] = 1.0 if method == "means" else 0.5
        trust = (Trust(0.9, 2.5, 20, 30), Trust(None, None, 0, 50))
        return Directions(("Hat", "Smile"), vectors, method, (200, 100), (300, 400), trust, data="fake")

    def _own(self, request: OwnPictureRequest) -> Iterator[Reply]:
        """The picture lies where its grey and its frame say, and half of the data have a lower ELBO."""
        fitting = request.fitting
        light = float(request.pixels.mean()) / 100.0
        z = (light, fitting.x, fitting.zoom, *(0.0,) * self.latents)[: self.latents]
        seen = np.full((SIDE, SIDE), int(request.pixels.mean()), np.uint8)
        reply = OwnPictureReply(
            request.generation, fitting, seen, picture_at(z, request.condition), z,
            (0.1,) * self.latents, -100.0, -90.0, 10.0,
        )  # fmt: skip
        yield reply
        if request.compare:
            yield dataclasses.replace(reply, below=0.5, among=COUNT, negative_below=0.2)

    @property
    def principal(self) -> tuple[Point, ...]:
        """One for each dimension, along it; the first is the longest."""
        count = self.latents
        return tuple(
            tuple(1.0 / (1 + place) if place == axis else 0.0 for axis in range(count))
            for place in range(min(count, MOST_COMPONENTS))
        )

    @property
    def components(self) -> tuple[Point, Point] | None:
        """The last two dimensions, turned by an eighth of a circle."""
        if self.latents < 2:
            return None
        rest, side = (0.0,) * (self.latents - 2), 0.5**0.5
        return (*rest, side, side), (*rest, -side, side)

    @staticmethod
    def _walk(request: WalkRequest) -> tuple[Point, ...]:
        if len(request.pins) < 2:
            return request.pins
        ends = np.asarray(request.pins)
        legs = [
            np.linspace(a, b, request.steps)[(1 if k else 0) :]
            for k, (a, b) in enumerate(itertools.pairwise(ends))
        ]
        return tuple(tuple(map(float, row)) for row in np.concatenate(legs))

"""The renderer without a model keeps the real one's contract: to each kind of request the same kinds of
reply, of the same shapes and number formats. What views are tested with is what they will get."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from latentlab.data import catalog
from latentlab.engine.rendering.projection import Projection
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.aggregate import AggregateRequest
from latentlab.engine.rendering.requests.critic import CriticMapRequest, OpinionRequest
from latentlab.engine.rendering.requests.directions import DirectionsRequest, GroupsRequest
from latentlab.engine.rendering.requests.eigenpictures import EigenRequest
from latentlab.engine.rendering.requests.figures import FiguresRequest
from latentlab.engine.rendering.requests.grids import (
    DensityMapRequest,
    GridRequest,
    PriorLinesRequest,
    ProbeDensityRequest,
    UnderlayRequest,
)
from latentlab.engine.rendering.requests.inversion import InvertRequest
from latentlab.engine.rendering.requests.opening import EncodeRequest, FollowRequest, LoadRequest
from latentlab.engine.rendering.requests.pictures import (
    OwnPictureRequest,
    PictureSlotRequest,
    SelectionRequest,
    TrajectoryRequest,
)
from latentlab.engine.rendering.requests.points import (
    AnalogyRequest,
    BeforeRequest,
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
from latentlab.engine.rendering.requests.scores import HistogramsRequest, VarietyRequest
from latentlab.engine.rendering.requests.stretch import StretchMapRequest
from latentlab.engine.rendering.requests.texture import (
    TexturePartsRequest,
    TextureRequest,
    TextureSaveRequest,
    TextureSource,
)
from latentlab.engine.rendering.requests.theory import (
    LadderRequest,
    LikeThisRequest,
    PosteriorReply,
    PosteriorRequest,
    Subject,
)
from latentlab.engine.rendering.requests.translation import (
    BesideRequest,
    SourceRequest,
    TranslateRequest,
    TranslationSaveRequest,
    TranslatorsRequest,
)
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.rendering.texture_recipe import TextureRecipe
from tests.qt.fake_renderer import COUNT, SIDE, FakeRenderer
from tests.tiny import save_tiny_model, toy_set

A, B, C = (0.5, -1.0), (1.0, 2.0), (-1.0, 0.25)
# Lists that are as long as there is something to tell.
VARIES = {"examples", "collapsed"}
REGION = (-2.0, 2.0, -1.0, 1.0)
PLANE = Projection.pair(0, 1, 2)
PIXELS = np.full((12, 10), 90, np.uint8)
GROUP = np.array([[0.0, 1.0], [0.5, 2.0], [1.0, 1.5]], np.float32)
# One of each kind; those whose replies hang on the pictures' places come after these have been found.
REQUESTS: tuple[Request[Any], ...] = (
    EncodeRequest(2),
    PointRequest(3, A),
    TrayRequest(4, (A, B)),
    BeforeRequest(5, (A,)),
    AnalogyRequest(6, (A, B, C)),
    WalkRequest(7, (A, B, C), "lerp", 5),
    SheetRequest(8, (A, B), (0, 1)),
    TraversalRequest(9, A, (0, 1), (-1.0, 0.0, 1.0)),
    ConditionStripRequest(10, (), ()),
    WaysRequest(11, (A, B), ((), ())),
    SamplesRequest(12, (), 4, 1, "toy"),
    GridRequest(13, 4, 3, REGION, PLANE, A),
    UnderlayRequest(14, 5, 5, REGION, PLANE, A),
    ProbeDensityRequest(15, A),
    DensityMapRequest(16, 8, 6, REGION, PLANE),
    SelectionRequest(17, 3, draws=2),
    OwnPictureRequest(18, PIXELS),
    PictureSlotRequest(19, PIXELS, compare=False),
    TrajectoryRequest(20, np.zeros((3, 1, SIDE, SIDE), np.float32)),
    DirectionsRequest(21, "toy"),
    GroupsRequest(22, "mine", "toy", "0" * 12, GROUP, GROUP + 1),
    FiguresRequest(23),
    AggregateRequest(26),
    PosteriorRequest(27, Subject(3)),
    LadderRequest(28, Subject(3), 1000),
    LikeThisRequest(29, Subject(3), 2),
    PriorLinesRequest(31, PLANE),
    StretchMapRequest(30, 6, 4, REGION, PLANE, A),
    TextureRequest(24, TextureSource("grey", pixels=PIXELS), recipe=TextureRecipe(size=(16, 20))),
    TexturePartsRequest(25, TextureSource("grey", pixels=PIXELS), (16, 20)),
)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Renderer, FakeRenderer]]:
    """The real one and its stand-in, each with a model of 2 latents for pictures of one shape."""
    with pytest.MonkeyPatch.context() as patch:
        entry = catalog.Entry("toy", "random dots", lambda folder, split: toy_set(split, COUNT))
        patch.setitem(catalog.CATALOG, "toy", entry)
        path = save_tiny_model(tmp_path_factory.mktemp("models") / "tiny.safetensors")
        real, fake = Renderer(), FakeRenderer(2)
        for one in (real, fake):
            for request in (LoadRequest(1, str(path), "toy"), EncodeRequest(2)):
                assert list(one.serve(request))
        yield real, fake


def replies(renderer: Any, request: Request[Any]) -> list[Reply]:
    return [reply for reply in renderer.serve(request) if reply is not None]


def form(value: Any) -> Any:
    """What must be alike: kinds of values, shapes and number formats, but not the numbers."""
    if isinstance(value, np.ndarray):
        return value.dtype.name, value.shape
    if isinstance(value, tuple):
        return [form(one) for one in value]
    if dataclasses.is_dataclass(value):
        return type(value).__name__
    return type(value).__name__


def forms(reply: Reply, other: Reply) -> dict[str, Any]:
    """Those of a reply's fields; a field that may be None counts where it is known in both."""
    told = {}
    for one in dataclasses.fields(reply):
        value, its = getattr(reply, one.name), getattr(other, one.name)
        if one.name in VARIES:
            value, its = value[:1], its[:1]
            if not (value and its):
                continue
        if isinstance(reply, PosteriorReply) and one.name == "log_density":
            continue  # as large as the posterior is
        # Annotations are kept as they are written.
        if not ("None" in str(one.type) and (value is None or its is None)):
            told[one.name] = form(value)
    return told


def test_that_every_kind_of_request_is_compared() -> None:
    # Of a training the stand-in is told by the tests themselves, snapshot by snapshot.
    compared = {type(request) for request in REQUESTS} | {LoadRequest, FollowRequest, ProgressSheetRequest}
    # It writes a file; what it writes is compared in tests/engine.
    compared.add(TextureSaveRequest)
    # The stand-in's models have no eigenpictures: their view is tested with a real one.
    compared.add(EigenRequest)
    # Nor has it a critic, a source to translate, or a descent to invert by.
    compared |= {CriticMapRequest, OpinionRequest, HistogramsRequest, VarietyRequest, InvertRequest}
    compared |= {SourceRequest, TranslateRequest, TranslationSaveRequest, BesideRequest, TranslatorsRequest}
    real = Renderer()
    servers = [real, *(make() for make in real.members.values())]
    assert {kind for server in servers for kind in server.handlers} <= compared


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: type(request).__name__)
def test_that_both_answer_alike(both, request_: Request[Any]) -> None:
    real, fake = (replies(one, request_) for one in both)
    assert real, "nothing is compared"
    assert {type(reply) for reply in real} == {type(reply) for reply in fake}
    assert {reply.generation for reply in real + fake} == {request_.generation}
    assert forms(real[-1], fake[-1]) == forms(fake[-1], real[-1])


def test_that_both_open_a_model_alike(both, tmp_path: Path) -> None:
    path = str(save_tiny_model(tmp_path / "tiny.safetensors"))
    (real,), (fake,) = (replies(one, LoadRequest(1, path, "toy")) for one in both)
    of_real, of_fake = forms(real, fake), forms(fake, real)
    for varies in ("metrics", "classes", "notes", "figures", "start"):
        assert type(of_real.pop(varies)) is type(of_fake.pop(varies))
    assert of_real == of_fake


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: type(request).__name__)
def test_that_what_a_request_says_answers_it_does(both, request_: Request[Any]) -> None:
    says = next(
        typing.get_args(base)[0]
        for kind in type(request_).__mro__
        for base in vars(kind).get("__orig_bases__", ())
        if typing.get_origin(base) is Request
    )
    assert all(isinstance(reply, says) for reply in replies(both[0], request_))

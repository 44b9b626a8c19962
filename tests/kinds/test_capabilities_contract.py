"""Whatever a kind claims to be able to do, it can: every kind that ships, and every one of the tests."""

from __future__ import annotations

import dataclasses
import json
import math
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from latentlab.engine.evaluation.density import evaluate_density
from latentlab.engine.evaluation.elbo import evaluate, has_elbo
from latentlab.engine.files.checkpoint import ModelCard, load_model, save_model
from latentlab.engine.files.model_catalog import capabilities_of as capabilities_of_card
from latentlab.engine.files.model_catalog import card_in
from latentlab.engine.inference.encodings import encode_all
from latentlab.engine.inference.sampling import decode_in_chunks, draw_in_chunks, points_of
from latentlab.engine.rendering.opening import Opened
from latentlab.engine.rendering.requests.points import SamplesRequest
from latentlab.engine.rendering.sampler import Sampler
from latentlab.errors import LabError
from latentlab.models import base
from latentlab.models.capabilities import Capability, makes_pictures
from latentlab.models.registry import KINDS, build, registered, translation_in
from latentlab.models.spec import KindSpec, Translation
from tests.kinds import duel, latentless, linear, moments, norm, prior, staged
from tests.kinds.small import SHAPE, small_config
from tests.tiny import toy_set

SHIPPED = tuple(KINDS.values())
TESTED = tuple(module.KIND for module in (duel, latentless, linear, moments, norm, prior, staged))
every_kind = pytest.mark.parametrize("kind", [*SHIPPED, *TESTED], ids=lambda kind: kind.name)


@pytest.fixture(autouse=True)
def _registered(kind: KindSpec) -> Iterator[None]:
    with registered(kind):
        yield


def saved(kind: KindSpec, folder: Path) -> Path:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = build(kind.name, small_config(kind))
    card = ModelCard(kind.name, dataclasses.asdict(model.config), {"name": "toy"})
    return save_model(folder / f"{kind.name}.safetensors", model, card)


def y_of(model: nn.Module, count: int) -> torch.Tensor | None:
    told = base.conditional(model)
    return None if told is None else torch.eye(2)[torch.arange(count) % 2]


def _encodes(model: nn.Module) -> None:
    found = encode_all(model, toy_set("test"))
    assert found.mean.shape == found.log_variance.shape == (64, model.latents)
    assert torch.isfinite(torch.from_numpy(found.mean)).all()


def _decodes(model: nn.Module) -> None:
    z = points_of(model, 5, seed=1)
    (pictures,) = decode_in_chunks(model, z, y=y_of(model, 5))
    assert pictures.shape == (5, *SHAPE)
    assert pictures.min() >= 0.0
    assert pictures.max() <= 1.0
    (again,) = decode_in_chunks(model, points_of(model, 3, seed=1), y=y_of(model, 3))
    assert torch.equal(again, pictures[:3])


@torch.no_grad()
def _has_likelihood(model: nn.Module) -> None:
    x = toy_set("test").images[:5].float() / 255.0
    z = points_of(model, 5, seed=1)
    outputs = model.decode(z, y_of(model, 5))
    assert outputs.shape == (5, *model.likelihood.outputs_shape(SHAPE))
    assert torch.isfinite(model.likelihood.log_prob(outputs, x)).all()
    assert torch.equal(model.likelihood.picture(outputs), model.picture_at(z, y_of(model, 5)))


def _has_prior(model: nn.Module) -> None:
    few, many = (model.latent_prior.draw(n, torch.Generator().manual_seed(4)) for n in (3, 40))
    assert torch.equal(few, many[:3])
    assert many.shape == (40, model.latents)
    assert torch.isfinite(model.latent_prior.log_density(many)).all()
    if hasattr(model.latent_prior, "from_normal"):
        u = torch.randn(40, model.latents, generator=torch.Generator().manual_seed(5))
        z = model.latent_prior.from_normal(u)
        assert torch.isfinite(model.latent_prior.log_density(z)).all()
        assert torch.allclose(model.latent_prior.to_normal(z), u, atol=1e-3)


@torch.no_grad()
def _samples(model: nn.Module) -> None:
    y = y_of(model, 10)
    every = torch.cat(list(draw_in_chunks(model, 10, seed=2, y=y)))
    few = torch.cat(list(draw_in_chunks(model, 9, seed=2, y=y if y is None else y[:9])))
    assert every.shape == (10, *SHAPE)
    assert torch.equal(few, every[:9])
    assert every.min() >= 0.0
    assert every.max() <= 1.0
    other = torch.cat(list(draw_in_chunks(model, 10, seed=3, y=y)))
    assert not torch.equal(other, every)


@torch.no_grad()
def _samples_stepwise(model: nn.Module) -> None:
    y = y_of(model, 2)
    frames = list(model.sampling_frames(2, torch.Generator().manual_seed(0), y))
    assert len(frames) > 1
    assert all(layer.shape == (2, *SHAPE) for frame in frames for layer in frame.values())
    assert torch.equal(frames[-1]["picture"], model.draw_pictures(2, torch.Generator().manual_seed(0), y))


def _tells_density(model: nn.Module) -> None:
    tag = model.density_tag
    assert tag.how in ("exact", "bound", "estimate")
    assert tag.measure in ("binary", "bytes", "palette", "continuous")
    found = evaluate_density(model, toy_set("test"))
    assert found.density == tag
    assert json.loads(json.dumps(found.as_dict(), allow_nan=False))["images"] == 64


@torch.no_grad()
def _denoises(model: nn.Module) -> None:
    x_t = torch.randn(3, *SHAPE, generator=torch.Generator().manual_seed(0))
    found = model.denoise(x_t, 5, y_of(model, 3))
    assert found.x_0.shape == found.noise.shape == x_t.shape


@torch.no_grad()
def _classifies(model: nn.Module) -> None:
    x = toy_set("test").images[:5].float() / 255.0
    assert model.logits(x).shape == (5, len(model.class_names))
    assert len(model.features(x)) == 5


def _conditional(model: nn.Module) -> None:
    assert model.condition_names == ("even", "odd")
    assert model.exclusive


def _fits(model: nn.Module) -> None:
    assert callable(model.fitting)  # see tests/kinds/test_contract.py


def _has_eigenpictures(model: nn.Module) -> None:
    known, numbers = model.eigenpictures(), math.prod(SHAPE)
    assert known.mean.shape == (numbers,)
    assert known.rows.shape == (len(known.variances), numbers)
    assert known.variances.min() > 0.0
    assert known.rest > 0.0
    x = toy_set("test").images[:5].double() / 255.0
    expected = known.log_density(x.flatten(1))
    assert torch.allclose(model.log_density(x), expected, rtol=1e-9)


@torch.no_grad()
def _decodes_linearly(model: nn.Module) -> None:
    assert base.linear(model) is model
    rows = model.linear_rows()
    assert rows.shape == (model.latents, math.prod(SHAPE))
    # Small steps from a grey picture, so that nothing is clipped.
    z = 1e-3 * torch.randn(5, model.latents, generator=torch.Generator().manual_seed(0))
    middle = model.picture_at(torch.zeros(1, model.latents))
    seen = model.picture_at(z) - middle
    inside = ((middle > 0.05) & (middle < 0.95)).flatten(1).expand(5, -1)
    assert torch.allclose(seen.flatten(1)[inside], (z @ rows)[inside], atol=1e-6)


def _has_components(model: nn.Module) -> None:
    x = toy_set("test").images.float() / 255.0
    known, r = model.as_mixture(), model.responsibilities(x)
    assert r.shape == (64, len(known.weights))
    assert known.components.mean.shape == (len(known.weights), x[0].numel())
    torch.testing.assert_close(r.sum(1), torch.ones(64))
    torch.testing.assert_close(known.responsibilities(x.flatten(1).double()).float(), r)


@torch.no_grad()
def _translates(model: nn.Module) -> None:
    x = toy_set("test").images[:5].float() / 255.0
    source, target = model.source_of(x), model.target_of(x)
    assert source.shape == (5, *model.source_shape)
    assert target.shape == (5, *model.target_shape)
    assert model.picture_shape == SHAPE
    made = model.translate(source)
    assert made.shape == target.shape
    for pictures in (source, made):
        assert pictures.min() >= 0.0
        assert pictures.max() <= 1.0
    torch.testing.assert_close(model.translate(source[:2]), made[:2])
    assert not torch.allclose(model.translate(1.0 - source), made)


@torch.no_grad()
def _judges_patches(model: nn.Module) -> None:
    x = toy_set("test").images[:5].float() / 255.0
    source = model.source_of(x)
    judged = model.patch_map(model.target_of(x), source)
    assert judged.ndim == 3
    assert len(judged) == 5
    assert 0.0 <= judged.min() <= judged.max() <= 1.0
    changed = x.clone()
    changed[..., 0, 0] = 1.0 - changed[..., 0, 0]
    moved = model.patch_map(model.target_of(changed), source) != judged
    assert moved[:, 0, 0].any()


def _scores(model: nn.Module) -> None:
    x = (toy_set("test").images[:5].float() / 255.0).requires_grad_()
    found = model.scores(x, y_of(model, 5))
    assert found.shape == (5,)
    (slope,) = torch.autograd.grad(found.sum(), x)
    assert slope.abs().flatten(1).sum(1).min() > 0.0
    assert model.score_spec.symbol
    # Each picture is scored by itself.
    assert torch.allclose(model.scores(x[:2], y_of(model, 2)), found[:2], atol=1e-5)


def _inverts(model: nn.Module) -> None:
    z = points_of(model, 5, seed=1).requires_grad_()
    y = y_of(model, 5)
    with torch.no_grad():
        x = model.picture_at(z, y)
    other = model.inversion_error(z.roll(1, 0), x, y)
    assert other.shape == (5,)
    assert (model.inversion_error(z, x, y) < other).all()
    (slope,) = torch.autograd.grad(other.sum(), z)
    assert torch.isfinite(slope).all()


PROOFS: dict[Capability, Callable[[nn.Module], None]] = {
    Capability.ENCODES: _encodes,
    Capability.DECODES: _decodes,
    Capability.HAS_LIKELIHOOD: _has_likelihood,
    Capability.HAS_PRIOR: _has_prior,
    Capability.SAMPLES: _samples,
    Capability.SAMPLES_STEPWISE: _samples_stepwise,
    Capability.TELLS_DENSITY: _tells_density,
    Capability.DENOISES: _denoises,
    Capability.CLASSIFIES: _classifies,
    Capability.CONDITIONAL: _conditional,
    Capability.FITS: _fits,
    Capability.HAS_COMPONENTS: _has_components,
    Capability.HAS_EIGENPICTURES: _has_eigenpictures,
    Capability.DECODES_LINEARLY: _decodes_linearly,
    Capability.TRANSLATES: _translates,
    Capability.JUDGES_PATCHES: _judges_patches,
    Capability.SCORES: _scores,
    Capability.INVERTS: _inverts,
}


@every_kind
def test_that_it_can_do_what_it_claims_and_claims_what_it_can_do(kind: KindSpec, tmp_path: Path):
    loaded = load_model(saved(kind, tmp_path))
    claimed = kind.can(loaded.model.config)
    assert claimed == base.capabilities_of(loaded.model)
    assert claimed <= PROOFS.keys()
    for capability in claimed:
        PROOFS[capability](loaded.model)


@every_kind
def test_that_its_file_says_so_without_torch(kind: KindSpec, tmp_path: Path):
    path = saved(kind, tmp_path)
    card, model = card_in(path), load_model(path).model
    assert capabilities_of_card(card) == base.capabilities_of(model)
    said = translation_in(card["kind"], card["config"])
    if isinstance(model, base.Translates):
        assert said == Translation(model.source_name, model.source_shape, model.target_shape)
    else:
        assert said is None
    if kind not in SHIPPED:
        return
    program = (
        "import sys; from pathlib import Path;"
        "from latentlab.engine.files.model_catalog import capabilities_of, card_in;"
        "print(*sorted(capabilities_of(card_in(Path(sys.argv[1])))));"
        "assert 'torch' not in sys.modules"
    )
    command = [sys.executable, "-c", program, str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == sorted(capabilities_of_card(card_in(path)))


@every_kind
def test_that_it_is_opened_to_be_looked_at_if_it_makes_pictures(kind: KindSpec, tmp_path: Path):
    loaded = load_model(saved(kind, tmp_path))
    can = base.capabilities_of(loaded.model)
    if not makes_pictures(can):
        with pytest.raises(LabError, match="nothing to draw"):
            Opened(loaded, toy_set("test"), "toy", torch.device("cpu"))
        return
    opened = Opened(loaded, toy_set("test"), "toy", torch.device("cpu"))
    reply = opened.reply(1)
    assert reply.capabilities == can
    assert (reply.latents > 0) == (Capability.DECODES in can)
    if not can & {Capability.SAMPLES, Capability.DECODES}:
        return  # what it makes is asked for with a picture
    with torch.inference_mode():
        request = SamplesRequest(2, (("even", 1.0),) if reply.condition_names else (), 3, 0, "toy")
        *_, drawn = [one for one in Sampler().draw(loaded, opened.drawn_by, request) if one is not None]
    assert len(drawn.pictures) == 3


@every_kind
def test_that_what_is_measured_of_it_is_json(kind: KindSpec, tmp_path: Path):
    loaded = load_model(saved(kind, tmp_path))
    if has_elbo(loaded.model):
        found = evaluate(loaded.model, toy_set("test"), samples=3, likelihood_images=2, elbo_draws=2)
        said = json.loads(json.dumps(found.as_dict(), allow_nan=False))
        assert (said["log_likelihood"] is None) == (
            Capability.HAS_PRIOR not in base.capabilities_of(loaded.model)
        )

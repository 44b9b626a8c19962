"""A mixture fitted to a model's encodings becomes its prior, and everything follows it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from latentlab.core import gaussian
from latentlab.engine.evaluation.elbo import evaluate
from latentlab.engine.files import model_cards, model_catalog
from latentlab.engine.files.checkpoint import LoadedModel, ModelCard, load_model, save_model
from latentlab.engine.inference.sampling import points_of
from latentlab.engine.training.going_on import begun_model
from latentlab.engine.training.prior import DRAWS, MEANS, FittedPrior, PriorPlan, fit_prior, save_with_prior
from latentlab.errors import LabError
from latentlab.models.base import HasPrior, Samples, TellsDensity, capabilities_of, conditional
from latentlab.models.capabilities import Capability
from latentlab.models.mixture_prior import MixturePrior
from latentlab.models.ppca.model import PPCA, PPCAConfig
from latentlab.models.priors import kl_from
from latentlab.models.registry import build, capabilities_in
from latentlab.models.with_prior import with_prior, without_prior
from tests.tiny import CONFIG, beings, save_tiny_classifier, save_tiny_cvae, save_tiny_model, toy_set


def outcome(running: Generator[Any, None, Any]) -> Any:
    while True:
        try:
            next(running)
        except StopIteration as ended:
            return ended.value


def fitted(loaded: LoadedModel, data: Any = None, **plan: Any) -> FittedPrior:
    return outcome(fit_prior(loaded, data or toy_set("train"), PriorPlan(**{"components": (3,), **plan})))


def saved(tmp_path: Path, loaded: LoadedModel, **plan: Any) -> Path:
    chosen = PriorPlan(**{"components": (3,), **plan})
    train = beings("train") if conditional(loaded.model) else toy_set("train")
    test = beings("test") if conditional(loaded.model) else toy_set("test")
    found = fitted(loaded, train, **plan)
    return save_with_prior(tmp_path / "with.safetensors", loaded, found, train, test, data="toy", plan=chosen)


def some_prior(components: int, dimensions: int, seed: int = 0) -> MixturePrior:
    draw = torch.Generator().manual_seed(seed)
    prior = MixturePrior(components, dimensions)
    prior.mean.copy_(torch.randn(components, dimensions, generator=draw))
    prior.root.mul_(0.2 + torch.rand(components, 1, generator=draw))
    weights = torch.rand(components, generator=draw) + 0.1
    prior.weights.copy_(weights / weights.sum())
    return prior


def save_ae(path: Path) -> Path:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = build("ae", dataclasses.asdict(CONFIG))
    return save_model(path, model, ModelCard("ae", dataclasses.asdict(CONFIG), {"name": "toy"}))


@pytest.fixture(params=["vae", "ae", "cvae", "ppca"])
def any_model(request: pytest.FixtureRequest, tmp_path: Path) -> LoadedModel:
    path = tmp_path / "base.safetensors"
    if request.param == "vae":
        save_tiny_model(path)
    elif request.param == "ae":
        save_ae(path)
    elif request.param == "cvae":
        save_tiny_cvae(path)
    else:
        config = PPCAConfig(shape=(1, 8, 8), latents=3)
        save_model(path, PPCA(config), ModelCard("ppca", dataclasses.asdict(config), {"name": "toy"}))
    return load_model(path)


def test_that_any_model_that_encodes_and_decodes_gets_a_prior_of_its_own(
    any_model: LoadedModel, tmp_path: Path
) -> None:
    path = saved(tmp_path, any_model)
    opened = load_model(path)
    assert isinstance(opened.model, HasPrior)
    assert isinstance(opened.model, Samples)
    assert opened.model.latent_prior.formula == "mixture of 3 Gaussians"
    assert isinstance(opened.model, type(any_model.model))
    assert type(opened.model).__name__ == type(any_model.model).__name__
    z = points_of(opened.model, 5, seed=1)
    assert torch.equal(z, opened.model.latent_prior.draw(5, torch.Generator().manual_seed(1)))
    with torch.no_grad():
        assert torch.equal(opened.model.picture_at(z), any_model.model.picture_at(z))
        pictures = opened.model.draw_pictures(5, torch.Generator().manual_seed(1))
        assert torch.allclose(pictures, any_model.model.picture_at(z))


def test_that_the_header_alone_says_what_it_can(any_model: LoadedModel, tmp_path: Path) -> None:
    path = saved(tmp_path, any_model)
    told = model_catalog.capabilities_of(model_catalog.card_in(path))
    assert told == capabilities_of(load_model(path).model)
    assert Capability.HAS_PRIOR in told


def test_that_the_file_says_whose_prior_it_is_and_how_it_was_made(tmp_path: Path) -> None:
    base = load_model(save_tiny_model(tmp_path / "base.safetensors"))
    card = load_model(saved(tmp_path, base)).card
    assert card.prior["of"] == {"name": "base", "hash": base.hash, "command": ""}
    assert (card.prior["components"], card.prior["dimensions"]) == (3, 2)
    assert card.prior["fitted_to"] == DRAWS
    assert card.command.startswith("latentlab prior base --components 3 --data toy --out ")
    assert card.data == base.card.data


def test_that_its_card_in_the_gallery_names_the_prior(tmp_path: Path) -> None:
    path = saved(tmp_path, load_model(save_ae(tmp_path / "base.safetensors")))
    facts = model_cards.facts_of(str(path))
    assert facts is not None
    assert facts.in_short == "Autoencoder, 2 latents, mixture of 3 as prior"
    assert facts.to_try.startswith("Sample from it")
    assert model_catalog.known(str(path)).has_prior
    assert not model_catalog.known(str(tmp_path / "base.safetensors")).has_prior


def test_that_the_figures_are_measured_anew(tmp_path: Path) -> None:
    base = load_model(save_tiny_model(tmp_path / "base.safetensors"))
    metrics = load_model(saved(tmp_path, base)).card.metrics
    assert metrics["elbo"] == pytest.approx(metrics["reconstruction"] - metrics["kl"])
    assert metrics["elbo"] != base.card.metrics["elbo"]


def test_that_of_several_the_one_is_taken_that_suits_held_out_pictures(tmp_path: Path) -> None:
    base = load_model(save_tiny_model(tmp_path / "base.safetensors"))
    found = fitted(base, components=(1, 2, 8))
    assert set(found.held_out) == {1, 2, 8}
    best = max(found.held_out, key=lambda count: found.held_out[count])
    assert len(found.prior.weights) == best
    assert found.log_density == found.held_out[best]


def test_that_draws_spread_wider_than_means(tmp_path: Path) -> None:
    """q(z) has the variance of the means and that of the posteriors."""
    base = load_model(save_tiny_model(tmp_path / "base.safetensors"))
    spread = {
        how: fitted(base, components=(1,), fitted_to=how).prior.root.square().sum() for how in (DRAWS, MEANS)
    }
    assert spread[DRAWS] > 1.5 * spread[MEANS]


def test_that_an_autoencoder_is_fitted_to_its_codes(tmp_path: Path) -> None:
    base = load_model(save_ae(tmp_path / "base.safetensors"))
    assert fitted(base).fitted_to == MEANS


def test_that_the_same_seed_gives_the_same_prior(tmp_path: Path) -> None:
    base = load_model(save_tiny_model(tmp_path / "base.safetensors"))
    first, again = fitted(base).prior, fitted(base).prior
    assert all(torch.equal(first.state_dict()[name], one) for name, one in again.state_dict().items())


def test_that_a_fit_can_be_stopped_at_any_time(tmp_path: Path) -> None:
    base = load_model(save_tiny_model(tmp_path / "base.safetensors"))
    running = fit_prior(base, toy_set("train"), PriorPlan((2, 3)))
    shares = [next(running).share for _ in range(4)]
    running.close()
    assert shares == sorted(shares)
    assert 0.0 < shares[-1] < 1.0


def test_that_a_model_without_a_latent_space_is_refused_in_words(tmp_path: Path) -> None:
    judge = load_model(save_tiny_classifier(tmp_path / "judge.safetensors"))
    with pytest.raises(LabError, match="judge has no latent space to fit a prior in"):
        next(fit_prior(judge, toy_set("train")))


def test_that_too_few_pictures_are_refused_in_words(tmp_path: Path) -> None:
    base = load_model(save_tiny_model(tmp_path / "base.safetensors"))
    with pytest.raises(LabError, match="has 20 pictures, too few for 50 components"):
        fitted(base, toy_set("train", 20), components=(50,))


# --- what follows the prior ---


@pytest.mark.slow
def test_that_the_elbo_is_measured_against_the_mixture(tmp_path: Path) -> None:
    model = load_model(save_tiny_model(tmp_path / "base.safetensors")).model
    data = toy_set("test")
    before = evaluate(model, data, samples=4000, likelihood_images=8)
    prior = some_prior(1, 2)
    prior.mean.zero_()
    prior.root.copy_(torch.tensor([[1.0, 0.0, 1.0]]))
    same = evaluate(with_prior(model, prior), data, samples=4000, likelihood_images=8)
    # A mixture of one N(0, I) is N(0, I); its KL is an estimate.
    assert same.kl == pytest.approx(before.kl, abs=0.05)
    assert same.log_likelihood == pytest.approx(before.log_likelihood, abs=0.3)
    other = evaluate(with_prior(model, some_prior(3, 2, 5)), data, samples=4000, likelihood_images=8)
    assert abs(other.kl - before.kl) > 0.1


def test_that_the_estimated_kl_is_that_of_the_closed_form_for_one_gaussian() -> None:
    mean, log_variance = torch.randn(6, 3), torch.randn(6, 3)
    prior = MixturePrior(1, 3)
    found = kl_from(mean, log_variance, prior, torch.Generator().manual_seed(0), 20_000)
    assert torch.allclose(found, gaussian.kl_to_standard(mean, log_variance), atol=0.1)


def test_that_a_prior_known_from_inference_can_be_used_in_a_gradient() -> None:
    with torch.inference_mode():
        prior = some_prior(3, 2)
        prior.log_density(torch.zeros(1, 2))
    z = torch.zeros(1, 2, requires_grad=True)
    prior.log_density(z).sum().backward()
    assert z.grad is not None
    assert torch.isfinite(z.grad).all()


def test_that_a_point_is_infinitely_far_from_any_density() -> None:
    point = torch.full((2, 3), -torch.inf)
    assert torch.equal(kl_from(torch.zeros(2, 3), point, MixturePrior(2, 3)), torch.full((2,), torch.inf))


def test_that_an_exact_density_becomes_a_bound_under_another_prior() -> None:
    model = PPCA(PPCAConfig(shape=(1, 4, 4), latents=1))
    x = torch.rand(3, 1, 4, 4)
    exact = model.log_density(x)
    assert model.density_tag.how == "exact"
    with_prior(model, MixturePrior(1, 1))
    assert isinstance(model, TellsDensity)
    assert model.density_tag.how == "bound"
    # One N(0, I) in place of N(0, I), and an exact posterior: every draw has the same weight.
    assert torch.allclose(model.log_density(x, draws=3), exact, atol=1e-3)


def test_that_a_training_that_goes_on_begins_without_the_prior(tmp_path: Path) -> None:
    base = load_model(save_tiny_model(tmp_path / "base.safetensors"))
    model = begun_model(saved(tmp_path, base), "vae", toy_set("train"))
    assert model.state_dict().keys() == base.model.state_dict().keys()
    assert model.latent_prior.formula == "N(0, I)"


def test_that_a_second_prior_takes_the_place_of_the_first(tmp_path: Path) -> None:
    model = load_model(save_tiny_model(tmp_path / "base.safetensors")).model
    keys = with_prior(model, some_prior(3, 2)).state_dict().keys()
    assert with_prior(model, some_prior(2, 2)).state_dict().keys() == keys
    assert model.latent_prior.formula == "mixture of 2 Gaussians"
    assert not any("prior" in name for name in without_prior(model).state_dict())


# --- files ---


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 6), st.integers(0, 2**31), st.booleans())
def test_that_a_prior_comes_back_bit_for_bit(tmp_path: Path, components: int, seed: int, half: bool) -> None:
    model = with_prior(
        load_model(save_tiny_model(tmp_path / "base.safetensors")).model, some_prior(components, 2, seed)
    )
    fields = {"family": "mixture", "components": components, "dimensions": 2}
    card = ModelCard("vae", dataclasses.asdict(CONFIG), prior=fields)
    loaded = load_model(save_model(tmp_path / "p.safetensors", model, card, half=half))
    assert loaded.card.prior == fields
    ours, theirs = model.fitted_prior.state_dict(), loaded.model.fitted_prior.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_that_a_file_without_such_a_prior_is_written_as_before(tmp_path: Path) -> None:
    with safe_open(save_tiny_model(tmp_path / "m.safetensors"), "pt") as file:
        card = json.loads(file.metadata()["latentlab"])
    assert "prior" not in card
    assert card["format"] == 1


def damaged(path: Path, change: Any) -> Path:
    with safe_open(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        card = json.loads(file.metadata()["latentlab"])
    change(tensors, card)
    save_file(tensors, path, {"latentlab": json.dumps(card)})
    return path


def _put(name: str, value: Any) -> Any:
    def change(tensors: dict[str, torch.Tensor], card: dict[str, Any]) -> None:
        tensors[f"fitted_prior.{name}"] = value(tensors[f"fitted_prior.{name}"])

    return change


def _say(name: str, value: Any) -> Any:
    def change(tensors: dict[str, torch.Tensor], card: dict[str, Any]) -> None:
        card["prior"][name] = value

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_put("mean", lambda t: t * torch.nan), "fitted_prior.mean holds NaN or infinite weights"),
        (_put("root", lambda t: t * torch.inf), "fitted_prior.root holds NaN or infinite weights"),
        (_put("root", torch.zeros_like), "its prior has a component without extent"),
        (_put("weights", lambda t: -t), "the weights of its prior are not shares"),
        (_put("weights", lambda t: 2 * t), "the weights of its prior are not shares"),
        (
            _put("mean", lambda t: t[:2]),
            r"fitted_prior.mean has shape \(2, 2\), the config asks for \(3, 2\)",
        ),
        (_say("components", 10**9), "the components of its prior are 1000000000; expected 1 to 1,000"),
        (_say("components", "3"), "the components of its prior are '3'; expected"),
        (_say("dimensions", 0), "the dimensions of its prior are 0"),
        (_say("family", "flow"), "its prior is of the unknown family 'flow'"),
        (lambda tensors, card: card.update(prior=[1]), "its card has no valid field 'prior'"),
        (lambda tensors, card: card.pop("prior"), "3 tensors belong to no part of the model"),
    ],
)
def test_that_a_damaged_prior_is_refused_in_words(tmp_path: Path, change: Any, words: str) -> None:
    path = damaged(saved(tmp_path, load_model(save_tiny_model(tmp_path / "base.safetensors"))), change)
    with pytest.raises(LabError, match=words) as refused:
        load_model(path)
    assert str(path) in str(refused.value)


def test_that_a_prior_of_another_size_than_the_latent_space_is_refused(tmp_path: Path) -> None:
    model: nn.Module = load_model(save_tiny_model(tmp_path / "base.safetensors")).model
    with pytest.raises(LabError, match="a prior over 3 latents; the model has 2"):
        with_prior(model, some_prior(2, 3))


def test_that_kinds_claim_no_prior_for_models_without_one() -> None:
    assert Capability.HAS_PRIOR not in capabilities_in("ae", dataclasses.asdict(CONFIG))

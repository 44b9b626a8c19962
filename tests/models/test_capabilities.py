"""What each kind of model passes for, by its methods."""

from __future__ import annotations

import pytest
import torch

from latentlab.core import gaussian
from latentlab.models.base import PROTOCOLS, TrainsByImportance, capabilities_of, prior_of
from latentlab.models.capabilities import Capability
from latentlab.models.priors import StandardNormal, is_standard, kl_from, log_density_at
from latentlab.models.registry import KINDS, build, capabilities_in
from tests.kinds.small import small_config

C = Capability
CODES = {C.ENCODES, C.DECODES, C.HAS_LIKELIHOOD}
GAUSSIAN = {
    C.HAS_PRIOR, C.SAMPLES, C.TELLS_DENSITY, C.FITS, C.HAS_EIGENPICTURES, C.DECODES_LINEARLY
}  # fmt: skip
ADVERSARIAL = {C.ENCODES, C.DECODES, C.HAS_PRIOR, C.SAMPLES, C.SCORES, C.INVERTS}
CAN = {
    "gan": ADVERSARIAL,
    "wgan": ADVERSARIAL,
    "ae": CODES,
    "vae": CODES | {C.HAS_PRIOR, C.SAMPLES, C.TELLS_DENSITY},
    "ddpm": {C.DENOISES, C.SAMPLES, C.SAMPLES_STEPWISE},
    "classifier": {C.CLASSIFIES},
    "cvae": CODES | {C.HAS_PRIOR, C.SAMPLES, C.TELLS_DENSITY, C.CONDITIONAL},
    "ppca": CODES | GAUSSIAN,
    "gaussian": {C.ENCODES, C.DECODES} | GAUSSIAN,
    "gmm": {C.SAMPLES, C.TELLS_DENSITY, C.FITS, C.HAS_COMPONENTS},
}


def made(kind: str, *, told: bool = False) -> torch.nn.Module:
    return build(kind, small_config(KINDS[kind], told=told)).eval()


@pytest.mark.parametrize("kind", CAN)
def test_that_a_kind_passes_for_what_it_is_and_nothing_else(kind):
    assert capabilities_of(made(kind)) == CAN[kind]


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("told", [False, True])
def test_that_a_spec_claims_what_a_model_of_its_config_can_do(kind, told):
    fields = small_config(KINDS[kind], told=told)
    assert capabilities_in(kind, fields) == capabilities_of(build(kind, fields))


def test_that_every_capability_has_a_protocol_with_a_method_of_its_own():
    names = {
        capability: {name for name in vars(protocol) if not name.startswith("_")}
        for capability, protocol in PROTOCOLS.items()
    }
    for capability, mine in names.items():
        for other, theirs in names.items():
            assert capability is other or not mine <= theirs, f"{other} passes for {capability}"


def test_that_an_autoencoder_has_no_prior_no_density_and_nothing_to_weigh_draws_by():
    model = made("ae")
    assert not isinstance(model, TrainsByImportance)
    assert not hasattr(model, "latent_prior")
    assert not hasattr(model, "log_density")


def test_that_a_standard_normal_stands_in_for_a_prior_that_is_not_there():
    assert is_standard(prior_of(made("ae")))
    assert prior_of(made("ae")).dimensions == 2


def test_that_a_diffusion_model_without_conditions_is_not_conditional():
    assert Capability.CONDITIONAL not in capabilities_of(made("ddpm"))
    assert Capability.CONDITIONAL in capabilities_of(made("ddpm", told=True))


def test_that_the_last_frame_of_a_diffusion_model_is_what_it_draws():
    model = build("ddpm", small_config(KINDS["ddpm"], told=False) | {"steps": 10}).eval()
    with torch.no_grad():
        frames = list(model.sampling_frames(2, torch.Generator().manual_seed(0)))
        drawn = model.draw_pictures(2, torch.Generator().manual_seed(0))
    assert len(frames) == 10  # it has no more times than that
    assert all(frame.keys() == {"noisy", "picture"} for frame in frames)
    assert torch.equal(frames[-1]["picture"], drawn)
    assert drawn.min() >= 0.0
    assert drawn.max() <= 1.0


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian", "categorical"])
def test_that_a_vae_bounds_log_p_by_its_elbo_and_closer_with_more_draws(likelihood):
    model = build("vae", small_config(KINDS["vae"]) | {"likelihood": likelihood}).eval()
    x = torch.rand(4, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    measure = {"bernoulli": "binary", "gaussian": "continuous", "categorical": "bytes"}[likelihood]
    assert (model.density_tag.how, model.density_tag.measure) == ("bound", measure)
    with torch.no_grad():
        one = torch.stack(
            [model.log_density(x, torch.Generator().manual_seed(seed)) for seed in range(200)]
        ).mean(0)
        many = model.log_density(x, torch.Generator().manual_seed(0), draws=5000)
        terms = torch.stack(
            [model.elbo_terms(x, torch.Generator().manual_seed(seed)).elbo() for seed in range(200)]
        ).mean(0)
    assert torch.allclose(one, terms, atol=0.2)
    assert (many > one).all()


def test_that_drawn_pictures_are_those_of_the_priors_draws():
    model = made("vae")
    with torch.no_grad():
        drawn = model.draw_pictures(5, torch.Generator().manual_seed(3))
        z = StandardNormal(2).draw(5, torch.Generator().manual_seed(3))
        assert torch.equal(drawn, model.likelihood.picture(model.decode(z)))
    assert drawn.shape == (5, 1, 8, 8)


def test_that_the_kl_from_another_prior_is_estimated_and_from_n_0_i_exact():
    class Wide:
        dimensions, formula = 2, "N(0, 4 I)"

        def draw(self, count, generator=None):
            return 2.0 * StandardNormal(2).draw(count, generator)

        def log_density(self, z):
            return gaussian.log_density(z, torch.zeros(2), torch.full((2,), 4.0).log())

    mean, log_variance = torch.tensor([[0.5, -1.0]]), torch.tensor([[-1.0, 0.2]])
    assert torch.equal(
        kl_from(mean, log_variance, StandardNormal(2)), gaussian.kl_to_standard(mean, log_variance)
    )
    found = kl_from(mean, log_variance, Wide(), torch.Generator().manual_seed(0), draws=200_000)
    exact = gaussian.kl_to_standard(mean / 2.0, log_variance - torch.tensor(4.0).log())
    assert torch.allclose(found, exact, atol=0.01)


def test_that_the_density_at_a_point_is_that_of_the_tensor():
    assert log_density_at(StandardNormal(2), (0.5, -1.0)) == pytest.approx(
        float(StandardNormal(2).log_density(torch.tensor([0.5, -1.0])))
    )

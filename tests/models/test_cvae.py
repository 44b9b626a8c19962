"""The conditional VAE: what it is told, who is told, and what it assumes when it is told nothing."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from latentlab.errors import LabError
from latentlab.models.base import Conditional, Decodes, Encodes, Trains
from latentlab.models.cvae.model import CVAE, CVAEConfig
from latentlab.models.registry import build
from latentlab.models.vae.spec import NETWORKS
from tests.conftest import make_vae
from tests.models.test_vae import pictures

NAMES = ("cat", "dog", "owl")


def config(**changes) -> CVAEConfig:
    fields = {"shape": (1, 8, 8), "encoder_widths": (8,), "decoder_widths": (8,), "condition_names": NAMES}
    return CVAEConfig(**{**fields, **changes})


def make_cvae(**changes) -> CVAE:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return CVAE(config(**changes)).eval()


@settings(max_examples=12)
@given(st.sampled_from(NETWORKS), st.sampled_from(NETWORKS), st.booleans(), st.booleans())
def test_that_every_network_can_be_told(encoder, decoder, exclusive, told):
    model = make_cvae(encoder=encoder, decoder=decoder, exclusive=exclusive, condition_encoder=told)
    x, y = pictures(model.config, 4), torch.eye(3)[[0, 1, 2, 0]]
    terms = model.train().elbo_terms(x, torch.Generator().manual_seed(0), y=y)
    assert terms.reconstruction.shape == terms.kl.shape == (4,)
    (-terms.elbo().mean()).backward()
    assert all(weight.grad is not None for weight in model.parameters())


def test_that_the_same_place_decodes_otherwise_under_another_class():
    model, z = make_cvae(), torch.zeros(3, 2)
    each = model.decode(z, torch.eye(3))
    assert not torch.allclose(each[0], each[1])
    torch.testing.assert_close(model.decode(z[:1], torch.eye(3)[1]), each[1:2])


def test_that_told_nothing_it_takes_the_first_class_or_no_attribute():
    z = torch.zeros(2, 2)
    classes, attributes = make_cvae(), make_cvae(exclusive=False)
    assert torch.equal(classes.decode(z), classes.decode(z, torch.tensor([1.0, 0.0, 0.0])))
    assert torch.equal(attributes.decode(z), attributes.decode(z, torch.zeros(3)))


def test_that_the_encoder_is_told_only_when_asked_to():
    x, (first, second) = pictures(config()), torch.eye(3)[:2]
    apart, told = make_cvae(), make_cvae(condition_encoder=True)
    assert torch.equal(apart.encode(x, first).mean, apart.encode(x, second).mean)
    assert not torch.equal(told.encode(x, first).mean, told.encode(x, second).mean)


def test_that_a_condition_of_another_length_is_told():
    with pytest.raises(LabError, match="a condition of 2 numbers; the model has 3"):
        make_cvae().decode(torch.zeros(1, 2), torch.zeros(2))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"condition_names": ()}, "0 classes, and needs 1"),
        ({"condition_names": ("a", "a")}, "two of the classes are called 'a'"),
        ({"condition_names": ("a", 3)}, "'condition_names' is 3, expected str"),
    ],
)
def test_that_wrong_names_are_told(fields, message):
    with pytest.raises(LabError, match=message):
        build("cvae", fields)


def test_that_it_has_the_capabilities_of_a_vae_and_is_conditional():
    model = make_cvae()
    for capability in (Encodes, Decodes, Trains, Conditional):
        assert isinstance(model, capability)
    assert not isinstance(make_vae(config()), Conditional)

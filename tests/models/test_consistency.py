"""The penalty that makes a conditional decoder draw what it is told: who learns from what, and its effect."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from latentlab.core.likelihoods import Bernoulli, Palette
from latentlab.errors import LabError
from latentlab.models.cvae import consistency
from latentlab.models.cvae.model import CVAE, CVAEConfig
from latentlab.models.registry import build

NAMES = ("cat", "dog", "owl")
GREYS = ("00", "7f", "ff")


def make(**changes) -> CVAE:
    fields = {
        "shape": (1, 8, 8), "encoder_widths": (16,), "decoder_widths": (16,), "condition_names": NAMES,
        "exclusive": False, "consistency": 3.0,
    }  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return CVAE(CVAEConfig(**{**fields, **changes}))


def noise(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def some(count: int = 6) -> tuple[torch.Tensor, torch.Tensor]:
    x = torch.rand(count, 1, 8, 8, generator=noise(1))
    return x, torch.bernoulli(torch.full((count, len(NAMES)), 0.5), generator=noise(2))


def test_that_one_attribute_of_each_is_told_the_other_way_round():
    y = some(200)[1]
    other = consistency.told_otherwise(y, exclusive=False, generator=noise())
    assert torch.equal((other != y).sum(1), torch.ones(200, dtype=torch.long))
    assert ((other != y).float().mean(0) > 0.2).all()


def test_that_another_class_is_told():
    y = torch.eye(3).repeat(50, 1)
    other = consistency.told_otherwise(y, exclusive=True, generator=noise())
    assert torch.equal(other.sum(1), torch.ones(150))
    assert not (other.argmax(1) == y.argmax(1)).any()


def test_that_a_decoded_picture_is_judged_as_it_would_be_shown_with_the_gradient_of_a_blend():
    palette, y = Palette(GREYS, pixel=2), some(4)[1]
    teller = consistency.Teller((3, 4, 4), len(NAMES), palette=True).eval()
    outputs = torch.randn(4, 3, 4, 4, generator=noise()).requires_grad_()
    decoded = consistency.error_of_decoded(teller, palette, outputs, y, False)
    real = consistency.error_of_real(teller, palette, palette.picture(outputs), y, False)
    torch.testing.assert_close(decoded, real)

    # The features as a leaf, to find what the loss says of them; from there on, a blend's derivative.
    features = teller.colours(outputs.argmax(1)).movedim(-1, 1).detach().requires_grad_()
    logits = teller.layers(features)
    loss = functional.binary_cross_entropy_with_logits(logits, y, reduction="sum")
    (of_features,) = torch.autograd.grad(loss, features)
    blend = torch.einsum("bkhw,kf->bfhw", outputs.softmax(1), teller.colours.weight.detach())
    (expected,) = torch.autograd.grad((blend * of_features).sum(), outputs)
    (found,) = torch.autograd.grad(decoded.sum(), outputs)
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("exclusive", [False, True])
def test_that_the_error_is_the_cross_entropy_of_what_was_told(exclusive):
    teller = consistency.Teller((1, 8, 8), len(NAMES), palette=False).eval()
    outputs, y = torch.randn(6, 1, 8, 8), torch.eye(3)[[0, 1, 2, 0, 1, 2]] if exclusive else some()[1]
    x = outputs.sigmoid()
    p = teller(x).softmax(1) if exclusive else teller(x).sigmoid()
    expected = -(y * p.log() + (0.0 if exclusive else (1 - y) * (1 - p).log())).sum(1)
    torch.testing.assert_close(consistency.error_of_real(teller, Bernoulli(), x, y, exclusive), expected)
    torch.testing.assert_close(
        consistency.error_of_decoded(teller, Bernoulli(), outputs, y, exclusive), expected
    )


@pytest.mark.parametrize("palette", [False, True])
def test_that_the_teller_learns_from_real_pictures_alone(palette):
    likelihood = Palette(GREYS) if palette else Bernoulli()
    channels = 3 if palette else 1
    teller = consistency.Teller((channels, 8, 8), len(NAMES), palette)
    outputs = torch.randn(6, channels, 8, 8).requires_grad_()
    x, y = some()
    consistency.error_of_decoded(teller, likelihood, outputs, y, False).sum().backward()
    assert float(outputs.grad.norm()) > 0.0
    assert all(weight.grad is None for weight in teller.parameters())
    consistency.error_of_real(teller, likelihood, x, y, False).sum().backward()
    assert all(float(weight.grad.norm()) > 0.0 for weight in teller.parameters())


def test_that_the_elbo_is_that_of_a_model_without_and_the_penalty_only_of_training():
    with_it, without = make(), make(consistency=0.0)
    without.load_state_dict({k: v for k, v in with_it.state_dict().items() if not k.startswith("teller")})
    x, y = some()
    trained, plain = with_it.train().elbo_terms(x, noise(), y=y), without.elbo_terms(x, noise(), y=y)
    torch.testing.assert_close(trained.reconstruction, plain.reconstruction)
    torch.testing.assert_close(trained.kl_per_dimension, plain.kl_per_dimension)
    assert trained.penalty.shape == (6,)
    assert plain.penalty is None
    assert with_it.eval().elbo_terms(x, noise(), y=y).penalty is None


def test_that_the_penalty_makes_the_decoder_draw_what_it_is_told():
    """Pictures lit all over or not at all, which z knows: told otherwise, only the penalty asks for more."""
    lit = (torch.arange(64) // 2 % 2).float()
    x = lit.view(-1, 1, 1, 1).expand(-1, 1, 8, 8) * 0.8 + 0.1
    y = torch.stack([lit, torch.zeros(64), torch.zeros(64)], 1)

    def follows(weight: float) -> float:
        model = make(consistency=weight, decoder_widths=(16, 16))
        with torch.no_grad():  # deaf at first: the decoder goes by z
            model.decoder.layers[0].weight[:, -len(NAMES) :] = 0.0
        optimizer, generator = torch.optim.Adam(model.parameters(), 0.01), noise()
        for _ in range(150):
            terms = model.train().elbo_terms(x, generator, y=y)
            loss = 0.001 * terms.kl - terms.reconstruction
            (loss if terms.penalty is None else loss + terms.penalty).mean().backward()
            optimizer.step()
            optimizer.zero_grad()
        other = y.clone()
        other[:, 0] = 1.0 - other[:, 0]
        with torch.no_grad():
            told = model.eval().decode(model.encode(x).mean, other).sigmoid().mean((1, 2, 3))
        return float(((told > 0.5) == (other[:, 0] > 0.5)).float().mean())

    assert follows(100.0) > 0.95
    assert follows(0.0) < 0.95


def test_that_classes_have_the_penalty_too():
    model = make(exclusive=True).train()
    terms = model.elbo_terms(some()[0], noise(), y=torch.eye(3)[[0, 1, 2, 0, 1, 2]])
    terms.penalty.mean().backward()
    assert functional.normalize(model.teller.layers[0].weight.grad.flatten(), dim=0).norm() > 0


def test_that_a_negative_weight_is_told():
    with pytest.raises(LabError, match="'consistency' is -1"):
        build("cvae", {"condition_names": NAMES, "consistency": -1.0})

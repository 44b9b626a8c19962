"""Directions steered through the decoder, where what they must be is known."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.core.likelihoods import Bernoulli, Palette
from latentlab.engine.attributes.steering import Steering, steered
from latentlab.engine.files.checkpoint import LoadedModel, ModelCard
from latentlab.errors import LabError
from latentlab.models.classifier.model import Classifier, ClassifierConfig
from latentlab.models.cvae.model import CVAE, CVAEConfig
from latentlab.models.vae.model import VAE, VAEConfig

QUICK = Steering(steps=60, pictures=8)


class Square(nn.Module):
    """Decodes z (B, 2) to one pixel for each dimension, darker below 0; or draws it in a palette of two."""

    picture_shape, latents = (1, 1, 2), 2

    def __init__(self, palette: bool = False) -> None:
        super().__init__()
        self.slope = nn.Parameter(torch.tensor(4.0))
        self.likelihood = Palette(("00", "ff")) if palette else Bernoulli()

    def decode(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        logits = self.slope * z.view(-1, 1, 1, 2)
        return torch.cat([-logits, logits], 1) if isinstance(self.likelihood, Palette) else logits

    def picture_at(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        return self.likelihood.picture(self.decode(z, y))


class Seer(nn.Module):
    """Sees that a pixel is bright."""

    picture_shape = (1, 1, 2)

    def __init__(self, names: tuple[str, ...] = ("Left", "Right"), exclusive: bool = False) -> None:
        super().__init__()
        self.class_names, self.exclusive = names, exclusive
        self.weight = nn.Parameter(torch.tensor(8.0))

    def features(self, x: Tensor) -> Tensor:
        return x.flatten(1)

    def logits(self, x: Tensor) -> Tensor:
        return self.weight * (x.flatten(1) - 0.5)


def judge(model: nn.Module) -> LoadedModel:
    card = ModelCard(kind="classifier", config={})
    return LoadedModel("seer", model, card, Path("seer.safetensors"), "")


def learnt(*arguments, **others) -> Tensor:
    *shares, vectors = steered(*arguments, **others)
    assert shares == sorted(shares)
    assert all(0.0 <= share < 1.0 for share in shares)
    return vectors


def corners(exclusive: bool = False) -> tuple[Tensor, Tensor]:
    """Pictures around the corners of a square, and which of their pixels are bright; of classes, one is."""
    a = torch.tensor([[1, 0], [0, 1]] if exclusive else [[0, 0], [1, 0], [0, 1], [1, 1]]).bool().repeat(20, 1)
    z = torch.where(a, 1.0, -1.0) + 0.1 * torch.randn(a.shape, generator=torch.Generator().manual_seed(0))
    return z, a


@pytest.mark.parametrize("palette", [False, True])
def test_that_each_goes_along_its_own_pixel_from_whatever_start(palette):
    z, a = corners()
    start = torch.tensor([[0.6, 0.8], [-0.5, 0.7]])
    vectors = learnt(
        Square(palette), judge(Seer()), z, ("Left", "Right"), a, start, steering=Steering(steps=200)
    )
    assert functional.cosine_similarity(vectors, torch.eye(2)).min() > 0.95
    # From one corner it leads past the middle.
    assert vectors.diagonal().min() > 1.0
    for number in range(2):
        has = a[:, number]
        moved = z + torch.where(has, -1.0, 1.0).unsqueeze(-1) * vectors[number]
        assert ((moved > 0.0)[:, number] != has).all()
        assert ((moved > 0.0)[:, 1 - number] == a[:, 1 - number]).all()


def test_that_it_is_the_same_again_and_leaves_its_start_and_the_model_alone():
    z, a = corners()
    model, start = Square(), torch.eye(2)
    one, again = (learnt(model, judge(Seer()), z, ("Left", "Right"), a, start, steering=QUICK) for _ in "ab")
    assert torch.equal(one, again)
    assert torch.equal(start, torch.eye(2))
    assert model.slope.grad is None


def test_that_what_is_never_beside_it_goes_with_it():
    """Nobody has the right one without the left: who takes the left away takes the right away."""
    z, a = corners()
    kept = a[:, 0] | ~a[:, 1]
    names, steering = ("Left", "Right"), Steering(steps=200)
    alone = learnt(Square(), judge(Seer()), z, names, a, torch.eye(2), steering=steering)
    both = learnt(Square(), judge(Seer()), z[kept], names, a[kept], torch.eye(2), steering=steering)
    assert abs(alone[0, 1]) < 0.2
    assert both[0, 1] > 0.6


def test_that_of_classes_one_is_added_and_taken_away():
    z, a = corners(exclusive=True)
    vectors = learnt(
        Square(), judge(Seer(exclusive=True)), z, ("Left", "Right"), a, torch.zeros(2, 2),
        steering=Steering(steps=200),
    )  # fmt: skip
    moved = z[~a[:, 0]] + vectors[0]
    assert (moved[:, 0] > moved[:, 1]).all()
    moved = z[a[:, 0]] - vectors[0]
    assert (moved[:, 0] < moved[:, 1]).all()


def test_that_names_decide_which_logit_is_whose():
    z, a = corners()
    seer = judge(Seer(("Right", "Left")))
    # The seer takes the left pixel for "Right": the direction of "Left" goes along the right one.
    vectors = learnt(Square(), seer, z, ("Left", "Right"), a[:, [1, 0]], torch.zeros(2, 2), steering=QUICK)
    assert vectors[0, 1] > vectors[0, 0]
    assert vectors[1, 0] > vectors[1, 1]


def test_that_it_works_where_gradients_are_off_and_tells_a_conditional_decoder_what_is_known():
    z, a = torch.randn(12, 2), torch.arange(12).unsqueeze(-1) % 2 == 0
    config = CVAEConfig(shape=(1, 8, 8), encoder_widths=(8,), decoder_widths=(8,), condition_names=("Left",),
                        exclusive=False)  # fmt: skip
    model, told = CVAE(config).eval(), []
    decode = model.decode
    model.decode = lambda z, y=None: told.append(y) or decode(z, y)
    seer = Classifier(ClassifierConfig(shape=(1, 8, 8), widths=(8,), features=4, condition_names=("Left",),
                                       exclusive=False)).eval()  # fmt: skip
    with torch.inference_mode():
        y = a.float()
        vectors = learnt(
            model, judge(seer), z, ("Left",), a, torch.zeros(1, 2), y, Steering(steps=3, pictures=4)
        )
    assert vectors.abs().max() > 0.0
    assert [some.shape for some in told] == [(4, 1)] * 3
    assert not any(weight.grad is not None for weight in (*model.parameters(), *seer.parameters()))


def test_that_classifiers_of_something_else_are_refused():
    z, a = corners()
    with pytest.raises(LabError, match="does not know 'Middle'"):
        learnt(Square(), judge(Seer()), z, ("Middle", "Right"), a, torch.eye(2))
    with pytest.raises(LabError, match="is not a classifier"):
        learnt(Square(), judge(Square()), z, ("Left", "Right"), a, torch.eye(2))
    other = VAE(VAEConfig(shape=(1, 8, 8), encoder_widths=(8,), decoder_widths=(8,)))
    with pytest.raises(LabError, match="another shape"):
        learnt(other, judge(Seer()), z, ("Left", "Right"), a, torch.eye(2))
    with pytest.raises(LabError, match="does not generate pictures"):
        learnt(nn.Linear(2, 2), judge(Seer()), z, ("Left", "Right"), a, torch.eye(2))

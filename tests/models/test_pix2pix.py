"""pix2pix: its two losses in closed form, who learns what, what it refuses, and that it learns."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from latentlab.core.source_shapes import SOURCES
from latentlab.core.sources import enlarged
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.trainer import Trainer
from latentlab.errors import LabError
from latentlab.models.base import JudgesPatches, Translates, capabilities_of
from latentlab.models.capabilities import Capability
from latentlab.models.pix2pix.model import Translator, TranslatorWithCritic, translator_of
from latentlab.models.pix2pix.objective import rough
from latentlab.models.pix2pix.spec import KIND, Pix2PixConfig
from latentlab.models.players import Batch, Moment
from latentlab.models.registry import build, translation_in
from latentlab.models.spec import Translation
from tests.tiny import toy_set

SMALL: dict[str, Any] = {"shape": (3, 16, 16), "widths": (8, 16), "critic_width": 8, "roughness": 0.0}
FIRST = Moment()
PLAN = TrainingPlan(epochs=1, batch=16, warmup_steps=2, device="cpu", precision="fp32", threads=1)


def model_of(**fields: Any) -> Translator:
    torch.manual_seed(0)
    return translator_of(Pix2PixConfig(**{**SMALL, **fields}))


def pictures(count: int = 6, shape: tuple[int, int, int] = (3, 16, 16)) -> Tensor:
    return torch.rand(count, *shape, generator=torch.Generator().manual_seed(1))


def losses_of(model: Translator, player: str, x: Tensor, moment: Moment = FIRST) -> tuple[Tensor, Tensor]:
    objective = model.objective(PLAN)
    return objective.loss(model, Batch(x), torch.Generator().manual_seed(0), moment, player)


def activations(model: TranslatorWithCritic, x: Tensor, source: Tensor) -> list[Tensor]:
    """What comes out of each activation function of the critic."""
    found: list[Tensor] = []
    hooks = [
        layer.register_forward_hook(lambda layer, given, made: found.append(made))
        for layer in model.critic.layers
        if isinstance(layer, torch.nn.LeakyReLU)
    ]
    model.critic(x, source)
    for hook in hooks:
        hook.remove()
    assert len(found) == 3
    return found


def test_that_the_critics_loss_is_the_cross_entropy_of_true_and_made_patches() -> None:
    model, x = model_of(), pictures()
    assert isinstance(model, TranslatorWithCritic)
    source = model.source_of(x)
    right, wrong = model.patch_map(x, source), model.patch_map(model.translate(source), source)
    loss, figures = losses_of(model, "critic", x)
    torch.testing.assert_close(loss, -right.log().mean() - (1.0 - wrong).log().mean())
    torch.testing.assert_close(
        figures, torch.stack([loss * 0, right.mean(), wrong.mean(), *torch.tensor([0.0, 1, 1])])
    )
    gradients = torch.autograd.grad(loss, list(model.parameters()), allow_unused=True)
    names = [name for name, _ in model.named_parameters()]
    assert {name.split(".")[0] for name, g in zip(names, gradients, strict=True) if g is not None} == {
        "critic"
    }


@pytest.mark.parametrize(("step", "share"), [(0, 0.0), (20, 0.0), (30, 0.5), (40, 1.0), (99, 1.0)])
def test_that_what_the_critic_sees_and_believes_joins_the_generators_l1_error(
    step: int, share: float
) -> None:
    model, x = model_of(adversarial=0.3), pictures()
    assert isinstance(model, TranslatorWithCritic)
    made = model.translate(model.source_of(x))
    error, wrong = (made - x).abs().mean(), model.patch_map(made, model.source_of(x))
    loss, figures = losses_of(model, "generator", x, Moment(step, steps=100))
    true, false = (activations(model, some, model.source_of(x)) for some in (x, made))
    apart = sum((a - b).abs().mean() for a, b in zip(true, false, strict=True)) / len(true)
    torch.testing.assert_close(loss, error + share * 0.3 * (50.0 * apart - wrong.log().mean()))
    torch.testing.assert_close(figures[:3], torch.stack([error, error * 0, error * 0]))


def test_that_without_weight_there_is_no_critic_and_the_loss_is_the_l1_error_alone() -> None:
    model, x = model_of(adversarial=0.0), pictures()
    assert not isinstance(model, JudgesPatches)
    assert {name.split(".")[0] for name, _ in model.named_parameters()} == {"generator"}
    assert [player.name for player in model.objective(PLAN).players] == ["generator"]
    loss, _ = losses_of(model, "generator", x)
    torch.testing.assert_close(loss, (model.translate(model.source_of(x)) - x).abs().mean())
    assert capabilities_of(model) == KIND.can(model.config) == {Capability.TRANSLATES}
    figures = model.objective(PLAN).terms(torch.tensor([0.4, 0, 0, 2.0, 0, 0]), 2)
    assert figures["error"] == pytest.approx(0.2)
    assert math.isnan(figures["made"])


def test_that_the_l1_error_alone_is_least_at_the_median_of_what_a_source_may_mean() -> None:
    # One source for all pictures: grey levels 0.2 (three of them) and 0.9 (two).
    levels = torch.tensor([0.2, 0.2, 0.2, 0.9, 0.9])
    x = levels[:, None, None, None].expand(-1, 1, 8, 8).contiguous()
    model = model_of(shape=(1, 8, 8), adversarial=0.0)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(150):
        optimizer.zero_grad()
        losses_of(model, "generator", x)[0].backward()
        optimizer.step()
    assert (model.translate(torch.ones(1, 1, 8, 8)) - 0.2).abs().max() < 0.05


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize(("shape", "pixel"), [((3, 16, 32), 1), ((3, 12, 24), 2), ((3, 22, 44), 1)])
def test_that_it_translates_every_source_at_every_size(
    name: str, shape: tuple[int, int, int], pixel: int
) -> None:
    model = model_of(shape=shape, pixel=pixel, source=name)
    assert isinstance(model, Translates)
    said = translation_in("pix2pix", {**SMALL, "shape": shape, "pixel": pixel, "source": name})
    assert said == Translation(model.source_name, model.source_shape, model.target_shape)
    x = pictures(2, shape)
    made = model.translate(model.source_of(x))
    assert made.shape == model.target_of(x).shape == (2, *model.target_shape)
    squares = made[..., ::pixel, ::pixel]
    assert torch.equal(made, enlarged(squares, pixel, made.shape[-2:])), "sharp on the squares"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"source": "pairs", "shape": (3, 16, 15)}, "no pairs of two squares"),
        ({"source": "grey", "shape": (1, 16, 16)}, "grey already"),
        ({"source": "outlines"}, "'source' is 'outlines'"),
        ({"pixel": 3}, "'pixel' is 3"),
        ({"widths": (12,)}, "multiples of 8"),
        ({"adversarial": -1.0}, "'adversarial' is -1.0"),
    ],
)
def test_that_a_config_that_cannot_be_is_refused_in_words(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(LabError, match=words):
        Pix2PixConfig(**{**SMALL, **fields})


def test_that_a_config_that_cannot_be_translates_nothing() -> None:
    assert translation_in("pix2pix", {**SMALL, "pixel": 3}) is None
    assert translation_in("vae", {}) is None
    assert translation_in("none", {}) is None


def test_that_damaged_outlines_are_a_share_and_half_of_them_are_black() -> None:
    levels = pictures(400, (1, 16, 16))
    clean = torch.where(levels > 0.3, 1.0, levels)
    none = rough(clean, 0.0, 1, torch.Generator().manual_seed(0))
    some = rough(clean, 0.5, 1, torch.Generator().manual_seed(0))
    assert torch.equal(none, clean)
    damaged = (some != clean).flatten(1).any(1)
    assert 0.4 < damaged.float().mean() < 0.6
    black = ((some == 0.0) | (some == 1.0)).flatten(1).all(1)
    assert 0.4 < black[damaged].float().mean() < 0.6
    assert not black[~damaged].any()
    assert (some == 1.0).float().mean() > (clean == 1.0).float().mean(), "more of it is blank"
    again = rough(clean, 0.5, 1, torch.Generator().manual_seed(0))
    assert torch.equal(again, some)


def test_that_only_outlines_are_damaged() -> None:
    x = pictures()
    for name in ("half", "grey", "low"):
        smooth, damaged = (model_of(source=name, roughness=roughness) for roughness in (0.0, 1.0))
        assert torch.equal(losses_of(smooth, "generator", x)[0], losses_of(damaged, "generator", x)[0])
    smooth, damaged = (model_of(roughness=roughness) for roughness in (0.0, 1.0))
    assert not torch.equal(losses_of(smooth, "generator", x)[0], losses_of(damaged, "generator", x)[0])


def test_that_a_step_trains_both_and_a_loss_that_is_no_number_keeps_the_last_weights() -> None:
    trainer = Trainer(build("pix2pix", {**SMALL, "shape": (1, 8, 8)}), toy_set("train"), PLAN)
    before = {name: tensor.clone() for name, tensor in trainer.model.state_dict().items()}
    trainer.train_step(torch.arange(16))
    after = {name: tensor.clone() for name, tensor in trainer.model.state_dict().items()}
    for part in ("critic", "generator"):
        assert any(not torch.equal(after[name], before[name]) for name in after if name.startswith(part))
    with torch.no_grad():
        trainer.model.critic.layers[0].bias.fill_(math.nan)
    kept = {name: tensor.clone() for name, tensor in trainer.model.state_dict().items()}
    with pytest.raises(LabError, match="stopped being a number"):
        trainer.train_step(torch.arange(16))
    for name, tensor in trainer.model.state_dict().items():
        assert torch.equal(tensor.nan_to_num(7.0), kept[name].nan_to_num(7.0)), name

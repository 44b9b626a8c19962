"""GANs and Wasserstein GANs: their losses, penalties, conditions and encoders."""

from __future__ import annotations

import math

import pytest
import torch
from scipy import stats
from torch import nn
from torch.nn import functional

from latentlab.core.figures import Figures
from latentlab.errors import LabError
from latentlab.models.adversarial.figures import Tally
from latentlab.models.adversarial.inversion import in_blocks
from latentlab.models.adversarial.slope import slope, squared_slope
from latentlab.models.base import capabilities_of
from latentlab.models.capabilities import Capability
from latentlab.models.gan.model import GANObjective
from latentlab.models.gan.spec import FIGURES, GANConfig
from latentlab.models.players import Batch, Moment
from latentlab.models.priors import Uniform
from latentlab.models.registry import build, find_kind
from latentlab.models.wgan.model import WGANObjective, flatten_out
from latentlab.models.wgan.spec import WGANConfig

SMALL = {"latents": 3, "shape": (1, 8, 8), "generator_widths": (8, 8), "discriminator_widths": (8, 8)}
TWO = {"condition": True, "condition_names": ("even", "odd")}


def made(kind: str, seed: int = 0, **fields: object) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return build(kind, {**SMALL, **fields})


def batch(count: int = 6, *, y: bool = False) -> Batch:
    x = torch.rand(count, 1, 8, 8, generator=torch.Generator().manual_seed(3))
    return Batch(x, y=torch.eye(2)[torch.arange(count) % 2] if y else None)


def noise() -> torch.Generator:
    return torch.Generator().manual_seed(7)


def logits(model: nn.Module, of: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """The discriminator's numbers of the real and of the made pictures of a step."""
    pictures = model.picture_at(model.latent_prior.draw(len(of.x), noise()), of.y)
    return model.scores(of.x, of.y), model.scores(pictures, of.y)


@pytest.mark.parametrize("network", ["conv", "mlp"])
@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 17, 23), (1, 4, 5), (3, 64, 64)])
def test_that_pictures_have_their_shape_and_scores_are_one_a_picture(network: str, shape: tuple[int, ...]):
    model = build("gan", {**SMALL, "network": network, "shape": shape})
    pictures = model.draw_pictures(3, noise())
    assert pictures.shape == (3, *shape)
    assert model.scores(pictures).shape == (3,)
    assert model.encode(pictures).mean.shape == (3, 3)


def test_that_pixel_art_is_made_of_whole_drawn_pixels():
    model = made("gan", shape=(3, 16, 16), pixel=4)
    pictures = model.draw_pictures(2, noise())
    squares = pictures.unflatten(-1, (-1, 4)).unflatten(-3, (-1, 4))
    assert (squares == squares[..., :1, :, :1]).all()
    with pytest.raises(LabError, match="does not divide"):
        build("gan", {**SMALL, "shape": (3, 16, 16), "pixel": 5})


def test_that_the_losses_are_those_of_the_equations():
    model, step = made("gan", r1=0.0), batch()
    real, fake = logits(model, step)
    game = GANObjective(model.config)
    loss, _ = game.loss(model, step, noise(), Moment(), "discriminator")
    expected = -torch.log(torch.sigmoid(real)).mean() - torch.log(1.0 - torch.sigmoid(fake)).mean()
    assert torch.allclose(loss, expected, atol=1e-5)
    loss, _ = game.loss(model, step, noise(), Moment(), "generator")
    assert torch.allclose(loss, -torch.log(torch.sigmoid(fake)).mean(), atol=1e-5)
    minimax = GANObjective(GANConfig(**{**SMALL, "loss": "minimax"}))
    loss, _ = minimax.loss(model, step, noise(), Moment(), "generator")
    assert torch.allclose(loss, torch.log(1.0 - torch.sigmoid(fake)).mean(), atol=1e-5)


def test_that_a_smoothed_target_is_a_cross_entropy_with_less_than_one():
    model, step = made("gan"), batch()
    real, fake = logits(model, step)
    game = GANObjective(GANConfig(**{**SMALL, "smoothing": 0.2, "r1": 0.0}))
    loss, _ = game.loss(model, step, noise(), Moment(), "discriminator")
    entropy = functional.binary_cross_entropy_with_logits
    expected = entropy(real, torch.full_like(real, 0.8)) + entropy(fake, torch.zeros_like(fake))
    assert torch.allclose(loss, expected, atol=1e-6)


def test_that_the_penalty_is_applied_in_each_so_many_th_step_and_as_many_times():
    model, step = made("gan"), batch()
    plain = GANObjective(GANConfig(**{**SMALL, "r1": 0.0}))
    lazy = GANObjective(GANConfig(**{**SMALL, "r1": 3.0, "r1_every": 4}))

    def loss(game: GANObjective, number: int) -> torch.Tensor:
        return game.loss(model, step, noise(), Moment(turn=number), "discriminator")[0]

    expected = 0.5 * 3.0 * 4 * squared_slope(model, step.x, None).mean()
    assert torch.allclose(loss(lazy, 8) - loss(plain, 8), expected, rtol=1e-3, atol=1e-6)
    assert torch.equal(loss(lazy, 9), loss(plain, 9))


def test_that_the_slope_is_that_of_finite_differences_and_not_nan_where_it_is_zero():
    model = made("wgan").double()
    x = batch(2).x
    with torch.no_grad():
        numbers = []
        for pixel in range(64):
            step = torch.zeros(64).double()
            step[pixel] = 1e-5
            step = step.view(1, 1, 8, 8)
            numbers.append((model.scores(x + step) - model.scores(x - step)) / 2e-5)
    expected = torch.stack(numbers).square().sum(0).sqrt()
    assert torch.allclose(slope(model, x, None).double(), expected, rtol=1e-3)
    flat = made("wgan")
    with torch.no_grad():
        flat.discriminator.score.weight.zero_()
    gradient = torch.autograd.grad(slope(flat, x, None).sum(), flat.discriminator.score.weight)[0]
    assert torch.isfinite(gradient).all()


def test_that_the_critics_loss_is_the_distance_and_its_penalty():
    model, step = made("wgan"), batch()
    real, fake = logits(model, step)
    loss, told = WGANObjective(WGANConfig(**{**SMALL, "penalty": 0.0})).loss(
        model, step, noise(), Moment(), "critic"
    )
    assert torch.allclose(loss, fake.mean() - real.mean() + 1e-3 * real.square().mean(), atol=1e-6)
    found = WGANObjective(model.config).terms(told, 1)
    assert found["distance"] == pytest.approx(float((real.mean() - fake.mean()).detach()), abs=1e-6)
    steep, _ = WGANObjective(WGANConfig(**{**SMALL, "penalty": 5.0})).loss(
        model, step, noise(), Moment(), "critic"
    )
    draws = noise()
    pictures = model.picture_at(model.latent_prior.draw(len(step.x), draws))
    share = torch.rand(3, 1, 1, 1, generator=draws)
    between = share * step.x[:3] + (1.0 - share) * pictures[:3]
    penalty = 5.0 * (slope(model, between, None) - 1.0).square().mean()
    assert torch.allclose(steep - loss, penalty, atol=1e-5)


def test_that_clipping_and_spectral_norm_bound_the_critic():
    clipped = made("wgan", constraint="clip", clip=0.01)
    (critic, _) = WGANObjective(clipped.config).players
    assert critic.after is not None
    with torch.no_grad():
        critic.after(clipped)
    assert max(float(weight.detach().abs().max()) for weight in clipped.discriminator.parameters()) <= 0.01
    spectral = made("wgan", constraint="spectral")
    with torch.no_grad():
        for weight in spectral.discriminator.parameters():
            weight.mul_(5.0)
        for _ in range(100):
            flatten_out(spectral)
    matrices = [w.detach().flatten(1) for w in spectral.discriminator.parameters() if w.ndim > 1]
    assert max(float(torch.linalg.matrix_norm(matrix, 2)) for matrix in matrices) <= 1.01


def test_that_the_score_of_a_condition_is_the_projection_on_it():
    model = made("gan", **TWO)
    x = batch(2).x
    found = model.scores(x, torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
    h = model.discriminator.features(x)
    rows = model.discriminator.project.weight.T
    expected = model.discriminator.score(h).squeeze(-1) + (rows * h).sum(-1)
    assert torch.allclose(found, expected, atol=1e-6)
    with pytest.raises(LabError, match="a condition of 3 numbers"):
        model.scores(x, torch.ones(3))


def test_that_both_players_are_asked_to_tell_the_condition():
    model, step = made("gan", **TWO, auxiliary=0.5, r1=0.0), batch(y=True)
    game, plain = (
        GANObjective(model.config),
        GANObjective(GANConfig(**{**SMALL, **TWO, "auxiliary": 0.0, "r1": 0.0})),
    )
    pictures = model.picture_at(model.latent_prior.draw(len(step.x), noise()), step.y)
    vectors = model.discriminator.project.weight
    for player, x in (("discriminator", step.x), ("generator", pictures)):
        more, less = (of.loss(model, step, noise(), Moment(), player)[0] for of in (game, plain))
        logits_of_y = model.discriminator.features(x) @ vectors
        expected = 0.5 * functional.cross_entropy(logits_of_y, step.y.argmax(1))
        assert torch.allclose(more - less, expected, atol=1e-5)
    several = made("gan", **TWO, exclusive=False)
    loss, _ = GANObjective(several.config).loss(several, step, noise(), Moment(), "generator")
    assert torch.isfinite(loss)


def test_that_an_encoder_can_be_left_out_and_is_trained_after_the_players():
    settings = type("Settings", (), {"epochs": 10, "importance_samples": 1})()
    without = made("gan", encoder=False)
    assert Capability.ENCODES not in capabilities_of(without)
    assert [phase.name for phase in without.phases(settings)] == ["players"]
    model = made("gan")
    players, encoder = model.phases(settings)
    assert (players.name, encoder.name) == ("players", "encoder")
    loss, told = encoder.work.loss(model, batch(), noise(), Moment(), "encoder")
    told = encoder.work.terms(told, 1)
    assert math.isfinite(float(loss.detach()))
    assert set(told.values) == {"latent_error", "pixel_error"}


@pytest.mark.parametrize("prior", ["normal", "uniform"])
def test_that_the_encoders_loss_is_of_latents_pixels_and_how_unlikely_its_codes_are(prior: str) -> None:
    model, shown = made("gan", prior=prior), batch()
    work = model.phases(type("Settings", (), {"epochs": 10, "importance_samples": 1})())[1].work
    loss, _ = work.loss(model, shown, noise(), Moment(), "encoder")
    z = model.latent_prior.draw(len(shown.x), noise())
    found, code = model.encode(model.picture_at(z)).mean, model.encode(shown.x).mean
    far = code.square().mean() + math.log(2 * math.pi) if prior == "normal" else 2 * math.log(2)
    pixels = in_blocks(model.picture_at(code) - shown.x)
    torch.testing.assert_close(loss, 0.3 * (found - z).square().mean() + 20.0 * pixels + 0.1 * far)


def test_that_an_encoder_of_a_generator_that_shows_its_latents_learns_to_read_them():
    model = made("gan", network="mlp", latents=2)
    optimizer = torch.optim.Adam(model.encoder.parameters(), 1e-2)
    work = model.phases(type("Settings", (), {"epochs": 10, "importance_samples": 1})())[1].work
    draws, first, last = noise(), 0.0, 0.0
    for _ in range(150):
        loss, told = work.loss(model, batch(64), draws, Moment(), "encoder")
        last = work.terms(told, 1)["latent_error"]
        first = first or last
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert last < 0.5 * first


def test_that_the_error_in_blocks_is_that_of_pixels_and_of_means_of_2_x_2_and_4_x_4():
    difference = torch.randn(5, 3, 8, 8, generator=noise(), dtype=torch.float64)
    means = [difference.unfold(2, s, s).unfold(3, s, s).mean((-1, -2)).square().mean() for s in (1, 2, 4)]
    torch.testing.assert_close(in_blocks(difference), 0.5 * (means[0] + 2 * means[1] + 4 * means[2]))


def test_that_the_error_in_blocks_is_the_same_for_pictures_that_are_stored_enlarged():
    difference = torch.randn(5, 3, 8, 8, generator=noise(), dtype=torch.float64)
    enlarged = difference.repeat_interleave(2, -1).repeat_interleave(2, -2)
    torch.testing.assert_close(in_blocks(enlarged, 2), in_blocks(difference))


def test_that_the_error_in_blocks_is_smaller_for_a_stroke_that_lies_nearer():
    strokes = torch.zeros(3, 1, 16, 16)
    for row, column in enumerate((4, 6, 12)):
        strokes[row, :, :, column] = 1.0
    near, far = in_blocks(strokes[1:2] - strokes[:1]), in_blocks(strokes[2:] - strokes[:1])
    assert near < far


def test_that_the_uniform_prior_is_uniform():
    prior = Uniform(2)
    z = prior.draw(4000, torch.Generator().manual_seed(0))
    assert stats.kstest(z.flatten().numpy(), stats.uniform(-1.0, 2.0).cdf).pvalue > 0.01
    density = prior.log_density(torch.tensor([[0.3, -0.9], [1.1, 0.0]]))
    assert density.tolist() == [pytest.approx(-2.0 * math.log(2.0)), -math.inf]
    assert torch.isfinite(prior.to_normal(torch.tensor([1.0, -1.0]))).all()


def test_that_a_tally_tells_means_of_what_was_told_and_nothing_of_the_rest():
    tally = Tally(FIGURES, ("real", "made"))
    sums = tally.of({"real": torch.tensor(0.25)}, 3) + tally.of({"real": torch.tensor(0.75)}, 1)
    found: Figures = tally.terms(sums)
    assert found["real"] == pytest.approx(0.375)
    assert math.isnan(found["made"])


@pytest.mark.parametrize("kind", ["gan", "wgan"])
def test_that_every_preset_makes_a_model_of_its_config(kind: str):
    spec = find_kind(kind)
    for preset in spec.presets:
        fields = spec.fields_of(preset.values, (1, 28, 28))
        assert spec.build(spec.config(**fields)).draw_pictures(1, noise()).shape == (1, 1, 28, 28)

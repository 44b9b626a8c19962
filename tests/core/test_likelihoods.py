"""What decoders' outputs mean: against torch.distributions, and by summing over every picture there is."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from torch.distributions import Bernoulli as BernoulliReference
from torch.distributions import Categorical as CategoricalReference
from torch.distributions import Independent, Normal

from latentlab.core.likelihoods import (
    LIKELIHOODS,
    Bernoulli,
    Categorical,
    Gaussian,
    Palette,
    make_likelihood,
)


def outputs(*shape: int) -> torch.Tensor:
    return 2.0 * torch.randn(shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def every_picture(levels: int, pixels: int) -> torch.Tensor:
    values = [value / (levels - 1) for value in range(levels)]
    pictures = list(itertools.product(values, repeat=pixels))
    return torch.tensor(pictures, dtype=torch.float64)


def test_that_bernoulli_probabilities_of_all_binary_pictures_sum_to_one():
    pictures = every_picture(2, 6).reshape(-1, 1, 2, 3)
    log_p = Bernoulli().log_prob(outputs(1, 1, 2, 3), pictures)
    assert log_p.exp().sum().item() == pytest.approx(1.0, abs=1e-12)
    reference = Independent(BernoulliReference(logits=outputs(1, 1, 2, 3)), 3).log_prob(pictures)
    torch.testing.assert_close(log_p, reference)


def test_that_a_grey_level_counts_as_the_mean_over_on_and_off():
    one = outputs(1, 1, 1, 1)
    on, off, grey = (Bernoulli().log_prob(one, torch.full((1, 1, 1, 1), x)) for x in (1.0, 0.0, 0.3))
    torch.testing.assert_close(grey, 0.3 * on + 0.7 * off)


@pytest.mark.parametrize("logit", [-1e4, -200.0, -40.0, 40.0, 200.0, 1e4])
@pytest.mark.parametrize("x", [0.0, 1.0])
def test_that_extreme_bernoulli_logits_give_finite_densities_and_gradients(logit, x):
    output = torch.full((1, 1, 1, 1), logit, requires_grad=True)
    log_p = Bernoulli().log_prob(output, torch.full((1, 1, 1, 1), x))
    log_p.sum().backward()
    wrong = (logit > 0) != (x == 1.0)
    assert log_p.item() == pytest.approx(-abs(logit) if wrong else 0.0, abs=1e-6)
    assert output.grad.item() == pytest.approx(math.copysign(float(wrong), -logit), abs=1e-6)


def test_that_gaussian_density_is_that_of_torch_distributions_and_integrates_to_one():
    x = torch.linspace(-3, 4, 40_001, dtype=torch.float64)
    one = torch.full((1, 1, 1, 1), 0.4, dtype=torch.float64)
    density = Gaussian(0.2).log_prob(one, x.reshape(-1, 1, 1, 1)).exp()
    assert torch.trapezoid(density, x).item() == pytest.approx(1.0, abs=1e-9)
    m, picture = outputs(3, 2, 4, 5), outputs(3, 2, 4, 5).flip(0)
    reference = Independent(Normal(m, 0.2), 3).log_prob(picture)
    torch.testing.assert_close(Gaussian(0.2).log_prob(m, picture), reference)


def test_that_categorical_probabilities_of_all_pictures_sum_to_one():
    pictures = every_picture(3, 4).reshape(-1, 2, 1, 2)
    logits = outputs(1, 6, 1, 2)
    log_p = Categorical(3).log_prob(logits, pictures)
    assert log_p.exp().sum().item() == pytest.approx(1.0, abs=1e-12)


def test_that_categorical_reads_levels_before_channels():
    logits = outputs(2, 4 * 3, 5, 5)
    picture = torch.randint(0, 4, (2, 3, 5, 5), generator=torch.Generator().manual_seed(0))
    reference = CategoricalReference(logits=logits.reshape(2, 4, 3, 5, 5).movedim(1, -1)).log_prob(picture)
    found = Categorical(4).log_prob(logits, picture.double() / 3.0)
    torch.testing.assert_close(found, reference.sum((1, 2, 3)))


@pytest.mark.parametrize(
    "likelihood",
    [Bernoulli(), Gaussian(0.3), Categorical(4), Palette(("0011", "ff80", "7f00"))],
    ids=LIKELIHOODS,
)
def test_that_either_side_broadcasts_over_leading_batches(likelihood):
    many = outputs(5, 2, *likelihood.outputs_shape((2, 3, 3)))
    pictures = torch.rand(2, 2, 3, 3, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    together = likelihood.log_prob(many, pictures)
    assert together.shape == (5, 2)
    for k, b in itertools.product(range(5), range(2)):
        alone = likelihood.log_prob(many[k, b : b + 1], pictures[b : b + 1])
        torch.testing.assert_close(together[k, b : b + 1], alone)
    one_output = likelihood.log_prob(many[0, :1], pictures)
    torch.testing.assert_close(one_output[1:], likelihood.log_prob(many[0, :1], pictures[1:]))


@pytest.mark.parametrize("likelihood", [Bernoulli(), Gaussian(0.05), Categorical(5)], ids=LIKELIHOODS[:3])
def test_that_samples_average_to_the_mean_and_follow_the_seed(likelihood):
    one = outputs(1, *likelihood.outputs_shape((2, 3, 2))) * 0.3 + 0.5 * isinstance(likelihood, Gaussian)
    many = one.clamp(0.3, 0.7) if isinstance(likelihood, Gaussian) else one
    many = many.expand(20_000, -1, -1, -1)
    draws = likelihood.sample(many, torch.Generator().manual_seed(7))
    assert draws.shape == (20_000, 2, 3, 2)
    assert 0.0 <= draws.min().item() <= draws.max().item() <= 1.0
    torch.testing.assert_close(draws.mean(0), likelihood.picture(many[:1])[0], atol=0.02, rtol=0)
    assert torch.equal(draws, likelihood.sample(many, torch.Generator().manual_seed(7)))


def test_that_categorical_samples_and_the_mean_lie_on_the_grey_scale():
    sure = torch.full((1, 3, 1, 1), -50.0)
    sure[0, 2] = 50.0
    assert Categorical(3).picture(sure).item() == pytest.approx(1.0)
    assert Categorical(3).sample(sure).item() == 1.0


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_that_every_likelihood_can_be_made_by_name(name):
    made = make_likelihood(name, sigma=0.2, levels=7, palette=("00", "7f", "ff"), pixel=2)
    assert type(made).__name__.lower() == name
    shapes = {"categorical": (14, 6, 4), "palette": (3, 3, 2)}
    assert made.outputs_shape((2, 6, 4)) == shapes.get(name, (2, 6, 4))


def test_that_gaussian_means_are_shown_within_the_picture_range():
    assert Gaussian().picture(torch.tensor([-3.0, 0.5, 9.0])).tolist() == [0.0, 0.5, 1.0]


RED_WHITE_BLUE = Palette(("ff0000", "ffffff", "0000ff"), pixel=2)


def flags(numbers: torch.Tensor) -> torch.Tensor:
    """Pictures of the three colours, each drawn pixel 2 x 2; (N, h, w) -> (N, 3, 2 h, 2 w)."""
    colours = torch.tensor([[1.0, 0, 0], [1, 1, 1], [0, 0, 1]], dtype=torch.float64)
    drawn = colours[numbers].movedim(-1, 1)
    return drawn.repeat_interleave(2, -1).repeat_interleave(2, -2)


def test_that_palette_probabilities_of_all_pictures_sum_to_one_and_count_each_drawn_pixel_once():
    numbers = torch.tensor(list(itertools.product(range(3), repeat=4))).view(-1, 2, 2)
    logits = outputs(1, 3, 2, 2)
    log_p = RED_WHITE_BLUE.log_prob(logits, flags(numbers))
    assert log_p.exp().sum().item() == pytest.approx(1.0, abs=1e-12)
    reference = CategoricalReference(logits=logits.movedim(1, -1)).log_prob(numbers)
    torch.testing.assert_close(log_p, reference.sum((1, 2)))


def test_that_a_palette_shows_the_most_probable_colour_and_never_a_blend():
    logits = torch.tensor([1.0, 0.9, -2.0]).view(1, 3, 1, 1)
    assert torch.equal(RED_WHITE_BLUE.picture(logits).double(), flags(torch.tensor([[[0]]])))


@pytest.mark.parametrize("palette", [RED_WHITE_BLUE, Palette(("00", "7f", "ff"))])
def test_that_a_palettes_pixels_are_its_picture_in_bytes(palette: Palette):
    logits = outputs(5, 3, 4, 2)
    bytes_of_picture = (palette.picture(logits) * 255.0).round().to(torch.uint8).movedim(1, -1)
    assert np.array_equal(palette.pixels(logits), bytes_of_picture.numpy())


def test_that_palette_draws_come_as_often_as_their_probabilities_say():
    logits = outputs(1, 3, 1, 1).expand(30_000, -1, -1, -1)
    draws = RED_WHITE_BLUE.sample(logits, torch.Generator().manual_seed(3))
    assert draws.shape == (30_000, 3, 2, 2)
    p = torch.softmax(logits[0, :, 0, 0], 0)
    for number in range(3):
        share = (draws == flags(torch.tensor([[[number]]]))).all((1, 2, 3)).double().mean()
        assert share.item() == pytest.approx(p[number].item(), abs=0.01)


def test_that_a_colour_that_is_not_in_the_palette_counts_as_the_nearest():
    logits = outputs(1, 3, 1, 1)
    pink = torch.tensor([1.0, 0.3, 0.2], dtype=torch.float64).view(1, 3, 1, 1).expand(1, 3, 2, 2)
    red = flags(torch.tensor([[[0]]]))
    assert RED_WHITE_BLUE.log_prob(logits, pink).item() == RED_WHITE_BLUE.log_prob(logits, red).item()


def test_that_neighbouring_colours_are_told_apart_under_bfloat16():
    inks = tuple(f"{level:02x}8040" for level in range(256))
    palette = Palette(inks)
    drawn = torch.tensor([list(bytes.fromhex(ink)) for ink in inks]).float().view(1, 256, 1, 3) / 255.0
    pictures = drawn.movedim(-1, 1)
    logits = outputs(1, 256, 256, 1).float()
    with torch.autocast("cpu", torch.bfloat16):
        found = palette.log_prob(logits, pictures)
    torch.testing.assert_close(found, palette.log_prob(logits, pictures))

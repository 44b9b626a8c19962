"""The diffusion model: what it learns from, what it believes, and what it is told."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from latentlab.errors import LabError
from latentlab.models.base import conditional
from latentlab.models.ddpm.model import DDPM, PREDICTS, DDPMConfig

NAMES = ("cat", "dog", "owl")
SHAPE = (2, 8, 8)


def config(**changes) -> DDPMConfig:
    return DDPMConfig(**{"shape": SHAPE, "widths": (16, 32), **changes})


def make_ddpm(**changes) -> DDPM:
    """One all of whose weights say something; as it is made, it answers 0."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = DDPM(config(**changes)).eval()
        for weight in model.parameters():
            nn.init.normal_(weight, std=0.1)
    return model


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(count: int = 6) -> Tensor:
    """In [0, 1], (count, 2, 8, 8)."""
    return torch.rand(count, *SHAPE, generator=seeded(9))


class Answering(nn.Module):
    """In a network's place: answers by a function and notes what it was asked."""

    def __init__(self, answer) -> None:
        super().__init__()
        self.answer, self.asked = answer, []

    def forward(self, x: Tensor, t: Tensor, y: Tensor | None = None) -> Tensor:
        self.asked.append((x, t, y))
        return self.answer(x, t, y)


def answering(answer=lambda x, t, y: torch.zeros_like(x), **changes) -> DDPM:
    model = DDPM(config(**changes)).eval()
    model.net = Answering(answer)
    return model


def by_rows(model: DDPM, t: Tensor) -> tuple[Tensor, Tensor]:
    """a and s of each row's time, in float64, (B, 1, 1, 1)."""
    signal, sigma = model.schedule.scales(t)
    return signal.view(-1, 1, 1, 1), sigma.view(-1, 1, 1, 1)


def target(predicts: str, x_0: Tensor, noise: Tensor, signal: Tensor, sigma: Tensor) -> Tensor:
    """What the network is asked for."""
    return {"noise": noise, "x0": x_0, "v": signal * noise - sigma * x_0}[predicts]


# What it believes


@pytest.mark.parametrize("predicts", PREDICTS)
@pytest.mark.parametrize("schedule", ["linear", "cosine", "sigmoid"])
def test_that_one_who_knows_the_answer_gives_picture_and_noise_back(predicts, schedule):
    x_0, noise = (torch.randn(4, *SHAPE, generator=seeded(seed), dtype=torch.float64) for seed in (1, 2))
    model, t = answering(predicts=predicts, schedule=schedule), torch.tensor([1, 40, 500, 990])
    signal, sigma = by_rows(model, t)
    model.net.answer = lambda x, t, y: target(predicts, x_0, noise, signal, sigma)
    predicted = model.denoise(signal * x_0 + sigma * noise, t)
    torch.testing.assert_close(predicted.x_0, x_0, rtol=0, atol=1e-8)
    torch.testing.assert_close(predicted.noise, noise, rtol=0, atol=1e-8)


@pytest.mark.parametrize("predicts", PREDICTS)
def test_that_whatever_it_answers_picture_and_noise_make_up_what_it_saw(predicts):
    model, x_t = make_ddpm(predicts=predicts), torch.randn(4, *SHAPE, generator=seeded())
    t = torch.tensor([1, 40, 500, 800])
    signal, sigma = (scale.float() for scale in by_rows(model, t))
    predicted = model.denoise(x_t, t)
    torch.testing.assert_close(signal * predicted.x_0 + sigma * predicted.noise, x_t, rtol=1e-4, atol=1e-4)


def test_that_one_time_for_all_is_that_time_for_each():
    model, x_t = make_ddpm(), torch.randn(3, *SHAPE, generator=seeded())
    all_alike, each = model.denoise(x_t, 77), model.denoise(x_t, torch.full((3,), 77))
    assert torch.equal(all_alike.x_0, each.x_0)
    assert torch.equal(all_alike.noise, each.noise)


@pytest.mark.parametrize("steps", [10, 1000, 4000])
def test_that_the_network_is_told_times_on_a_scale_of_a_thousand(steps):
    model = answering(steps=steps)
    model.denoise(torch.zeros(1, *SHAPE), steps)
    assert float(model.net.asked[0][1]) == pytest.approx(1000.0)


@pytest.mark.parametrize("guidance", [0.0, 0.5, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("predicts", PREDICTS)
def test_that_guidance_goes_from_without_the_condition_to_with_it_and_on(guidance, predicts):
    """Of answers that are linear, so are the beliefs, whatever is predicted."""
    model, x_t = (
        make_ddpm(condition_names=NAMES, predicts=predicts),
        torch.randn(3, *SHAPE, generator=seeded()),
    )
    y, t = torch.eye(3), torch.tensor([5, 300, 900])
    guided, told, untold = model.denoise(x_t, t, y, guidance), model.denoise(x_t, t, y), model.denoise(x_t, t)
    assert not torch.allclose(told.x_0, untold.x_0)
    for of in ("x_0", "noise"):
        with_y, without = getattr(told, of), getattr(untold, of)
        expected = without + guidance * (with_y - without)
        torch.testing.assert_close(getattr(guided, of), expected, rtol=1e-3, atol=1e-3)


def test_that_guidance_costs_a_second_look_only_where_it_is_needed():
    model = answering(condition_names=NAMES)
    x_t, y = torch.zeros(2, *SHAPE), torch.eye(3)[:2]
    for guidance, told in ((0.0, y), (1.0, y), (3.0, None), (3.0, y)):
        model.denoise(x_t, 9, told, guidance)
    assert [len(x) for x, _, _ in model.net.asked] == [2, 2, 2, 4]
    assert [None if y is None else y.tolist() for _, _, y in model.net.asked] == [
        None, y.tolist(), None, [*y.tolist(), [0.0] * 3, [0.0] * 3],
    ]  # fmt: skip


# What it is told


def test_that_classes_are_told_as_they_are_and_attributes_as_minus_1_or_1():
    y = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    for exclusive, expected in ((True, y), (False, 2.0 * y - 1.0)):
        model = answering(condition_names=NAMES, exclusive=exclusive)
        model.denoise(torch.zeros(2, *SHAPE), 9, y)
        assert torch.equal(model.net.asked[0][2], expected)


def test_that_one_condition_does_for_all_pictures():
    model, x_t = make_ddpm(condition_names=NAMES), torch.randn(3, *SHAPE, generator=seeded())
    y = torch.eye(3)[1]
    assert torch.equal(model.denoise(x_t, 9, y).x_0, model.denoise(x_t, 9, y.expand(3, 3)).x_0)


def test_that_a_condition_of_another_length_is_told():
    with pytest.raises(LabError, match="a condition of 2 numbers; the model has 3"):
        make_ddpm(condition_names=NAMES).denoise(torch.zeros(1, *SHAPE), 9, torch.zeros(2))


def test_that_a_model_without_conditions_takes_no_notice_of_one():
    model, x_t = make_ddpm(), torch.randn(1, *SHAPE, generator=seeded())
    assert conditional(model) is None
    assert torch.equal(model.denoise(x_t, 9, torch.ones(3), 4.0).x_0, model.denoise(x_t, 9).x_0)


@pytest.mark.parametrize("exclusive", [True, False])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_that_the_condition_is_left_out_for_its_share_of_the_pictures_in_training_alone(share, exclusive):
    count = 4000
    model = answering(condition_names=NAMES, condition_dropout=share, exclusive=exclusive)
    x, y = torch.zeros(count, *SHAPE), torch.eye(3)[torch.arange(count) % 3]
    model.train().noise_terms(x, seeded(), y=y)
    model.eval().noise_terms(x, seeded(), y=y)
    (_, _, trained), (_, _, judged) = model.net.asked
    left_out = (trained == 0.0).all(1)
    assert float(left_out.float().mean()) == pytest.approx(share, abs=0.03)
    whole = y if exclusive else 2.0 * y - 1.0
    assert torch.equal(trained[~left_out], whole[~left_out])
    assert torch.equal(judged, whole)


# What it learns from


@pytest.mark.parametrize("steps", [10, 1000])
@pytest.mark.parametrize("count", [1, 7, 64])
def test_that_the_times_of_a_batch_are_one_from_each_part_of_all_times(count, steps):
    model = answering(steps=steps)
    t = model.noise_terms(torch.zeros(count, *SHAPE), seeded()).t
    ends = torch.arange(count + 1, dtype=torch.float64) / count * steps
    assert (t > ends[:-1].floor()).all()
    assert (t <= ends[1:].ceil()).all()


def test_that_every_time_is_as_likely_as_any_other():
    """Whatever u is: of u evenly spread, times are too, from the first to the last."""
    model = answering(steps=10)
    u = torch.linspace(0.0, 1.0, 1001)[:-1]
    times = torch.stack([model.spread_times(one.expand(3)) for one in u])
    assert torch.bincount(times.flatten(), minlength=11)[1:].float().std() < 0.02 * len(u) * 3 / 10
    assert int(model.spread_times(torch.full((3,), 1.0))[-1]) == 10


@pytest.mark.parametrize("predicts", PREDICTS)
def test_that_the_loss_is_the_squared_error_of_what_is_asked_for(predicts):
    """Of a network that answers 0.25: worked out of the noise and the picture that it was shown."""
    model = answering(lambda x, t, y: torch.full_like(x, 0.25), predicts=predicts)
    x, t = pictures(4), torch.tensor([1, 100, 600, 1000])
    terms = model.noise_terms(x, seeded(3), t=t)
    x_0, noise = 2.0 * x - 1.0, torch.randn(x.shape, generator=seeded(3))
    signal, sigma = (scale.float() for scale in by_rows(model, t))
    (shown, times, _), expected = model.net.asked[0], target(predicts, x_0, noise, signal, sigma)
    torch.testing.assert_close(shown, signal * x_0 + sigma * noise)
    assert times.tolist() == t.tolist()
    assert torch.equal(terms.t, t)
    for row in range(4):
        assert float(terms.loss[row]) == pytest.approx(
            float((0.25 - expected[row]).square().mean()), rel=1e-5
        )


@pytest.mark.parametrize("predicts", PREDICTS)
def test_that_one_who_knows_the_answer_has_no_loss(predicts):
    x, t = pictures(3), torch.tensor([1, 500, 1000])
    model, noise = answering(predicts=predicts), torch.randn(x.shape, generator=seeded(3))
    signal, sigma = (scale.float() for scale in by_rows(model, t))
    model.net.answer = lambda *asked: target(predicts, 2.0 * x - 1.0, noise, signal, sigma)
    assert float(model.noise_terms(x, seeded(3), t=t).loss.max()) < 1e-10


@pytest.mark.parametrize("predicts", PREDICTS)
@pytest.mark.parametrize("schedule", ["linear", "cosine"])
def test_that_min_snr_weighs_the_error_of_the_picture_by_the_lesser_of_snr_and_5(predicts, schedule):
    """Whatever is predicted, an error d of x_0 counts min(SNR, 5) d^2 in the end."""
    model = answering(predicts=predicts, schedule=schedule, weighting="min-snr")
    t = torch.tensor([1, 30, 200, 500, 800, 990])
    alpha_bar = model.schedule.alpha_bar[t]
    a, s, snr = alpha_bar.sqrt(), (1.0 - alpha_bar).sqrt(), alpha_bar / (1.0 - alpha_bar)
    # x_t is what it is, so an error d of x_0 is one of -(a / s) d of the noise.
    of_target = target(predicts, torch.ones_like(a), -a / s, a, s)
    weighed = model.weights(t) * of_target.square()
    torch.testing.assert_close(weighed, snr.clamp(max=5.0), rtol=1e-9, atol=0.0)
    assert (snr > 5.0).any()
    assert (snr < 5.0).any()


def test_that_weights_enter_the_loss_and_simple_ones_are_1():
    t, x = torch.tensor([1, 500, 900]), pictures(3)
    simple, weighed = (answering(weighting=weighting) for weighting in ("simple", "min-snr"))
    assert torch.equal(simple.weights(t), torch.ones(3, dtype=torch.float64))
    plain, other = (model.noise_terms(x, seeded(), t=t).loss for model in (simple, weighed))
    torch.testing.assert_close(other, plain * weighed.weights(t).float())


def test_that_the_same_seed_has_the_same_loss_and_another_another():
    model, x, y = make_ddpm(condition_names=NAMES).train(), pictures(6), torch.eye(3).repeat(2, 1)
    first, again, other = (model.noise_terms(x, seeded(seed), y=y) for seed in (1, 1, 2))
    assert torch.equal(first.loss, again.loss)
    assert torch.equal(first.t, again.t)
    assert not torch.equal(first.loss, other.loss)


def test_that_times_are_drawn_evenly_from_1_to_the_last():
    model = answering(steps=10)
    t = model.noise_terms(torch.zeros(20_000, *SHAPE), seeded()).t
    shares = torch.bincount(t, minlength=11).float() / len(t)
    assert shares[0] == 0.0
    assert shares[1:].tolist() == pytest.approx([0.1] * 10, abs=0.01)


@pytest.mark.parametrize("predicts", PREDICTS)
def test_that_gradients_reach_all_weights(predicts):
    model = make_ddpm(condition_names=NAMES, blocks=2, predicts=predicts, dropout=0.1).train()
    model.noise_terms(pictures(6), seeded(), y=torch.eye(3).repeat(2, 1)).loss.mean().backward()
    for name, weight in model.named_parameters():
        assert weight.grad is not None, name
        assert float(weight.grad.abs().max()) > 0.0, name


def test_that_a_new_model_learns_within_a_few_steps():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = DDPM(config()).train()
    optimizer, noise = torch.optim.Adam(model.parameters(), 3e-3), seeded()
    x = torch.zeros(32, *SHAPE)
    x[:, :, :4] = 1.0  # every picture the same, so v follows from x_t
    losses = []
    for _ in range(60):
        loss = model.noise_terms(x, noise).loss.mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[0] == pytest.approx(1.0, abs=0.2), "|v|^2 of a network that says 0"
    assert sum(losses[-10:]) / 10 < 0.7


@pytest.mark.parametrize(("height", "width"), [(25, 31), (4, 5), (33, 8)])
def test_that_sides_that_cannot_be_halved_are_no_hindrance(height, width):
    model = make_ddpm(shape=(1, height, width), widths=(8, 16, 16))
    x = torch.rand(2, 1, height, width, generator=seeded())
    predicted = model.denoise(x, 400)
    assert predicted.x_0.shape == predicted.noise.shape == x.shape
    assert model.noise_terms(x, seeded()).loss.shape == (2,)

"""The network of a diffusion model: any size, every weight in use, and told the time and the condition."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import silu

from latentlab.models.ddpm import unet
from latentlab.models.ddpm.unet import Attention, Norm, Residual, UNet, time_waves


def make_unet(
    shape: tuple[int, int, int] = (1, 8, 8),
    patch: int = 2,
    widths: tuple[int, ...] = (16, 32),
    blocks: int = 1,
    conditions: int = 0,
    dropout: float = 0.0,
) -> UNet:
    """One all of whose weights say something; as it is made, its last layers are silent."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        net = UNet(shape, patch, widths, blocks, conditions, dropout).eval()
        for weight in net.parameters():
            torch.nn.init.normal_(weight, std=0.2)
    return net


@settings(max_examples=25)
@given(
    st.integers(1, 4),
    st.integers(4, 33),
    st.integers(4, 33),
    st.integers(1, 8),
    st.integers(1, 4),
    st.integers(1, 2),
)
def test_that_pictures_of_any_size_keep_it(channels, height, width, patch, levels, blocks):
    net = make_unet((channels, height, width), patch, (8, 16, 8, 24)[:levels], blocks)
    out = net(torch.zeros(2, channels, height, width), torch.tensor([1.0, 1000.0]))
    assert out.shape == (2, channels, height, width)
    assert out.isfinite().all()


def test_that_what_is_padded_is_cut_off_again_where_it_was_added():
    """The network sees the padded picture as if someone else had padded it."""
    odd, even = make_unet((1, 25, 31), 2, (16,)), make_unet((1, 26, 32), 2, (16,))
    even.load_state_dict(odd.state_dict())
    x, t = torch.randn(2, 1, 25, 31, generator=torch.Generator().manual_seed(0)), torch.tensor([3.0, 700.0])
    padded = torch.zeros(2, 1, 26, 32)
    padded[..., :25, :31] = x
    torch.testing.assert_close(odd(x, t), even(padded, t)[..., :25, :31])


@pytest.mark.parametrize("fan_out", [8, 16])
def test_that_what_is_told_scales_and_shifts_each_channel_after_the_second_norm(fan_out):
    block = Residual(8, fan_out, 12, 0.0).eval()
    generator = torch.Generator().manual_seed(0)
    for weight in block.parameters():
        torch.nn.init.normal_(weight, std=0.3, generator=generator)
    x, told = torch.randn(2, 8, 5, 4, generator=generator), torch.randn(2, 12, generator=generator)
    scale, shift = (told @ block.film.weight.T + block.film.bias).view(2, 2, fan_out, 1, 1).unbind(1)
    h = block.norm_2(block.conv_1(silu(block.norm_1(x))))
    expected = block.skip(x) + block.conv_2(silu(h * (1.0 + scale) + shift))
    torch.testing.assert_close(block(x, told), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("width", [24, 64, 128])
def test_that_groups_of_any_width_are_normed_as_torch_does_and_stay_as_they_lay(width, kind):
    torch.manual_seed(0)
    norm, plain = Norm(8, width), torch.nn.GroupNorm(8, width)
    for weight in norm.parameters():
        torch.nn.init.normal_(weight)
    plain.load_state_dict(norm.state_dict())
    x = torch.randn(3, width, 5, 6).to(kind).to(memory_format=torch.channels_last).requires_grad_()
    y = x.detach().clone().requires_grad_()
    with torch.autocast("cpu", torch.bfloat16, enabled=kind == torch.bfloat16):
        ours, theirs = norm(x), plain(y)
    assert ours.dtype == theirs.dtype
    assert ours.is_contiguous(memory_format=torch.channels_last)
    near = {"rtol": 2e-2, "atol": 2e-2} if kind == torch.bfloat16 else {}
    torch.testing.assert_close(ours, theirs, **near)
    ours.square().sum().backward()
    theirs.square().sum().backward()
    torch.testing.assert_close(x.grad, y.grad, rtol=5e-2, atol=5e-2)


def test_that_a_new_network_says_nothing():
    net = UNet((1, 8, 8), 2, (16, 32), 1, 3, 0.0)
    x = torch.randn(2, 1, 8, 8)
    assert torch.equal(net(x, torch.tensor([1.0, 9.0]), torch.ones(2, 3)), torch.zeros_like(x))


def test_that_time_and_condition_change_its_answer_and_an_untold_condition_is_a_row_of_zeros():
    net = make_unet(conditions=3)
    x, t = torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(0)), torch.tensor([100.0])
    y = torch.tensor([[0.0, 1.0, 0.0]])
    assert not torch.allclose(net(x, t, y), net(x, t + 300.0, y))
    assert not torch.allclose(net(x, t, y), net(x, t, y.roll(1)))
    assert not torch.allclose(net(x, t, y), net(x, t))
    assert torch.equal(net(x, t), net(x, t, torch.zeros(1, 3)))


def test_that_a_picture_is_answered_the_same_in_any_batch():
    net, generator = make_unet(conditions=2), torch.Generator().manual_seed(0)
    x, t, y = (
        torch.randn(5, 1, 8, 8, generator=generator),
        torch.linspace(1.0, 900.0, 5),
        torch.eye(2)[[0, 1, 1, 0, 1]],
    )
    whole = net(x, t, y)
    for row in range(5):
        one = slice(row, row + 1)
        torch.testing.assert_close(net(x[one], t[one], y[one]), whole[one], rtol=1e-4, atol=1e-4)


def test_that_every_place_hears_of_every_other_by_attention():
    net = make_unet((1, 32, 32), 2, (16, 32))
    x = torch.randn(1, 1, 32, 32, generator=torch.Generator().manual_seed(0)).requires_grad_()
    net(x, torch.tensor([500.0]))[0, 0, 0, 0].backward()
    assert (x.grad != 0.0).float().mean() > 0.99


def test_that_dropout_is_for_training_alone():
    net = make_unet(dropout=0.5)
    x, t = torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(0)), torch.tensor([100.0])
    assert torch.equal(net(x, t), net(x, t))
    net.train()
    assert not torch.equal(net(x, t), net(x, t))


def test_that_times_become_sines_and_cosines_from_the_shortest_wave_to_the_longest():
    waves = time_waves(torch.tensor([0.0, 3.0, 1000.0]), 8)
    rates = [10_000.0 ** (-n / 4) for n in range(4)]
    for row, t in enumerate((0.0, 3.0, 1000.0)):
        expected = [math.sin(t * rate) for rate in rates] + [math.cos(t * rate) for rate in rates]
        assert waves[row].tolist() == pytest.approx(expected, abs=1e-4)


def test_that_attention_among_few_places_is_that_among_many(monkeypatch):
    torch.manual_seed(0)
    attention, x = Attention(64), torch.randn(2, 64, 5, 7, requires_grad=True)
    torch.nn.init.normal_(attention.give.weight, std=0.2)

    def answer() -> tuple[torch.Tensor, torch.Tensor]:
        out = attention(x)
        return out, torch.autograd.grad(out.square().sum(), x)[0]

    as_they_stand = answer()
    monkeypatch.setattr(unet, "_FEW_PLACES", 0)
    torch.testing.assert_close(as_they_stand, answer())


@pytest.mark.parametrize("width", [8, 32, 40, 96, 104, 1000])
def test_that_any_width_has_heads_that_fill_it(width):
    attention = Attention(width)
    assert width % attention.heads == 0
    assert attention(torch.randn(1, width, 2, 2)).shape == (1, width, 2, 2)

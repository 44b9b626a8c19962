"""Inversion by descent: against the closed form of a linear generator, and what must hold of every one."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from latentlab.engine.attributes.conditions import known_condition
from latentlab.engine.attributes.inverting import further_out, trust_in
from latentlab.engine.inference import inversion, inversion_starts
from latentlab.engine.inference.inversion import invert, inverted, pictures_at
from latentlab.engine.inference.inversion_plan import (
    USUAL,
    Inversion,
    InversionPlan,
    require_invertible,
)
from latentlab.errors import LabError
from latentlab.models.priors import Prior, StandardNormal, Uniform
from latentlab.models.registry import build
from latentlab.models.terms import Posterior

PULL = 1e-3


class LinearGenerator(nn.Module):
    """x = W z + b: the z of least error has a closed form."""

    def __init__(
        self, latents: int = 3, prior: type[StandardNormal] | type[Uniform] = StandardNormal
    ) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(1)
        self.latents, self.picture_shape = latents, (1, 4, 4)
        self.weight = nn.Parameter(0.1 * torch.randn(latents, 16, generator=generator))
        self.latent_prior: Prior = prior(latents)

    def picture_at(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        return (z @ self.weight + 0.5).view(-1, 1, 4, 4)

    def inversion_error(self, z: Tensor, x: Tensor, y: Tensor | None = None) -> Tensor:
        return (self.picture_at(z) - x).square().flatten(1).mean(1) + PULL * z.square().sum(1)

    def closed_form(self, x: Tensor) -> Tensor:
        """(W W^T / n + PULL I)^-1 W (x - b) / n."""
        w = self.weight.detach()
        left = w @ w.T / 16 + PULL * torch.eye(self.latents)
        z: Tensor = torch.linalg.solve(left, w @ (x.flatten(1) - 0.5).T / 16).T
        return z


class Encoding(LinearGenerator):
    """One whose encoder knows."""

    def encode(self, x: Tensor, y: Tensor | None = None) -> Posterior:
        z = self.closed_form(x)
        return Posterior(z, torch.full_like(z, -torch.inf))


class OfClasses(LinearGenerator):
    """One of two classes, the second of which is dark."""

    condition_names, exclusive = ("light", "dark"), True

    def picture_at(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        assert y is not None
        return super().picture_at(z) - 0.4 * y[:, 1].view(-1, 1, 1, 1)

    def inversion_error(self, z: Tensor, x: Tensor, y: Tensor | None = None) -> Tensor:
        return (self.picture_at(z, y) - x).square().flatten(1).mean(1) + PULL * z.square().sum(1)


def pictures(count: int = 3) -> Tensor:
    return torch.rand(count, 1, 4, 4, generator=torch.Generator().manual_seed(2))


def ended(
    model: nn.Module, x: Tensor, y: Tensor | None = None, plan: InversionPlan = USUAL, path: bool = False
) -> Inversion:
    descent = invert(require_invertible(model, "it"), x, y, plan, path=path)
    while True:
        try:
            next(descent)
        except StopIteration as stopped:
            return stopped.value  # type: ignore[no-any-return]


def test_that_the_z_of_a_linear_generator_is_the_closed_form() -> None:
    model, x = LinearGenerator(), pictures()
    found = ended(model, x, plan=InversionPlan(steps=400))
    assert torch.allclose(found.z, model.closed_form(x), atol=2e-3)


def test_that_a_made_picture_is_made_again() -> None:
    model = LinearGenerator()
    z = torch.randn(4, 3, generator=torch.Generator().manual_seed(3))
    x = model.picture_at(z).detach()
    found = ended(model, x, plan=InversionPlan(steps=400))
    again = pictures_at(require_invertible(model, "it"), found.z, None, "cpu")
    assert (again - x).abs().max() < 0.05


@pytest.mark.parametrize("kind", ["gan", "wgan"])
@pytest.mark.parametrize("rate", [0.1, 10.0])
def test_that_no_picture_ends_worse_than_it_began(kind: str, rate: float) -> None:
    model = _small(kind)
    x = torch.rand(5, 1, 8, 8, generator=torch.Generator().manual_seed(4))
    found = ended(model, x, plan=InversionPlan(steps=20, rate=rate), path=True)
    assert (found.error <= found.began).all()
    assert found.path is not None
    assert found.path.shape == (21, 5, 4)
    rows = torch.arange(5)
    assert torch.equal(found.path[found.best, rows], found.z), "z is the best of its own descent"
    assert torch.equal(found.errors[found.best, rows], found.error)
    assert torch.equal(found.errors.min(0).values, found.error)


def test_that_the_same_seed_finds_the_same_whoever_is_asked_for_beside_it() -> None:
    model = _small("gan")
    x = torch.rand(3, 1, 8, 8, generator=torch.Generator().manual_seed(4))
    plan = InversionPlan(steps=10, draws=8, seed=7)
    one, again, alone = (
        ended(model, x, plan=plan),
        ended(model, x, plan=plan),
        ended(model, x[1:2], plan=plan),
    )
    assert torch.equal(one.errors, again.errors)
    assert torch.equal(one.z, again.z)
    assert torch.allclose(one.z[1:2], alone.z, atol=1e-4)
    other = ended(model, x, plan=replace(plan, seed=8))
    assert not torch.equal(one.errors, other.errors)


def test_that_it_can_be_left_after_any_step_and_leaves_the_model_as_it_was() -> None:
    model = _small("gan")
    before = {name: value.clone() for name, value in model.state_dict().items()}
    descent = invert(require_invertible(model, "it"), torch.rand(2, 1, 8, 8), None, InversionPlan(steps=50))
    steps = (step for step in descent if step is not None)
    numbers = [next(steps).number for _ in range(4)]
    descent.close()
    assert numbers == [0, 1, 2, 3]
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(weight.grad is None for weight in model.parameters())


def test_that_it_runs_in_inference_mode_as_the_render_thread_does() -> None:
    model = _small("gan")
    with torch.inference_mode():
        x = torch.rand(1, 1, 8, 8) * 1.0
        found = ended(model, x, plan=InversionPlan(steps=5))
    assert (found.error <= found.began).all()


def test_that_the_encoders_answer_is_a_start_and_kept_where_it_is_best() -> None:
    model, x = Encoding(), pictures()
    found = ended(model, x, plan=InversionPlan(steps=50))
    assert found.encoder.all()
    assert torch.allclose(found.z, model.closed_form(x), atol=1e-3)
    assert (found.best == 0).any() or torch.allclose(found.errors[0], found.error, atol=1e-5)


def test_that_an_unknown_class_is_found_and_a_known_one_is_kept() -> None:
    model = OfClasses()
    z = torch.zeros(2, 3)
    y = torch.eye(2)
    x = model.picture_at(z, y).detach()
    assert torch.equal(ended(model, x, plan=InversionPlan(steps=40)).y, y)  # type: ignore[arg-type]
    told = ended(model, x, y.flip(0), plan=InversionPlan(steps=40))
    assert torch.equal(told.y, y.flip(0))  # type: ignore[arg-type]


def test_that_z_stays_inside_a_uniform_prior() -> None:
    model, x = LinearGenerator(prior=Uniform), 3.0 * pictures()
    found = ended(model, x, plan=InversionPlan(steps=100), path=True)
    assert found.path is not None
    assert found.path.abs().max() <= 1.0


def test_that_many_are_inverted_some_at_a_time_with_a_share_that_grows() -> None:
    model = LinearGenerator()
    x = pictures(70)
    descent = inverted(require_invertible(model, "it"), x, None, InversionPlan(steps=4))
    shares: list[float] = []
    while True:
        try:
            shares.append(next(descent))
        except StopIteration as stopped:
            found: Inversion = stopped.value
            break
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert found.z.shape == (70, 3)
    assert found.errors.shape == (5, 70)


class Counting(OfClasses):
    """It remembers how many pictures it made at a time, with gradients and without."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[tuple[bool, int]] = []

    def inversion_error(self, z: Tensor, x: Tensor, y: Tensor | None = None) -> Tensor:
        self.made.append((torch.is_grad_enabled(), len(z)))
        return super().inversion_error(z, x, y)


def test_that_starts_are_ranked_in_pieces_after_each_of_which_another_may_have_its_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inversion_starts, "_RANKED", 8)
    model, x, plan = Counting(), pictures(2), InversionPlan(steps=1, draws=10)
    descent = invert(require_invertible(model, "it"), x, None, plan)
    pieces: list[int] = []
    while next(descent) is None:
        pieces.append(sum(count for _, count in model.made) - sum(pieces))
    # 10 draws for each of 2 pictures and of 2 classes, at most 8 pictures at a time.
    assert pieces == [8, 8, 4, 8, 8, 4]
    descent.close()


def test_that_in_pieces_the_same_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    model, x, plan = Counting(), pictures(3), InversionPlan(steps=9, starts=6)
    whole = ended(model, x, plan=plan)
    monkeypatch.setattr(inversion_starts, "_RANKED", 5)
    monkeypatch.setattr(inversion_starts, "_WITH_GRADIENTS", 4)
    model.made.clear()
    pieces = ended(model, x, plan=plan)
    assert torch.allclose(pieces.z, whole.z, atol=1e-5)
    assert torch.equal(pieces.y, whole.y)  # type: ignore[arg-type]
    assert max(count for slope, count in model.made if slope) == 4
    assert max(count for slope, count in model.made if not slope) <= 5


def test_that_z_at_each_step_is_kept_only_where_it_is_asked_for_and_fits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model, x, plan = LinearGenerator(), pictures(2), InversionPlan(steps=8, starts=1)
    assert ended(model, x, plan=plan).path is None
    # 9 places of 3 numbers of 4 bytes, for each of two pictures.
    monkeypatch.setattr(inversion, "MOST_PATH_BYTES", 9 * 3 * 4 * 2)
    kept = ended(model, x, plan=plan, path=True).path
    assert kept is not None
    assert kept.shape == (9, 2, 3)
    with pytest.raises(LabError, match="z at each of 9 steps takes"):
        ended(model, x, plan=replace(plan, steps=9), path=True)
    with pytest.raises(LabError, match="z at each of 8 steps takes"):
        next(inverted(require_invertible(model, "it"), pictures(3), None, plan, path=True))


def test_that_without_draws_it_begins_at_the_encoders_answer_alone_or_in_the_middle() -> None:
    plan = InversionPlan(steps=0, draws=0)
    encoding, x = Encoding(), pictures()
    assert torch.allclose(ended(encoding, x, plan=plan).z, encoding.closed_form(x), atol=1e-6)
    assert not ended(LinearGenerator(), x, plan=plan).z.any()


def test_that_no_attribute_is_a_condition_and_no_class_is_none() -> None:
    classes, nothing = OfClasses(), torch.zeros(1, 2)
    assert known_condition(classes, nothing) is None
    classes.exclusive = False
    assert known_condition(classes, nothing) is nothing
    assert known_condition(classes, None) is None


def test_that_a_z_far_out_is_told_by_the_prior() -> None:
    model = require_invertible(LinearGenerator(latents=2), "it")
    z = torch.tensor([[0.0, 0.0], [1.0, 1.0], [4.0, 0.0]])
    # For two latents chi squared is exponential: P(|u| > r) = exp(-r^2 / 2).
    assert torch.allclose(further_out(model, z), torch.exp(-0.5 * z.square().sum(1)), atol=1e-6)


def test_that_the_error_is_the_rms_of_pixels() -> None:
    model = require_invertible(LinearGenerator(), "it")
    x = torch.zeros(1, 1, 4, 4)
    assert trust_in(model, x, x + 0.25, torch.zeros(1, 3), None).rms.item() == pytest.approx(0.25)


def test_that_what_cannot_be_inverted_is_said() -> None:
    vae = build("vae", {"shape": (1, 8, 8), "encoder_widths": (8,), "decoder_widths": (8,)})
    with pytest.raises(LabError, match="a-vae cannot be inverted by descent"):
        require_invertible(vae, "a-vae")
    with pytest.raises(LabError, match="starts is 0"):
        InversionPlan(starts=0)


def _small(kind: str) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        fields = {"latents": 4, "generator_widths": (8, 8), "discriminator_widths": (8, 8)}
        return build(kind, {"shape": (1, 8, 8), **fields}).eval()

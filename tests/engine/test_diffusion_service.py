"""Requests in, frames out: a run that is stopped goes on to where it would have come without a stop."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from latentlab.engine.diffusion.noising import pixels_of
from latentlab.engine.diffusion.recipes import FromNoise, Inpainting, Recipe, SamplerSettings, Start
from latentlab.engine.diffusion.requests import (
    DenoiserReply,
    FrameReply,
    NoiseReply,
    NoiseRequest,
    OpenDenoiserRequest,
    TapeRequest,
)
from latentlab.engine.diffusion.runner import Diffusion, Frame
from latentlab.engine.diffusion.service import DiffusionService
from tests.tiny import save_tiny_ddpm

HOLE = Inpainting(pixels_of(np.zeros((8, 8), np.uint8)), pixels_of(np.eye(8, dtype=np.uint8)), 2)


@pytest.fixture
def service(tmp_path: Path) -> DiffusionService:
    made = DiffusionService()
    list(made.serve(OpenDenoiserRequest(1, str(save_tiny_ddpm(tmp_path / "tiny.safetensors")))))
    return made


def frames(service: DiffusionService, request: TapeRequest, most: int = 1000) -> list[Frame]:
    """Up to so many frames; then nobody listens any more."""
    found: list[Frame] = []
    for reply in service.serve(request):
        if isinstance(reply, FrameReply):
            found.append(reply.frame)
            if len(found) == most:
                break
    return found


def runs(service: DiffusionService, monkeypatch: pytest.MonkeyPatch) -> list[Recipe]:
    """What is run from the beginning."""
    begun: list[Recipe] = []
    run = Diffusion.run

    def counted(self, recipe, after=None):
        begun.append(recipe)
        return run(self, recipe, after)

    monkeypatch.setattr(Diffusion, "run", counted)
    return begun


@pytest.mark.parametrize("start", [FromNoise(), HOLE], ids=["noise", "hole"])
@pytest.mark.parametrize("sampler", ["ddim", "ddpm", "dpm++"])
def test_that_a_stopped_run_goes_on_to_the_bit(
    service: DiffusionService, monkeypatch: pytest.MonkeyPatch, sampler: str, start: Start
) -> None:
    recipe = Recipe(3, SamplerSettings(sampler, 9, seed=4), start)
    whole = frames(service, TapeRequest(1, recipe))
    begun = runs(service, monkeypatch)
    first = frames(service, TapeRequest(2, recipe), most=4)
    rest = frames(service, TapeRequest(3, recipe, go_on=first[-1]))
    assert begun == [recipe], "what is there is not made again"
    assert [frame.number for frame in first + rest] == list(range(10))
    for one, other in zip(first + rest, whole, strict=True):
        np.testing.assert_array_equal(one.x_t, other.x_t)


def test_that_frames_that_nobody_heard_of_are_told_again(service: DiffusionService) -> None:
    recipe = Recipe(2, SamplerSettings("ddpm", 8))
    first = frames(service, TapeRequest(1, recipe), most=5)
    rest = frames(service, TapeRequest(2, recipe, go_on=first[2]))
    assert [frame.number for frame in rest] == [3, 4, 5, 6, 7, 8]
    assert rest[0] is first[3]


def test_that_a_run_that_another_took_the_place_of_is_made_anew_and_is_the_same(
    service: DiffusionService, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = Recipe(2, SamplerSettings("ddpm", 8))
    first = frames(service, TapeRequest(1, recipe), most=5)
    frames(service, TapeRequest(2, dataclasses.replace(recipe, count=1)), most=3)
    begun = runs(service, monkeypatch)
    again = frames(service, TapeRequest(3, recipe, go_on=first[-1]))
    assert begun == [recipe]
    np.testing.assert_array_equal(again[4].x_t, first[4].x_t)
    assert again[-1].t == 0


def test_that_a_frame_of_a_stopped_run_does_not_lead_a_branch_astray(
    service: DiffusionService, monkeypatch: pytest.MonkeyPatch
) -> None:
    trunk = Recipe(2, SamplerSettings("ddpm", 8))
    first = frames(service, TapeRequest(1, trunk), most=5)
    branch = trunk.branched(4, SamplerSettings("ddpm", 8, seed=9))
    begun = runs(service, monkeypatch)
    rest = frames(service, TapeRequest(2, branch, after=first[4], go_on=first[4]))
    assert begun == [branch]
    assert [frame.number for frame in rest] == [4, 5, 6, 7, 8]


def test_that_a_run_that_failed_is_not_gone_on_with(
    service: DiffusionService, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe, advance = Recipe(1, SamplerSettings("ddim", 6)), Diffusion._advance
    first = frames(service, TapeRequest(1, recipe), most=3)

    def broken(self, piece, t, s):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(Diffusion, "_advance", broken)
    with pytest.raises(RuntimeError, match="memory"):
        frames(service, TapeRequest(2, recipe, go_on=first[-1]))
    monkeypatch.setattr(Diffusion, "_advance", advance)
    assert frames(service, TapeRequest(3, recipe, go_on=first[-1]))[-1].t == 0


def test_that_the_noise_of_a_seed_is_told(service: DiffusionService) -> None:
    (reply,) = service.serve(NoiseRequest(2, 11))
    assert isinstance(reply, NoiseReply)
    begun = frames(service, TapeRequest(3, Recipe(1, SamplerSettings(steps=2, seed=11))))[0]
    np.testing.assert_array_equal(reply.noise, begun.x_t[0])


def test_that_a_tape_of_the_model_before_ends_when_another_is_opened(
    service: DiffusionService, tmp_path: Path
) -> None:
    tape = service.serve(TapeRequest(2, Recipe(1, SamplerSettings(steps=10))))
    assert isinstance(next(tape), FrameReply)
    opened = list(service.serve(OpenDenoiserRequest(3, str(save_tiny_ddpm(tmp_path / "other.safetensors")))))
    assert isinstance(opened[-1], DenoiserReply)
    assert list(tape) == []

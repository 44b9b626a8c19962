"""Players whose turns and rates are changed in mid-training, and who step alone; a model shown in part."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from latentlab.data import catalog
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.opening import FollowRequest, LoadedReply, UnfoldedReply
from latentlab.engine.training.events import Progress
from latentlab.engine.training.playing import PlayerSettings, from_values
from latentlab.engine.training.run import RunEvent, TrainingRun
from latentlab.engine.training.snapshot import Snapshot
from latentlab.engine.training.state import load_state, save_state, state_path
from latentlab.errors import LabError
from latentlab.models.capabilities import Capability
from latentlab.models.gan import model as gan
from tests.engine.test_two_players import begun
from tests.tiny import toy_set

EAGER = (PlayerSettings("discriminator", 0.5, 1), PlayerSettings("generator", 2.0, 3))


@pytest.fixture(autouse=True)
def _toy_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split))
    monkeypatch.setattr("latentlab.engine.training.trainer._REPORT_EVERY_S", -1.0)


def until_step(run: TrainingRun, step: int) -> Iterator[RunEvent]:
    """Its events up to the report of this step."""
    for event in run.run():
        yield event
        if isinstance(event, Progress) and event.step >= step:
            return


def weights(model: nn.Module) -> dict[str, list[Tensor]]:
    """Copies of both players' weights."""
    return {
        name: [weight.detach().clone() for weight in getattr(model, name).parameters()]
        for name in ("discriminator", "generator")
    }


def moved(before: dict[str, list[Tensor]], model: nn.Module) -> set[str]:
    """Whose weights have changed."""
    after = weights(model)
    return {
        name for name in before if any((a != b).any() for a, b in zip(before[name], after[name], strict=True))
    }


def test_that_a_resumed_training_goes_on_with_the_changed_settings_to_the_bit(tmp_path: Path) -> None:
    files = []
    for name, killed in (("whole", False), ("parts", True)):
        run = begun(tmp_path / f"{name}.safetensors", epochs=4)
        list(until_step(run, 3))
        run.trainer.set_players(EAGER)
        list(until_step(run, 5))
        if killed:
            run.checkpoint()
            torch.rand(3)  # whatever else happens in between
            run = TrainingRun.resume(state_path(run.out), overwrite=True)
        assert run.trainer.players == EAGER
        list(run.run())
        files.append(run.out.read_bytes())
    usual = begun(tmp_path / "usual.safetensors", epochs=4)
    list(usual.run())
    assert files[0] == files[1]
    assert files[0] != usual.out.read_bytes()


def test_that_the_same_settings_given_again_change_nothing(tmp_path: Path) -> None:
    usual, told = begun(tmp_path / "usual.safetensors"), begun(tmp_path / "told.safetensors")
    list(usual.run())
    list(until_step(told, 2))
    told.trainer.set_players(told.trainer.players)
    list(told.run())
    assert told.out.read_bytes() == usual.out.read_bytes()


@pytest.mark.parametrize("player", ["discriminator", "generator"])
def test_that_a_player_that_steps_alone_moves_nobody_else_and_is_told_at_once(
    player: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("latentlab.engine.training.trainer._REPORT_EVERY_S", 1e9)
    run = begun(tmp_path / "m.safetensors")
    before, run.trainer.alone = weights(run.trainer.model), player
    events = run.run()
    told = next(event for event in events if isinstance(event, Progress))
    assert moved(before, run.trainer.model) == {player}
    assert (told.step, run.trainer.alone) == (1, "")
    losses = {name for name in ("discriminator", "generator") if told.terms[name] == told.terms[name]}
    assert losses == {player}


def test_that_a_step_alone_is_seen_in_the_weights_of_that_step_and_hardly_in_their_average(
    tmp_path: Path,
) -> None:
    run = begun(tmp_path / "m.safetensors", epochs=20)
    list(until_step(run, 32))
    averaged, newest = run.snapshot(), run.snapshot(averaged=False)
    run.trainer.alone = "generator"
    list(until_step(run, 33))
    assert (run.snapshot().theta == averaged.theta).all(), "they follow at every eighth step"
    assert (run.snapshot(averaged=False).theta != newest.theta).any()
    fresh = dict(run.trainer.model.named_parameters())
    shown = run.shown(averaged=False).model
    assert all(torch.equal(weight, fresh[name]) for name, weight in shown.named_parameters())
    assert not hasattr(shown, "encoder"), "which has not begun to learn"


def test_that_steps_alone_are_resumed_like_any_other(tmp_path: Path) -> None:
    files = []
    for name, killed in (("whole", False), ("parts", True)):
        run = begun(tmp_path / f"{name}.safetensors", epochs=4)
        for step in (1, 2):
            run.trainer.alone = "generator"
            list(until_step(run, step))
        if killed:
            run.checkpoint()
            run = TrainingRun.resume(state_path(run.out), overwrite=True)
        list(run.run())
        files.append(run.out.read_bytes())
    assert files[0] == files[1]


def test_that_turns_are_counted_by_the_player_so_that_no_penalty_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    penalised: list[int] = []

    def slope(model: nn.Module, x: Tensor, y: Tensor | None) -> Tensor:
        penalised.append(len(x))
        return torch.zeros(len(x), requires_grad=True)

    monkeypatch.setattr(gan, "squared_slope", slope)
    run = begun(tmp_path / "m.safetensors")
    object.__setattr__(run.trainer.schedule.objective._config, "r1", 1.0)
    object.__setattr__(run.trainer.schedule.objective._config, "r1_every", 2)
    # The discriminator steps on every second batch, and never on one with an even number.
    run.trainer.set_players((PlayerSettings("generator", 1.0, 2),))
    list(until_step(run, 8))
    assert len(penalised) == 2, "of four turns of the discriminator every second one"


@pytest.mark.parametrize(("turns", "factor"), [(0, 1.0), (21, 1.0), (1, -1.0), (1, float("nan")), (1.5, 1.0)])
def test_that_settings_out_of_range_are_refused_and_nothing_changes(
    turns: int, factor: float, tmp_path: Path
) -> None:
    run = begun(tmp_path / "m.safetensors")
    before = run.trainer.players
    with pytest.raises(LabError, match="expected"):
        run.trainer.set_players((PlayerSettings("generator", factor, turns),))
    assert run.trainer.players == before


@pytest.mark.parametrize(
    "damaged", [3, {"generator": 3}, {"generator": [1.0, "x"]}, {"generator": [1e99, 1]}]
)
def test_that_damaged_settings_in_a_file_are_refused(damaged: object) -> None:
    with pytest.raises(LabError):
        from_values(damaged)


def test_that_a_file_of_an_earlier_version_has_no_settings_and_resumes(tmp_path: Path) -> None:
    run = begun(tmp_path / "m.safetensors")
    list(until_step(run, 2))
    run.checkpoint()
    state = load_state(state_path(run.out))
    del state.values["players"]  # type: ignore[attr-defined]
    save_state(state_path(run.out), state)
    resumed = TrainingRun.resume(state_path(run.out), overwrite=True)
    assert resumed.trainer.players == run.trainer.players


# What is shown and saved while the encoder has not begun to learn


def follow(snapshot: Snapshot) -> FollowRequest:
    return FollowRequest(
        1, "m (training)", snapshot.kind, snapshot.config, snapshot.theta, snapshot.step, "toy", "test",
        snapshot.buffers, snapshot.later,
    )  # fmt: skip


def test_that_no_points_are_shown_before_the_encoder_is_trained_and_points_then(tmp_path: Path) -> None:
    run, renderer = begun(tmp_path / "m.safetensors", epochs=4), Renderer()
    list(until_step(run, 2))
    early = run.snapshot()
    loaded, unfolded = (reply for reply in renderer.serve(follow(early)) if reply is not None)
    assert isinstance(loaded, LoadedReply)
    assert isinstance(unfolded, UnfoldedReply)
    assert not loaded.can(Capability.ENCODES)
    assert loaded.can(Capability.DECODES, Capability.SCORES)
    assert loaded.later == {Capability.ENCODES}
    assert unfolded.total == 0
    (again,) = (reply for reply in renderer.serve(follow(run.snapshot())) if reply is not None)
    assert isinstance(again, UnfoldedReply), "the same training goes on"
    list(run.run())
    loaded, unfolded = (reply for reply in renderer.serve(follow(run.snapshot())) if reply is not None)
    assert isinstance(loaded, LoadedReply)
    assert isinstance(unfolded, UnfoldedReply)
    assert loaded.can(Capability.ENCODES)
    assert loaded.later == frozenset()
    assert unfolded.total == len(toy_set("test"))


def test_that_a_model_kept_before_its_encoder_is_trained_has_none_and_makes_the_same_pictures(
    tmp_path: Path,
) -> None:
    run = begun(tmp_path / "m.safetensors", epochs=4)
    list(until_step(run, 2))
    run.keep()
    kept = load_model(run.out).model
    assert not hasattr(kept, "encode")
    z = torch.randn(3, kept.latents)
    assert torch.equal(kept.picture_at(z), run.trainer.averaged.picture_at(z))


def test_that_making_the_smaller_model_leaves_the_training_as_it_was(tmp_path: Path) -> None:
    usual, shown = begun(tmp_path / "usual.safetensors"), begun(tmp_path / "shown.safetensors")
    list(usual.run())
    for event in shown.run():
        if isinstance(event, Progress):
            shown.snapshot()
    assert shown.out.read_bytes() == usual.out.read_bytes()

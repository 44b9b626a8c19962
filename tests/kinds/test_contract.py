"""What every kind of model must keep, those that ship and those that nobody ships: one test, all kinds."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from latentlab.data import catalog
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.training import trainer as trainer_module
from latentlab.engine.training.events import Checkpointed, EpochEnded, as_json
from latentlab.engine.training.plan import TrainingPlan, check_plan, usual_plan
from latentlab.engine.training.run import Saved, TrainingRun
from latentlab.engine.training.state import state_path
from latentlab.models.registry import KINDS, build, capabilities_in, registered
from latentlab.models.spec import KindSpec
from tests.kinds import duel, moments, norm, staged
from tests.kinds.small import SMALL
from tests.tiny import toy_set

SHIPPED = tuple(KINDS.values())
TESTED = (duel.KIND, moments.KIND, norm.KIND, staged.KIND)
PLAN = TrainingPlan(epochs=3, batch=16, warmup_steps=2, device="cpu", precision="fp32", threads=1)
PICTURES = 64

every_kind = pytest.mark.parametrize("kind", [*SHIPPED, *TESTED], ids=lambda kind: kind.name)


@pytest.fixture(autouse=True)
def _all_kinds(monkeypatch: pytest.MonkeyPatch, kind: KindSpec) -> Iterator[None]:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": toy_set(split, PICTURES))
    # Every step is told of, so that a training can be left at any.
    monkeypatch.setattr(trainer_module, "_REPORT_EVERY_S", -1.0)
    with registered(kind):
        yield


def begun(kind: KindSpec, out: Path) -> TrainingRun:
    train, test = toy_set("train", PICTURES), toy_set("test", PICTURES)
    return TrainingRun(kind.name, SMALL.get(kind.name, {}), PLAN, train, test, out, overwrite=True)


def whole(kind: KindSpec, out: Path) -> tuple[list[object], TrainingRun]:
    run = begun(kind, out)
    events = list(run.run())
    assert isinstance(events[-1], Saved)
    return events, run


@every_kind
def test_that_its_averaged_weights_and_buffers_are_what_is_saved_and_opened(kind: KindSpec, tmp_path: Path):
    _, run = whole(kind, tmp_path / "m.safetensors")
    averaged = run.trainer.averaged.state_dict()
    opened = load_model(run.out).model
    found = opened.state_dict()
    assert found.keys() == averaged.keys()
    assert all(torch.equal(found[name], averaged[name]) for name in averaged)
    fresh = build(kind.name, {**SMALL.get(kind.name, {}), **run.config}).state_dict()
    assert any(not torch.equal(found[name], fresh[name]) for name in averaged), "it has learnt nothing"


@every_kind
@pytest.mark.parametrize("stops", [(2,), (1, 4), (7,)])
def test_that_left_in_the_midst_it_goes_on_to_the_very_same_file(
    kind: KindSpec, stops: tuple[int, ...], tmp_path: Path
):
    told, reference = whole(kind, tmp_path / "whole.safetensors")
    out = tmp_path / "parts.safetensors"
    run = begun(kind, out)
    # One that is fitted in a pass tells of few things: it is left before it is finished and saved.
    for stop in (min(stop, len(told) - 3) for stop in stops):
        # The first event tells that it has started; the generator is left as a killed process leaves it.
        events = run.run()
        assert len(list(itertools.islice(events, stop + 1))) == stop + 1
        assert isinstance(run.checkpoint(), Checkpointed)
        torch.rand(3)  # whatever else happens in between
        run = TrainingRun.resume(state_path(out), overwrite=True)
    *_, saved = run.run()
    assert isinstance(saved, Saved)
    assert out.read_bytes() == reference.out.read_bytes()


@every_kind
def test_that_its_events_are_json_and_carry_the_figures_that_its_spec_names(kind: KindSpec, tmp_path: Path):
    events, run = whole(kind, tmp_path / "m.safetensors")
    for event in events[:-1]:
        assert json.loads(json.dumps(as_json(event), allow_nan=False))["event"] == type(event).__name__
    ends = [event for event in events if isinstance(event, EpochEnded)]
    named = {*(one.name for one in kind.figures.figures), *kind.figures.unlisted}
    rows = {one.name for one in kind.figures.series}
    told: set[str] = set()
    for end in ends:
        for figures in (end.train, end.test):
            assert figures is not None
            assert figures.spec == kind.figures
            assert figures.values.keys() <= named
            assert figures.series.keys() <= rows
            assert isinstance(figures.in_words(), str)
            told |= figures.values.keys()
    assert told == named
    assert set(run.metrics) <= named | {"epochs", "steps"}
    assert json.loads(json.dumps(dict(run.metrics))) == run.metrics


@every_kind
def test_that_what_it_can_do_and_how_it_is_trained_is_known_without_a_model(kind: KindSpec, tmp_path: Path):
    _, run = whole(kind, tmp_path / "m.safetensors")
    assert capabilities_in(kind.name, run.config) == kind.can(run.trainer.model.config)
    check_plan(usual_plan(kind.name))
    assert kind.title
    assert kind.when.endswith(".")


@pytest.mark.parametrize("kind", SHIPPED, ids=lambda kind: kind.name)
def test_that_its_files_header_is_read_without_torch(kind: KindSpec, tmp_path: Path):
    _, run = whole(kind, tmp_path / "m.safetensors")
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from latentlab.engine.files.model_catalog import card_in\n"
        "from latentlab.models.registry import capabilities_in\n"
        "card = card_in(Path(sys.argv[1]))\n"
        "print(card['kind'], *sorted(capabilities_in(card['kind'], card['config'])))\n"
        "assert 'torch' not in sys.modules\n"
    )
    words = [sys.executable, "-c", script, str(run.out)]
    told = subprocess.run(words, check=True, capture_output=True, text=True, timeout=60).stdout.split()
    assert told[0] == kind.name
    assert set(told[1:]) == set(kind.can(run.trainer.model.config))

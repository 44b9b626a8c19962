"""Models and trainings of every kind in version 0.1.0 mean what they meant: see tests/older/README.md."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from latentlab.data import catalog
from latentlab.engine.training.run import TrainingRun
from tests import older
from tests.older.make_kinds import CONFIGS, said_by

KEPT = Path(older.__file__).parent / "kinds"
FINISHED = json.loads((KEPT / "finished.json").read_text())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return older.copied(tmp_path)


def test_that_there_is_an_older_model_of_each_kind() -> None:
    assert set(FINISHED) == set(CONFIGS)


@pytest.mark.parametrize("kind", CONFIGS)
def test_that_an_older_model_of_a_kind_says_and_draws_what_it_did(folder: Path, kind: str) -> None:
    images = catalog.load(str(folder / "pictures"), "all").images
    now = said_by(folder / "kinds" / f"{kind}.safetensors", images)
    with np.load(KEPT / "said.npz", allow_pickle=False) as then:
        for name, array in now.items():
            before = then[f"{kind} {name}"]
            # Another processor adds in another order; of bytes, as pictures are, that may be the next one.
            a_byte = 1.01 / 255.0 if name in ("drawn", "tape") else 0.0
            assert np.allclose(array, before, rtol=1e-3, atol=1e-3 + a_byte), name
        assert {name for name in then.files if name.startswith(f"{kind} ")} == {f"{kind} {n}" for n in now}


@pytest.mark.parametrize("kind", CONFIGS)
def test_that_an_older_training_of_a_kind_goes_on_as_it_would_have(folder: Path, kind: str) -> None:
    unfinished = folder / "kinds" / f"{kind}.safetensors.training"
    run = TrainingRun.resume(unfinished, overwrite=True)
    *_, saved = run.run()
    assert saved.path == folder / "kinds" / f"{kind}.safetensors"
    for name, figure in FINISHED[kind].items():
        assert dict(saved.metrics)[name] == pytest.approx(figure, rel=1e-3), name

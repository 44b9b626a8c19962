"""The judge: what it measures, that it is the same again, and that a kill loses no more than a piece."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from latentlab.core.judgement import CellDone, JudgeBegan, JudgeDone, JudgeProgress, Table
from latentlab.data import catalog
from latentlab.engine.evaluation.judge.pieces import PIECES
from latentlab.engine.evaluation.judge.run import judge, known
from latentlab.errors import LabError
from tests.tiny import (
    TRAITS,
    beings,
    save_tiny_classifier,
    save_tiny_cvae,
    save_tiny_ddpm,
    save_tiny_model,
    toy_set,
)

N = 48
pytestmark = pytest.mark.slow


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Data called toy and beings, and a folder of models for them."""
    counts = {"train": 160, "test": 96}
    for name, made in (("toy", toy_set), ("beings", beings)):
        entry = catalog.Entry(name, "", lambda _, split, made=made: made(split, counts[split]))  # type: ignore
        monkeypatch.setitem(catalog.CATALOG, name, entry)
    folder = tmp_path / "models"
    folder.mkdir()
    save_tiny_model(folder / "vae.safetensors")
    save_tiny_ddpm(folder / "ddpm.safetensors")
    save_tiny_classifier(folder / "eye.safetensors")
    save_tiny_cvae(folder / "told.safetensors", ("even", "odd"), exclusive=True, data="toy")
    save_tiny_cvae(folder / "traits.safetensors")
    save_tiny_classifier(folder / "traits-eye.safetensors", TRAITS, exclusive=False, data="beings")
    return folder


def judged(toys: Path, store: Path, names: Sequence[str], data: str = "toy", **more: Any) -> Table:
    """The whole table of these models."""
    eye = "traits-eye" if data == "beings" else "eye"
    how: dict[str, Any] = {
        "pictures": N,
        "store": store,
        "classifier": str(toys / f"{eye}.safetensors"),
        **more,
    }
    *_, last = judge([toys / f"{name}.safetensors" for name in names], data, **how)
    assert isinstance(last, JudgeDone)
    return last.table


def values(table: Table) -> dict[str, dict[str, float | None]]:
    return {row.name: {key: cell.value for key, cell in row.cells.items()} for row in table.rows}


def test_that_every_column_of_every_model_has_a_figure_or_says_why(toys: Path, tmp_path: Path) -> None:
    table = judged(toys, tmp_path / "kept", ["vae", "ddpm", "told", "eye"])
    for row, column, cell in table.all_cells():
        assert cell is not None, (row.name, column.key)
        if cell.value is None:
            assert cell.note, (row.name, column.key)
            assert cell.error is None
        else:
            assert cell.count > 0
            assert (cell.error is None) == (column.key == "active_units"), column.key
            assert (cell.floor is None) == (column.floor == ""), (row.name, column.key)
    found = values(table)
    assert found["vae"]["as_asked"] is None
    assert found["told"]["as_asked"] is not None
    assert found["ddpm"]["nats"] is None
    assert found["ddpm"]["probe_100"] is None
    assert all(value is None for value in found["eye"].values())
    assert found["vae"]["probe_1000"] is None  # there are not so many
    assert table.rows[0].cells["nats"].tag is not None
    assert table.rows[0].cells["nats"].tag.how == "estimate"
    assert table.rows[2].cells["nats"].tag.how == "bound"  # type: ignore[union-attr]
    assert table.rows[1].sampling is not None


def test_that_a_model_judged_twice_gives_the_same_table(toys: Path, tmp_path: Path) -> None:
    once = judged(toys, tmp_path / "one", ["vae", "ddpm", "told"])
    again = judged(toys, tmp_path / "other", ["vae", "ddpm", "told"])
    assert once == again
    assert judged(toys, tmp_path / "one", ["vae", "ddpm", "told"], again=True) == once


def test_that_attributes_are_judged_as_classes_are(toys: Path, tmp_path: Path) -> None:
    table = judged(toys, tmp_path, ["traits"], "beings")
    cells = table.rows[0].cells
    for key in ("as_asked", "evenness", "probe_100", "nats"):
        assert cells[key].value is not None, key
    # Bright rows are easily told from pixels.
    assert cells["probe_all"].floor is not None
    assert cells["probe_all"].floor > 0.95


def test_that_what_is_kept_is_there_at_once_and_is_not_measured_again(toys: Path, tmp_path: Path) -> None:
    whole = judged(toys, tmp_path, ["vae"])
    first, *others = judge(
        [toys / "vae.safetensors"], "toy", pictures=N, store=tmp_path,
        classifier=str(toys / "eye.safetensors"),
    )  # fmt: skip
    assert isinstance(first, JudgeBegan)
    assert first.table == whole
    assert [type(event) for event in others] == [JudgeDone]


def test_that_a_model_replaced_meanwhile_is_not_judged_as_the_one_before(toys: Path, tmp_path: Path) -> None:
    vae = toys / "vae.safetensors"
    events = judge([vae], "toy", pictures=N, store=tmp_path / "kept")
    assert isinstance(next(events), JudgeBegan)
    save_tiny_model(vae, seed=1)
    with pytest.raises(LabError, match=r"vae\.safetensors: has been replaced since .* Judge again"):
        next(events)


def test_that_other_pictures_seeds_and_numbers_are_other_figures(toys: Path, tmp_path: Path) -> None:
    one = judged(toys, tmp_path, ["vae"])
    other = judged(toys, tmp_path, ["vae"], seed=1)
    fewer = judged(toys, tmp_path, ["vae"], pictures=24)
    found = [values(table)["vae"]["frechet.pixels"] for table in (one, other, fewer)]
    assert len(set(found)) == 3
    assert fewer.rows[0].cells["kid.pixels"].count == 24


def test_that_the_share_of_the_work_never_falls_and_ends_at_all(toys: Path, tmp_path: Path) -> None:
    events = list(
        judge([toys / "vae.safetensors", toys / "ddpm.safetensors"], "toy", pictures=N, store=tmp_path)
    )
    shares = [event.share for event in events if isinstance(event, JudgeProgress)]
    assert shares == sorted(shares)
    assert 0.9 < shares[-1] <= 1.0
    done = {(event.row.name, event.key) for event in events if isinstance(event, CellDone)}
    assert len(done) == 2 * sum(len(piece.keys) for piece in PIECES)


def test_that_an_abandoned_judge_goes_on_and_the_table_is_the_same(toys: Path, tmp_path: Path) -> None:
    names = ["vae", "ddpm", "told"]
    whole = judged(toys, tmp_path / "whole", names)
    clock, stops = random.Random(0), 0
    while True:
        events = judge(
            [toys / f"{name}.safetensors" for name in names], "toy", pictures=N, store=tmp_path / "parts",
            classifier=str(toys / "eye.safetensors"),
        )  # fmt: skip
        last = list(itertools.islice(events, clock.randint(10, 24)))[-1]
        events.close()
        if isinstance(last, JudgeDone):
            break
        stops += 1
    assert stops >= 10
    assert last.table == whole


def files(folder: Path) -> int:
    return len(list(folder.rglob("*.[js]*")))


_FORKER = """
import os, sys
from pathlib import Path
import torch
from latentlab.engine.evaluation.judge.run import judge, known
torch.set_num_threads(1)
folder, store, data = (Path(word) for word in sys.argv[1:])
while sys.stdin.readline():
    child = os.fork()
    if child == 0:
        os.write(1, b"%d\\n" % os.getpid())
        for event in judge(sorted(folder.glob("*.safetensors")), str(data), pictures=48, store=store):
            pass
        os.write(1, b"whole\\n")
        os._exit(0)
    os.waitpid(child, 0)
    os.write(1, b"dead\\n")
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a process")
def test_that_a_judge_killed_twenty_times_gives_the_same_table(tmp_path: Path) -> None:
    import numpy as np

    everything = {split: toy_set(split, 96) for split in ("train", "test")}
    data = tmp_path / "dots.npz"
    np.savez(
        data,
        **{f"x_{split}": some.images[:, 0].numpy() for split, some in everything.items()},
        **{
            f"y_{split}": some.labels.numpy() for split, some in everything.items() if some.labels is not None
        },
    )
    folder = tmp_path / "models"
    folder.mkdir()
    save_tiny_model(folder / "vae.safetensors")
    save_tiny_ddpm(folder / "ddpm.safetensors")
    models = sorted(folder.glob("*.safetensors"))
    *_, whole = judge(models, str(data), pictures=N, store=tmp_path / "whole")
    assert isinstance(whole, JudgeDone)
    store, clock, kills = tmp_path / "killed", random.Random(0), 0
    with subprocess.Popen(
        [sys.executable, "-c", _FORKER, str(folder), str(store), str(data)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as forker:  # fmt: skip
        assert forker.stdin is not None
        assert forker.stdout is not None
        for _ in range(20):
            if files(store) > files(tmp_path / "whole") // 2:
                # Begun anew, so that there is always enough left to be killed in.
                shutil.rmtree(store)
            forker.stdin.write("\n")
            forker.stdin.flush()
            child, kept = int(forker.stdout.readline()), files(store)
            while files(store) <= kept:
                time.sleep(0.001)
            time.sleep(clock.uniform(0.0, 0.03))
            os.kill(child, signal.SIGKILL)
            kills += forker.stdout.readline() == "dead\n"
        forker.stdin.close()
        forker.stdout.read()
    *_, last = judge(models, str(data), pictures=N, store=store)
    assert isinstance(last, JudgeDone)
    assert last.table == whole.table
    assert kills == 20


def test_that_what_was_judged_is_known_again_without_measuring_anything(
    toys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "kept"
    models = [toys / "vae.safetensors", toys / "told.safetensors"]
    how: dict[str, Any] = {"store": store, "classifier": str(toys / "eye.safetensors")}
    assert known(models, "toy", **how) is None, "nothing was judged yet"
    table = judged(toys, store, ["vae"])
    monkeypatch.setattr("latentlab.engine.evaluation.judge.run.load_model", None)
    again = known(models, "toy", **how)
    assert again is not None
    assert again.pictures == N, "as many as the last time"
    assert values(again) == {**values(table), "told": {}}
    shutil.copy(toys / "ddpm.safetensors", toys / "vae.safetensors")
    other = known(models[:1], "toy", **how)
    assert other is not None
    assert not other.rows[0].cells, "another model lies there now"

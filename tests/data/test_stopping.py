"""Nobody waits for a reading that nobody wants any more."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from latentlab.data import catalog, opening, reading
from latentlab.data.image_set import ImageSet
from latentlab.data.stopping import StoppedError, require_wanted, stopping
from latentlab.engine.training import tuning
from latentlab.models.objectives.elbo import ByElbo
from latentlab.models.vae.model import VAE
from tests.data.pictures import folder_of
from tests.tiny import CONFIG

COUNT = 12


def counted(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The pictures that are fitted, each as it comes."""
    seen: list[object] = []
    fit = reading.fit

    def fit_and_count(image, side, how):
        seen.append(image)
        return fit(image, side, how)

    monkeypatch.setattr(reading, "fit", fit_and_count)
    return seen


def test_that_a_reading_ends_before_the_next_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    root, seen = folder_of(tmp_path / "cats", COUNT), counted(monkeypatch)
    with pytest.raises(StoppedError), stopping(lambda: len(seen) == 3):
        opening.open_data(str(root))
    assert len(seen) == 3
    # Half of it is not taken for all of it, and whoever asks now gets everything.
    assert opening.open_data(str(root)).report.read == COUNT


def test_that_deep_arrays_are_given_up_too(tmp_path: Path):
    deep = np.random.default_rng(0).integers(0, 4096, (COUNT, 8, 8)).astype(np.uint16)
    np.savez(tmp_path / "deep.npz", images=deep)
    asked: list[int] = []
    with pytest.raises(StoppedError), stopping(lambda: asked.append(1) or len(asked) == 5):
        opening.open_data(f"{tmp_path / 'deep.npz'}::side=8")
    assert len(asked) == 5


def test_that_each_thread_speaks_for_itself():
    with stopping(lambda: True):
        raised: list[bool] = []

        def elsewhere() -> None:
            require_wanted()
            raised.append(False)

        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        assert raised == [False]
        with stopping(lambda: False):
            require_wanted()
        with pytest.raises(StoppedError):
            require_wanted()
    require_wanted()


def test_that_trials_of_what_is_fastest_are_given_up_too(monkeypatch: pytest.MonkeyPatch):
    asked: list[int] = []
    images = torch.zeros(4, 1, 8, 8, dtype=torch.uint8)
    with pytest.raises(StoppedError), stopping(lambda: asked.append(1) or len(asked) == 3):
        tuning.settle(VAE(CONFIG), images, "auto", 1, ByElbo(CONFIG.latents))
    assert len(asked) == 3


def test_that_data_that_ship_are_read_no_further_when_nobody_wants_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []
    entry = catalog.CATALOG["mnist"]

    def reads(folder: Path, split: str) -> ImageSet:
        read.append(split)
        return entry.read(folder, split)

    monkeypatch.setitem(catalog.CATALOG, "mnist", replace(entry, read=reads))
    with stopping(lambda: bool(read)), pytest.raises(StoppedError):
        catalog.load("mnist", "all")
    assert read == ["test"]

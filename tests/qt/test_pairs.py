"""Every model that ships after every other: all panels used in the one, in the other, and in the one again.

What is read of one model under another raises, at the latest, in some view: nothing may reach the crash
handler. The data are few, so that many models can be opened; models, window and renderer are the real ones.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
import torch
from pytestqt.qtbot import QtBot

from latentlab.engine.rendering.requests.opening import UnfoldedReply
from latentlab.engine.training.snapshot import Snapshot
from latentlab.engine.training.weights import in_order
from latentlab.models.vae.model import VAEConfig
from latentlab.qt.controllers.settings import Settings
from latentlab.qt.shell.main_window import LabWindow
from tests.conftest import make_vae
from tests.hands import Faults, Hands, composed, denoisers, few_pictures, planes, settle, until
from tests.qt.shell import OFFSCREEN

pytestmark = [OFFSCREEN, pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)]

FEW = 260
TAPE_EVERY = 5


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[LabWindow]:
    with few_pictures(FEW):
        made = composed(Settings(tmp_path / "lab.ini"), tmp_path / "models")
        yield made
        qtbot.waitUntil(lambda: not made.bench.background.busy, timeout=5000)
        made.close()
        made.deleteLater()


def there_and_back(first: str) -> list[str]:
    """A way from one model to each that is listed after it, and back each time."""
    names = planes()
    way = [first]
    for other in names[names.index(first) + 1 :]:
        way += [other, first]
    return way


def test_that_the_ways_lead_through_every_ordered_pair_of_models() -> None:
    names = planes()
    assert len(names) >= 7
    assert {"mnist-bvae-2d", "faces-cvae", "mnist-vae-16d"} <= set(names)
    steps = {step for name in names for step in itertools.pairwise(there_and_back(name))}
    assert steps == set(itertools.permutations(names, 2))
    assert set(denoisers()) == {"mnist-ddpm", "faces-ddpm"}


# A test for each, for all of them together take minutes.
@pytest.mark.parametrize("first", planes()[:-1])
def test_that_no_model_meets_what_is_of_another(window: LabWindow, tmp_path: Path, first: str) -> None:
    faults, hands = Faults(window, tmp_path), Hands(window)
    tapes = itertools.cycle(denoisers())
    for step, name in enumerate(there_and_back(first)):
        if window.workspace.state.model != name:
            hands.open(name)
        if step % TAPE_EVERY == 0:
            hands.open_denoiser(next(tapes))
        # Every pair is one with all in use on one side of the change: on both it would take twice as long.
        if step % 2 == 0:
            hands.use_everything(of_a_kind=1)
        else:
            hands.use_plane()
        settle(30)
        assert not faults.found, f"{name}: {faults.found}"
        assert window.workspace.state.model == name


def test_that_a_training_meets_nothing_of_the_model_before_it(window: LabWindow, tmp_path: Path) -> None:
    faults, hands = Faults(window, tmp_path), Hands(window)
    config = VAEConfig(encoder_widths=(8,), decoder_widths=(8,))
    theta = torch.cat([part.detach().flatten() for part in in_order(make_vae(config))]).numpy()
    for name in ("faces-cvae", "mnist-cvae-2d", "mnist-vae-16d"):
        hands.open(name)
        hands.use_everything()
        for step in (10, 20):
            window.workspace.follow(Snapshot("mine", step, "vae", asdict(config), theta, "mnist"))
            until(lambda step=step: learnt(window) == step, "the training was not followed")
            hands.use_everything()
        assert window.workspace.state.condition == ()
        settle(30)
        assert not faults.found, f"{name}: {faults.found}"


def learnt(window: LabWindow) -> int:
    """The steps of the training in sight."""
    found = window.workspace.encodings
    return found.step if isinstance(found, UnfoldedReply) and window.workspace.following else 0

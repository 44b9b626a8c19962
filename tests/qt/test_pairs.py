"""Every model that ships after every other: all panels used in the one, in the other, and in the one again.

What is read of one model under another raises, at the latest, in some view: nothing may reach the crash
handler. The data are few, so that many models can be opened; models, window and renderer are the real ones.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.recipes import Manner, Recipe
from latentlab.qt.desk import Desk
from latentlab.qt.settings import Settings
from latentlab.qt.window import LabWindow
from latentlab.session.session import Session
from latentlab.session.state import SessionState
from tests.hands import Faults, Hands, denoisers, planes, settle
from tests.qt.shell import OFFSCREEN

pytestmark = [OFFSCREEN, pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)]

FEW = 260
TAPE_EVERY = 5


@pytest.fixture
def few_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped data, the first pictures of each split alone."""
    known: dict[tuple[str, str], ImageSet] = {}
    load = catalog.load

    def some(spec: str, split: str = "test") -> ImageSet:
        if (spec, split) not in known:
            every = load(spec, split)
            known[spec, split] = every.part(split, 0, FEW)
        return known[spec, split]

    monkeypatch.setattr(catalog, "load", some)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, few_pictures: None) -> Iterator[LabWindow]:
    settings = Settings(tmp_path / "lab.ini")
    # Tapes are short here.
    settings.tape = (denoisers()[0], Recipe(2, Manner(steps=2)))
    made = LabWindow(Desk(Session(SessionState())), settings, tmp_path / "models")
    made.resize(1500, 950)
    made.show()
    qtbot.waitExposed(made)
    with qtbot.waitSignal(made.desk.encoded, timeout=30_000):
        made.start()
    yield made
    qtbot.waitUntil(lambda: not made.background.busy, timeout=5000)
    made.close()
    made.deleteLater()


def there_and_back(names: list[str]) -> list[str]:
    """A way through all ordered pairs, in which each pair is gone to and fro at once.

    From each model to every later one and back, then on to the next.
    """
    way = [names[0]]
    for place, name in enumerate(names):
        for other in names[place + 1 :]:
            way += [other, name]
        way += names[place + 1 : place + 2]
    return way


def test_that_the_way_leads_through_every_ordered_pair_of_models() -> None:
    names = planes()
    assert len(names) >= 7
    assert {"mnist-vae-2d", "faces-cvae", "mnist-vae-16d"} <= set(names)
    way = there_and_back(names)
    assert set(itertools.pairwise(way)) >= set(itertools.permutations(names, 2))
    assert set(denoisers()) == {"mnist-ddpm", "faces-ddpm"}


def test_that_no_model_meets_what_is_of_another(window: LabWindow, tmp_path: Path) -> None:
    faults, hands = Faults(window, tmp_path), Hands(window)
    tapes = itertools.cycle(denoisers())
    for step, name in enumerate(there_and_back(planes())):
        if window.desk.state.model != name:
            hands.open(name)
        if step % TAPE_EVERY == 0:
            hands.open_denoiser(next(tapes))
        hands.use_everything()
        settle(30)
        assert not faults.found, f"{name}: {faults.found}"
        assert window.desk.state.model == name

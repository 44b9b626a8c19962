"""A few hundred random edits, undos and switches in a live window; by the thousand: tests.benchmarks."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from latentlab.qt.controllers.settings import Settings
from tests.benchmarks.random_edits import FEW, Campaign
from tests.hands import composed, few_pictures
from tests.qt.shell import OFFSCREEN

pytestmark = [OFFSCREEN, pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)]

EDITS = 400


def test_that_no_order_of_edits_undos_and_models_meets_a_fault(qtbot: QtBot, tmp_path: Path) -> None:
    with few_pictures(FEW):
        window = composed(Settings(tmp_path / "lab.ini"), tmp_path / "models")
        campaign = Campaign(window, tmp_path, seed=3)
        found = campaign.run(EDITS)
        qtbot.waitUntil(lambda: not window.bench.background.busy, timeout=5000)
        window.close()
        window.deleteLater()
    assert found.faults == ""
    assert (found.edits, found.undone > 10, found.opened > 2) == (EDITS, True, True)

"""The window for comparing, over fake renderers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from latentlab.qt.compare.window import CompareWindow
from latentlab.session.state import SessionState
from tests.qt.compare.comparing import Opened, ready
from tests.qt.fake_renderer import FakeRenderer
from tests.qt.waiting import until_idle


@pytest.fixture
def renderers() -> list[FakeRenderer]:
    """Those of the columns, in their order."""
    return []


@pytest.fixture
def open_compare(qtbot: QtBot, tmp_path: Path, renderers: list[FakeRenderer]) -> Iterator[Opened]:
    """Opens the window on models, whose renderers have so many latents; closed afterwards."""
    windows: list[CompareWindow] = []

    def opened(models: list[str], *latents: int, state: SessionState | None = None) -> CompareWindow:
        numbers = iter(latents)

        def new_renderer() -> FakeRenderer:
            renderers.append(FakeRenderer(next(numbers, 2)))
            return renderers[-1]

        window = CompareWindow(state or SessionState(), tmp_path, new_renderer=new_renderer)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        windows.append(window)
        window.resize(1000, 700)
        window.show()
        qtbot.waitExposed(window)
        window.start(models)
        good = [
            column for column, model in zip(window.view.columns, models, strict=False) if model != "missing"
        ]
        qtbot.waitUntil(lambda: all(ready(column) for column in good), timeout=5000)
        until_idle()
        return window

    yield opened
    for window in windows:
        window.close()
        window.deleteLater()

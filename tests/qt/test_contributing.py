"""The kind and the view that CONTRIBUTING.md builds work as they stand there."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import latentlab.models
import latentlab.qt.views
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.run import TrainingRun
from latentlab.models.capabilities import Capability
from latentlab.models.registry import capabilities_in, registered
from latentlab.qt.clients.workspace import Workspace
from tests.tiny import toy_set

_TEXT = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
SPEC, MODEL, VIEW, TEST = re.findall(r"^```python\n(.*?)^```", _TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The kind and the view lie where they say, as far as imports know."""
    for package, name, files in (
        (latentlab.models, "lae", {"spec.py": SPEC, "model.py": MODEL}),
        (latentlab.qt.views, "norm", {"view.py": VIEW}),
    ):
        folder = tmp_path / package.__name__ / name
        folder.mkdir(parents=True)
        for file, source in {"__init__.py": "", **files}.items():
            (folder / file).write_text(source, encoding="utf-8")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder.parent)])
    importlib.invalidate_caches()
    yield
    for name in [
        name for name in sys.modules if name.startswith(("latentlab.models.lae", "latentlab.qt.views.norm"))
    ]:
        del sys.modules[name]


@pytest.mark.usefixtures("folders")
def test_that_the_kind_is_trained_saved_and_opened(tmp_path: Path) -> None:
    kind = importlib.import_module("latentlab.models.lae.spec").KIND
    with registered(kind):
        plan = TrainingPlan(
            epochs=60, batch=16, learning_rate=0.01, warmup_steps=2, device="cpu", precision="fp32", threads=1
        )
        out = tmp_path / "lae.safetensors"
        train, test = toy_set("train"), toy_set("test")
        list(TrainingRun("lae", {}, plan, train, test, out).run())
        loaded = load_model(str(out))
        assert loaded.card.metrics["error"] < 0.2, "a picture of nothing has 1/3"
        assert capabilities_in("lae", loaded.card.config) == {Capability.ENCODES, Capability.DECODES}


@pytest.mark.usefixtures("folders")
def test_that_the_view_follows_the_probe(qtbot: QtBot, workspace: Workspace) -> None:
    names: dict[str, object] = {}
    exec(TEST, names)
    test = names["test_that_the_line_follows_the_probe"]
    assert callable(test)
    test(qtbot, workspace)
    spec = importlib.import_module("latentlab.qt.views.norm.view").SPEC
    assert spec.suits(frozenset({Capability.DECODES}))
    assert not spec.suits(frozenset())

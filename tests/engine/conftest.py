"""A renderer with a tiny model open, and its replies without the pauses between them."""

from __future__ import annotations

from pathlib import Path

import pytest

from latentlab.data import catalog
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.opening import LoadRequest
from latentlab.engine.rendering.serving import Request
from tests.tiny import save_tiny_model, toy_set


@pytest.fixture
def renderer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Renderer:
    """A renderer with a model of 2 latents and a set of 64 pictures open."""
    entry = catalog.Entry("toy", "random dots", lambda folder, split: toy_set(split))
    monkeypatch.setitem(catalog.CATALOG, "toy", entry)
    made = Renderer()
    replies(made, LoadRequest(0, str(save_tiny_model(tmp_path / "tiny.safetensors")), "toy"))
    return made


def replies(renderer: Renderer, request: Request) -> list:
    """All that is answered to a request."""
    return [reply for reply in renderer.serve(request) if reply is not None]

"""Figures of every picture: what the card of each says, what every kind of model can, and piece by piece."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from latentlab.data import catalog
from latentlab.engine.attributes.conditions import conditions_of
from latentlab.engine.files.checkpoint import LoadedModel, ModelCard
from latentlab.engine.rendering.density import Density
from latentlab.engine.rendering.known_figures import figures_of
from latentlab.engine.rendering.opening import Opened
from latentlab.engine.rendering.picture_figures import picture_figures
from latentlab.engine.rendering.renderer import Renderer
from latentlab.engine.rendering.requests.figures import PICTURE_FIGURES, FiguresReply, FiguresRequest
from latentlab.engine.rendering.requests.opening import EncodeRequest, LoadRequest
from latentlab.engine.rendering.requests.pictures import SelectionRequest
from latentlab.errors import LabError
from latentlab.models.base import Encodes, TellsDensity
from latentlab.models.registry import KINDS, build
from latentlab.models.spec import KindSpec
from tests.engine.conftest import replies
from tests.kinds.small import small_config
from tests.tiny import beings, save_tiny_model, toy_set


def figures(renderer: Renderer, computed: str) -> dict[str, np.ndarray]:
    """The finished figures, in growing replies."""
    found = replies(renderer, FiguresRequest(3, computed))
    assert found[-1].done
    counts = [reply.count for reply in found]
    assert counts == sorted(counts)
    assert all(len(values) == reply.count for reply in found for values in reply.values.values())
    return dict(found[-1].values)


def test_that_the_terms_of_a_picture_are_those_on_its_card(renderer: Renderer) -> None:
    values = figures(renderer, "terms")
    np.testing.assert_allclose(values["elbo"], values["reconstruction"] - values["kl"], rtol=1e-4)
    for index in (0, 40, 63):
        (card,) = replies(renderer, SelectionRequest(4, index))
        assert values["kl"][index] == pytest.approx(card.kl, rel=1e-4)
        assert values["elbo"][index] == pytest.approx(card.elbo, rel=0.05)


def test_that_codes_are_densest_where_others_are_near_and_only_once_all_are_known(renderer: Renderer) -> None:
    with pytest.raises(LabError, match="not encoded yet"):
        figures(renderer, "density")
    *_, encodings = replies(renderer, EncodeRequest(5))
    values = figures(renderer, "density")["density"]
    gaps = np.linalg.norm(encodings.mean[:, None] - encodings.mean, axis=-1)
    near = np.sort(gaps, axis=1)[:, 1:6].mean(axis=1)
    assert np.corrcoef(values, near)[0, 1] < -0.4


def test_that_what_is_stopped_gives_way_and_what_nobody_can_tell_is_refused(renderer: Renderer) -> None:
    assert replies(renderer, FiguresRequest(3, "")) == []
    with pytest.raises(LabError, match="cannot tell this"):
        replies(renderer, FiguresRequest(3, "taste"))


@pytest.mark.parametrize("kind", [*KINDS.values()], ids=lambda kind: kind.name)
def test_that_every_kind_gives_each_figure_that_it_claims(kind: KindSpec) -> None:
    torch.manual_seed(0)
    model = build(kind.name, small_config(kind))
    assert isinstance(model, Encodes) == bool(figures_of(model))
    if not isinstance(model, Encodes):
        return
    data = toy_set("test", 20)
    loaded = LoadedModel("m", model, ModelCard(kind.name, {}), Path(), "0")
    opened = Opened(loaded, data, "toy", torch.device("cpu"))
    x, y = data.images.float() / 255.0, conditions_of(model, data)
    mean = np.random.default_rng(0).normal(size=(20, model.latents)).astype(np.float32)
    known = Density(mean, np.ones_like(mean))
    for one in PICTURE_FIGURES:
        if one.name not in figures_of(model):
            continue
        with torch.inference_mode():
            pieces = picture_figures(opened, known, FiguresRequest(1, one.computed))
            reply = next(found for found in pieces if found is not None and found.done)
        assert isinstance(reply, FiguresReply)
        assert np.isfinite(reply.values[one.name]).all(), one.name
        if one.name == "likelihood" and isinstance(model, TellsDensity) and model.density_tag.how == "exact":
            with torch.no_grad():
                np.testing.assert_allclose(reply.values[one.name], model.log_density(x, y=y), rtol=1e-4)


def test_that_attributes_and_figures_come_with_what_is_opened(
    monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    monkeypatch.setattr(catalog, "load", lambda name, split="test": beings(split))
    renderer = Renderer()
    (reply,) = replies(renderer, LoadRequest(1, str(save_tiny_model(tmp_path / "m.safetensors")), "beings"))
    assert [column.name for column in reply.columns] == ["hat", "beard", "smile"]
    assert reply.columns[0].codes.tolist() == [number % 2 for number in range(64)]
    assert set(reply.figures) >= {"elbo", "kl", "reconstruction", "density", "loss"}

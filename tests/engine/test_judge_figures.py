"""The judge's figures where it is known what they must be."""

from __future__ import annotations

import math
from collections.abc import Generator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from latentlab.core.judged_columns import columns
from latentlab.core.judgement import SPACES, Cell
from latentlab.core.likelihoods import Bernoulli, Categorical, Gaussian, Palette
from latentlab.core.measures import DensityTag
from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.evaluation.judge.densities import as_measured, blind_outputs, densities, log_frequency
from latentlab.engine.evaluation.judge.drawing import Drawn, drawn, drawn_again
from latentlab.engine.evaluation.judge.pieces import PIECES, JudgeContext, JudgedModel
from latentlab.engine.evaluation.judge.representation import root_mean
from latentlab.engine.evaluation.judge.spaces import principal_components, untrained
from latentlab.engine.evaluation.judge.store import Store
from latentlab.engine.evaluation.judge.subject import Subject, open_subject, took_part
from latentlab.engine.files.checkpoint import LoadedModel, ModelCard, load_model
from latentlab.errors import LabError
from tests.tiny import save_tiny_classifier, save_tiny_cvae, save_tiny_ddpm, save_tiny_model, toy_set

Result = TypeVar("Result")
COLUMNS = {column.key: column for column in columns()}


def whole(work: Generator[float, None, Result]) -> Result:
    """The result of work in pieces."""
    while True:
        try:
            next(work)
        except StopIteration as ended:
            result: Result = ended.value
            return result


class Painter(nn.Module):
    """Draws pictures in its own way; which, the tests say."""

    picture_shape = (1, 28, 28)

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def draw_pictures(self, count: int, generator: Any = None, y: Tensor | None = None) -> Tensor:
        return torch.zeros(count, *self.picture_shape)


def loaded(model: nn.Module, card: ModelCard | None = None) -> LoadedModel:
    return LoadedModel("mine", model, card or ModelCard("none", {}), Path("mine.safetensors"), "0" * 12)


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> JudgeContext:
    """Some digits with their classifier."""
    with pytest.MonkeyPatch.context() as patch:
        whole_load = catalog.load
        counts = {"train": 3000, "test": 2000}
        patch.setattr(
            catalog, "load", lambda spec, split: whole_load(spec, split).part(split, 0, counts[split])
        )
        subject = open_subject("mnist")
    store = Store.of(tmp_path_factory.mktemp("kept"), "mnist")
    return JudgeContext(subject, store, 1000, 0)


def cells_of(context: JudgeContext, pictures: Tensor) -> dict[str, Cell]:
    """The figures of these pictures as samples."""
    on = JudgedModel(context, loaded(Painter()), Drawn(pictures, None, 0.0))
    found: dict[str, Cell] = {}
    for piece in PIECES:
        if piece.draws:
            found |= whole(piece.measure(on))
    return {key: cell for key, cell in found.items() if cell.value is not None}


def apart(one: Cell, value: float | None, error: float | None) -> float:
    """The difference to a figure in standard errors."""
    assert one.value is not None
    assert value is not None
    return abs(one.value - value) / max(1e-9, math.hypot(one.error or 0.0, error or 0.0))


@pytest.mark.slow
def test_that_two_halves_of_the_held_out_pictures_come_out_as_equals(context: JudgeContext) -> None:
    images = context.subject.test.images
    one, other = cells_of(context, images[::2]), cells_of(context, images[1::2])
    assert one.keys() == other.keys()
    assert len(one) == 3 * 6 + 3
    for key, cell in one.items():
        assert apart(cell, other[key].value, other[key].error) < 4.0, key
        assert apart(cell, cell.floor, cell.floor_error) < 4.0, key


@pytest.mark.slow
def test_that_noise_is_worse_than_the_floor_everywhere_and_copies_are_copies(context: JudgeContext) -> None:
    stream = torch.Generator().manual_seed(0)
    noise = torch.randint(0, 256, (1000, 1, 28, 28), generator=stream, dtype=torch.uint8)
    found = cells_of(context, noise)
    for space in SPACES:
        for name in ("frechet", "kid", "precision", "coverage"):
            key = f"{name}.{space}"
            assert COLUMNS[key].standing(found[key]) == "worse", key
    assert found["copies"].value == 0.0
    copies = cells_of(context, context.subject.train.images[:1000])
    assert copies["copies"].value == 1.0
    assert COLUMNS["copies"].standing(copies["copies"]) == "worse"
    assert copies["nearest"].value == 0.0
    assert copies["copies"].behind.shows == "nearest"


@pytest.mark.slow
def test_that_one_class_alone_is_uneven_and_loses_coverage(context: JudgeContext) -> None:
    train = context.subject.train
    assert train.labels is not None
    test = context.subject.test
    assert test.labels is not None
    ones = test.images[test.labels == 1]
    found = cells_of(context, ones[torch.arange(1000) % len(ones)])
    share = float((train.labels == 1).double().mean())
    assert found["evenness"].value == pytest.approx(share, abs=0.02)
    assert found["coverage.features"].value < 0.3  # type: ignore[operator]
    assert found["precision.features"].value > 0.8  # type: ignore[operator]


@pytest.mark.slow
def test_that_a_classifier_that_took_part_in_a_training_is_left_out(context: JudgeContext) -> None:
    judge = context.subject.classifier
    assert judge is not None
    for card in (
        ModelCard("x", {"judge": judge.hash}),
        ModelCard("x", {}, {"teacher": judge.name}),
        ModelCard("x", {}, command=f"latentlab train x --classifier {judge.name} --out y.safetensors"),
        ModelCard("x", {}, command=f"latentlab train x --teacher=models/{judge.name}.safetensors"),
        ModelCard("x", {}, command=f"latentlab train x --teacher '{judge.name}"),
    ):
        assert took_part(card, judge), card
        on = JudgedModel(
            context, loaded(Painter(), card), Drawn(context.subject.test.images[:100], None, 0.0)
        )
        left = {piece.name: piece for piece in PIECES}
        for name in ("space-features", "classes"):
            for cell in whole(left[name].measure(on)).values():
                assert cell.value is None
                assert "took part in the training" in cell.note
    card = ModelCard(
        "x", {"widths": [3]}, {"name": "mnist"}, command="latentlab train x --data mnist --out x"
    )
    assert not took_part(card, judge)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["vae", "ddpm", "told"])
def test_that_a_sample_drawn_alone_is_the_same_as_among_all(tmp_path: Path, kind: str) -> None:
    save = {
        "vae": save_tiny_model,
        "ddpm": save_tiny_ddpm,
        "told": lambda path: save_tiny_cvae(path, ("even", "odd"), exclusive=True, data="toy"),
    }[kind]
    model = load_model(save(tmp_path / "x.safetensors"))
    subject = Subject("toy", toy_set("train"), toy_set("test"), None, "", "f")
    every = whole(drawn(model, subject, 200, 3, Store(tmp_path / "kept")))
    assert every.pictures.shape == (200, 1, 8, 8)
    assert every.per_thousand > 0.0
    some = drawn_again(model, subject, [0, 7, 100, 199], 200, 3).int()
    # Rounding may differ where others are in the batch.
    assert int((some - every.pictures[[0, 7, 100, 199]].int()).abs().max()) <= 1
    again = whole(drawn(model, subject, 200, 3, Store(tmp_path / "kept")))
    assert torch.equal(again.pictures, every.pictures)
    assert again.seconds == every.seconds


def test_that_samples_of_a_model_with_its_own_way_do_not_depend_on_where_they_begin() -> None:
    from latentlab.engine.inference.sampling import draw_in_chunks

    class Noise(Painter):
        def draw_pictures(self, count: int, generator: Any = None, y: Tensor | None = None) -> Tensor:
            pictures = torch.rand(count, 1, 2, 2, generator=generator)
            return pictures if y is None else pictures + y.view(-1, 1, 1, 1)

    y = torch.arange(40.0).unsqueeze(1)
    for told in (None, y):
        every = torch.cat(list(draw_in_chunks(Noise(), 40, 5, y=told)))
        for first, count in ((0, 3), (5, 20), (16, 8), (39, 1)):
            of_these = None if told is None else told[first : first + count]
            some = torch.cat(list(draw_in_chunks(Noise(), count, 5, y=of_these, first=first)))
            assert torch.equal(some, every[first : first + count]), (first, count)


class Told(nn.Module):
    """Says a density of its own."""

    def __init__(self, tag: DensityTag, nats: float = -3.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.density_tag, self._nats = tag, nats
        self.seen: list[Tensor] = []

    def log_density(
        self, x: Tensor, generator: Any = None, *, draws: int = 1, y: Tensor | None = None
    ) -> Tensor:
        self.seen.append(x)
        return torch.full((len(x),), self._nats) + x.flatten(1)[:, 0]


def subject_of(train: ImageSet, test: ImageSet) -> Subject:
    return Subject("toy", train, test, None, "", "f")


def test_that_bytes_are_told_in_bits_and_binary_pixels_are_binarised() -> None:
    subject = subject_of(toy_set("train"), toy_set("test"))
    model = Told(DensityTag("exact", "bytes"))
    cells = whole(densities(loaded(model), subject, 0))
    assert cells["bits"].value == pytest.approx(-cells["nats"].value / math.log(2.0) / 64)  # type: ignore[operator]
    assert cells["bits"].error == pytest.approx(cells["nats"].error / math.log(2.0) / 64)  # type: ignore[operator]
    assert {*torch.cat(model.seen).unique().tolist()} > {0.0, 1.0}
    binary = Told(DensityTag("bound", "binary"))
    cells = whole(densities(loaded(binary), subject, 0))
    assert {*torch.cat(binary.seen).unique().tolist()} == {0.0, 1.0}
    assert cells["bits"].value is None
    assert cells["nats"].tag == DensityTag("bound", "binary")
    assert cells["nats"].error == pytest.approx(
        float(torch.cat(binary.seen)[:, 0, 0, 0].double().std()) / math.sqrt(64), rel=1e-6
    )
    worst = cells["nats"].behind.numbers[0]
    assert float(as_measured(subject.test.images, "binary", 0)[worst, 0, 0, 0]) == 0.0


def test_that_a_density_of_zero_is_no_figure() -> None:
    subject = subject_of(toy_set("train"), toy_set("test"))
    cells = whole(densities(loaded(Told(DensityTag("exact", "bytes"), -math.inf)), subject, 0))
    assert cells["nats"].value is None
    assert "not finite" in cells["nats"].note


def test_that_a_condition_costs_the_log_of_its_frequency() -> None:
    rows = torch.tensor([[1.0, 0.0]] * 6 + [[0.0, 1.0]] * 2)
    found = log_frequency(rows, torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
    # One more than there are, of each kind that occurs in either: 6 + 1, 2 + 1 and 0 + 1 of 11.
    np.testing.assert_allclose(found.exp(), [7 / 11, 3 / 11, 1 / 11])


def test_that_a_blind_decoder_tells_the_frequencies() -> None:
    images = torch.tensor([0, 0, 255, 0], dtype=torch.uint8).view(4, 1, 1, 1)
    on = torch.sigmoid(blind_outputs(Bernoulli(), images))  # type: ignore[arg-type]
    assert float(on) == pytest.approx(2 / 6)
    levels = blind_outputs(Categorical(256), images)
    assert levels is not None
    assert levels.shape == (256, 1, 1)
    assert float(levels.exp().sum()) == pytest.approx(1.0)
    assert float(levels[0].exp()) == pytest.approx(4 / 260)
    colours = blind_outputs(Palette(("00", "ff", "7f")), images)
    assert colours is not None
    np.testing.assert_allclose(colours.flatten().exp(), [4 / 7, 2 / 7, 1 / 7], rtol=1e-6)
    assert blind_outputs(Gaussian(), images) is None


def test_that_principal_components_are_those_of_numpy(tmp_path: Path) -> None:
    subject = subject_of(toy_set("train", 200), toy_set("test"))
    mean, components = whole(principal_components(subject, Store(tmp_path)))
    x = subject.train.images.flatten(1).double().numpy() / 255.0
    _, _, rows = np.linalg.svd(x - x.mean(0), full_matrices=False)
    np.testing.assert_allclose(mean, x.mean(0), atol=1e-6)
    np.testing.assert_allclose(np.abs((components.numpy() * rows).sum(1)), 1.0, atol=1e-4)
    again = whole(principal_components(subject, Store(tmp_path)))
    assert torch.equal(again[1], components)


def test_that_the_error_of_a_root_is_half_that_of_the_square() -> None:
    squares = torch.tensor([0.01, 0.04, 0.09, 0.02], dtype=torch.float64)
    figure = root_mean(squares, torch.arange(4))
    assert figure.value == pytest.approx(0.2)
    assert figure.error == pytest.approx(float(squares.std()) / 2.0 / (2.0 * 0.2))
    assert figure.behind.numbers == (2, 1, 3, 0)


def test_that_the_untrained_network_is_always_the_same_one() -> None:
    x = torch.rand(3, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    one = untrained(3)(x)
    torch.randn(5)
    assert torch.equal(untrained(3)(x), one)
    assert one.shape == (3, 64)
    assert float(one.var(0).min()) >= 0.0


def test_that_what_cannot_be_read_counts_as_not_kept(tmp_path: Path) -> None:
    store = Store.of(tmp_path, "my data/é", 1)
    assert store.cells("m", "p") is None
    assert store.tensors("m", "t") is None
    store.keep("m", "p", {"nats": Cell(1.0, note="x")})
    assert store.cells("m", "p") == {"nats": Cell(1.0, note="x")}
    (store.folder / "m" / "p.json").write_text('{"cells": {"nats": {"value": "much"}}}')
    assert store.cells("m", "p") is None
    store.keep_tensors("m", "t", {"a": torch.ones(2)}, 1.5)
    kept = store.tensors("m", "t")
    assert kept is not None
    assert kept[1] == 1.5
    (store.folder / "m" / "t.safetensors").write_bytes(b"cut")
    assert store.tensors("m", "t") is None
    store.forget("m")
    assert not list((store.folder / "m").iterdir())
    assert Store.of(tmp_path, "my data/é", 2).folder != store.folder
    (tmp_path / "file").write_text("")
    with pytest.raises(LabError, match="could not be made"):
        Store(tmp_path / "file").keep("m", "p", {})


def test_that_too_few_pictures_and_strange_classifiers_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    entry = catalog.Entry("toy", "", lambda _, split: toy_set(split, 5))
    monkeypatch.setitem(catalog.CATALOG, "toy", entry)
    with pytest.raises(LabError, match="at least 12"):
        open_subject("toy")
    monkeypatch.setitem(catalog.CATALOG, "toy", catalog.Entry("toy", "", lambda _, split: toy_set(split)))
    assert "no classifier is shipped" in open_subject("toy").no_classifier
    with pytest.raises(LabError, match="not a classifier"):
        open_subject("toy", str(save_tiny_model(tmp_path / "vae.safetensors")))
    with pytest.raises(LabError, match="not a classifier of pictures such as"):
        open_subject("toy", "mnist-classifier")
    eye = save_tiny_classifier(tmp_path / "eye.safetensors")
    assert open_subject("toy", str(eye)).fingerprint != open_subject("toy").fingerprint

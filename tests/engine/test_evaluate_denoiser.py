"""Figures of a denoiser's samples: against a classifier and a denoiser of which all is known beforehand."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from latentlab.core.schedules import SCHEDULES
from latentlab.data.image_set import ImageSet
from latentlab.engine.diffusion.recipes import SamplerSettings
from latentlab.engine.evaluation.nearest import nearest
from latentlab.engine.evaluation.reference import Reference, spread
from latentlab.engine.evaluation.samples import evaluate_denoiser, sampled, told_as_in
from latentlab.engine.files.checkpoint import LoadedModel, ModelCard, load_model
from latentlab.errors import LabError
from latentlab.models.base import Denoised
from latentlab.models.registry import build
from tests.tiny import TRAITS, beings, save_tiny_classifier, save_tiny_model, toy_set

MARKS = ("first", "second", "third")


class Painter(nn.Module):
    """Believes, whatever it is shown, in grey pictures with a bright dot for each number that it is told."""

    picture_shape = (1, 8, 8)
    condition_names: tuple[str, ...] = MARKS

    def __init__(self, names: tuple[str, ...] = MARKS, *, exclusive: bool = False, wrong: int = 0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.schedule = SCHEDULES["cosine"](50)
        self.condition_names, self.exclusive, self.wrong = names, exclusive, wrong

    def denoise(self, x_t: Tensor, t: int, y: Tensor | None = None, guidance: float = 1.0) -> Denoised:
        x_0 = torch.full_like(x_t, -0.5)
        # What makes one picture differ from another, so that the features vary.
        x_0[:, 0, 7] = x_t[:, 0, 7].sign() * 0.25
        if y is not None:
            for column in range(y.shape[1]):
                # The last ones in the row are painted as if the opposite had been told.
                told = 1.0 - y[:, column] if column >= y.shape[1] - self.wrong else y[:, column]
                x_0[:, 0, 0, column] = 2.0 * told - 1.0
        signal, sigma = self.schedule.scales(t)
        return Denoised(x_0, (x_t - float(signal) * x_0) / float(sigma))


class Watcher(nn.Module):
    """Sees the dots, and nothing else; its features are they and the mean of the lowest row."""

    picture_shape = (1, 8, 8)

    def __init__(self, names: tuple[str, ...] = MARKS, *, exclusive: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.class_names, self.exclusive = names, exclusive

    def features(self, x: Tensor) -> Tensor:
        return torch.cat([x[:, 0, 0, :3], x[:, 0, 7].mean(1, keepdim=True)], 1)

    def logits(self, x: Tensor) -> Tensor:
        return x[:, 0, 0, : len(self.class_names)] - 0.5


def named(model: nn.Module) -> LoadedModel:
    return LoadedModel("watcher", model.eval(), ModelCard("classifier", {}), Path("watcher"), "0123456789ab")


def dotted(split: str, count: int = 60, *, exclusive: bool = False) -> ImageSet:
    """Pictures like the painter's: every combination of dots, or exactly one dot."""
    generator = torch.Generator().manual_seed(len(split))
    number = torch.arange(count)
    has = torch.stack([(number // 2**bit) % 2 == 1 for bit in range(3)], 1)
    if exclusive:
        has = torch.nn.functional.one_hot(number % 3, 3).bool()
    images = torch.full((count, 1, 8, 8), 64, dtype=torch.uint8)
    images[:, 0, 7] = torch.where(torch.rand(count, 8, generator=generator) < 0.5, 96, 159).to(torch.uint8)
    images[:, 0, 0, :3] = has.to(torch.uint8) * 255
    if exclusive:
        return ImageSet("dots", split, images, number % 3, MARKS)
    return ImageSet("dots", split, images, attributes=has, attribute_names=MARKS)


def evaluated(model: nn.Module, *, exclusive: bool = False, **options):
    data = (dotted(split, exclusive=exclusive) for split in ("train", "test"))
    chosen = {"pictures": 40, "steps": 3, **options}
    return evaluate_denoiser(model, named(Watcher(exclusive=exclusive)), *data, **chosen)


def test_that_samples_like_the_data_are_at_the_floor_and_as_asked():
    result = evaluated(Painter(), pictures=60)
    assert result.as_asked == 1.0
    assert result.as_asked_each == dict.fromkeys(MARKS, 1.0)
    assert result.classifier_accuracy == 1.0
    assert (result.classifier, result.classifier_hash) == ("watcher", "0123456789ab")
    assert (result.pictures, result.frechet_pictures, result.train_pictures) == (60, 60, 60)
    assert result.frechet_distance < 0.1
    assert 0.0 <= result.frechet_floor < 0.05


def test_that_what_is_wrong_with_the_samples_shows_in_every_figure():
    right, wrong = evaluated(Painter()), evaluated(Painter(wrong=1))
    assert wrong.as_asked == 0.0
    assert wrong.as_asked_each == {"first": 1.0, "second": 1.0, "third": 0.0}
    assert evaluated(Painter(wrong=1), left_out=("third",)).as_asked == 1.0
    assert right.classifier_accuracy == wrong.classifier_accuracy, "it is of real pictures"


def test_that_samples_of_one_kind_alone_are_far_from_the_data():
    class Dull(Painter):
        def denoise(self, x_t, t, y=None, guidance=1.0):
            return super().denoise(x_t, t, None, guidance)

    result = evaluated(Dull())
    assert result.frechet_distance > 10.0 * max(result.frechet_floor, 0.01)
    assert result.as_asked < 0.5


def test_that_classes_are_judged_by_the_largest_logit_and_listed_by_what_was_asked():
    result = evaluated(Painter(exclusive=True), exclusive=True)
    assert result.as_asked == 1.0
    assert set(result.as_asked_each) == set(MARKS)
    assert result.classifier_accuracy == 1.0


def test_that_names_decide_which_logit_is_whose():
    turned = Painter(MARKS[::-1], exclusive=True)
    data = [dotted(split, exclusive=True) for split in ("train", "test")]
    result = evaluate_denoiser(turned, named(Watcher(exclusive=True)), *data, pictures=30, steps=2)
    # It paints the dot of its own first name where the classifier looks for "first", which is its last.
    assert result.as_asked_each["second"] == 1.0
    assert result.as_asked_each["first"] == result.as_asked_each["third"] == 0.0


def test_that_a_model_that_is_told_nothing_has_no_share_as_asked():
    result = evaluated(Painter(()))
    assert result.as_asked is None
    assert result.as_asked_each == {}


def test_that_conditions_are_drawn_as_they_occur():
    model, data = Painter(TRAITS), beings("train")
    rows = {tuple(row) for row in data.attributes.float().tolist()}
    y = told_as_in(model, data, 200, seed=0)
    assert y.shape == (200, 3)
    assert {tuple(row) for row in y.tolist()} <= rows, "a beard and a smile cannot be combined"
    assert torch.equal(y, told_as_in(model, data, 200, seed=0))
    assert not torch.equal(y, told_as_in(model, data, 200, seed=1))
    assert told_as_in(Painter(()), data, 3, 0) is None


def test_that_figures_follow_the_seed_and_are_ready_for_json():
    model = build("ddpm", {"shape": (1, 8, 8), "widths": (8,), "steps": 20, "condition_names": MARKS,
                           "exclusive": False}).eval()  # fmt: skip
    with torch.no_grad():  # a network that starts out silent would not see its seed
        for weight in model.parameters():
            weight.add_(torch.randn(weight.shape, generator=torch.Generator().manual_seed(0)), alpha=0.1)
    shares: list[float] = []
    first = evaluated(model, progress=shares.append)
    assert first == evaluated(model)
    assert first.frechet_distance != evaluated(model, seed=1).frechet_distance
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    again = json.loads(json.dumps(first.as_dict(), allow_nan=False))
    assert again["nearest"].keys() == {"median", "least"}
    assert {"frechet_distance", "frechet_floor", "as_asked", "classifier_hash"} <= again.keys()


def test_that_a_sample_is_the_same_however_many_are_drawn():
    model = Painter()
    sampler_settings = SamplerSettings(sampler="ddpm", steps=4, conditions=((1.0, 0.0, 0.0), (0.0, 1.0, 1.0)))
    few, many = (torch.cat(list(sampled(model, sampler_settings, count))) for count in (5, 40))
    assert few.shape == (5, 1, 8, 8)
    assert torch.equal(few, many[:5])


def test_that_the_nearest_picture_is_found_and_a_copy_is_at_no_distance():
    train = toy_set("train", 50).images
    others = toy_set("test", 6).images
    apart = (others.float() / 255.0)[:, None] - (train.float() / 255.0)[None]
    expected = apart.flatten(2).square().mean(2).sqrt().amin(1)
    found = nearest(others, train)
    assert found.median == pytest.approx(float(expected.median()))
    assert found.least == pytest.approx(float(expected.min()))
    assert nearest(train[7:8], train).least == 0.0
    off = train[7:8].clone()
    off[0, 0, 0, 0] ^= 1
    assert nearest(off, train).least == pytest.approx(1.0 / 255.0 / math.sqrt(64))


def test_that_held_out_pictures_are_taken_from_all_over():
    assert spread(torch.arange(11), 3).tolist() == [0, 5, 10]
    assert spread(torch.arange(3), 10).tolist() == [0, 1, 2]


def test_that_the_floor_is_of_as_many_held_out_pictures_as_samples():
    result = evaluated(Painter(), pictures=20)
    assert result.frechet_pictures == result.nearest_pictures == 20
    reference = Reference.of(named(Watcher()), dotted("train"), dotted("test"))
    assert result.frechet_floor == pytest.approx(reference.floor(20))
    many = evaluated(Painter(), pictures=100)
    assert (many.pictures, many.frechet_pictures) == (100, 60)


@pytest.mark.parametrize(
    ("model", "classifier", "options", "words"),
    [
        (Painter(), Watcher(MARKS[:2]), {}, "does not know 'third'"),
        (Painter(exclusive=True), Watcher(), {}, "classes"),
        (Painter(), Watcher(), {"left_out": ("ears",)}, "'ears'"),
        (Painter(), Watcher(), {"pictures": 1}, "at least 2"),
        (Painter(), Watcher(), {"steps": 51}, "51 steps"),
        (Painter(), Watcher(), {"sampler": "magic"}, "'magic'"),
        (Painter(), Painter(), {}, "is not a classifier. Train one with latentlab train"),
        (Watcher(), Watcher(), {}, "does not denoise"),
    ],
)
def test_that_what_does_not_belong_together_is_refused(model, classifier, options, words):
    data = [dotted(split, 12) for split in ("train", "test")]
    with pytest.raises(LabError, match=words):
        evaluate_denoiser(model, named(classifier), *data, **{"pictures": 4, "steps": 2, **options})


def test_that_pictures_of_another_size_are_refused(tmp_path: Path):
    large = toy_set("train", 12, (1, 9, 8))
    with pytest.raises(LabError, match="8 x 9"):
        evaluate_denoiser(Painter(), named(Watcher()), large, large)
    judge = load_model(save_tiny_classifier(tmp_path / "judge.safetensors"))
    with pytest.raises(LabError, match="takes pictures 8 x 8 grey, those of toy are 8 x 9"):
        Reference.of(judge, large, large)


# The command


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a diffusion model and a classifier of the data set `toy`."""
    from latentlab.data import catalog
    from latentlab.engine.files.checkpoint import save_model

    entry = catalog.Entry("toy", "random dots", lambda folder, split: toy_set(split))
    monkeypatch.setitem(catalog.CATALOG, "toy", entry)
    small = {"shape": (1, 8, 8), "widths": (8,), "steps": 20}
    model = build("ddpm", {**small, "condition_names": ("even", "odd")})
    card = ModelCard("ddpm", dataclasses.asdict(model.config), {"name": "toy"})
    save_model(tmp_path / "toy-ddpm.safetensors", model, card)
    save_tiny_classifier(tmp_path / "toy-classifier.safetensors")
    save_tiny_model(tmp_path / "toy-vae.safetensors")
    monkeypatch.setattr("latentlab.shipped.MODELS", tmp_path)
    return tmp_path


def command(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    from latentlab.cli import main

    code = main(["evaluate", *map(str, words)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


QUICK = ("--pictures", 6, "--steps", 2, "--device", "cpu")


def test_that_the_command_judges_a_shipped_model_with_the_classifier_of_its_data(files, capsys):
    code, out, err = command(capsys, "toy-ddpm", *QUICK, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert (found["model"], found["data"], found["classifier"]) == ("toy-ddpm", "toy", "toy-classifier")
    assert (found["pictures"], found["sampler"], found["steps"], found["guidance"]) == (6, "ddim", 2, 1.0)
    assert found["as_asked_each"].keys() <= {"even", "odd"}


def test_that_in_words_distance_and_floor_are_named_and_never_called_fid(files, capsys):
    code, out, _ = command(capsys, "toy-ddpm", *QUICK, "--sampler", "ddpm", "--guidance", 2)
    assert code == 0
    for words in (
        "Fréchet distance on the features of toy-classifier", "floor (train against test)",
        "as asked, by the classifier",
        "nearest training picture", "ddpm, 2 steps, guidance 2", "of held-out pictures",
    ):  # fmt: skip
        assert words in out, words
    assert "FID" not in out


def test_that_another_classifier_can_be_named_by_its_file(files, capsys):
    other = save_tiny_classifier(files / "other.safetensors", ("odd", "even"))
    code, out, _ = command(capsys, files / "toy-ddpm.safetensors", *QUICK, "--classifier", other, "--json")
    assert code == 0
    assert json.loads(out)["classifier"] == "other"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("toy-vae", "--steps", 5), "--steps has no effect for toy-vae"),
        (("toy-vae", "--leave-out", "a"), "--leave-out has no effect for toy-vae"),
        (("toy-ddpm", "--split", "test"), "--split has no effect for toy-ddpm"),
        (("toy-ddpm", "--samples", 5), "it is a diffusion model"),
        (("toy-ddpm", *QUICK, "--classifier", "toy-vae"), "is not a classifier"),
        (("toy-ddpm", *QUICK, "--classifier", "nobody"), "nobody"),
        (("toy-ddpm", *QUICK, "--eta", "2"), "eta"),
        (("toy-ddpm", *QUICK, "--guidance", "nan"), "guidance"),
        (("toy-ddpm", "--pictures", "1"), "--pictures"),
        (("toy-ddpm", *QUICK, "--steps", "21"), "21 steps"),
        (("toy-ddpm", *QUICK, "--leave-out", "even"), "'even'"),
        (("toy-classifier",), "no ELBO"),
    ],
)
def test_that_what_makes_no_sense_is_told_in_a_line(files, capsys, words, complaint):
    code, out, err = command(capsys, *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert complaint in err


def test_that_a_missing_classifier_is_told_with_the_way_to_make_one(files, capsys):
    (files / "toy-classifier.safetensors").unlink()
    code, _, err = command(capsys, "toy-ddpm", *QUICK)
    assert code == 2
    assert "latentlab train classifier --data toy" in err


def test_that_a_model_is_judged_on_the_data_that_it_learnt_from(files, capsys):
    code, out, _ = command(capsys, "toy-vae", "--samples", 2, "--likelihood-images", 2, "--json")
    assert code == 0
    assert json.loads(out)["data"] == "toy"

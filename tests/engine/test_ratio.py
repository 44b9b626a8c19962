"""Density ratios of sets of pictures, where the truth is known, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from latentlab.core.density_ratio import correlation
from latentlab.core.directions import auc
from latentlab.core.mixture import Diagonal, Mixture
from latentlab.core.principal import Principal
from latentlab.engine.evaluation.ratio.classifier import fit
from latentlab.engine.evaluation.ratio.events import RatioDone, RatioProgress, RatioResult, in_words
from latentlab.engine.evaluation.ratio.run import _compared, ratio
from latentlab.engine.evaluation.ratio.sources import (
    Chosen,
    Source,
    exact_draws,
    gaussian_draws,
    log_density,
    open_source,
    parted,
    require_pair,
)
from latentlab.errors import LabError
from tests.tiny import save_tiny_classifier, save_tiny_model


def of_folder(folder: Path, level: int, count: int = 150) -> str:
    """A data set of noise around a grey level, and its spec."""
    stream = np.random.default_rng(level)
    pictures = np.clip(stream.normal(level, 30.0, (count, 8, 8)), 0, 255).astype(np.uint8)
    path = folder / f"level{level}.npz"
    np.savez(path, images=pictures)
    return str(path)


def whole(a: str, b: str, store: Path, pictures: int = 100) -> tuple[RatioResult, list[RatioProgress]]:
    *told, last = ratio(a, b, pictures=pictures, store=store)
    assert isinstance(last, RatioDone)
    return last.result, [one for one in told if isinstance(one, RatioProgress)]


def gaussian(variances: list[float], rest: float, shift: float = 0.0) -> Principal:
    """A Gaussian of 8 x 8 pictures that varies along the first pixels."""
    rows = torch.eye(64, dtype=torch.float64)[: len(variances)]
    return Principal(
        torch.full((64,), 0.5 + shift, dtype=torch.float64), rows, torch.tensor(variances).double(), rest
    )


def test_that_draws_of_a_gaussian_have_its_mean_and_its_covariance() -> None:
    known = gaussian([0.5, 0.2], 0.01, 0.2)
    x = gaussian_draws(known, 40_000, 0).double()
    covariance = torch.cov(x.T)
    assert float((x.mean(0) - known.mean).abs().max()) < 0.02
    assert covariance.diagonal()[:3].tolist() == pytest.approx([0.5, 0.2, 0.01], rel=0.05)
    assert float((covariance - covariance.diagonal().diag()).abs().max()) < 0.01


def told_of(a: Principal, b: Principal, count: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Log ratios of `count` draws of each by a classifier that learnt from as many others; the true ones; and
    which are of A.
    """
    learnt, told = (
        torch.cat([gaussian_draws(one, count, seed + place) for place, one in enumerate((a, b))])
        for seed in (0, 10)
    )
    is_a = torch.arange(2 * count) < count
    *_, classifier = run_of(fit(learnt.view(-1, 1, 8, 8), is_a, 0))
    f = classifier(told.view(-1, 1, 8, 8))
    known = (a.log_density(told.double()) - b.log_density(told.double())).float()
    return f, known, is_a


@pytest.mark.slow
def test_that_the_ratio_of_two_near_gaussians_is_found() -> None:
    f, known, is_a = told_of(gaussian([0.06, 0.04], 0.02, 0.02), gaussian([0.02, 0.04], 0.02, -0.02), 1000)
    assert correlation(f, known) > 0.97
    assert auc(f, is_a) > auc(known, is_a) - 0.01


@pytest.mark.slow
@pytest.mark.parametrize("shift", [0.05, 5.0])
def test_that_gaussians_that_lie_far_apart_are_told_apart(shift: float) -> None:
    """Both vary along one pixel by far more than they differ: divided by one number, they look alike."""
    f, known, is_a = told_of(gaussian([100.0], 1e-4, shift), gaussian([100.0], 1e-4, -shift), 40)
    assert auc(known, is_a) == 1.0
    assert auc(f, is_a) == 1.0
    assert correlation(f, known) > 0.95


@pytest.mark.slow
def test_that_equal_gaussians_cannot_be_told_apart() -> None:
    same = gaussian([0.06, 0.04], 0.02)
    f, _, is_a = told_of(same, same, 300)
    assert auc(f, is_a) == pytest.approx(0.5, abs=0.08)
    assert float(f.abs().mean()) < 0.5


def run_of(work):  # type: ignore[no-untyped-def]
    """The shares that a generator yields, and then what it returns."""
    while True:
        try:
            yield next(work)
        except StopIteration as ended:
            yield ended.value
            return


def test_that_draws_of_a_mixture_are_those_of_its_density() -> None:
    """As its pictures are shown they are cut to [0, 1]."""
    mixture = Mixture(
        torch.tensor([0.25, 0.75]).double(),
        Diagonal(torch.tensor([[-2.0] * 3, [2.0] * 3]).double(), torch.full((2, 3), 0.5).double()),
    )
    x = exact_draws(mixture, 4000, 0)
    assert float((x[:, 0] > 0.0).double().mean()) == pytest.approx(0.75, abs=0.03)
    assert float(x[x[:, 0] > 0.0].var(0).mean()) == pytest.approx(0.5, rel=0.1)
    assert torch.equal(x, exact_draws(mixture, 4000, 0))
    torch.testing.assert_close(log_density(mixture, x), mixture.log_density(x.double()))


@pytest.mark.slow
def test_that_two_sets_that_differ_are_told_apart_and_sorted(tmp_path: Path) -> None:
    result, told = whole(
        f"{of_folder(tmp_path, 100)}:train", f"{of_folder(tmp_path, 150)}:train", tmp_path / "kept"
    )
    assert result.auc > 0.99
    assert np.median(result.a.log_ratio) > 0.0 > np.median(result.b.log_ratio)
    assert result.a.pictures.shape == (len(result.a.log_ratio), 1, 8, 8)
    shares = [one.share for one in told]
    assert shares == sorted(shares)
    assert 0.9 < shares[-1] <= 1.0


@pytest.mark.slow
def test_that_the_same_seed_gives_the_same_ratios(tmp_path: Path) -> None:
    a, b = (f"{of_folder(tmp_path, level)}:train" for level in (100, 110))
    first, second = (whole(a, b, tmp_path / "kept", 60)[0] for _ in range(2))
    assert np.array_equal(first.a.log_ratio, second.a.log_ratio)
    assert first.as_dict() == second.as_dict()


@pytest.mark.slow
def test_that_samples_are_compared_with_data_and_told_in_json(tmp_path: Path) -> None:
    data, model = of_folder(tmp_path, 100, 600), save_tiny_model(tmp_path / "tiny.safetensors")
    result, told = whole(f"{data}:train", str(model), tmp_path / "kept", 60)
    assert any(one.words == "Drawing samples of tiny" for one in told)
    figures = result.as_dict()
    assert figures["b"]["kind"] == "model"
    assert figures["counts"] == {"a": 60, "b": 60}
    assert len(figures["log_ratio"]["a"]) == len(figures["log_ratio"]["quantiles"]) == 7
    assert 0.0 <= figures["calibration"]["expected_error"] <= 1.0
    assert figures["truth"] is None


@pytest.mark.slow
def test_that_two_models_that_make_the_same_of_the_same_z_cannot_be_told_apart() -> None:
    stream = torch.Generator().manual_seed(0)
    weight = torch.randn(6, 64, generator=torch.Generator().manual_seed(9))
    made = torch.randn(200, 6, generator=stream) @ weight
    numbers = torch.arange(200)
    sides = [
        Chosen(
            (0.8 * made + 0.1 * torch.randn(200, 64, generator=stream)).sigmoid().view(-1, 1, 8, 8), numbers
        )
        for _ in range(2)
    ]
    sources = (Source("one", "one", "model"), Source("other", "other", "model"))
    *_, result = run_of(_compared(sources, sides, 0, torch.device("cpu"), 0.0))
    assert result.auc == pytest.approx(0.5, abs=0.1), "0.31 where the pair of a picture may be learnt from"


def test_that_a_split_is_read_from_the_end_of_a_spec() -> None:
    assert parted("mnist") == ("mnist", "test")
    assert parted("mnist:train") == ("mnist", "train")
    assert parted("/home/me/cats::side=32:all") == ("/home/me/cats::side=32", "all")
    assert parted("/home/me/a:trainer") == ("/home/me/a:trainer", "test")


@pytest.mark.parametrize(
    ("b", "words"),
    [
        ("mnist:test", "share, the same pictures"),
        ("mnist:all", "share, the same pictures"),
        ("mnist::side=8", "28 x 28"),
        ("nowhere", "no data set is called"),
    ],
)
def test_that_sets_that_do_not_compare_are_refused(b: str, words: str) -> None:
    with pytest.raises(LabError, match=words):
        list(ratio("mnist", b))


def test_that_a_model_that_makes_no_pictures_is_refused(tmp_path: Path) -> None:
    path = save_tiny_classifier(tmp_path / "tells.safetensors")
    with pytest.raises(LabError, match="makes no pictures"):
        open_source(str(path))


def test_that_a_model_is_not_compared_with_a_copy_of_itself(tmp_path: Path) -> None:
    one, other = (open_source(str(save_tiny_model(tmp_path / f"{name}.safetensors"))) for name in "ab")
    with pytest.raises(LabError, match="samples of the same model"):
        require_pair(one, other)
    require_pair(one, replace(open_source(str(save_tiny_model(tmp_path / "c.safetensors", seed=1)))))


def test_that_too_few_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="too few"):
        list(ratio(of_folder(tmp_path, 100, 60), of_folder(tmp_path, 150, 60), pictures=100))


def test_that_words_say_what_an_auc_means() -> None:
    assert "cannot be told apart" in in_words(0.51, 0.01, "a", "b")
    assert "hardly" in in_words(0.55, 0.01, "a", "b")
    sure = "can nearly always be told apart: of two pictures, one of each, 97%"
    assert sure in in_words(0.97, 0.01, "a", "b")
    assert "always be told apart, or nearly so" in in_words(0.999, 0.001, "a", "b")

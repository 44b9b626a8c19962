"""Folders of pairs: A|B in each picture, or two folders of one name each; what does not fit is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab.data import catalog
from latentlab.data.opening import telling
from latentlab.engine.training.plan import TrainingPlan
from latentlab.engine.training.run import TrainingRun
from latentlab.errors import LabError

COUNT = 12


def picture(seed: int, height: int, width: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def put(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def halves(folder: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """Both halves of each picture of both splits, uint8 (C, H, W), in any order."""
    found = []
    for split in ("train", "test"):
        images = catalog.load(f"{folder}::fit=pairs", split).images.numpy()
        found += [(one[..., : one.shape[-1] // 2], one[..., one.shape[-1] // 2 :]) for one in images]
    return found


def are(
    found: list[tuple[np.ndarray, np.ndarray]], expected: dict[int, tuple[np.ndarray, np.ndarray]]
) -> bool:
    def key(pair: tuple[np.ndarray, np.ndarray]) -> bytes:
        return b"".join(np.ascontiguousarray(half).tobytes() for half in pair)

    there = {key((a.transpose(2, 0, 1), b.transpose(2, 0, 1))) for a, b in expected.values()}
    return there == set(map(key, found)) and len(found) == len(expected)


def test_that_each_picture_of_a_folder_may_be_a_pair(tmp_path: Path) -> None:
    expected = {}
    for number in range(COUNT):
        whole = picture(number, 16, 32)
        put(tmp_path / f"{number}.png", whole)
        expected[number] = whole[:, :16], whole[:, 16:]
    assert are(halves(tmp_path), expected)


def test_that_two_folders_hold_a_half_each_by_name_whatever_the_ending(tmp_path: Path) -> None:
    expected = {}
    for number in range(COUNT):
        expected[number] = picture(number, 16, 16), picture(100 + number, 16, 16)
        put(tmp_path / "A" / f"{number}.png", expected[number][0])
        put(tmp_path / "B" / f"{number}.bmp", expected[number][1])
    assert are(halves(tmp_path), expected)


def test_that_the_halves_of_larger_pairs_fill_a_square_each(tmp_path: Path) -> None:
    for number in range(COUNT):
        left, right = np.full((40, 60, 3), 10 * number, np.uint8), np.full((40, 60, 3), 255, np.uint8)
        put(tmp_path / f"{number}.png", np.concatenate([left, right], 1))
    data = catalog.load(f"{tmp_path}::fit=pairs,side=16", "train")
    assert data.shape == (1, 16, 32)
    assert (data.images[..., 16:] == 255).all()
    assert all(len(one.unique()) == 1 for one in data.images[..., :16])


def test_that_a_name_without_a_partner_and_pairs_of_unequal_sizes_are_told(tmp_path: Path) -> None:
    for number in range(COUNT):
        put(tmp_path / "A" / f"{number}.png", picture(number, 16, 16))
        put(tmp_path / "B" / f"{number}.png", picture(number, 16, 24 if number == 3 else 16))
    found = halves(tmp_path)
    assert len(found) == COUNT - 1
    told: list[str] = []
    with telling(lambda report: told.append(report.in_words())):
        catalog.load(f"{tmp_path}::fit=pairs", "train")
    assert "unequal sizes, 16 x 16 and 24 x 16" in told[0]
    put(tmp_path / "A" / "alone.png", picture(1, 16, 16))
    with pytest.raises(LabError, match=r"A/alone.png has no picture of its name in the other folder"):
        catalog.load(f"{tmp_path}::fit=pairs", "train")


def test_that_a_model_learns_from_a_folder_of_pairs_and_refuses_other_pictures(tmp_path: Path) -> None:
    for number in range(COUNT):
        put(tmp_path / "pairs" / f"{number}.png", picture(number, 16, 32))
        put(tmp_path / "squares" / f"{number}.png", picture(number, 16, 16))
    plan = TrainingPlan(epochs=1, batch=4, warmup_steps=1, device="cpu", precision="fp32", threads=1)
    config = {"source": "pairs", "widths": (8,), "critic_width": 8}

    def run(spec: str) -> TrainingRun:
        train, test = (catalog.load(spec, split) for split in ("train", "test"))
        return TrainingRun(
            "pix2pix", config, plan, train, test, tmp_path / "m.safetensors", data=spec, overwrite=True
        )

    trained = run(f"{tmp_path / 'pairs'}::fit=pairs")
    list(trained.run())
    assert trained.trainer.model.source_shape == trained.trainer.model.target_shape == (3, 16, 16)
    with pytest.raises(LabError, match=r"no pairs of two squares side by side.*fit=pairs"):
        run(str(tmp_path / "squares"))

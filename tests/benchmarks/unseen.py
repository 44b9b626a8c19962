"""Does the attribute board work on data that LatentLab has never seen, in CelebA's layout?

Run by hand: python -m tests.benchmarks.unseen [--epochs N] [--folder FOLDER]. Draws cottages, 64 x 64 in
colour, trains the VAE that the window proposes for such pictures by the command line (some minutes on two
cores), and opens both in the real window. There every attribute of the data must have its slider, and adding
it by keys to held-out pictures that lack it, or taking it away where it is, is judged by a classifier
trained on the real pictures. A folder keeps the pictures and the model for another look.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QWidget
from torch import Tensor, nn
from torch.nn import functional

from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.engine.rendering.requests.directions import DirectionsRequest
from latentlab.engine.rendering.requests.pictures import SelectionRequest
from latentlab.engine.rendering.requests.points import PointRequest
from latentlab.engine.training.presets import batch_for, fields_of, suited_to
from latentlab.qt.app import create_window
from latentlab.session.edits import SelectImage
from tests.benchmarks.cottages import ATTRIBUTES, PARTITION, write_cottages
from tests.benchmarks.judging import trained
from tests.benchmarks.report import Report, quantiles
from tests.benchmarks.sliders import board_of, measure_slider
from tests.benchmarks.window import rest, wait_until

_COUNT, _EPOCHS, _JUDGE_EPOCHS, _TRIED = 5000, 100, 4, 40
_METHODS = ("means", "regressed", "discriminant")


def train(data: Path, model: Path, epochs: int) -> None:
    """As a person would who takes the window's proposal and types it."""
    fields = fields_of(suited_to((3, 64, 64)).choice, (3, 64, 64))
    options = [f"--{name.replace('_', '-')}={said(value)}" for name, value in fields.items()]
    command = [sys.executable, "-m", "latentlab", "train", "vae", "--data", str(data), "--out", str(model)]
    length = ["--epochs", str(epochs), "--batch", str(batch_for(_COUNT))]
    subprocess.run([*command, *options, *length], check=True)


def said(value: object) -> str:
    """A config's value as the command line takes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def trained_judge(data: ImageSet) -> nn.Module:
    """Pictures (B, 3, 64, 64) in [0, 1] to a logit for each attribute, (B, A)."""
    layers: list[nn.Module] = []
    for fan_in, fan_out in ((3, 24), (24, 48), (48, 64), (64, 64)):
        layers += [nn.Conv2d(fan_in, fan_out, 3, padding=1), nn.BatchNorm2d(fan_out), nn.SiLU()]
        layers += [nn.MaxPool2d(2)]
    judge = nn.Sequential(*layers, nn.Flatten(), nn.Linear(64 * 16, len(ATTRIBUTES)))
    has = data.attributes
    assert has is not None

    def loss_of(logits: Tensor, index: Tensor) -> Tensor:
        return functional.binary_cross_entropy_with_logits(logits, has[index].float())

    return trained("cottages-judge", judge, data.images, loss_of, _JUDGE_EPOCHS)


@torch.no_grad()
def judged(judge: nn.Module, pictures: Tensor) -> Tensor:
    """Which attributes are seen in uint8 pictures (N, 3, 64, 64); bool (N, A)."""
    return torch.cat([judge(some.float() / 255.0) > 0.0 for some in pictures.split(200)])


class Hand:
    """Works the board of the real window, by keys."""

    def __init__(self, window: QWidget) -> None:
        self.window, self.workspace, self.board = window, window.workspace, board_of(window)
        self.drawn: dict[tuple[float, ...], Tensor] = {}
        self.workspace.on(PointRequest).connect(self._note)
        self.workspace.on(SelectionRequest).connect(self._selected)
        self.mean: dict[int, tuple[float, ...]] = {}

    def _note(self, reply: object) -> None:
        self.drawn[reply.z] = torch.from_numpy(reply.picture.copy()).permute(2, 0, 1)

    def _selected(self, reply: object) -> None:
        self.mean[reply.index] = reply.mean

    def picture(self) -> Tensor:
        """That of the probe, as the board shows it."""
        wait_until(lambda: self.workspace.state.probe in self.drawn, step=2)
        return self.drawn[self.workspace.state.probe]

    def go_to(self, index: int) -> Tensor:
        """The probe to a picture's place in latent space; what the model makes of it."""
        self.workspace.do(SelectImage(index=index))
        wait_until(lambda: index in self.mean, step=2)
        self.workspace.do(SelectImage(index=index, z=self.mean[index]))
        return self.picture()

    def add(self, name: str, wanted: bool) -> Tensor:
        """One unit up or down by two page keys."""
        slider = self.board.rows[name].slider
        for _ in range(2):
            QTest.keyClick(slider, Qt.Key.Key_PageUp if wanted else Qt.Key.Key_PageDown)
        assert abs(dict(self.workspace.state.amounts)[name]) == 1.0
        return self.picture()

    def find(self, method: str) -> None:
        """Has the directions found in another way."""
        chooser = self.window.findChild(QComboBox, "directionMethod")
        found: list[object] = []
        self.workspace.on(DirectionsRequest).connect(found.append)
        chooser.setCurrentIndex(chooser.findData(method))
        wait_until(lambda: any(reply.directions is not None for reply in found))
        assert found[-1].directions.method == method


def change(hand: Hand, test: ImageSet, judge: nn.Module, method: str, report: Report) -> None:
    """Each attribute, added where it is lacking and taken away where it is there."""
    has = test.attributes
    assert has is not None
    all_done, all_kept = [], []
    for number, name in enumerate(ATTRIBUTES):
        others = [k for k in range(len(ATTRIBUTES)) if k != number]
        for wanted in (True, False):
            some = torch.nonzero(has[:, number] != wanted)[:_TRIED, 0].tolist()
            pairs = [(hand.go_to(index), hand.add(name, wanted)) for index in some]
            before, after = (judged(judge, torch.stack(pictures)) for pictures in zip(*pairs, strict=True))
            figures = {
                "done": float((after[:, number] == wanted).float().mean()),
                "others kept, the least": float((after == before)[:, others].float().mean(0).min()),
            }
            report.add(f"{method}: {name} {'added' if wanted else 'taken away'}", figures)
            all_done.append(figures["done"])
            all_kept.append(figures["others kept, the least"])
    mean_done, mean_kept = sum(all_done) / len(all_done), sum(all_kept) / len(all_kept)
    report.add(
        f"{method}: all changes on average",
        {"done": round(mean_done, 3), "others kept, the least": round(mean_kept, 3)},
        keeps=mean_done >= 0.9 and mean_kept >= 0.9,
        goal=">= 0.9, >= 0.9",
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=_EPOCHS)
    parser.add_argument("--folder", type=Path, default=None)
    given = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    report = Report("unseen")
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        data, model = folder / "cottages", folder / "cottages-vae.safetensors"
        # The tables are written last: without them, the pictures are those of a run that was broken off.
        if not (data / PARTITION).exists():
            shutil.rmtree(data, ignore_errors=True)
            write_cottages(data, _COUNT)
        if not model.exists():
            train(data, model, given.epochs)
        test = catalog.load(str(data), "test")
        judge = trained_judge(catalog.load(str(data), "train"))
        assert test.attributes is not None
        right = (judged(judge, test.images) == test.attributes).float().mean(0).tolist()
        each = dict(zip(ATTRIBUTES, right, strict=True))
        report.add("judge on held-out pictures", each, keeps=min(right) >= 0.99, goal=">= 0.99 each")

        window = create_window()
        window.resize(1440, 900)
        window.show()
        wait_until(lambda: window.workspace.model is not None)
        window.workspace.open(replace(window.session.state, model=str(model), data=str(data), split="test"))
        hand = Hand(window)
        wait_until(lambda: set(ATTRIBUTES) <= set(hand.board.rows))
        rows = [name for name in hand.board.rows if name in ATTRIBUTES]
        report.add("sliders on the board", rows, keeps=sorted(rows) == sorted(ATTRIBUTES), goal="all")
        said_of = {name: hand.board.rows[name].trust.text() for name in rows}
        report.add("trust beside the sliders", said_of)
        for method in _METHODS:
            if method != _METHODS[0]:
                hand.find(method)
            change(hand, test, judge, method, report)
        rest(2000)
        figure = quantiles(measure_slider(window, ATTRIBUTES[0]))
        report.add("slider to painted picture", figure, keeps=figure["p95_ms"] <= 8, goal="p95 <= 8 ms")
        window.close()
    report.save()
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())

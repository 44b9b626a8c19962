"""A judge without models: it tells the same events as the real one, of figures that are made up."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from latentlab.core.judged_columns import columns
from latentlab.core.judgement import (
    Behind,
    Cell,
    CellDone,
    Column,
    JudgeBegan,
    JudgeDone,
    JudgeEvent,
    JudgeProgress,
    Row,
    Table,
)
from latentlab.core.measures import DensityTag
from latentlab.engine.evaluation.judge.behind import BehindPictures
from latentlab.engine.evaluation.judge.requests import (
    BehindReply,
    BehindRequest,
    JudgeReply,
    JudgeRequest,
    KeptReply,
    KeptRequest,
)
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.errors import LabError

MODELS = ("mnist-ae-2d", "mnist-ddpm", "mnist-ppca-2d", "mnist-vae-16d", "mnist-vae-2d")
BROKEN = "broken"


def cell_of(model: str, column: Column) -> Cell:
    """A figure that depends on the names alone."""
    part = zlib.crc32(f"{model} {column.key}".encode()) % 1000 / 1000.0
    if column.name in ("nats", "bits"):
        if "ae-2d" in model and "vae" not in model:
            return Cell(note="an autoencoder has no density")
        tag = DensityTag("exact", "continuous") if "ppca" in model else DensityTag("bound", "binary")
        value = 400.0 + 300.0 * part if "ppca" in model else -160.0 + 70.0 * part
        floor = 100.0 if "ppca" in model else -206.0
        return Cell(
            value,
            0.35,
            10_000,
            4.2,
            floor,
            0.3,
            tag=tag,
            behind=Behind("held-out", (5, 3), "the least likely"),
        )
    if column.unit == "%" and column.name != "copies":
        floor = 0.92
        behind = Behind("samples", (1, 2, 3), "the first drawn")
        return Cell(0.25 + 0.73 * part, 0.012, 2000, 1.5, floor, 0.01, behind=behind)
    scale = {"reconstruction": 0.2, "density": 1.1, "copies": 0.2, "active_units": 16.0, "nearest": 0.2}.get(
        column.name, 90.0
    )
    floor = None if not column.floor else 0.06 * scale if column.better == "lower" else 0.95 * scale
    behind = Behind("nearest" if column.name == "copies" else "samples", (0, 1, 2, 3), "the first drawn")
    return Cell(scale * (0.05 + 0.9 * part), 0.01 * scale, 2000, 12.0, floor, 0.004 * scale, behind=behind)


def row_of(model: str, *, measured: bool = True) -> Row:
    """A model with all figures, or with none."""
    part = zlib.crc32(model.encode()) % 1000 / 1000.0
    name = model.replace("\\", "/").rpartition("/")[2].removesuffix(".safetensors")
    return Row(
        name,
        f"hash of {name}",
        "DDPM" if "ddpm" in model else "VAE" if "vae" in model else "Autoencoder",
        {column.key: cell_of(name, column) for column in columns()} if measured else {},
        0,
        10.0 ** (4.0 * part - 2.0),
        model if model != name else "",
    )


def table_of(models: tuple[str, ...] = MODELS, *, measured: bool = True) -> Table:
    """A whole table of MNIST, or one in which nothing is measured."""
    rows = tuple(row_of(model, measured=measured) for model in models)
    return Table("mnist", "fingerprint", 2000, 0, 1, columns(), rows)


def events_of(models: tuple[str, ...]) -> Iterator[JudgeEvent]:
    """As the real judge tells them."""
    table = table_of(models, measured=False)
    yield JudgeBegan(table)
    work = [(row, column) for row in table.rows for column in table.columns]
    for number, (row, column) in enumerate(work):
        share = number / len(work)
        yield JudgeProgress(share, f"{row.name}: {column.title}", row.hash, column.key)
        cell = cell_of(row.name, column)
        table = table.with_cell(row.hash, column.key, cell)
        done = next(one for one in table.rows if one.hash == row.hash)
        yield CellDone(done, column.key, cell)
    yield JudgeDone(table)


class FakeJudge:
    """Serves the requests of a `JudgeClient`.

    Attributes:
        endless: whether it judges on and on, and has all figures of the first model.
        pace_s: how long a piece of work takes.
        served: the requests so far.
        known: what earlier judgings have measured.
    """

    def __init__(self, *, endless: bool = False, pace_s: float = 0.0) -> None:
        self.endless, self.pace_s = endless, pace_s
        self.served: list[Request[Any]] = []
        self.given_up = 0
        self.known: Table | None = None

    def serve(self, request: Request[Any]) -> Iterator[Reply | None]:
        self.served.append(request)
        match request:
            case JudgeRequest(generation=number, models=models):
                return self._judge(number, models)
            case KeptRequest(generation=number):
                return iter((None, KeptReply(number, self.known)))
            case BehindRequest(generation=number):
                return self._behind(number, request)
        raise AssertionError(request)

    def _judge(self, number: int, models: tuple[str, ...]) -> Iterator[Reply | None]:
        try:
            if any(BROKEN in model for model in models):
                raise LabError("is no model file", BROKEN)
            for event in events_of(models) if models else ():
                time.sleep(self.pace_s)
                if self.endless and isinstance(event, CellDone | JudgeProgress):
                    time.sleep(0.001)
                yield JudgeReply(number, event)
                while self.endless and isinstance(event, CellDone) and event.row.name != models[0]:
                    time.sleep(0.001)
                    yield JudgeReply(number, JudgeProgress(0.5, "on and on"))
        except GeneratorExit:
            self.given_up += 1
            raise

    def _behind(self, number: int, request: BehindRequest) -> Iterator[Reply | None]:
        if BROKEN in request.cell.behind.words:
            raise LabError("is not there any more", request.model)
        yield None
        numbers = request.cell.behind.numbers
        pictures = np.stack([np.full((28, 28), 60 * (one % 4), np.uint8) for one in numbers])
        pairs = request.cell.behind.shows in ("nearest", "reconstructions")
        yield BehindReply(
            number,
            BehindPictures(
                pictures,
                pictures if pairs else None,
                tuple(f"number {one}" for one in numbers),
                f"{len(numbers)} pictures: {request.cell.behind.words}",
            ),
        )

"""Density ratios without classifiers: the same events as the real service, of pictures that are made up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from latentlab.engine.evaluation.ratio.events import (
    CurvePoint,
    RatioDone,
    RatioProgress,
    RatioResult,
    Scaling,
    Side,
    Truth,
)
from latentlab.engine.evaluation.ratio.requests import RatioReply, RatioRequest
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.errors import LabError

BROKEN = "broken"


def side_of(spec: str, count: int, middle: float, shape: tuple[int, int, int] = (1, 8, 8)) -> Side:
    """A set whose log ratios lie around `middle`, each picture as bright as its log ratio is high."""
    values = np.linspace(middle - 3.0, middle + 3.0, count, dtype=np.float32)
    levels = np.clip((values + 6.0) * 20.0, 0, 255).astype(np.uint8)
    pictures = np.broadcast_to(levels[:, None, None, None], (count, *shape)).copy()
    kind = "data" if ":" in spec else "model"
    name = spec.replace(":", ", ") if kind == "data" else f"samples of {spec}"
    return Side(spec, name, kind, pictures, np.arange(count, dtype=np.int64)[::-1].copy(), values)


def result_of(a: str = "toy:test", b: str = "tiny", count: int = 100, auc: float = 0.9) -> RatioResult:
    """A result of so many pictures."""
    return RatioResult(
        a=side_of(a, count, 2.0),
        b=side_of(b, count, -2.0),
        seed=0,
        auc=auc,
        auc_error=0.01,
        jensen_shannon=0.3,
        calibration_error=0.02,
        by_chance=0.01,
        curve=tuple(CurvePoint(one / 9, min(1.0, one / 9 + 0.05), count // 5) for one in range(10)),
        scalings=(Scaling(1.0, 1.0, 0.0),) * 4,
        levels=(0.05, 0.5, 0.95),
        quantiles_a=(-0.7, 2.0, 4.7),
        quantiles_b=(-4.7, -2.0, 0.7),
    )


class FakeRatios:
    """Serves the requests of a `RatioClient`.

    Attributes:
        endless: whether it trains on and on.
        knows_truth: whether both densities are known.
        served: the requests so far.
        given_up: how many were stopped before their end.
    """

    def __init__(self) -> None:
        self.endless = self.knows_truth = False
        self.served: list[Request[Any]] = []
        self.given_up = 0

    def serve(self, request: Request[Any]) -> Iterator[Reply | None]:
        self.served.append(request)
        assert isinstance(request, RatioRequest)
        return self._ratio(request)

    def _ratio(self, request: RatioRequest) -> Iterator[Reply | None]:
        number = request.generation
        try:
            if BROKEN in request.b:
                raise LabError("is no model file", BROKEN)
            if not request.a:
                return
            yield RatioReply(number, RatioProgress(0.25, "Drawing samples"))
            while self.endless:
                time.sleep(0.001)
                yield RatioReply(number, RatioProgress(0.5, "on and on"))
            result = result_of(request.a, request.b, min(100, request.pictures))
            if self.knows_truth:
                told = np.concatenate([result.a.log_ratio, result.b.log_ratio])
                result = replace(result, truth=Truth(1.1 * told, 0.99))
            yield RatioReply(number, RatioDone(result))
        except GeneratorExit:
            self.given_up += 1
            raise

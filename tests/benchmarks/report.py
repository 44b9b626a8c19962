"""Figures of a benchmark: printed as they come, and kept as JSON beside this file for comparison."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from latentlab.engine.inference.device import available_cores
from latentlab.version import __version__

RESULTS = Path(__file__).parent / "results"


def quantiles(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds."""
    return {f"p{share}_ms": round(1e3 * float(np.percentile(seconds, share)), 3) for share in (50, 95, 99)}


class Report:
    """Collects the figures of one benchmark and the bounds they are to keep."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.figures: dict[str, Any] = {}
        self.missed: list[str] = []

    def add(self, what: str, figures: Any, *, keeps: bool | None = None, goal: str = "") -> None:
        """Notes the figures of one measurement, and whether they keep their goal."""
        self.figures[what] = {"figures": figures, "goal": goal, "keeps": keeps}
        verdict = "" if keeps is None else ("  ok" if keeps else "  MISSED")
        print(f"{what}: {figures}   {goal}{verdict}", flush=True)
        if keeps is False:
            self.missed.append(what)

    def save(self) -> Path:
        """Writes everything to results/NAME.json."""
        machine = {
            "platform": platform.platform(),
            "cores": available_cores(),
            "torch": torch.__version__,
            "latentlab": __version__,
            "time": time.strftime("%Y-%m-%dT%H:%M:%S"),
        }
        path = RESULTS / f"{self.name}.json"
        path.write_text(json.dumps({"machine": machine, "figures": self.figures}, indent=1))
        print(f"written to {path.name}; missed: {', '.join(self.missed) or 'none'}")
        return path

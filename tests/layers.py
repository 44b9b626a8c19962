"""Coverage by layer: `pytest --cov --cov-report=json` and then `python -m tests.layers coverage.json`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# From the top of the house to its ground; rooms of large layers stand for themselves.
_ROOMS = ("latentlab/qt/", "latentlab/engine/")


def by_layer(report: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """(lines that ran, lines there are) by layer, from coverage's JSON; "" for all together."""
    found: dict[str, tuple[int, int]] = {"": (0, 0)}
    for name, file in report["files"].items():
        summary = file["summary"]
        for layer in (_layer(name.replace("\\", "/")), ""):
            ran, lines = found.get(layer, (0, 0))
            found[layer] = (ran + summary["covered_lines"], lines + summary["num_statements"])
    return found


def _layer(name: str) -> str:
    parts = name.split("/")
    depth = 3 if name.startswith(_ROOMS) and len(parts) > 3 else 2
    return "/".join(parts[:depth]) if len(parts) > 2 else "latentlab/*.py"


def as_text(layers: Mapping[str, tuple[int, int]]) -> str:
    """A line for each layer and one for all."""
    names = [*sorted(set(layers) - {""}), ""]
    return "\n".join(
        f"{name or 'all':30}{ran:7,} of {lines:7,} lines {_percent(ran, lines):>7}"
        for name in names
        for ran, lines in [layers[name]]
    )


def _percent(ran: int, lines: int) -> str:
    return f"{100 * ran / lines:.1f} %" if lines else "-"


if __name__ == "__main__":
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "coverage.json")
    print(as_text(by_layer(json.loads(path.read_text(encoding="utf-8")))))

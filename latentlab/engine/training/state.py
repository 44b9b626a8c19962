"""The state of an unfinished training as a file, from which it resumes exactly.

It holds the trainer's tensors, and a card: model, plan, data (with their fingerprint) and the future model
file. Written atomically, so that after a power failure there is always a whole one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from latentlab.engine.files.atomic import beside
from latentlab.engine.files.tensor_file import read_tensors, require_fields, require_finite, write_tensors
from latentlab.engine.training.plan import RANGES, TrainingPlan, check_plan
from latentlab.engine.training.playing import as_values, from_values
from latentlab.errors import LabError
from latentlab.models.base import parse_config
from latentlab.version import __version__

FORMAT = 1
SUFFIX = ".training"
_KEY = "latentlab-training"
_TENSORS = ("noise", "dropout")
# The tensors of a phase by gradients, and of one of passes, by the prefixes of their names.
_OF_STEPS = ("theta", "average", "mean", "mean_square", "optimizer_steps", "sums", "order")
_OF_PASSES = ("model.", "statistics.")
_VALUES = {
    "step": int, "epoch": int, "position": int, "counted": int, "threads": int,
    "beta": float, "seconds": float, "precision": str,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class TrainingState:
    """An unfinished training.

    Attributes:
        kind, config: the model.
        plan: the plan.
        data: the data set's spec; a path is absolute.
        data_seen: the same path relative to the file's folder, "" if it is unknown or there is none.
        fingerprint: of its training pictures.
        out: the future model file.
        command: the command line that repeats the whole training, "" if there is none.
        metrics: the last epoch's figures, empty before there are any.
        tensors, values: the result of `Trainer.state`.
        half: whether the future model file has 16 bits a weight.
    """

    kind: str
    config: Mapping[str, Any]
    plan: TrainingPlan
    data: str
    fingerprint: str
    out: str
    command: str
    metrics: Mapping[str, float | int]
    tensors: Mapping[str, Tensor]
    values: Mapping[str, Any]
    data_seen: str = ""
    half: bool = False

    @property
    def step(self) -> int:
        """How many steps are done."""
        return int(self.values["step"])


def state_path(out: str | Path) -> Path:
    """The path of the unfinished training of a model file: beside it."""
    return beside(Path(out), SUFFIX)


def model_path(path: str | Path) -> Path | None:
    """The model file that belongs to an unfinished training of this name; None for any other name."""
    out = Path(path).with_suffix("")
    return out if state_path(out) == Path(path) and out.suffix == ".safetensors" else None


def save_state(path: str | Path, state: TrainingState) -> Path:
    """Writes an unfinished training atomically, replacing an older one.

    Raises:
        LabError: if it cannot be written.
    """
    card = {
        "format": FORMAT,
        "version": __version__,
        "kind": state.kind,
        "config": dict(state.config),
        "plan": dataclasses.asdict(state.plan),
        "data": state.data,
        "data_seen": state.data_seen,
        "fingerprint": state.fingerprint,
        "out": state.out,
        "command": state.command,
        "half": state.half,
        "metrics": dict(state.metrics),
        "values": dict(state.values),
    }
    return write_tensors(path, state.tensors, _KEY, card, overwrite=True)


def load_state(path: str | Path) -> TrainingState:
    """Reads an unfinished training.

    Raises:
        LabError: naming the file and what is wrong with it.
    """
    path = Path(path)
    if not path.exists():
        raise LabError(
            "there is no checkpoint of a training, or the training is complete",
            path,
            "Start it (command line: without --resume, or with --resume-or-start)",
        )
    found = read_tensors(path, _KEY, FORMAT)
    try:
        state = _parse(found.card, found.tensors)
    except LabError as error:
        raise LabError(error.what, path, error.hint) from None
    require_finite(found.tensors, path)
    return state


def _parse(card: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> TrainingState:
    texts = {"kind": str, "data": str, "fingerprint": str, "out": str, "command": str}
    require_fields(card, {**texts, "config": dict, "plan": dict, "metrics": dict, "values": dict})
    require_fields(card["values"], _VALUES)
    fitted = any(name.startswith(_OF_PASSES) for name in tensors)
    missing = [name for name in (*(() if fitted else _OF_STEPS), *_TENSORS) if name not in tensors]
    if missing:
        raise LabError(f"{len(missing)} of its tensors are missing: {', '.join(missing)}")
    plan = parse_config(TrainingPlan, card["plan"])
    check_plan(plan)
    values = {name: card["values"][name] for name in _VALUES}
    # Files of earlier versions have none.
    values["players"] = as_values(from_values(card["values"].get("players", {})))
    low, high = RANGES["beta"]
    if not low <= values["beta"] <= high or min(values[n] for n in ("step", "epoch", "position")) < 0:
        raise LabError("its counts make no sense")
    return TrainingState(
        **{name: card[name] for name in texts},
        config=card["config"],
        plan=plan,
        metrics=card["metrics"],
        tensors=tensors,
        values=values,
        data_seen=seen if isinstance(seen := card.get("data_seen"), str) else "",
        # Checkpoints of earlier versions do not say it.
        half=card.get("half") is True,
    )

"""A training's figures on disk: a line of JSON for each, and event files for TensorBoard.

`metrics.jsonl` holds one object a line: `step`, `epoch`, `split` ("train" or "test"), `elbo`,
`reconstruction`, `kl`, all in nats per picture, and for train lines `images_per_second` and `beta`. In place
of the three and of beta, a denoiser has a `loss`, and `loss_per_level` from the least noise to the most, a
classifier a `loss` and its `accuracy`, the share of answers that are right.
"""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from tensorboardX import SummaryWriter

from latentlab.engine.events import ElboFigures, EpochEnded, Figures, LabelFigures, Progress
from latentlab.errors import LabError

_EVERY_S = 1.0


class RunLog:
    """Writes what it is told of a training into a folder, which is made if need be; appends if it is there.

    Raises:
        LabError: if the folder cannot be written to.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lines = (self.folder / "metrics.jsonl").open("a", encoding="utf-8")
            self._board = SummaryWriter(str(self.folder), flush_secs=10)
        except OSError as error:
            raise LabError(f"cannot be written to ({error.strerror or error})", self.folder) from None
        self._told_at = 0.0

    def __enter__(self) -> RunLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lines.close()
        self._board.close()

    def add(self, event: object) -> None:
        """Notes an event if it carries figures: epochs all, progress once a second."""
        match event:
            case Progress():
                if time.monotonic() - self._told_at < _EVERY_S:
                    return
                self._told_at = time.monotonic()
                extra = {"images_per_second": event.images_per_second}
                if isinstance(event.terms, ElboFigures):
                    extra["beta"] = event.beta
                self._write(event.step, event.epoch, "train", event.terms, extra)
            case EpochEnded(test=test) if test is not None:
                self._write(event.step, event.epoch, "test", test, {})

    def _write(self, step: int, epoch: int, split: str, terms: Figures, extra: dict[str, Any]) -> None:
        if isinstance(terms, ElboFigures):
            figures = {"elbo": terms.elbo, "reconstruction": terms.reconstruction, "kl": terms.kl, **extra}
            parts = {f"{split}_kl_per_dimension/z{n}": kl for n, kl in enumerate(terms.kl_per_dimension, 1)}
            line = figures
        elif isinstance(terms, LabelFigures):
            figures, parts = {"loss": terms.loss, "accuracy": terms.accuracy, **extra}, {}
            line = figures
        else:
            figures = {"loss": terms.loss, **extra}
            known = {n: loss for n, loss in enumerate(terms.per_level, 1) if math.isfinite(loss)}
            parts = {f"{split}_loss_per_level/{n}": loss for n, loss in known.items()}
            # JSON knows no NaN: a level that was not drawn is null.
            line = {**figures, "loss_per_level": [known.get(n + 1) for n in range(len(terms.per_level))]}
        self._lines.write(json.dumps({"step": step, "epoch": epoch, "split": split, **line}) + "\n")
        self._lines.flush()
        for name, value in {**{f"{split}/{n}": v for n, v in figures.items()}, **parts}.items():
            self._board.add_scalar(name, value, step)

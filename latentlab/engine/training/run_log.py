"""Logs a training's figures to disk: JSON lines, and event files for TensorBoard.

`metrics.jsonl` holds one object a line: `step`, `epoch`, `split` ("train" or "test"), the objective's figures
by name (see `latentlab.core.figures`), and for train lines `images_per_second`, and `beta` where it has an
effect. Unknown values are null.

If the log can no longer be written (a full disk, a removed folder), that is reported once, and the training
goes on without it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import socket
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from tensorboardX import summary
from tensorboardX.proto.event_pb2 import Event
from tensorboardX.record_writer import RecordWriter

from latentlab.core.figures import Figures
from latentlab.data.files import require_regular
from latentlab.engine.training.events import EpochEnded, Progress
from latentlab.errors import LabError

_EVERY_S = 1.0
# Readers see the file this much later; each flush waits for the disk.
_FLUSH_EVERY_S = 10.0


class RunLog:
    """Logs the events of a training into a folder, which is created if needed; appends to an existing log.

    Raises:
        LabError: if the folder cannot be written to.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._told_at = self._flushed_at = 0.0
        self._open = True
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lines = self.folder / "metrics.jsonl"
            if lines.exists():
                require_regular(lines.stat(), lines)
            # Unbuffered, so that a line is written, or the failure noticed, in this call.
            self._lines = lines.open("ab", buffering=0)
            # Not tensorboardX's SummaryWriter: it writes in a thread of its own, where a full disk raises an
            # exception that cannot be caught, and whose queue then blocks all writers.
            self._board = RecordWriter(str(self.folder.absolute() / _board_name()))
            self._note_event(file_version="brain.Event:2")
        except OSError as error:
            raise LabError(f"cannot be written to ({error.strerror or error})", self.folder) from None

    def __enter__(self) -> RunLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> str:
        """Closes the log; returns a message on what could not be written, or ""."""
        if not self._open:
            return ""
        self._open, fault = False, ""
        for end in (self._board.flush, self._board.close, self._lines.close):
            try:
                end()
            except (OSError, ValueError) as error:  # ValueError: already closed
                fault = fault or self._in_words(error)
        return fault

    def add(self, event: object) -> str:
        """Logs an event if it has figures: all epochs, progress once a second.

        Returns:
            Why the log ends here, once, if it could not be written; else "".
        """
        if not self._open:
            return ""
        try:
            self._note(event)
        except OSError as error:
            self.close()
            return self._in_words(error)
        return ""

    def _in_words(self, error: Exception) -> str:
        reason = getattr(error, "strerror", None) or error
        return (
            f"{self.folder}: the log stops here because it cannot be written ({reason}); the "
            "training continues"
        )

    def _note(self, event: object) -> None:
        match event:
            case Progress():
                if time.monotonic() - self._told_at < _EVERY_S:
                    return
                self._told_at = time.monotonic()
                extra = {"images_per_second": event.images_per_second}
                if event.terms.spec.by_beta:
                    extra["beta"] = event.beta
                self._write(event.step, event.epoch, "train", event.terms, extra)
            case EpochEnded(test=test) if test is not None:
                self._write(event.step, event.epoch, "test", test, {})

    def _write(self, step: int, epoch: int, split: str, figures: Figures, extra: dict[str, Any]) -> None:
        known = figures.as_json()
        # Numbers first, then their companions, then rows of numbers.
        line = {**{name: known.pop(name) for name in figures.values}, **extra, **known}
        self._write_line(json.dumps({"step": step, "epoch": epoch, "split": split, **line}) + "\n")
        numbers = {f"{split}/{name}": value for name, value in {**figures.values, **extra}.items()}
        for name, value in {**numbers, **_parts(split, figures)}.items():
            self._note_event(step=step, summary=summary.scalar(name, value))
        if time.monotonic() - self._flushed_at > _FLUSH_EVERY_S:
            self._flushed_at = time.monotonic()
            self._board.flush()

    def _note_event(self, **fields: Any) -> None:
        self._board.write(Event(wall_time=time.time(), **fields).SerializeToString())

    def _write_line(self, text: str) -> None:
        """The whole line or nothing: half a line would break the file for readers."""
        content = text.encode("ascii")
        before = os.fstat(self._lines.fileno()).st_size
        try:
            if self._lines.write(content) != len(content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            with contextlib.suppress(OSError):
                self._lines.truncate(before)
            raise


def _parts(split: str, figures: Figures) -> dict[str, float]:
    """The TensorBoard scalars of the numbers of a row, by tag; none for unknown ones."""
    return {
        f"{split}_{spec.name}/{spec.tag.format(n=number)}": value
        for spec in figures.spec.series
        for number, value in enumerate(figures.series.get(spec.name, ()), 1)
        if math.isfinite(value)
    }


def _board_name() -> str:
    """A file name that TensorBoard recognises; the process id separates two that begin in the same second."""
    return f"events.out.tfevents.{int(time.time())}.{socket.gethostname()}.{os.getpid()}"

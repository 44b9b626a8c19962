"""Judges models in pieces: a generator of events that can be stopped between any two, and taken up again."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import torch

from latentlab.core.judged_columns import columns
from latentlab.core.judgement import (
    Cell,
    CellDone,
    JudgeBegan,
    JudgeDone,
    JudgeEvent,
    JudgeProgress,
    Row,
    Table,
)
from latentlab.data.image_set import size_in_words
from latentlab.engine.evaluation.judge.drawing import draws
from latentlab.engine.evaluation.judge.pieces import PIECES, JudgeContext, JudgedModel, Piece, timed
from latentlab.engine.evaluation.judge.shipped import shipped_table
from latentlab.engine.evaluation.judge.store import OF_DATA, Store
from latentlab.engine.evaluation.judge.subject import Subject, open_subject
from latentlab.engine.files.checkpoint import LoadedModel, ModelCard, find_model, load_model
from latentlab.engine.files.held_out import learnt_among
from latentlab.engine.files.model_catalog import capabilities_of, card_in, name_of
from latentlab.engine.files.model_hash import hash_of
from latentlab.engine.inference.device import choose_device
from latentlab.errors import LabError
from latentlab.models.capabilities import Capability
from latentlab.models.registry import find_kind

# How many samples a model draws, unless asked otherwise.
PICTURES = 2000
# Raised with every change that changes a figure.
VERSION = 1
# Fewer have no neighbours to speak of.
FEWEST = 12
Result = TypeVar("Result")
# About how long drawing takes, in the unit of the pieces.
_DRAWING, _DIFFUSING = 1.0, 30.0
_TIME = "sampling"


def judge(
    models: Sequence[str | Path],
    data: str,
    *,
    pictures: int = PICTURES,
    seed: int = 0,
    store: Path | None = None,
    device: str = "cpu",
    classifier: str = "",
    again: bool = False,
) -> Generator[JudgeEvent, None, None]:
    """Measures models one after another: `JudgeBegan` first, `JudgeDone` last.

    Each piece of work between two events takes a second or a few; whoever does not ask for the next event has
    stopped it. What was measured is kept in `store` and found there again by the model's hash, the pictures'
    fingerprint, N, the seed and `VERSION`; so are the figures of a table that ships.

    Args:
        models: names of shipped models, or paths.
        data: the spec of the data set that they are judged on, such as "mnist".
        pictures: N, how many samples each model draws; at most as many as there are held-out pictures.
        seed: of all draws.
        store: the folder of what is kept; None: a folder in this user's cache.
        device: where the models compute.
        classifier: the one that looks at samples, by name or path; "": the one that ships for the data.
        again: measure anew what is kept, or ships.

    Raises:
        LabError: for a model or data that cannot be opened, or do not go together.
    """
    if not models:
        raise LabError("no model was given to judge")
    if pictures < FEWEST:
        raise LabError(f"{pictures} samples are too few to judge a model", hint=f"Ask for at least {FEWEST}")
    where = choose_device(device)
    subject = open_subject(data, classifier, where)
    count = min(pictures, len(subject.test), len(subject.train))
    kept, shape = _terms(subject, count, seed, store)
    with contextlib.suppress(LabError, OSError):
        kept.note(count, seed)
    rows = {row.hash: row for row in (_row(model, subject) for model in models)}
    if again:
        for owner in (OF_DATA, *rows):
            kept.forget(owner)
    shipped = None if again else _fitting(shipped_table(data), shape)
    table = replace(shape, rows=tuple(_known(row, kept, shipped) for row in rows.values()))
    yield JudgeBegan(table)

    context, progress = JudgeContext(subject, kept, count, seed), _Progress(table)
    for row in table.rows:
        missing, now = _missing(row), row
        on = JudgedModel(context, _as_begun(row, where)) if missing else None
        for piece in missing:
            assert on is not None
            if piece.draws and now.sampling is None and draws(on.loaded.model):
                words = f"{now.name}: drawing samples"
                samples = yield from progress.told(
                    on.samples(), _drawing(now), JudgeProgress(0.0, words, now.hash)
                )
                now = replace(now, sampling=samples.per_thousand)
                kept.keep(now.hash, _TIME, {_TIME: Cell(now.sampling)})
            event = JudgeProgress(0.0, f"{now.name}: {piece.words}", now.hash, piece.keys[0])
            cells = yield from progress.told(timed(piece.measure(on)), piece.weight, event)
            kept.keep(now.hash, piece.name, cells)
            now = replace(now, cells={**now.cells, **cells})
            table = table.with_row(now)
            for key in piece.keys:
                yield CellDone(now, key, cells[key])
    yield JudgeDone(table)


def known(
    models: Sequence[str | Path],
    data: str,
    *,
    pictures: int = 0,
    seed: int = 0,
    store: Path | None = None,
    classifier: str = "",
) -> Table | None:
    """What earlier judgings measured of models, and what ships; nothing is measured, nor a model opened.

    Args:
        pictures: N; 0: as many as the newest judging asked for, and its seed.
        models, data, store, classifier: see `judge`; models that do not fit the data are left out.

    Returns:
        None if these data were never judged here.

    Raises:
        LabError: for data that cannot be opened.
    """
    name = Path(data.partition("::")[0]).stem
    if not Store.is_there(store, name):
        return None
    subject = open_subject(data, classifier)
    count = pictures
    if not count:
        count, seed = next(iter(Store.asked(store, name)), (PICTURES, seed))
    kept, shape = _terms(subject, min(count, len(subject.test), len(subject.train)), seed, store)
    rows: dict[str, Row] = {}
    for model in models:
        with contextlib.suppress(LabError):
            row = _row(model, subject)
            rows[row.hash] = row
    shipped = _fitting(shipped_table(data), shape)
    return replace(shape, rows=tuple(_known(row, kept, shipped) for row in rows.values()))


def _terms(subject: Subject, count: int, seed: int, store: Path | None) -> tuple[Store, Table]:
    """Where figures on these terms are kept, and a table of them without rows."""
    kept = Store.of(store, subject.train.name, VERSION, subject.fingerprint, count, seed)
    shown = columns("features" if subject.classifier else "untrained")
    return kept, Table(subject.train.name, subject.fingerprint, count, seed, VERSION, shown)


class _Progress:
    """How far the work is: shares of pieces as a share of all, which never falls."""

    def __init__(self, table: Table) -> None:
        self._whole = sum(
            sum(piece.weight for piece in _missing(row)) + (_drawing(row) if row.sampling is None else 0.0)
            for row in table.rows
        )
        self._done = self._told = 0.0

    def told(
        self, work: Generator[float, None, Result], weight: float, event: JudgeProgress
    ) -> Generator[JudgeEvent, None, Result]:
        """The same work, which yields events in place of its own share."""
        while True:
            try:
                share = next(work)
            except StopIteration as ended:
                self._done += weight
                result: Result = ended.value
                return result
            now = (self._done + weight * min(1.0, share)) / max(1e-9, self._whole)
            self._told = min(1.0, max(self._told, now))
            yield replace(event, share=self._told)


def _as_begun(row: Row, device: torch.device) -> LoadedModel:
    """The model of a row. Its figures are kept by its hash: those of another file would stay wrong for ever.

    Raises:
        LabError: if it cannot be opened, or its file has been replaced since judging began.
    """
    loaded = load_model(row.path, device)
    if loaded.hash != row.hash:
        raise LabError("has been replaced since judging began", row.path, "Judge again")
    return loaded


def _missing(row: Row) -> list[Piece]:
    """The pieces that are not measured yet."""
    return [piece for piece in PIECES if any(key not in row.cells for key in piece.keys)]


def _drawing(row: Row) -> float:
    """About how long its samples take."""
    can = capabilities_of(card_in(Path(row.path)))
    return _DIFFUSING if Capability.DENOISES in can else _DRAWING


def _row(model: str | Path, subject: Subject) -> Row:
    """A model without its figures.

    Raises:
        LabError: if it is none, or of pictures of another size.
    """
    path = find_model(model)
    card = card_in(path)
    if not card or not hash_of(path):
        load_model(path)  # says what is wrong with it
        raise LabError("is not a model that can be judged", path)
    kind, shape = str(card["kind"]), card["config"].get("shape")
    if isinstance(shape, list) and tuple(shape) != subject.train.shape:
        size = size_in_words(tuple(shape)) if len(shape) == 3 else "of another size"
        raise LabError(
            f"takes pictures {size}, those of {subject.train.name} are {size_in_words(subject.train.shape)}",
            path,
        )
    told = ModelCard(
        kind, card["config"], card.get("data", {}), card.get("metrics", {}), card.get("command", "")
    )
    learnt = learnt_among(told, subject.test, subject.spec)
    name = name_of(str(path))
    name = path.stem if name == str(path.resolve()) else name
    return Row(name, hash_of(path), find_kind(kind).title, learnt=learnt, path=str(path))


def _known(row: Row, kept: Store, shipped: Table | None) -> Row:
    """The row with the figures that are kept, or ship."""
    cells: dict[str, Cell] = {}
    sampling = row.sampling
    for there in shipped.rows if shipped else ():
        if there.hash == row.hash:
            cells, sampling = dict(there.cells), there.sampling
    for piece in PIECES:
        cells.update(kept.cells(row.hash, piece.name) or {})
    if time := kept.cells(row.hash, _TIME):
        sampling = time[_TIME].value
    return replace(row, cells=cells, sampling=sampling)


def _fitting(shipped: Table | None, table: Table) -> Table | None:
    """A table that ships, if it was measured in the same way."""
    return shipped if shipped is not None and replace(shipped, rows=()) == table else None

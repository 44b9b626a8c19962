"""The command `latentlab judge`: models of a data set in one table."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import torch

from latentlab.commands.console import print_json, progress_bar
from latentlab.commands.interruption import stop_wishes
from latentlab.commands.printing import say, warn
from latentlab.core.judged_json import table_as_dict
from latentlab.core.judged_text import as_csv, in_lines, markdown
from latentlab.core.judgement import CellDone, JudgeBegan, JudgeDone, JudgeEvent, JudgeProgress, Table
from latentlab.engine.evaluation.judge.run import judge
from latentlab.engine.evaluation.judge.shipped import models_to_ship
from latentlab.engine.files.atomic import write_atomically
from latentlab.engine.files.destination import check_destination
from latentlab.errors import LabError

_WRITERS: dict[str, Callable[[Table], str]] = {
    ".md": markdown,
    ".csv": as_csv,
    ".json": lambda table: json.dumps(table_as_dict(table), indent=1, allow_nan=False) + "\n",
}


def judge_models(arguments: argparse.Namespace) -> None:
    """`latentlab judge`: Ctrl+C leaves what is measured, and the same command goes on from there."""
    out = arguments.out and check_destination(arguments.out, overwrite=arguments.force, suffixes=_WRITERS)
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    models = [*arguments.models, *(models_to_ship(arguments.data) if arguments.shipped else ())]
    if not models:
        raise LabError("no model was given to judge", hint="Name some, or add --shipped")
    events = judge(
        models,
        arguments.data,
        pictures=arguments.drawn,
        seed=arguments.seed,
        store=Path(arguments.store) if arguments.store else None,
        device=arguments.device,
        classifier=arguments.classifier,
        again=arguments.again,
    )
    table, whole = None, False
    with progress_bar(f"Judging on {arguments.data}") as show, stop_wishes() as wished:
        for event in events:
            table, whole = _after(event, table, show), isinstance(event, JudgeDone)
            if wished.is_set():
                break
    events.close()
    assert table is not None
    if not whole:
        warn("latentlab: stopped; what was measured is kept, and the same command goes on from there")
        raise SystemExit(130)
    for row in table.rows:
        if row.learnt:
            warn(f"note: {row.name} has learnt from {row.learnt:,} of the held-out pictures")
    if out:
        write_atomically(out, _WRITERS[Path(out).suffix.lower()](table).encode(), overwrite=arguments.force)
    if arguments.json:
        print_json(table_as_dict(table))
    elif out:
        say(f"Wrote {out}: {len(table.rows):,} models judged on {table.data}")
    else:
        say(*in_lines(table))


def _after(event: JudgeEvent, table: Table | None, show: Callable[[float, str], None]) -> Table | None:
    """The table after an event."""
    if isinstance(event, JudgeBegan | JudgeDone):
        return event.table
    if isinstance(event, JudgeProgress):
        show(event.share, event.words)
    elif isinstance(event, CellDone) and table is not None:
        return table.with_row(event.row)
    return table

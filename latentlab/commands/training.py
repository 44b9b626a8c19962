"""The command `latentlab train`: runs a training and prints its progress."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import shlex
from collections.abc import Callable
from pathlib import Path

from latentlab.commands.console import print_json, progress_bar
from latentlab.commands.flags import command_line, contradictions, given, news, read_config, read_plan
from latentlab.commands.interruption import stop_wishes
from latentlab.commands.printing import say, warn
from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.data.spec import Spec
from latentlab.engine.files.checkpoint import load_model
from latentlab.engine.files.destination import check_destination
from latentlab.engine.files.kept_paths import kept_data
from latentlab.engine.inference.device import choose_device
from latentlab.engine.training.distributed import Team, join_team
from latentlab.engine.training.events import (
    CheckpointFailed,
    EpochEnded,
    Finished,
    Progress,
    Started,
)
from latentlab.engine.training.from_data import learns_from
from latentlab.engine.training.plan import check_plan, figures_of, means_something
from latentlab.engine.training.presets import few_in_words, fields_for, plan_for
from latentlab.engine.training.run import Saved, TrainingRun
from latentlab.engine.training.run_log import RunLog
from latentlab.engine.training.state import load_state, state_path
from latentlab.engine.training.trainer import TrainingError
from latentlab.errors import LabError


def train_model(arguments: argparse.Namespace) -> None:
    """`latentlab train KIND`: a line an epoch on stderr, the saved model's figures on stdout."""
    run = _resumed(arguments) if _goes_on(arguments) else _begun(arguments)
    team = run.trainer.team
    saved: Saved | None = None
    with (
        contextlib.ExitStack() as stack,
        progress_bar("Training") if team.leads else contextlib.nullcontext(_unshown) as show,
        stop_wishes() as wished,
    ):
        stack.callback(team.leave)
        log = stack.enter_context(RunLog(arguments.log)) if arguments.log and team.leads else None
        try:
            for event in run.run():
                if log is not None and (fault := log.add(event)):
                    warn(fault)
                if isinstance(event, Saved):
                    saved = event
                elif team.leads:
                    _tell(event, show, run.trainer.steps)
                if wished.is_set() and team.leads:
                    _stop(run)
        except TrainingError as error:
            if not team.leads:  # the leader, with the same error, reports it and saves
                raise
            told = run.checkpoint()
            then = "--resume continues from there"
            if isinstance(told, CheckpointFailed):
                then = f"the training could not be saved: {told.reason}"
            raise LabError(error.what, hint=f"{error.hint}; {then}") from None
        except RuntimeError:
            if wished.is_set() and not team.leads:  # the leader has saved and left
                raise KeyboardInterrupt from None
            raise
        if log is not None and (fault := log.close()):
            warn(fault)
    if saved is None:  # not the process that saves
        return
    if arguments.json:
        print_json({"path": str(saved.path), "command": run.command, **saved.metrics})
    else:
        result = figures_of(run.kind).result
        words = f": {result.format_map(saved.metrics)}" if saved.metrics and result else ""
        say(f"Wrote {saved.path}{words}", f"To see it: latentlab open {shlex.quote(str(saved.path))}")


def _goes_on(arguments: argparse.Namespace) -> bool:
    """Whether there is a training to resume, and that is wanted.

    Raises:
        LabError: if it is wanted, and nothing has been saved.
    """
    out = Path(arguments.out)
    if state_path(out).exists():
        return bool(arguments.resume or arguments.resume_or_start)
    if not arguments.resume:
        return False
    if out.exists():
        raise LabError("its training is complete: there is nothing to resume", out)
    raise LabError(
        "its training has no checkpoint yet, so there is nothing to resume",
        out,
        "Start it without --resume; --resume-or-start does whichever is possible",
    )


def _begun(arguments: argparse.Namespace) -> TrainingRun:
    arguments.data = kept_data(arguments.data)
    plan = read_plan(arguments, {})
    # Before the data are read, so that a typo is reported at once.
    check_plan(plan)
    out = check_destination(arguments.out, overwrite=arguments.force, suffixes=(".safetensors",))
    team, device = join_team(choose_device(plan.device))
    if state_path(out).exists() and not arguments.force:
        step = load_state(state_path(out)).step
        raise LabError(
            f"there is an unfinished training, stopped at step {step:,}",
            state_path(out),
            "--resume continues it, --force starts over",
        )
    train, test = catalog.load(arguments.data, "train"), catalog.load(arguments.data, "test")
    own = Spec.parse(arguments.data).source not in catalog.CATALOG
    proposed = {**(_proposed(arguments, train, test, team) if own else {}), **_started_with(arguments)}
    run = TrainingRun(
        arguments.kind,
        read_config(arguments, proposed),
        read_plan(arguments, proposed),
        train,
        test,
        out,
        overwrite=arguments.force,
        command=command_line(arguments, proposed, whole=own),
        data=arguments.data,
        every_s=arguments.checkpoint_every,
        half=arguments.half,
        team=team,
        device=device,
        start=arguments.start,
    )
    if team.leads and (chosen := news(arguments, proposed)):
        warn(f"chosen to suit these pictures; each can be set: {chosen}")
    return run


def _started_with(arguments: argparse.Namespace) -> dict[str, object]:
    """The model's settings in the file that the training goes on from; {} if it begins anew.

    Raises:
        LabError: if that file cannot be read, or a flag contradicts it.
    """
    if arguments.start is None:
        return {}
    config = load_model(arguments.start).card.config
    if other := contradictions(arguments, config):
        raise LabError(
            f"its weights are those of a model that is not as asked: {other}",
            arguments.start,
            "Leave that out, or begin a new training without --from",
        )
    return {name: tuple(value) if isinstance(value, list) else value for name, value in config.items()}


def _proposed(
    arguments: argparse.Namespace, train: ImageSet, test: ImageSet, team: Team
) -> dict[str, object]:
    """Suitable values for these pictures, of all that was not given."""
    asked = given(arguments)
    plan = plan_for(
        arguments.kind, len(train) + len(test), len(learns_from(arguments.kind, train)),
        parts=team.size, epochs=asked.get("epochs"), batch=asked.get("batch"),
    )  # fmt: skip
    of_plan = {
        name: getattr(plan, name)
        for name in ("epochs", "batch", "warmup_steps")
        if name not in asked and means_something(name, arguments.kind)
    }
    return {**fields_for(arguments.kind, train.shape, asked), **of_plan}


def _resumed(arguments: argparse.Namespace) -> TrainingRun:
    """The stopped training, with its original settings.

    Raises:
        LabError: if a flag other than the device contradicts its original settings.
    """
    path = state_path(arguments.out)
    state = load_state(path)
    if state.kind != arguments.kind:
        raise LabError(f"the training is of kind {state.kind}, not {arguments.kind}", path)
    if other := contradictions(arguments, {**state.config, **dataclasses.asdict(state.plan)}):
        raise LabError(
            f"the training goes on as it was begun, so it cannot be given {other}",
            path,
            "Leave that out, or begin a new training with another --out",
        )
    device = "" if arguments.device in (None, "auto") else arguments.device
    run = TrainingRun.resume(path, overwrite=arguments.force, device=device, join=join_team)
    run.every_s = arguments.checkpoint_every
    # A training that was begun with 16 bits goes on so without being told again.
    run.half = run.half or arguments.half
    return run


def _stop(run: TrainingRun) -> None:
    """Saves what is needed to resume, and stops."""
    told = run.checkpoint()
    if isinstance(told, CheckpointFailed):
        warn(f"the training could not be saved: {told.reason}")
    else:
        warn(f"stopped at step {told.step:,}; the same command with --resume continues from there")
    raise KeyboardInterrupt


def _tell(event: object, show: Callable[[float, str], None], steps: int) -> None:
    match event:
        case Started():
            since = f", from step {event.step:,}" if event.step else ""
            counted = "1 step" if event.steps == 1 else f"{event.steps:,} steps"
            warn(
                f"{event.epochs} {'epoch' if event.epochs == 1 else 'epochs'}, {counted} on "
                f"{event.device} ({event.precision}, {event.threads} "
                f"{'thread' if event.threads == 1 else 'threads'}){since}"
            )
            if few := few_in_words(event.pictures, event.unknown):
                warn(few)
        case Progress():
            rate = f"{event.images_per_second:,.0f} images/s"
            show(event.step / max(1, steps), ", ".join(filter(None, (event.terms.in_words(), rate))))
        case EpochEnded():
            told = (("train", event.train), ("test", event.test))
            words = (f"{split} {figures.in_words()}" for split, figures in told if figures and figures.values)
            warn(f"epoch {event.epoch}: {'; '.join(words)}")
        case CheckpointFailed():
            warn(f"no checkpoint at step {event.step:,}: {event.reason}")
        case Finished():
            warn(f"trained for {event.seconds:.1f} s")


def _unshown(share: float, words: str) -> None:
    """A progress bar that is not shown."""

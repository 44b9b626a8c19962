"""The command `latentlab invert`: the z of a picture, by gradient descent."""

from __future__ import annotations

import argparse
import io

import numpy as np
import torch
from torch import Tensor

from latentlab.commands.console import open_model, print_json, progress_bar
from latentlab.commands.printing import say
from latentlab.commands.start_pictures import read_start
from latentlab.commands.which_picture import number_of
from latentlab.data import catalog
from latentlab.engine.attributes.conditions import conditions_of, known_condition
from latentlab.engine.attributes.finding import data_of
from latentlab.engine.attributes.inverting import (
    Inverted,
    condition_given,
    condition_text,
    error_in_words,
    invert_pictures,
    trust_in_words,
)
from latentlab.engine.diffusion.noising import picture_of
from latentlab.engine.files.atomic import write_atomically
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.files.destination import check_destination
from latentlab.engine.inference.inversion_plan import (
    InversionPlan,
    require_invertible,
)
from latentlab.models.base import conditional


def invert_picture(arguments: argparse.Namespace) -> None:
    """`latentlab invert`."""
    out = check_destination(arguments.out, overwrite=arguments.force, suffixes=(".npz",))
    loaded = open_model(arguments)
    model = require_invertible(loaded.model, loaded.name)
    pixels, name = read_start(arguments, loaded, model.picture_shape)
    planes = torch.from_numpy(picture_of(pixels).copy())
    x = (planes[None] if planes.ndim == 2 else planes.movedim(-1, 0))[None].float() / 255.0
    y = condition_given(loaded.model, arguments.condition)
    y = _of_data(arguments, loaded) if y is None else y
    plan = InversionPlan(steps=arguments.steps, starts=arguments.starts, seed=arguments.seed)
    with progress_bar(f"Inverting {name}") as show:
        found = invert_pictures(loaded, x, y, plan, lambda share: show(share, ""), path=True)
    write_atomically(out, as_npz(found), overwrite=arguments.force)
    condition = condition_text(loaded.model, found.conditions[0])
    rms, further = float(found.rms[0]), float(found.further[0])
    kept = None if found.kept is None else float(found.kept[0])
    known = conditional(loaded.model)
    exclusive = known is None or known.exclusive
    if arguments.json:
        print_json(
            {
                "out": str(out),
                "model": loaded.name,
                "model_hash": loaded.hash,
                "picture": name,
                "condition": condition or None,
                "rms": rms,
                "class_kept": kept,
                "prior_further_out": further,
                "norm": float(np.linalg.norm(found.z[0])),
                "began": float(found.errors[0, 0]),
                "ended": float(found.errors[found.best[0], 0]),
                "step": int(found.best[0]),
                "steps": plan.steps,
            }
        )
        return
    under = f" under the condition {condition}" if condition else ""
    say(f"Wrote {out}: the z of {name} in {loaded.name}{under}")
    for sentence in (error_in_words(rms), *trust_in_words(kept, further, exclusive)):
        say(f"  {sentence}")


def as_npz(found: Inverted) -> bytes:
    """The first picture's inversion as an .npz without pickle: float32 `z` (D,), `picture` (C, H, W),
    `condition` (A,), `rms` (), and for each step `steps_z` (T + 1, D) and `steps_error` (T + 1,); int64
    `step`, that of z.
    """
    assert found.path is not None
    content = io.BytesIO()
    np.savez_compressed(
        content,
        allow_pickle=False,
        z=found.z[0],
        picture=found.pictures[0],
        condition=found.conditions[0],
        rms=found.rms[0],
        steps_z=found.path[:, 0],
        steps_error=found.errors[:, 0],
        step=found.best[0],
    )
    return content.getvalue()


def _of_data(arguments: argparse.Namespace, loaded: LoadedModel) -> Tensor | None:
    """The condition of the picture of --index, (1, A); None for a file, or where it is not known."""
    if arguments.index is None or conditional(loaded.model) is None:
        return None
    data = catalog.load(data_of(loaded, arguments.data), arguments.split)
    told = conditions_of(loaded.model, data)
    return known_condition(loaded.model, None if told is None else told[[number_of(data, arguments.index)]])

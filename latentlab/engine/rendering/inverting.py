"""Inverts a picture with the open model, step by step: between two steps the probe goes first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

from latentlab.engine.attributes.conditions import known_condition
from latentlab.engine.attributes.inverting import (
    inversion_conditions,
    shipped_classifier,
    trust_in,
    trust_in_words,
)
from latentlab.engine.inference.inversion import invert, pictures_at
from latentlab.engine.inference.inversion_plan import Inversion, InversionPlan, Invertible, require_invertible
from latentlab.engine.inference.refining import can_refine
from latentlab.engine.rendering.drawing import to_pictures, to_point
from latentlab.engine.rendering.opening import Opened
from latentlab.engine.rendering.requests.inversion import InversionFrame, InversionReply, InvertRequest
from latentlab.engine.rendering.requests.theory import Subject
from latentlab.engine.rendering.serving import Reply, Server, handles
from latentlab.errors import LabError
from latentlab.models.base import Classifies, conditional

# Of a descent of 200 steps, this many are shown.
_FRAMES = 40


class Inversions(Server):
    """Serves such requests.

    Args:
        in_hand: tells which model is open.
        step: gives the step of a model in training; None for another.
    """

    def __init__(self, in_hand: Callable[[], Opened], step: Callable[[], int | None]) -> None:
        self._in_hand, self._step = in_hand, step
        self._judge: tuple[Opened, Classifies | None] | None = None

    @handles(InvertRequest)
    def _invert(self, request: InvertRequest) -> Iterator[Reply | None]:
        """Raises LabError if the open model cannot be inverted, or there is no such picture."""
        if request.subject is None:
            return
        opened = self._in_hand()
        model = require_invertible(opened.loaded.model, opened.loaded.name)
        if self._step() is not None or not can_refine(model):
            raise LabError("The model is being trained: invert a picture when the training has ended.")
        x, y = self._picked(opened, request.subject, model)
        yield None
        plan = InversionPlan(steps=request.steps, seed=request.seed)
        every = max(1, plan.steps // _FRAMES)
        seen = to_pictures(x.clone())[0]
        frames: list[InversionFrame] = []
        descent = invert(model, x, y, plan, path=True)
        while True:
            try:
                step = next(descent)
            except StopIteration as ended:
                found: Inversion = ended.value
                break
            if step is None or step.number % every:
                yield None
                continue
            frames += _frames(model, x, step.z, step.y, [step.number])
            share = step.number / max(1, step.of)
            condition = () if step.y is None else to_point(step.y[0])
            yield InversionReply(request.generation, request.subject, seen, tuple(frames), condition, share)
        best = int(found.best[0])
        numbers = sorted({*range(0, best, every), best})
        assert found.path is not None
        path, told = found.path[numbers, 0], None if found.y is None else found.y.expand(len(numbers), -1)
        told_frames = tuple(_frames(model, x, path, told, numbers))
        yield None
        made = pictures_at(model, found.z, found.y, opened.device)
        judge = self._judging(opened)
        trust = trust_in(model, x.cpu(), made, found.z, judge)
        kept = None if trust.kept is None else float(trust.kept[0])
        said = trust_in_words(kept, float(trust.further[0]), judge is None or judge.exclusive)
        condition = () if found.y is None else to_point(found.y[0])
        yield InversionReply(
            request.generation, request.subject, seen, told_frames, condition, 1.0, True, tuple(said)
        )

    def _picked(self, opened: Opened, subject: Subject, model: Invertible) -> tuple[Tensor, Tensor | None]:
        """The picture (1, C, H, W) in [0, 1], and its condition (1, A); None to try each class."""
        known = conditional(model)
        if subject.seen is not None:
            planes = torch.from_numpy(np.ascontiguousarray(subject.seen))
            planes = planes.unsqueeze(0) if planes.ndim == 2 else planes.movedim(-1, 0)
            x, y = planes[None].to(opened.device).float() / 255.0, None
            if known is not None and not known.exclusive:
                try:
                    y = inversion_conditions(model, self._judging(opened), x, None)
                except LabError:
                    # Nobody sees them: those that are set in the window.
                    y = torch.tensor([subject.condition], device=opened.device)
        else:
            index = -1 if subject.index is None else subject.index
            if not 0 <= index < len(opened.data):
                raise LabError(f"{opened.data.name} has no picture {index}")
            x = opened.data.images[index : index + 1].to(opened.device).float() / 255.0
            told = None if known is None else opened.conditions_at((index,))
            told = known_condition(model, told)
            y = None if told is None else told.to(opened.device)
            if y is None and known is not None and not known.exclusive:
                y = torch.zeros(1, len(known.condition_names), device=opened.device)
        if tuple(x.shape[1:]) != model.picture_shape:
            raise LabError("the picture is of another shape than the model's")
        return x, y

    def _judging(self, opened: Opened) -> Classifies | None:
        """The classifier of the data, read once."""
        if self._judge is None or self._judge[0] is not opened:
            self._judge = (opened, shipped_classifier(opened.loaded, opened.device))
        return self._judge[1]


def _frames(
    model: Invertible, x: Tensor, z: Tensor, y: Tensor | None, numbers: list[int]
) -> list[InversionFrame]:
    """The frames of some steps, z (N, D) and y (N, A)."""
    made = pictures_at(model, z, y, x.device)
    errors = (made - x.cpu()).square().flatten(1).mean(1).sqrt().tolist()
    pictures = to_pictures(made)
    return [
        InversionFrame(number, to_point(place), picture, error)
        for number, place, picture, error in zip(numbers, z, pictures, errors, strict=True)
    ]

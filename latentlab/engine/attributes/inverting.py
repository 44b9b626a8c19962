"""Inverts pictures with a model, and says how far to trust what was found.

    error         RMS over all numbers of a picture of G(z, y) - x, in [0, 1]
    class kept    whether a classifier sees in G(z, y) the class that it sees in x; of attributes, the share
    further out   P(|u| > |u*|), u ~ N(0, I):  1 - F(|u*|^2), F of chi squared with D degrees of freedom

Nearly all draws of the prior lie about sqrt(D) from the middle: a z that hardly any draw lies beyond is where
the generator has not been trained, and what is near it need not be a picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.engine.attributes.classifiers import classifier_for
from latentlab.engine.attributes.conditions import as_text, parse_condition
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.inference.inversion import inverted, pictures_at
from latentlab.engine.inference.inversion_plan import (
    USUAL,
    Inversion,
    InversionPlan,
    Invertible,
    require_invertible,
)
from latentlab.errors import LabError
from latentlab.models.base import Classifies, conditional, prior_of
from latentlab.models.priors import FromNormal

# Below this share of the prior's draws further out, z is said to be where the generator was not trained.
UNUSUAL = 0.01
_DRAWS = 2000


@dataclass(frozen=True, eq=False)
class Trust:
    """How far to trust B inversions.

    Attributes:
        rms: (B,) of pixels, 0 to 1.
        kept: (B,) the share of classes (one) or attributes that a classifier sees in both; None without one.
        further: (B,) the share of the prior's draws that lie further out than z.
    """

    rms: Tensor
    kept: Tensor | None
    further: Tensor


@dataclass(frozen=True, eq=False)
class Inverted:
    """N pictures inverted, as arrays.

    Attributes:
        z: float32 (N, D).
        pictures: float32 (N, C, H, W) in [0, 1], made at z.
        conditions: float32 (N, A), the condition that they are made under; A is 0 for a model without.
        rms: float32 (N,), the error of the pictures.
        errors: float32 (T + 1, N), what was descended at each step.
        path: float32 (T + 1, N, D), z at each step; None if it was not kept.
        best: int64 (N,), the step that z is of.
        kept: float32 (N,), see `Trust`; None without a classifier of the data.
        further: float32 (N,), the share of the prior's draws further out.
    """

    z: NDArray[np.float32]
    pictures: NDArray[np.float32]
    conditions: NDArray[np.float32]
    rms: NDArray[np.float32]
    errors: NDArray[np.float32]
    path: NDArray[np.float32] | None
    best: NDArray[np.int64]
    kept: NDArray[np.float32] | None
    further: NDArray[np.float32]


def invert_pictures(
    loaded: LoadedModel,
    x: Tensor,
    y: Tensor | None = None,
    plan: InversionPlan = USUAL,
    progress: Callable[[float], None] = lambda share: None,
    *,
    path: bool = False,
) -> Inverted:
    """Inverts pictures (N, C, H, W) in [0, 1] under conditions (N, A).

    Without conditions each class is tried, and attributes are those that the classifier of the data sees.
    `path` keeps z at each step.

    Raises:
        LabError: for a model that cannot be inverted, attributes that are needed and not known, or a path
            that would take too much memory.
    """
    model = require_invertible(loaded.model, loaded.name)
    if tuple(x.shape[1:]) != model.picture_shape:
        raise LabError(f"pictures of shape {tuple(x.shape[1:])}; {loaded.name} makes {model.picture_shape}")
    device = next(loaded.model.parameters()).device
    x = x.to(device)
    judge = shipped_classifier(loaded, device)
    y = inversion_conditions(model, judge, x, None if y is None else y.to(device))
    descent = inverted(model, x, y, plan, path=path)
    while True:
        try:
            progress(next(descent))
        except StopIteration as ended:
            found: Inversion = ended.value
            break
    pictures = pictures_at(model, found.z, found.y, device)
    trust = trust_in(model, x.cpu(), pictures, found.z, judge)
    return Inverted(
        z=found.z.numpy(),
        pictures=pictures.numpy(),
        conditions=(torch.empty(len(x), 0) if found.y is None else found.y).float().numpy(),
        rms=trust.rms.numpy(),
        errors=found.errors.float().numpy(),
        path=None if found.path is None else found.path.numpy(),
        best=found.best.numpy(),
        kept=None if trust.kept is None else trust.kept.numpy(),
        further=trust.further.numpy(),
    )


def shipped_classifier(loaded: LoadedModel, device: torch.device) -> Classifies | None:
    """The classifier that ships for the data that a model learnt from; None if there is none that suits."""
    data = loaded.card.data
    name = data.get("name") if data else None
    if not isinstance(name, str):
        return None
    try:
        judge = classifier_for(name, device=device).model
    except LabError:
        return None
    shape = getattr(loaded.model, "picture_shape", None)
    return judge if isinstance(judge, Classifies) and judge.picture_shape == shape else None


@torch.no_grad()
def inversion_conditions(
    model: Invertible, judge: Classifies | None, x: Tensor, y: Tensor | None
) -> Tensor | None:
    """The conditions to descend under, (B, A); None where each class is tried, or there are none.

    Raises:
        LabError: for attributes that are not given, where no classifier sees them.
    """
    known = conditional(model)
    if known is None:
        return None
    if y is not None:
        return y.expand(len(x), -1)
    if known.exclusive:
        return None
    if judge is None or set(known.condition_names) - set(judge.class_names):
        raise LabError(
            "the attributes of the picture are needed, and no classifier is shipped that sees them",
            hint=f"Give them with --condition, such as {known.condition_names[0]}=1",
        )
    columns = [judge.class_names.index(name) for name in known.condition_names]
    return (judge.logits(x)[:, columns] > 0.0).float()


@torch.no_grad()
def trust_in(model: Invertible, x: Tensor, pictures: Tensor, z: Tensor, judge: Classifies | None) -> Trust:
    """How far to trust pictures (B, C, H, W) made at z (B, D) for x, all on the CPU."""
    rms = (pictures - x).square().flatten(1).mean(1).sqrt()
    kept = None
    if judge is not None:
        device = next(judge.parameters()).device  # type: ignore[attr-defined]
        of_x, of_made = (judge.logits(some.to(device)).cpu() for some in (x, pictures))
        if judge.exclusive:
            kept = (of_x.argmax(1) == of_made.argmax(1)).float()
        else:
            kept = ((of_x > 0.0) == (of_made > 0.0)).float().mean(1)
    return Trust(rms, kept, further_out(model, z))


def further_out(model: Invertible, z: Tensor) -> Tensor:
    """The share of the prior's draws that lie further out than each z (B, D), (B,).

    For a prior without a map to N(0, I), those of 2,000 draws that are less likely.
    """
    prior = prior_of(model)
    if isinstance(prior, FromNormal):
        squared = prior.to_normal(z).double().square().sum(-1)
        shape = torch.full_like(squared, 0.5 * z.shape[-1])
        beyond: Tensor = torch.special.gammaincc(shape, 0.5 * squared)
        return beyond.float()
    drawn = prior.log_density(prior.draw(_DRAWS, torch.Generator().manual_seed(0)))
    return (drawn[None] < prior.log_density(z)[:, None]).float().mean(1)


def error_in_words(rms: float) -> str:
    """The error as a sentence."""
    return f"Error {rms:.3f} (RMS of pixels; black against white is 1)."


def trust_in_words(kept: float | None, further: float, exclusive: bool = True) -> list[str]:
    """What else there is to say of how far to trust a z, as sentences."""
    said = []
    if kept is not None and exclusive:
        said.append("The classifier sees the same class." if kept else "The classifier sees another class.")
    elif kept is not None:
        said.append(f"The classifier sees {kept:.0%} of the attributes alike.")
    out = f"{further:.0%}" if further >= UNUSUAL else f"only {further:.1%}"
    beyond = "" if further >= UNUSUAL else ": this is where the generator was not trained"
    said.append(f"{out} of the prior's draws lie further out{beyond}.")
    return said


def condition_text(model: object, y: NDArray[np.float32]) -> str:
    """A condition (A,) as --condition takes it; "" for a model without."""
    return as_text(model, torch.from_numpy(y)) if len(y) else ""


def condition_given(model: object, text: str | None) -> Tensor | None:
    """What --condition says, (1, A); None if nothing.

    Raises:
        LabError: as `parse_condition`.
    """
    return None if text is None else parse_condition(model, text)[None]

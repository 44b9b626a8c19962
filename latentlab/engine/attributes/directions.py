"""Directions in a latent space: what to add to z so that the picture gains an attribute, such as a hat.

    shift(found, z, {"Hat": 1.0, "Smiling": -0.5})

`latentlab.engine.attributes.finding` finds them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from latentlab.core import directions as core
from latentlab.engine.attributes.trust import FOUND, MAX_LATENTS, WAYS, require_text
from latentlab.engine.attributes.trust import MAX_DIRECTIONS as MAX_DIRECTIONS  # offered here, too
from latentlab.engine.attributes.trust import Trust as Trust
from latentlab.errors import LabError

# On training faces any value from 4.5 to 10 works; the less z is moved, the more of the face is kept.
LEAN = 5.0
# The most names listed in a message; CelebA has as many.
_LISTED = 40


@dataclass(frozen=True, eq=False)
class Directions:
    """A vector for each of A attributes: z + vector adds the attribute once.

    Attributes:
        names: the attributes, or classes.
        vectors: float32 (A, D).
        method: how they were found, a name of METHODS or "steered"; or "groups", between pictures chosen by
            hand; "component", in which the data spread most; "several" ways.
        have, lack: how many pictures each was found from, with the attribute and without, (A,) each.
        trust: how well each separates held-out pictures, (A,).
        left_out: attributes that fewer than two pictures had, or all but one.
        data: the data set's name.
        model, model_hash: whose latent space it is; empty where the model came from no file.

    Raises:
        LabError: for fields that do not go together.
    """

    names: tuple[str, ...]
    vectors: NDArray[np.float32]
    method: str
    have: tuple[int, ...]
    lack: tuple[int, ...]
    trust: tuple[Trust, ...]
    left_out: tuple[str, ...] = ()
    data: str = ""
    model: str = ""
    model_hash: str = ""

    def __post_init__(self) -> None:
        if self.method not in WAYS:
            require_method(self.method)
        for text in (*self.names, *self.left_out, self.data, self.model, self.model_hash):
            require_text(text)
        if len(set(self.names)) < len(self.names):
            twice = next(name for name in self.names if self.names.count(name) > 1)
            raise LabError(f"two attributes are called {twice!r}")
        count = len(self.names)
        if not 1 <= count <= MAX_DIRECTIONS:
            raise LabError(f"{count:,} directions, expected 1 to {MAX_DIRECTIONS:,}")
        shape, kind = np.shape(self.vectors), getattr(self.vectors, "dtype", None)
        fits = len(shape) == 2 and shape[0] == count and 1 <= shape[1] <= MAX_LATENTS
        if kind != np.float32 or not fits:
            raise LabError(f"vectors {kind} of shape {shape}, expected float32 ({count}, 1 to {MAX_LATENTS})")
        if not np.isfinite(self.vectors).all():
            raise LabError("the vectors hold NaN or infinite numbers")
        if not len(self.have) == len(self.lack) == len(self.trust) == count:
            raise LabError(f"counts and figures must be one for each of the {count:,} names")

    def __len__(self) -> int:
        return len(self.names)

    @property
    def latents(self) -> int:
        """D."""
        return int(self.vectors.shape[1])

    @cached_property
    def lengths(self) -> NDArray[np.float64]:
        """|v| of each, (A,), in units of the prior's standard deviation."""
        lengths: NDArray[np.float64] = np.linalg.norm(self.vectors.astype(np.float64), axis=1)
        return lengths

    @cached_property
    def cosines(self) -> NDArray[np.float64]:
        """The cosine of the angle between each two, (A, A): how much one changes the other."""
        cosines: NDArray[np.float64] = core.cosines(torch.from_numpy(self.vectors)).numpy()
        return cosines

    @property
    def judged_on(self) -> str:
        """How many held-out pictures judge each: "60", or "12 to 60" where attributes are partly unknown."""
        counts = [one.have + one.lack for one in self.trust]
        least, most = min(counts, default=0), max(counts, default=0)
        return f"{most:,}" if least == most else f"{least:,} to {most:,}"

    def closest(self, index: int) -> tuple[str, float] | None:
        """The other direction that is most alike or most opposite, and the cosine; None if there is none."""
        if len(self) < 2:
            return None
        others = np.abs(self.cosines[index])
        others[index] = -1.0
        other = int(others.argmax())
        return self.names[other], float(self.cosines[index, other])

    def shift(self, z: ArrayLike, amounts: Mapping[str, float]) -> NDArray[np.float32]:
        """z + sum of amount x vector; see `shift`."""
        return shift(self, z, amounts)

    def compensated(self, z: ArrayLike, change: Mapping[str, float]) -> NDArray[np.float32]:
        """z after compensation for a change of the condition; see `compensated`."""
        return compensated(self, z, change)


def shift(directions: Directions, z: ArrayLike, amounts: Mapping[str, float]) -> NDArray[np.float32]:
    """z + sum of amount x vector: attributes added, or removed by negative amounts.

    Args:
        directions: of the latent space that z lies in.
        z: (D,) or (N, D).
        amounts: how often to add each attribute, by name.

    Returns:
        float32, in the shape of z.

    Raises:
        LabError: for an unknown name, listing the known ones, an amount that is not finite, or z of another
            number of dimensions.
    """
    points = np.asarray(z, dtype=np.float64)
    if points.ndim not in (1, 2) or points.shape[-1] != directions.latents:
        wanted = directions.latents
        raise LabError(f"points of shape {points.shape}; the directions take (N, {wanted}) or ({wanted},)")
    for name, amount in amounts.items():
        if name not in directions.names:
            known = ", ".join(directions.names[:_LISTED]) + (", …" if len(directions) > _LISTED else "")
            raise LabError(f"no attribute is called {name[:80]!r}", hint=f"Known: {known}")
        if not math.isfinite(amount):
            raise LabError(f"{name} has the amount {amount}, expected a finite number")
        points = points + amount * directions.vectors[directions.names.index(name)].astype(np.float64)
    return points.astype(np.float32)


def compensated(still_told: Directions, z: ArrayLike, change: Mapping[str, float]) -> NDArray[np.float32]:
    """z after compensation: moved with the condition of the decoder, so that both agree.

        z' = z + g sum_k (y_k' - y_k) v_k

    z should not contain the condition, but always does a little: a decoder with the condition "long hair" may
    follow a z that encodes short hair under this very hat. v_k is what z still says of attribute k: the
    regressed direction in the latent space of the conditional model. The linear part is less than all that z
    says, so it is taken g = `LEAN` times; an attribute of which z says nothing has a v_k that hardly moves z.

    Args:
        still_told: the model's "regressed" directions.
        z: (D,) or (N, D).
        change: y_k' - y_k by name, for the attributes that change; -1 to 1.

    Raises:
        LabError: as `shift`.
    """
    return shift(still_told, z, {name: LEAN * by for name, by in change.items() if name in still_told.names})


def require_method(method: str) -> None:
    """Refuses an unknown method of finding directions.

    Raises:
        LabError: naming those that there are.
    """
    if method not in FOUND:
        raise LabError(f"no method is called {str(method)[:40]!r}", hint=f"Known: {', '.join(FOUND)}")

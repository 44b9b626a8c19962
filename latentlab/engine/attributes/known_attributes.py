"""The known attributes of encoded pictures, and the directions computed from them.

Where pictures have no attributes, their classes are used. Unknown values count for neither side.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from latentlab.core import directions as core
from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.directions import Directions
from latentlab.engine.attributes.trust import Trust
from latentlab.errors import LabError

METHODS: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    "means": core.difference_of_means,
    "regressed": core.regressed,
    "discriminant": core.discriminant,
}
_FEWEST = 2


@dataclass(frozen=True, eq=False)
class KnownAttributes:
    """The attributes of encoded pictures that enough of them have, bool (N, A) and (M, A).

    `known` and `held_out_known`, of the same shapes, say which values are known; the rest is False.
    """

    names: tuple[str, ...]
    left_out: tuple[str, ...]
    a: Tensor
    known: Tensor
    held_out: Tensor
    held_out_known: Tensor
    held_out_z: Tensor
    data: str

    def vectors(self, z: Tensor, method: str) -> Tensor:
        """(A, D), each from those of the pictures z (N, D) whose value of its attribute is known."""
        find = METHODS[method]
        if bool(self.known.all()):
            return find(z, self.a)
        if method == "regressed":
            # All attributes are regressed together: unknown values are set to the mean of the others, so that
            # they pull neither way.
            shares = self.a.sum(0).double() / self.known.sum(0)
            return find(z, torch.where(self.known, self.a.double(), shares))
        each = zip(self.a.unbind(1), self.known.unbind(1), strict=True)
        return torch.cat([find(z[known], has[known].unsqueeze(1)) for has, known in each])

    def judged(self, vectors: Tensor, method: str) -> Directions:
        """Vectors (A, D) with their trust on held-out pictures."""
        counts = self.a.sum(0)
        held_out = zip(vectors, self.held_out.unbind(1), self.held_out_known.unbind(1), strict=True)
        return Directions(
            names=self.names,
            vectors=vectors.numpy(),
            method=method,
            have=tuple(counts.tolist()),
            lack=tuple((self.known.sum(0) - counts).tolist()),
            trust=tuple(_judge(v, self.held_out_z[known], has[known]) for v, has, known in held_out),
            left_out=self.left_out,
            data=self.data,
        )


def known_among_pictures(z: Tensor, train: ImageSet, held_out_z: Tensor, test: ImageSet) -> KnownAttributes:
    names, a = attributes_of(train)
    test_names, held_out = attributes_of(test)
    if test_names != names:
        raise LabError(
            f"the held-out pictures of {test.name} have other attributes than the training pictures"
        )
    if not bool(torch.isfinite(z).all() and torch.isfinite(held_out_z).all()):
        raise LabError("the model encodes pictures to values that are not finite")
    known, held_out_known = _known_in(train, a), _known_in(test, held_out)
    counts = a.sum(0)
    kept = torch.minimum(counts, known.sum(0) - counts) >= _FEWEST
    if not bool(kept.any()):
        raise LabError(
            f"no attribute of {train.name} is present in at least 2 pictures and absent in 2 others"
        )
    # Attributes that are left out are not regressed out either: nothing can be learnt from one picture.
    return KnownAttributes(
        names=tuple(name for name, keep in zip(names, kept.tolist(), strict=True) if keep),
        left_out=tuple(name for name, keep in zip(names, kept.tolist(), strict=True) if not keep),
        a=a[:, kept],
        known=known[:, kept],
        held_out=held_out[:, kept],
        held_out_known=held_out_known[:, kept],
        held_out_z=held_out_z,
        data=train.name,
    )


def attributes_of(data: ImageSet) -> tuple[tuple[str, ...], Tensor]:
    """Names, and bool (N, A): the attributes of pictures, or their classes where there are none.

    Raises:
        LabError: if the data have neither.
    """
    if data.attributes is not None and data.attribute_names:
        return data.attribute_names, data.attributes
    if data.labels is not None and data.classes:
        return data.classes, core.one_hot(data.labels, len(data.classes))
    raise LabError(f"{data.name} has neither attributes nor classes, so there are no directions to find")


def _tells_attributes(data: ImageSet) -> bool:
    return data.attributes is not None and bool(data.attribute_names)


def _known_in(data: ImageSet, a: Tensor) -> Tensor:
    """Which values of `attributes_of` are known, bool (N, A); for the given classes, all of them."""
    if _tells_attributes(data) and data.attributes_known is not None:
        return data.attributes_known
    return torch.ones_like(a)


def wholly_known(z: Tensor, data: ImageSet) -> tuple[Tensor, ImageSet]:
    """Those encoded pictures whose attributes (or class) are all known."""
    if not _tells_attributes(data):
        return of_known_class(z, data)
    return _those(z, data, None if data.attributes_known is None else data.attributes_known.all(1))


def of_known_class(z: Tensor, data: ImageSet) -> tuple[Tensor, ImageSet]:
    """Those encoded pictures whose class is known; all, if there are attributes instead."""
    return _those(z, data, None if _tells_attributes(data) or data.labels is None else data.labels >= 0)


def _those(z: Tensor, data: ImageSet, known: Tensor | None) -> tuple[Tensor, ImageSet]:
    if known is None or bool(known.all()):
        return z, data
    if not bool(known.any()):
        raise LabError(f"no picture of {data.name} ({data.split}) has a known class or all attributes known")
    return z[known], data.those(known)


def _judge(vector: Tensor, z: Tensor, has: Tensor) -> Trust:
    scores, have = core.project(z, vector), int(has.sum())
    return Trust(
        auc=_known(core.auc(scores, has)),
        cohens_d=_known(core.cohens_d(scores, has)),
        have=have,
        lack=len(has) - have,
    )


def _known(figure: float) -> float | None:
    return figure if math.isfinite(figure) else None

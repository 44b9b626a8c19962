"""What to add to a point of the latent space for the picture to gain a hat, and how far to trust it.

    found = find_directions(model, train, test)          found.trust[0].auc    0.97
    shift(found, z, {"Hat": 1.0, "Smiling": -0.5})

Directions are found in the posterior means of the pictures to learn from, and judged on those held out.
`latentlab.core.directions` says how. Where pictures have no attributes, their classes stand in: 3-ness.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from latentlab.core import directions as core
from latentlab.data import catalog
from latentlab.data.image_set import ImageSet
from latentlab.data.report import shown
from latentlab.engine.checkpoint import LoadedModel
from latentlab.engine.conditions import conditions_of, encoder_is_told
from latentlab.engine.direction_parts import MAX_DIRECTIONS as MAX_DIRECTIONS  # offered here, too
from latentlab.engine.direction_parts import MAX_LATENTS, WAYS, require_text
from latentlab.engine.direction_parts import Trust as Trust
from latentlab.engine.encodings import encode_in_chunks
from latentlab.errors import LabError
from latentlab.models.base import Encodes

Progress = Callable[[float], None]

METHODS: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    "means": core.difference_of_means,
    "regressed": core.regressed,
    "discriminant": core.discriminant,
}
_FEWEST = 2
# In a message; CelebA has as many.
_LISTED = 40


@dataclass(frozen=True, eq=False)
class Directions:
    """A vector for each of A attributes: z + vector adds the attribute once.

    Attributes:
        names: the attributes, or classes.
        vectors: float32 (A, D).
        method: how they were found, a name of METHODS; or "groups", between pictures picked by hand;
            "component", in which the data spread most; "several" ways.
        have, lack: how many pictures each was found from, with the attribute and without, (A,) each.
        trust: what held-out pictures say of each, (A,).
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
            _require_method(self.method)
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
            raise LabError(f"counts or figures that are not one for each of the {count:,} names")

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
        """The cosine of the angle between each two, (A, A): how much one drags the other along."""
        cosines: NDArray[np.float64] = core.cosines(torch.from_numpy(self.vectors)).numpy()
        return cosines

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


def shift(directions: Directions, z: ArrayLike, amounts: Mapping[str, float]) -> NDArray[np.float32]:
    """z + sum of amount x vector: attributes added, and taken away by amounts below 0.

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
            raise LabError(f"{name} is to be added {amount} times, expected a finite number")
        points = points + amount * directions.vectors[directions.names.index(name)].astype(np.float64)
    return points.astype(np.float32)


def find_directions(
    model: nn.Module,
    train: ImageSet,
    test: ImageSet,
    method: str = "means",
    *,
    progress: Progress = lambda share: None,
) -> Directions:
    """A direction for each attribute (or class), found in `train` and judged on `test`.

    `progress` is called with the share of the pictures that are encoded, 0 to 1.

    Raises:
        LabError: for an unknown method, a model that does not encode, pictures of another shape, or data
            without attributes or classes, or whose every attribute too few pictures have.
    """
    _require_method(method)
    told_of(train)
    total = len(train) + len(test)
    z = _means(model, train, lambda done: progress(done / total))
    held_out_z = _means(model, test, lambda done: progress((len(train) + done) / total))
    return directions_among(z, train, held_out_z, test, method)


def directions_among(
    z: Tensor, train: ImageSet, held_out_z: Tensor, test: ImageSet, method: str = "means"
) -> Directions:
    """The same, of pictures that have been encoded already: z (N, D) of `train`, (M, D) of `test`."""
    _require_method(method)
    names, a = told_of(train)
    test_names, held_out = told_of(test)
    if test_names != names:
        raise LabError(f"the held-out pictures of {test.name} have other attributes than those to learn from")
    if not bool(torch.isfinite(z).all() and torch.isfinite(held_out_z).all()):
        raise LabError("the model puts pictures at places that are no finite numbers")
    counts = a.sum(0)
    kept = torch.minimum(counts, len(a) - counts) >= _FEWEST
    if not bool(kept.any()):
        raise LabError(f"no attribute of {train.name} is had by 2 pictures and lacked by 2 others")
    # Those that are left out are not regressed out either: of one picture, nothing can be learnt.
    vectors = METHODS[method](z, a[:, kept]).float()
    return Directions(
        names=tuple(name for name, keep in zip(names, kept.tolist(), strict=True) if keep),
        vectors=vectors.numpy(),
        method=method,
        have=tuple(counts[kept].tolist()),
        lack=tuple((len(a) - counts[kept]).tolist()),
        trust=tuple(
            _judge(v, held_out_z, has) for v, has in zip(vectors, held_out[:, kept].unbind(1), strict=True)
        ),
        left_out=tuple(name for name, keep in zip(names, kept.tolist(), strict=True) if not keep),
        data=train.name,
    )


def directions_of(
    loaded: LoadedModel,
    data: str | None = None,
    method: str = "means",
    *,
    progress: Progress = lambda share: None,
) -> Directions:
    """The directions of a model from a file; `data` is a name or a path, by default what it learnt from.

    Raises:
        LabError: as `find_directions`, and for data that do not exist.
    """
    _require_method(method)
    require_encoder(loaded)
    name = data_of(loaded, data)
    found = find_directions(
        loaded.model, catalog.load(name, "train"), catalog.load(name, "test"), method, progress=progress
    )
    return dataclasses.replace(found, model=shown(loaded.name), model_hash=loaded.hash)


def data_of(loaded: LoadedModel, data: str | None = None) -> str:
    """`data`, or else the data set of the catalog that the model was trained on.

    Raises:
        LabError: if there is none.
    """
    if data is not None:
        return data
    name: Any = loaded.card.data.get("name")
    if isinstance(name, str) and name in catalog.CATALOG:
        return name
    raise LabError(
        f"{loaded.name} does not say which data set it was trained on, or that one is not in the catalog",
        hint=f"Name one (command line: --data): {', '.join(catalog.CATALOG)}, or the path of your own",
    )


def require_encoder(loaded: LoadedModel) -> None:
    """Refuses a model without an encoder, by its name.

    Raises:
        LabError: if it has none.
    """
    if not isinstance(loaded.model, Encodes):
        raise LabError(f"{loaded.name} does not encode pictures")


def told_of(data: ImageSet) -> tuple[tuple[str, ...], Tensor]:
    """What is known of the pictures: names, and bool (N, A); attributes, or classes where there are none.

    Raises:
        LabError: if the data have neither.
    """
    if data.attributes is not None and data.attribute_names:
        return data.attribute_names, data.attributes
    if data.labels is not None and data.classes:
        return data.classes, core.one_hot(data.labels, len(data.classes))
    raise LabError(f"{data.name} has neither attributes nor classes, so there are no directions to be found")


def _means(model: nn.Module, data: ImageSet, tick: Callable[[int], None]) -> Tensor:
    """Where the pictures lie, (N, D) float32: the means, never draws."""
    y = conditions_of(model, data) if encoder_is_told(model) else None
    parts: list[Tensor] = []
    for part in encode_in_chunks(model, data, y=y):
        parts.append(torch.from_numpy(part.mean))
        tick(sum(map(len, parts)))
    if not parts:
        raise LabError(f"{data.name} ({data.split}) holds no pictures")
    return torch.cat(parts)


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


def _require_method(method: str) -> None:
    if method not in METHODS:
        raise LabError(f"no method is called {str(method)[:40]!r}", hint=f"Known: {', '.join(METHODS)}")

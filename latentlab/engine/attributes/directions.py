"""What to add to a point of the latent space for the picture to gain a hat, and how far to trust it.

    found = find_directions(model, train, test)          found.trust[0].auc    0.97
    shift(found, z, {"Hat": 1.0, "Smiling": -0.5})

Directions are found in the posterior means of the pictures to learn from, and judged on those held out.
`latentlab.core.directions` says how, and `latentlab.engine.attributes.steering` of those that are steered
through the decoder. Where pictures have no attributes, their classes stand in: 3-ness.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
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
from latentlab.engine.attributes.conditions import conditions_of, encoder_is_told
from latentlab.engine.attributes.steering import Steering, steered
from latentlab.engine.attributes.trust import FOUND, MAX_LATENTS, STEERED, WAYS, require_text
from latentlab.engine.attributes.trust import MAX_DIRECTIONS as MAX_DIRECTIONS  # offered here, too
from latentlab.engine.attributes.trust import Trust as Trust
from latentlab.engine.files.checkpoint import LoadedModel
from latentlab.engine.inference.encodings import encode_in_chunks
from latentlab.errors import LabError
from latentlab.models.base import Encodes

Progress = Callable[[float], None]

METHODS: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    "means": core.difference_of_means,
    "regressed": core.regressed,
    "discriminant": core.discriminant,
}
_FEWEST = 2
# On training faces all of 4.5 to 10 does what it is for; the less z is moved, the more of a face is kept.
LEAN = 5.0
# Of the work of steering, what encoding takes.
_ENCODING_SHARE = 0.2
# In a message; CelebA has as many.
_LISTED = 40


@dataclass(frozen=True, eq=False)
class Directions:
    """A vector for each of A attributes: z + vector adds the attribute once.

    Attributes:
        names: the attributes, or classes.
        vectors: float32 (A, D).
        method: how they were found, a name of METHODS or "steered"; or "groups", between pictures picked by
            hand; "component", in which the data spread most; "several" ways.
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

    @property
    def judged_on(self) -> str:
        """How many held-out pictures judge each: "60", or "12 to 60" where not all is known of all."""
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

    def leant(self, z: ArrayLike, change: Mapping[str, float]) -> NDArray[np.float32]:
        """z, as the decoder is told otherwise; see `leant`."""
        return leant(self, z, change)


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


def leant(still_told: Directions, z: ArrayLike, change: Mapping[str, float]) -> NDArray[np.float32]:
    """z, moved as a conditional decoder is told otherwise, so that both say the same.

        z' = z + g sum_k (y_k' - y_k) v_k

    What the decoder is told need not be in z, and a little always is: a decoder that is told "long hair" at a
    z that says "short", under this very hat, may well believe z. v_k is what z still says of attribute k, the
    regressed direction in the latent space of the conditional model. What little of it lies along a straight
    line is less than all that z says, so it is taken g = `LEAN` times; an attribute of which z says nothing
    has a v_k that hardly moves z at all.

    Args:
        still_told: the model's "regressed" directions.
        z: (D,) or (N, D).
        change: y_k' - y_k by name, for the attributes that are told otherwise; -1 to 1.

    Raises:
        LabError: as `shift`.
    """
    return shift(still_told, z, {name: LEAN * by for name, by in change.items() if name in still_told.names})


def find_directions(
    model: nn.Module,
    train: ImageSet,
    test: ImageSet,
    method: str = "means",
    *,
    judge: LoadedModel | None = None,
    progress: Progress = lambda share: None,
) -> Directions:
    """A direction for each attribute (or class), found in `train` and judged on `test`.

    `judge` is the classifier of "steered" directions. `progress` is called with the share of the work that is
    done, 0 to 1.

    Raises:
        LabError: for an unknown method, a model that does not encode, pictures of another shape, or data
            without attributes or classes, or whose every attribute too few pictures have.
    """
    require_method(method)
    told_of(train)
    total = len(train) + len(test)
    # Steering takes longer than encoding.
    encoding = _ENCODING_SHARE if method == STEERED else 1.0
    z = _means(model, train, lambda done: progress(encoding * done / total))
    held_out_z = _means(model, test, lambda done: progress(encoding * (len(train) + done) / total))
    if method != STEERED:
        return directions_among(z, train, held_out_z, test, method)
    for told in steered_among(model, judge, z, train, held_out_z, test):
        if isinstance(told, Directions):
            progress(1.0)
            return told
        progress(encoding + (1.0 - encoding) * told)
    raise AssertionError("the last thing that steering tells are the directions")


def directions_among(
    z: Tensor, train: ImageSet, held_out_z: Tensor, test: ImageSet, method: str = "means"
) -> Directions:
    """The same, of pictures that have been encoded already: z (N, D) of `train`, (M, D) of `test`.

    Raises:
        LabError: as `find_directions`, and for "steered" ones, which need the model: `steered_among`.
    """
    require_method(method)
    if method not in METHODS:
        raise LabError("steered directions are learnt through the decoder, not from the places alone")
    z, train, held_out_z, test = *_of_known_class(z, train), *_of_known_class(held_out_z, test)
    told = _told_among(z, train, held_out_z, test)
    return told.judged(told.vectors(z, method).float(), method)


def steered_among(
    model: nn.Module,
    judge: LoadedModel | None,
    z: Tensor,
    train: ImageSet,
    held_out_z: Tensor,
    test: ImageSet,
    steering: Steering | None = None,
) -> Iterator[float | Directions]:
    """The same, steered through the decoder of `model`: tells the share that is done, in the end all.

    Raises:
        LabError: as `find_directions`, and without a classifier, or for one that knows other pictures.
    """
    if judge is None:
        raise LabError("steered directions need a classifier that tells the attributes")
    # The others of a picture are kept as they are, so all of them have to be known.
    z, train, held_out_z, test = *_known_among(z, train), *_known_among(held_out_z, test)
    told = _told_among(z, train, held_out_z, test)
    start, y = core.discriminant(z, told.a), conditions_of(model, train)
    for now in steered(model, judge, z, told.names, told.a, start, y, steering):
        yield told.judged(now, STEERED) if isinstance(now, Tensor) else now


@dataclass(frozen=True, eq=False)
class _Told:
    """What is known of encoded pictures: attributes that enough of them have, bool (N, A) and (M, A).

    `known` and `held_out_known`, of the same shapes, say which of that is known; the rest is False.
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
        """(A, D), each from the pictures z (N, D) of which its attribute is known."""
        find = METHODS[method]
        if bool(self.known.all()):
            return find(z, self.a)
        if method == "regressed":
            # All attributes at once: one that is not known counts as much as it is there in the others, so
            # that it pulls neither way.
            shares = self.a.sum(0).double() / self.known.sum(0)
            return find(z, torch.where(self.known, self.a.double(), shares))
        each = zip(self.a.unbind(1), self.known.unbind(1), strict=True)
        return torch.cat([find(z[known], has[known].unsqueeze(1)) for has, known in each])

    def judged(self, vectors: Tensor, method: str) -> Directions:
        """Vectors (A, D) with the figures of the held-out pictures."""
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


def _told_among(z: Tensor, train: ImageSet, held_out_z: Tensor, test: ImageSet) -> _Told:
    names, a = told_of(train)
    test_names, held_out = told_of(test)
    if test_names != names:
        raise LabError(f"the held-out pictures of {test.name} have other attributes than those to learn from")
    if not bool(torch.isfinite(z).all() and torch.isfinite(held_out_z).all()):
        raise LabError("the model encodes pictures to values that are not finite")
    known, held_out_known = _known_in(train, a), _known_in(test, held_out)
    counts = a.sum(0)
    kept = torch.minimum(counts, known.sum(0) - counts) >= _FEWEST
    if not bool(kept.any()):
        raise LabError(f"no attribute of {train.name} is had by 2 pictures and lacked by 2 others")
    # Those that are left out are not regressed out either: of one picture, nothing can be learnt.
    return _Told(
        names=tuple(name for name, keep in zip(names, kept.tolist(), strict=True) if keep),
        left_out=tuple(name for name, keep in zip(names, kept.tolist(), strict=True) if not keep),
        a=a[:, kept],
        known=known[:, kept],
        held_out=held_out[:, kept],
        held_out_known=held_out_known[:, kept],
        held_out_z=held_out_z,
        data=train.name,
    )


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
    if isinstance(name, str) and name:
        raise LabError(
            f"{loaded.name} learnt from {name}, pictures of your own, and its file does not say where "
            "they lie",
            hint="Name their path (command line: --data PATH)",
        )
    raise LabError(
        f"{loaded.name} does not say which data set it was trained on",
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


def _tells_attributes(data: ImageSet) -> bool:
    return data.attributes is not None and bool(data.attribute_names)


def _known_in(data: ImageSet, a: Tensor) -> Tensor:
    """Which of what `told_of` tells is known, bool (N, A); classes are, of those that are asked."""
    if _tells_attributes(data) and data.attributes_known is not None:
        return data.attributes_known
    return torch.ones_like(a)


def _known_among(z: Tensor, data: ImageSet) -> tuple[Tensor, ImageSet]:
    """Those of encoded pictures of which all attributes (or the class) are known."""
    if not _tells_attributes(data):
        return _of_known_class(z, data)
    return _those(z, data, None if data.attributes_known is None else data.attributes_known.all(1))


def _of_known_class(z: Tensor, data: ImageSet) -> tuple[Tensor, ImageSet]:
    """Those of encoded pictures of which the class is known; all, if there are attributes to tell."""
    return _those(z, data, None if _tells_attributes(data) or data.labels is None else data.labels >= 0)


def _those(z: Tensor, data: ImageSet, known: Tensor | None) -> tuple[Tensor, ImageSet]:
    if known is None or bool(known.all()):
        return z, data
    if not bool(known.any()):
        raise LabError(f"of no picture of {data.name} ({data.split}) all attributes or the class are known")
    return z[known], data.those(known)


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


def require_method(method: str) -> None:
    """Refuses a way of finding directions that there is not.

    Raises:
        LabError: naming those that there are.
    """
    if method not in FOUND:
        raise LabError(f"no method is called {str(method)[:40]!r}", hint=f"Known: {', '.join(FOUND)}")

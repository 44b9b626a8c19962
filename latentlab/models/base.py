"""What the rest of the house may ask of a model: capabilities, and configs that check themselves.

Views and services ask for a capability (`Encodes`, `Decodes`), never for a class, so that a new kind of
model works everywhere it makes sense.
"""

from __future__ import annotations

import contextlib
import dataclasses
import reprlib
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, runtime_checkable

import torch
from torch import Tensor

from latentlab.core import gaussian
from latentlab.core.likelihoods import Likelihood
from latentlab.core.schedules import Schedule
from latentlab.errors import LabError

# What a model may be told of a picture, or tell of one: as many as can be read of data.
MOST_CLASSES, MOST_ATTRIBUTES = 1000, 256
# Of a list in a config: as many as a palette may have colours; names of classes may be more.
_LONGEST = 256


@dataclass(frozen=True)
class Posterior:
    """q(z|x), a diagonal Gaussian: mean and log sigma^2, (B, D) each.

    A log variance of -inf is a point mass: an autoencoder's code.
    """

    mean: Tensor
    log_variance: Tensor


@dataclass(frozen=True)
class ElboTerms:
    """The ELBO per picture, split: E_q[log p(x|z)] and KL(q(z|x) || p(z)), (B,) each, in nats.

    `kl_per_dimension` (B, D) sums to `kl`. `penalty` (B,) is what else a model wants minimised in training.
    """

    reconstruction: Tensor
    kl_per_dimension: Tensor
    penalty: Tensor | None = None

    @property
    def kl(self) -> Tensor:
        """KL(q(z|x) || p(z)), (B,)."""
        return self.kl_per_dimension.sum(-1)

    def elbo(self, beta: float = 1.0) -> Tensor:
        """reconstruction - beta * KL; beta = 1 bounds log p(x), 0 is an autoencoder's objective."""
        return self.reconstruction - beta * self.kl


@dataclass(frozen=True)
class ImportanceTerms:
    """K draws of z for each picture: log p(x|z_k) and log p(z_k) - log q(z_k|x), (K, B) each, in nats.

    `kl_per_dimension` (B, D) is what `ElboTerms` has.
    """

    reconstruction: Tensor
    log_ratio: Tensor
    kl_per_dimension: Tensor

    def bound(self, beta: float = 1.0) -> Tensor:
        """log 1/K sum_k p(x|z_k) (p(z_k) / q(z_k|x))^beta, (B,): for beta = 1 it rises to log p(x) with K.

        Source: Burda et al., Importance Weighted Autoencoders (2016), eq. 8.
        """
        return gaussian.importance_log_likelihood(self.reconstruction + beta * self.log_ratio)


@runtime_checkable
class Encodes(Protocol):
    """Takes pictures to places in the latent space."""

    @property
    def latents(self) -> int: ...

    def encode(self, x: Tensor, y: Tensor | None = None) -> Posterior:
        """q(z|x) for pictures in [0, 1]; (B, C, H, W) -> (B, D). `y` as for `Conditional`."""


@runtime_checkable
class Decodes(Protocol):
    """Takes places in the latent space to pictures."""

    @property
    def latents(self) -> int: ...

    @property
    def likelihood(self) -> Likelihood: ...

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""

    def decode(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """The likelihood's parameters at z; (B, D) -> (B, *outputs_shape).

        `y` as for `Conditional`; models without conditions take none.
        """


@runtime_checkable
class Conditional(Protocol):
    """Is told something of each picture: its class, or its attributes.

    y is (B, A) or (A,) for all alike: one-hot if `exclusive`, else a 0 or 1 for each name. Where y is not
    given, the first class is meant, or no attribute at all; to one that `Denoises`, nothing is told.
    """

    @property
    def condition_names(self) -> tuple[str, ...]:
        """What each of the A numbers stands for; none if the model is told nothing after all."""

    @property
    def exclusive(self) -> bool:
        """Whether exactly one of them holds: classes, not attributes."""


@dataclass(frozen=True)
class Denoised:
    """What a denoiser believes of x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) noise; (B, C, H, W) each.

    Pictures are in [-1, 1] here.
    """

    x_0: Tensor
    noise: Tensor


@runtime_checkable
class Denoises(Protocol):
    """Tells the picture from the noise, at any mixture of the two."""

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""

    @property
    def schedule(self) -> Schedule:
        """How much of each there is at which time."""

    def denoise(
        self, x_t: Tensor, t: int | Tensor, y: Tensor | None = None, guidance: float = 1.0
    ) -> Denoised:
        """x_0 and noise at times t, one for all or (B,), 1 to T; x_t (B, C, H, W).

        `y` as for `Conditional`, and None for a model that is told nothing; it is followed as it was learnt
        with a guidance of 1, less below, more above. The x_0 may lie outside of [-1, 1].
        """


@dataclass(frozen=True)
class NoiseTerms:
    """The objective of a denoiser per picture, (B,), and the times (B,) at which it was taken."""

    loss: Tensor
    t: Tensor


@runtime_checkable
class TrainsByDenoising(Protocol):
    """Has an objective that is taken at one noise level a picture."""

    def noise_terms(
        self,
        x: Tensor,
        generator: torch.Generator | None = None,
        *,
        y: Tensor | None = None,
        t: Tensor | None = None,
    ) -> NoiseTerms:
        """The loss at times t (B,), drawn evenly if not given; (B, C, H, W) in [0, 1].

        In training `y` is left out for a share of the pictures, so that the model can do without.
        """


@runtime_checkable
class Classifies(Protocol):
    """Tells what pictures show: which of some classes, or which attributes."""

    @property
    def picture_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""

    @property
    def class_names(self) -> tuple[str, ...]:
        """What each of the A logits speaks of."""

    @property
    def exclusive(self) -> bool:
        """Whether exactly one of them holds: classes, not attributes."""

    def features(self, x: Tensor) -> Tensor:
        """The numbers from which the logits are read, (B, F), of pictures (B, C, H, W) in [0, 1]."""

    def logits(self, x: Tensor) -> Tensor:
        """(B, A): the largest one's class is meant; an attribute is there where its logit is positive."""


@dataclass(frozen=True)
class LabelTerms:
    """The objective of a classifier per picture, (B,): cross-entropy in nats, and the share that is right.

    Of classes the share is 0 or 1, of attributes that of all attributes; the cross-entropy is their sum.
    """

    loss: Tensor
    right: Tensor


@runtime_checkable
class TrainsByLabel(Protocol):
    """Has an objective that is taken against what is known of each picture."""

    def label_terms(self, x: Tensor, y: Tensor, generator: torch.Generator | None = None) -> LabelTerms:
        """The terms of pictures (B, C, H, W) in [0, 1] that show y (B, A), as for `Conditional`.

        In training the pictures may be moved a little first, by the generator's draws.
        """


@runtime_checkable
class Trains(Protocol):
    """Has an objective that the trainer can maximise."""

    def elbo_terms(
        self,
        x: Tensor,
        generator: torch.Generator | None = None,
        *,
        shown: Tensor | None = None,
        y: Tensor | None = None,
    ) -> ElboTerms:
        """One-sample estimate of the ELBO's terms; (B, C, H, W) in [0, 1] -> (B,) each.

        The encoder sees `shown` in place of x if it is given; the terms are judged on x. `y` as for
        `Conditional`.
        """


@runtime_checkable
class TrainsByImportance(Protocol):
    """Has the tighter objective of an importance-weighted autoencoder too; see `ImportanceTerms`."""

    def importance_terms(
        self,
        x: Tensor,
        samples: int,
        generator: torch.Generator | None = None,
        *,
        shown: Tensor | None = None,
        y: Tensor | None = None,
    ) -> ImportanceTerms:
        """The terms of the importance-weighted bound from K = `samples` draws a picture."""


def conditional(model: object) -> Conditional | None:
    """The model, if there is something that it can be told."""
    return model if isinstance(model, Conditional) and model.condition_names else None


ConfigT = TypeVar("ConfigT")


def parse_config(kind: type[ConfigT], fields: Mapping[str, Any]) -> ConfigT:
    """A frozen config of dataclass `kind` from parsed JSON; nothing unknown, nothing of another type.

    Ranges are the config's own affair (`__post_init__`). Lists become tuples.

    Raises:
        LabError: naming the first field that is wrong.
    """
    if not isinstance(fields, Mapping):
        raise LabError(f"the model's config is {type(fields).__name__}, expected an object")
    known = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    types = typing.get_type_hints(kind)
    values: dict[str, Any] = {}
    for name, value in fields.items():
        if name not in known:
            raise LabError(f"config field {_shown(name)} is unknown", hint=f"Known: {', '.join(known)}")
        values[name] = _as_type(name, value, types[name])
    for name, field in known.items():
        if name not in values and field.default is field.default_factory is dataclasses.MISSING:
            raise LabError(f"config field {name!r} is missing")
    return kind(**values)


def _as_type(name: str, value: Any, wanted: Any) -> Any:
    if typing.get_origin(wanted) is tuple:
        element = typing.get_args(wanted)[0]
        named = name == "condition_names"
        if isinstance(value, list | tuple) and len(value) <= (MOST_CLASSES if named else _LONGEST):
            return tuple(_as_type(name, item, element) for item in value)
        if named and isinstance(value, list | tuple):
            raise _too_many(len(value), exclusive=True)
        raise LabError(f"config field {name!r} must be a short list")
    if wanted is float and isinstance(value, int | float) and not isinstance(value, bool):
        with contextlib.suppress(OverflowError):  # JSON's integers have no upper end, floats do
            return float(value)
    if type(value) is not wanted:
        raise LabError(f"config field {name!r} is {_shown(value)}, expected {wanted.__name__}")
    return value


def require_range(name: str, value: float, low: float, high: float) -> None:
    """Refuses a config value outside [low, high], NaN included, naming the field."""
    if not low <= value <= high:
        raise LabError(f"config field {name!r} is {_shown(value)}, expected {low:g} to {high:g}")


def require_conditions(names: tuple[str, ...], *, exclusive: bool, least: int) -> None:
    """Refuses classes (or attributes, if they do not exclude each other) that are too few, too many, or of
    one name."""
    what = "classes" if exclusive else "attributes"
    if len(names) < least:
        raise LabError(f"the model has {len(names)} {what} to tell of, and needs {least}")
    if len(names) > (MOST_CLASSES if exclusive else MOST_ATTRIBUTES):
        raise _too_many(len(names), exclusive=exclusive)
    if len(set(names)) < len(names):
        twice = next(name for number, name in enumerate(names) if name in names[:number])
        raise LabError(f"two of the {what} are called {_shown(twice)}", hint="Give each a name of its own")


def _too_many(count: int, *, exclusive: bool) -> LabError:
    what, most = ("classes", MOST_CLASSES) if exclusive else ("attributes", MOST_ATTRIBUTES)
    return LabError(
        f"{count:,} {what}; at most {most:,} can be told apart by a model",
        hint=f"Train on a part of the {what}, or a model that is told none, such as a VAE",
    )


def require_choice(name: str, value: str, choices: typing.Iterable[str]) -> None:
    """Refuses a config value that is not among `choices`, naming the field and the choices."""
    if value not in choices:
        raise LabError(f"config field {name!r} is {_shown(value)}", hint=f"Known: {', '.join(choices)}")


def _shown(value: object) -> str:
    """A value from a file, short enough for a message however large or deep it is."""
    return reprlib.repr(value)[:80]

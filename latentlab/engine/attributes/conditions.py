"""The conditions of a data set's pictures for a conditional model: classes or attributes.

y, (N, A): one-hot where the conditions exclude each other, else a number from 0 to 1 for each attribute.
Columns are matched by name, never by their order in the data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from latentlab.data.image_set import ImageSet
from latentlab.engine.attributes.implications import Implied, along
from latentlab.errors import LabError
from latentlab.models.base import Classifies, Conditional, conditional


@dataclass(frozen=True, eq=False)
class PackedConditions:
    """The conditions of N pictures in little memory: one-hot rows of a thousand classes would fill gigabytes.

    Attributes:
        columns: int64 (N,), the class of each picture, -1 where it is not known; None for attributes.
        rows: (N, A), the attributes of each; None for classes.
        names: A, how many classes or attributes there are.
    """

    columns: Tensor | None
    rows: Tensor | None
    names: int

    def at(self, index: Tensor | slice) -> Tensor:
        """The conditions of some of them, float32 (B, A)."""
        if self.columns is None:
            assert self.rows is not None
            return self.rows[index].float()
        columns = self.columns[index]
        y = torch.zeros(len(columns), self.names, device=columns.device)
        known = columns >= 0
        return y.scatter_(1, columns.clamp(min=0).unsqueeze(1), known.float().unsqueeze(1))

    def those(self, index: Tensor) -> PackedConditions:
        """The conditions of these pictures only."""
        return self._each(lambda tensor: tensor[index])

    def to(self, device: torch.device) -> PackedConditions:
        """Moves it to another device."""
        return self._each(lambda tensor: tensor.to(device))

    def _each(self, change: Callable[[Tensor], Tensor]) -> PackedConditions:
        return replace(
            self,
            columns=None if self.columns is None else change(self.columns),
            rows=None if self.rows is None else change(self.rows),
        )


def packed_conditions(model: object, data: ImageSet) -> PackedConditions | None:
    """The conditions of every picture for `model`; None for a model without conditions.

    For a model that `Classifies`, its targets. An unknown attribute is set to its frequency among the others;
    see `known_to`.

    Raises:
        LabError: if the data have no classes (or attributes), or not those that the model knows.
    """
    names, exclusive = _spoken_of(model)
    if not names:
        return None
    if exclusive:
        return PackedConditions(_columns(names, data), None, len(names))
    return PackedConditions(None, _bits(names, data), len(names))


def conditions_of(model: object, data: ImageSet) -> Tensor | None:
    """The same as one tensor, float32 (N, A); of a picture whose class is not known the row is all zero.

    Raises:
        LabError: as `packed_conditions`.
    """
    told = packed_conditions(model, data)
    return None if told is None else told.at(slice(None))


def known_condition(model: object, y: Tensor | None) -> Tensor | None:
    """The conditions of one picture as `conditions_of` gives them, (A,) or (1, A); None if not known.

    Without any attribute a picture is as well known as with all of them; without a class it is not.
    """
    _, exclusive = _spoken_of(model)
    return None if y is None or (exclusive and not bool(y.any())) else y


def known_to(model: object, data: ImageSet) -> ImageSet:
    """The pictures whose condition for (or target of) `model` is fully known; the same data if those are
    all.
    """
    return known_of(*_spoken_of(model), data)


def require_known(model: object, data: ImageSet) -> ImageSet:
    """As `known_to`, where there have to be such pictures.

    Raises:
        LabError: if there are none.
    """
    known = known_to(model, data)
    if len(data) and not len(known):
        raise LabError(
            f"no picture of {data.name} ({data.split}) has the class or all attributes that the model needs"
        )
    return known


def known_of(names: tuple[str, ...], exclusive: bool, data: ImageSet) -> ImageSet:
    """The pictures of which it is known whether these classes or attributes hold."""
    known = _known(names, exclusive, data)
    return data if known is None else data.those(known)


def is_known_of_any(names: tuple[str, ...], exclusive: bool, data: ImageSet) -> bool:
    """Whether that is known of any picture."""
    known = _known(names, exclusive, data)
    return known is None or bool(known.any())


def _known(names: tuple[str, ...], exclusive: bool, data: ImageSet) -> Tensor | None:
    """For which pictures it is known, bool (N,); None for all."""
    if not names:
        return None
    if exclusive:
        return None if data.labels is None else data.labels >= 0
    if data.attributes_known is None:
        return None
    columns = [data.attribute_names.index(name) for name in names if name in data.attribute_names]
    return data.attributes_known[:, columns].all(1)


def _spoken_of(model: object) -> tuple[tuple[str, ...], bool]:
    """(names, whether exactly one of them holds) of a model's conditions or targets; no names for neither."""
    if isinstance(model, Classifies):
        return model.class_names, model.exclusive
    known = conditional(model)
    return ((), True) if known is None else (known.condition_names, known.exclusive)


def encoder_is_conditional(model: object) -> bool:
    """Whether the encoder is conditional too, so that no picture can be encoded without y."""
    config: Any = getattr(model, "config", None)
    return isinstance(model, Conditional) and bool(getattr(config, "condition_encoder", False))


def parse_condition(model: object, text: str) -> Tensor:
    """Parses a condition, (A,): a class such as `3`, or attributes such as `Hat=1,Smiling=0`.

    Attributes that are not named are 0.

    Raises:
        LabError: as `asked_of`.
    """
    return condition_from(model, asked_of(model, text))


def condition_from(
    model: object, asked: Mapping[str, float], rest: Tensor | None = None, implied: Implied = ()
) -> Tensor:
    """What was asked for with what it implies, (A,); the other entries from `rest` (A,), by default 0."""
    assert isinstance(model, Conditional)
    names = model.condition_names
    y = torch.zeros(len(names)) if rest is None or model.exclusive else rest.detach().cpu().float().clone()
    for name, value in asked.items():
        y[names.index(name)] = value
    return torch.tensor(along(tuple(y.tolist()), [names.index(name) for name in asked], implied))


def asked_of(model: object, text: str) -> dict[str, float]:
    """Parses what is asked for, by name: `3`, or `Hat=1,Smiling=0`, or `Hat,Smiling=0.5`; 1 without a number.

    Raises:
        LabError: for a model without conditions, a name that it does not know, a number that is not from
            0 to 1 (of classes, not 0 or 1), or words that contradict each other.
    """
    told = conditional(model)
    if told is None:
        raise LabError("a condition was given, but the model is not conditional")
    names = told.condition_names
    asked: dict[str, float] = {}
    for word in [text] if text in names else text.split(","):
        name, equals, number = (word.strip(), "", "") if word.strip() in names else _parted(word)
        if name not in names:
            raise LabError(f"no condition is called {name[:80]!r}", hint=f"Known: {_listed(names)}")
        value = _number(name, number, told.exclusive) if equals else 1.0
        if asked.setdefault(name, value) != value:
            raise LabError(f"{name} cannot be both {asked[name]:g} and {value:g}", hint="Give it only once")
    if told.exclusive and sum(asked.values()) != 1.0:
        raise LabError(f"{text!r} names {int(sum(asked.values()))} classes; a picture has one")
    return asked


def as_text(model: object, y: Tensor | None) -> str:
    """A condition (A,) as `parse_condition` reads it; "" where there is none."""
    if y is None or not isinstance(model, Conditional):
        return ""
    if model.exclusive:
        return model.condition_names[int(y.argmax())]
    told = zip(model.condition_names, y.tolist(), strict=True)
    return ",".join(f"{name}={value:g}" for name, value in told)


def _parted(word: str) -> tuple[str, str, str]:
    name, equals, number = word.rpartition("=") if "=" in word else (word, "", "")
    return name.strip(), equals, number.strip()


def _number(name: str, text: str, exclusive: bool) -> float:
    expected = "0 or 1" if exclusive else "a number from 0 to 1"
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    # A comparison with NaN is false, so NaN is refused too.
    if not (value in (0.0, 1.0) if exclusive else 0.0 <= value <= 1.0):
        raise LabError(f"{name} is {text[:40]!r}, expected {expected}")
    return value


def _columns(names: tuple[str, ...], data: ImageSet) -> Tensor:
    if data.labels is None:
        raise LabError(f"the model needs the class of each picture, and {data.name} has no classes")
    number = {name: column for column, name in enumerate(names)}
    unknown = [name for name in data.classes if name not in number]
    if unknown:
        raise LabError(f"{data.name} has the class {unknown[0]!r}; the model knows {_listed(names)}")
    column = torch.tensor([number[name] for name in data.classes], dtype=torch.int64)
    return torch.where(data.labels >= 0, column[data.labels.clamp(min=0)], -1)


def _bits(names: tuple[str, ...], data: ImageSet) -> Tensor:
    if data.attributes is None:
        raise LabError(f"the model needs the attributes of each picture, and {data.name} has none")
    missing = [name for name in names if name not in data.attribute_names]
    if missing:
        raise LabError(
            f"{data.name} does not say which pictures have the attribute {missing[0]!r}; "
            f"it knows {_listed(data.attribute_names)}"
        )
    columns = [data.attribute_names.index(name) for name in names]
    y = data.attributes[:, columns].float()
    if data.attributes_known is None:
        return y
    known = data.attributes_known[:, columns]
    shares = y.sum(0) / known.sum(0).clamp(min=1)
    return torch.where(known, y, shares)


def _listed(names: tuple[str, ...], most: int = 12) -> str:
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")

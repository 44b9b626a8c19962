"""What a conditional model is told of each picture of a data set: its class, or its attributes.

y, (N, A): one-hot where the conditions exclude each other, else a number from 0 to 1 for each attribute.
Names decide which column is whose, never their order in the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from latentlab.data.image_set import ImageSet
from latentlab.engine.implications import Implied, along
from latentlab.errors import LabError
from latentlab.models.base import Classifies, Conditional, conditional


def conditions_of(model: object, data: ImageSet) -> Tensor | None:
    """What `model` is to be told of every picture, float32 (N, A); None for a model without conditions.

    Of a model that `Classifies`, what it is to tell. Of a picture whose class is not known the row is all
    zero; an attribute that is not known is told as often as it is there in the others; see `known_to`.

    Raises:
        LabError: if the data have no classes (or attributes), or not those that the model knows.
    """
    if isinstance(model, Classifies):
        return (_one_hot if model.exclusive else _bits)(model.class_names, data, "tells")
    known = conditional(model)
    if known is None:
        return None
    return (_one_hot if known.exclusive else _bits)(known.condition_names, data, "is told")


def known_to(model: object, data: ImageSet) -> ImageSet:
    """The pictures of which all is known that `model` is told, or tells; the same data if those are all."""
    known: Any = model if isinstance(model, Classifies) else conditional(model)
    if known is None:
        return data
    if known.exclusive:
        return data if data.labels is None else data.those(data.labels >= 0)
    if data.attributes_known is None:
        return data
    names = known.class_names if isinstance(model, Classifies) else known.condition_names
    columns = [data.attribute_names.index(name) for name in names if name in data.attribute_names]
    return data.those(data.attributes_known[:, columns].all(1))


def encoder_is_told(model: object) -> bool:
    """Whether the encoder sees y too, so that no picture can be encoded without."""
    config: Any = getattr(model, "config", None)
    return isinstance(model, Conditional) and bool(getattr(config, "condition_encoder", False))


def parse_condition(model: object, text: str) -> Tensor:
    """A condition from words, (A,): a class such as `3`, or attributes such as `Hat=1,Smiling=0`.

    Attributes that are not named are 0.

    Raises:
        LabError: as `asked_of`.
    """
    return condition_from(model, asked_of(model, text))


def condition_from(
    model: object, asked: Mapping[str, float], rest: Tensor | None = None, implied: Implied = ()
) -> Tensor:
    """What was asked for, and what goes along with it; the rest as `rest` (A,) says, by default 0; (A,)."""
    assert isinstance(model, Conditional)
    names = model.condition_names
    y = torch.zeros(len(names)) if rest is None or model.exclusive else rest.detach().cpu().float().clone()
    for name, value in asked.items():
        y[names.index(name)] = value
    return torch.tensor(along(tuple(y.tolist()), [names.index(name) for name in asked], implied))


def asked_of(model: object, text: str) -> dict[str, float]:
    """What words ask for, by name: `3`, or `Hat=1,Smiling=0`, or `Hat,Smiling=0.5`; once without a number.

    Raises:
        LabError: for a model without conditions, a name that it does not know, a number that is not from
            0 to 1 (of classes, not 0 or 1), or words that contradict each other.
    """
    told = conditional(model)
    if told is None:
        raise LabError("a condition was given, and the model has none")
    names = told.condition_names
    asked: dict[str, float] = {}
    for word in [text] if text in names else text.split(","):
        name, equals, number = (word.strip(), "", "") if word.strip() in names else _parted(word)
        if name not in names:
            raise LabError(f"no condition is called {name[:80]!r}", hint=f"Known: {_listed(names)}")
        value = _number(name, number, told.exclusive) if equals else 1.0
        if asked.setdefault(name, value) != value:
            raise LabError(f"{name} cannot be both {asked[name]:g} and {value:g}", hint="Ask for it once")
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


def _one_hot(names: tuple[str, ...], data: ImageSet, told: str) -> Tensor:
    if data.labels is None:
        raise LabError(f"the model {told} the class of each picture, and {data.name} has no classes")
    unknown = [name for name in data.classes if name not in names]
    if unknown:
        raise LabError(f"{data.name} has the class {unknown[0]!r}; the model knows {_listed(names)}")
    column = torch.tensor([names.index(name) for name in data.classes], dtype=torch.int64)
    known = data.labels >= 0
    y = torch.nn.functional.one_hot(column[data.labels.clamp(min=0)], len(names)).float()
    return y * known.unsqueeze(1)


def _bits(names: tuple[str, ...], data: ImageSet, told: str) -> Tensor:
    if data.attributes is None:
        raise LabError(f"the model {told} the attributes of each picture, and {data.name} has none")
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

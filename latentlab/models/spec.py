"""What there is to know of a kind of model without torch: names, choices, presets, plan, capabilities.

A kind is a folder of `latentlab.models` with a `spec.py`, which holds its `KindSpec` by the name `KIND`, and
a `model.py`. The command line, the training form, the catalogue of models and the guide ask the spec, so
that nothing else in the house names a kind.

What a person chooses (`Option`) becomes the fields of the kind's config by the spec's `fields`: a choice may
be a field ("latents"), or stand for several (a size stands for the widths of two networks).
"""

from __future__ import annotations

import dataclasses
import importlib
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from latentlab.core.figures import FiguresSpec
from latentlab.models.capabilities import Capability
from latentlab.models.settings import settings_of

if TYPE_CHECKING:
    from torch import nn

Shape = tuple[int, int, int]
SIZES = ("S", "M", "L")


@dataclass(frozen=True)
class Option:
    """Something to choose before a training: a row of the form.

    Attributes:
        name: how a choice keeps it; the widget is called "training" and this name.
        label, tip: its words, and a sentence on what it does to the result.
        default: its value until somebody chooses.
        choices: (words, value) each; () for a number.
        low, high: the range of a number.
        step: what its arrows add to a number that need not be whole.
    """

    name: str
    label: str
    tip: str
    default: Any
    choices: tuple[tuple[str, Any], ...] = ()
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01

    @property
    def whole(self) -> bool:
        """Whether it is a whole number."""
        return isinstance(self.default, int) and not isinstance(self.default, bool) and not self.choices


# What the kinds that come in sizes share.
SIZE = Option(
    "size",
    "S&ize",
    "How many units. Larger ones learn more and take longer: L is some four times M.",
    "M",
    tuple((size, size) for size in SIZES),
)


def options_of(config: type[Any]) -> tuple[Option, ...]:
    """An option for each field of a config that has a label: its range, its choices, or yes and no."""
    types = typing.get_type_hints(config)
    defaults = {each.name: each.default for each in dataclasses.fields(config)}
    found = []
    for name, about in settings_of(config).items():
        if not about.basic:
            continue
        choices: tuple[tuple[str, Any], ...] = tuple((choice, choice) for choice in about.choices)
        if types[name] is bool:
            choices = (("no", False), ("yes", True))
        found.append(
            Option(
                name, about.label, about.tip, defaults[name], choices,
                0.0 if about.low is None else about.low, 1.0 if about.high is None else about.high,
            )
        )  # fmt: skip
    return tuple(found)


@dataclass(frozen=True)
class Preset:
    """A choice with a name, and a line on when to take it.

    Attributes:
        values: by the names of options; the rest are at their defaults.
        beta: the weight of the KL to begin with, where the kind's objective has one.
        place: where it stands among the presets of all kinds, the smallest number first.
        first_for: "grey" or "colour" for the one to begin with for such pictures; "" for none.
    """

    title: str
    when: str
    values: Mapping[str, Any] = field(default_factory=dict)
    beta: float = 1.0
    place: int = 100
    first_for: str = ""


# What a plan says that means nothing without a KL, and what means nothing without gradients.
OF_THE_KL = frozenset(
    {"beta", "beta_start", "beta_warmup_steps", "beta_cycles", "importance_samples", "importance_from",
     "binarise_input"}
)  # fmt: skip
OF_GRADIENTS = frozenset(
    {"epochs", "batch", "learning_rate", "warmup_steps", "final_rate", "weight_decay", "gradient_norm",
     "ema_decay", "precision"}
)  # fmt: skip


@dataclass(frozen=True)
class KindSpec:
    """A kind of model.

    Attributes:
        name: in files and commands.
        title: for people, such as "Variational autoencoder".
        when: one sentence on when to take it.
        config: a frozen dataclass whose fields are made by `latentlab.models.settings.setting`.
        model: where to find what makes a model of a config, as "module:name"; or that itself.
        capabilities: what every model of the kind can do.
        figures: what a training of it tells.
        also: what a model of a config can do beside that; None for nothing.
        short: the title for lists, such as "VAE"; the title itself if empty.
        called: how a sentence goes on after "it is"; "a" and the title if empty.
        aside: what the command line adds to that, where it says how one is trained.
        options: what a person chooses; made from the config's labelled fields where it is None.
        fields: from a choice's values and the pictures' shape (C, H, W), None if it is not known, to fields
            of the config. Where it is None the options are fields.
        propose: from the shape and what was given on the command line to the fields that suit such pictures;
            where it is None, those of the first preset.
        presets: named choices.
        usual: what suits its training better than the defaults of a `TrainingPlan`, by field.
        means_nothing: fields of a plan that have no bearing on it, beside those that follow from its figures
            and from how it learns; see `ignored`.
        seen: how many pictures a first training looks at, counting each as often as it is seen.
        fewest_epochs: however many pictures there are.
        listed: what `latentlab list` says of the figures in a model's file, a format of their names, such as
            "test ELBO {elbo:.2f} nats"; "" for nothing.
        needs_conditions: why it cannot do without classes or attributes; "" if it can.
    """

    name: str
    title: str
    when: str
    config: type[Any]
    model: str | Callable[[Any], nn.Module]
    capabilities: frozenset[Capability]
    figures: FiguresSpec
    also: Callable[[Any], frozenset[Capability]] | None = None
    short: str = ""
    called: str = ""
    aside: str = ""
    options: tuple[Option, ...] | None = None
    fields: Callable[[Mapping[str, Any], Shape | None], dict[str, Any]] | None = None
    propose: Callable[[Shape, Mapping[str, Any]], dict[str, Any]] | None = None
    presets: tuple[Preset, ...] = ()
    usual: Mapping[str, Any] = field(default_factory=dict)
    means_nothing: frozenset[str] = frozenset()
    seen: int = 700_000
    fewest_epochs: int = 10
    listed: str = ""
    needs_conditions: str = ""

    def build(self, config: Any) -> nn.Module:
        """A model of this config with random weights. Brings in torch."""
        if not isinstance(self.model, str):
            return self.model(config)
        module, _, name = self.model.partition(":")
        model: nn.Module = getattr(importlib.import_module(module), name)(config)
        return model

    @property
    def label(self) -> str:
        """What lists call it."""
        return self.short or self.title

    @property
    def in_a_sentence(self) -> str:
        """Such as "a variational autoencoder"."""
        return self.called or f"a {self.title[0].lower()}{self.title[1:]}"

    @property
    def ignored(self) -> frozenset[str]:
        """The fields of a plan that have no bearing on it."""
        of_the_kl = frozenset() if self.figures.by_beta else OF_THE_KL
        of_gradients = OF_GRADIENTS if Capability.FITS in self.capabilities else frozenset()
        return self.means_nothing | of_the_kl | of_gradients

    @property
    def choices(self) -> tuple[Option, ...]:
        """What a person chooses of it."""
        return options_of(self.config) if self.options is None else self.options

    def defaults(self) -> dict[str, Any]:
        """The values of a choice before anybody has chosen."""
        return {option.name: option.default for option in self.choices}

    def fields_of(self, values: Mapping[str, Any], shape: Shape | None = None) -> dict[str, Any]:
        """The fields of a config that such a choice stands for, without what the data decide."""
        whole = {**self.defaults(), **values}
        return dict(whole) if self.fields is None else self.fields(whole, shape)

    def proposed(self, shape: Shape, given: Mapping[str, Any]) -> dict[str, Any]:
        """Fields that suit pictures of (C, H, W), beside those that are `given`."""
        if self.propose is not None:
            fields = self.propose(shape, given)
        else:
            first = self.presets[0].values if self.presets else {}
            fields = self.fields_of(first, shape)
        return {name: value for name, value in fields.items() if name not in given}

    def in_a_list(self, metrics: Mapping[str, Any]) -> str:
        """What `latentlab list` says of the figures in a model's file; "" where they are others."""
        numbers = {name: value for name, value in metrics.items() if isinstance(value, int | float)}
        try:
            return self.listed.format_map(numbers)
        except KeyError:
            return ""

    def can(self, config: Any) -> frozenset[Capability]:
        """What a model of this config can do."""
        return self.capabilities if self.also is None else self.capabilities | self.also(config)

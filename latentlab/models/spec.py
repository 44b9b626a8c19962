"""The spec of a kind of model, without torch: names, options, presets, plan, capabilities.

A kind is a folder of `latentlab.models` with a `spec.py`, which holds its `KindSpec` as `KIND`, and a
`model.py`. The command line, the training form, the catalogue of models and the guide use the spec, so that
no other code names a kind.

What a user chooses (`Option`) is turned into the fields of the kind's config by the spec's `fields`: an
option may be a field ("latents"), or stand for several (a size for the widths of two networks).
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
    """An option of a training: a row of the form.

    Attributes:
        name: its key in a choice; the widget's objectName is "training" and this name.
        label, tip: its label, and a sentence on its effect.
        default: its initial value.
        choices: (label, value) each; () for a number.
        low, high: the range of a number.
        step: the step of its arrows, for a number that need not be whole.
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


# Shared by the kinds that come in sizes.
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
    """A named choice, and a line on when to take it.

    Attributes:
        values: by the names of options; the rest are at their defaults.
        beta: the initial weight of the KL, where the kind's objective has one.
        place: its rank among the presets of all kinds, the smallest number first.
        first_for: "grey" or "colour" for the default preset for such pictures; "" for none.
    """

    title: str
    when: str
    values: Mapping[str, Any] = field(default_factory=dict)
    beta: float = 1.0
    place: int = 100
    first_for: str = ""


@dataclass(frozen=True)
class Translation:
    """What a model that translates pictures is given, and what it makes.

    Attributes:
        source: the name of what it is given, one of `latentlab.core.source_shapes.SOURCES`.
        source_shape: (C', H, W) of that.
        target_shape: (C, H, W) of what it makes.
    """

    source: str
    source_shape: Shape
    target_shape: Shape


# The fields of a plan that have no effect without a KL, and those that have none without gradients.
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
        when: one sentence on when to use it.
        config: a frozen dataclass whose fields are made by `latentlab.models.settings.setting`.
        model: what makes a model of a config, as "module:name", or the callable itself.
        capabilities: those of every model of the kind.
        figures: the figures of its training.
        also: further capabilities of a model of a config; None for none.
        translation: what a model of a config translates; None for a kind that does not.
        short: the title for lists, such as "VAE"; the title itself if empty.
        called: its noun phrase in a sentence; "a" and the title if empty.
        aside: an addition to that on the command line, where it says how one is trained.
        options: the options of its form; made from the config's labelled fields where it is None.
        fields: from a choice's values and the pictures' shape (C, H, W), None if it is not known, to fields
            of the config. Where it is None the options are fields.
        propose: from the shape and what was given on the command line to the fields that suit such pictures;
            where it is None, those of the first preset.
        presets: named choices.
        usual: better values for its training than the defaults of a `TrainingPlan`, by field.
        means_nothing: fields of a plan that have no effect on it, besides those that follow from its figures
            and its way of learning; see `ignored`.
        conditioned: whether a config of these fields takes the conditions of its data; None for always.
        uses: fields that do have an effect on it, though they would follow from these to have none, such as
            the "epochs" of a kind that is fitted in as many passes.
        seen: how many pictures a first training processes, counting repetitions.
        fewest_epochs: the minimum for any number of pictures.
        listed: the text of `latentlab list` on the figures in a model's file, a format of their names, as in
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
    translation: Callable[[Any], Translation] | None = None
    short: str = ""
    called: str = ""
    aside: str = ""
    options: tuple[Option, ...] | None = None
    fields: Callable[[Mapping[str, Any], Shape | None], dict[str, Any]] | None = None
    propose: Callable[[Shape, Mapping[str, Any]], dict[str, Any]] | None = None
    presets: tuple[Preset, ...] = ()
    usual: Mapping[str, Any] = field(default_factory=dict)
    means_nothing: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()
    conditioned: Callable[[Mapping[str, Any]], bool] | None = None
    seen: int = 700_000
    fewest_epochs: int = 10
    listed: str = ""
    needs_conditions: str = ""

    def build(self, config: Any) -> nn.Module:
        """A model of this config with random weights. Imports torch."""
        if not isinstance(self.model, str):
            return self.model(config)
        module, _, name = self.model.partition(":")
        model: nn.Module = getattr(importlib.import_module(module), name)(config)
        return model

    @property
    def label(self) -> str:
        """Its title in lists."""
        return self.short or self.title

    @property
    def in_a_sentence(self) -> str:
        """A phrase such as "a variational autoencoder"."""
        return self.called or f"a {self.title[0].lower()}{self.title[1:]}"

    @property
    def ignored(self) -> frozenset[str]:
        """The fields of a plan that have no effect on it."""
        of_the_kl = frozenset() if self.figures.by_beta else OF_THE_KL
        of_gradients = OF_GRADIENTS if Capability.FITS in self.capabilities else frozenset()
        return self.means_nothing | (of_the_kl | of_gradients) - self.uses

    @property
    def choices(self) -> tuple[Option, ...]:
        """The options of its form."""
        return options_of(self.config) if self.options is None else self.options

    def defaults(self) -> dict[str, Any]:
        """The default values of a choice."""
        return {option.name: option.default for option in self.choices}

    def fields_of(self, values: Mapping[str, Any], shape: Shape | None = None) -> dict[str, Any]:
        """The fields of a config for such a choice, without those that the data determine."""
        whole = {**self.defaults(), **values}
        return dict(whole) if self.fields is None else self.fields(whole, shape)

    def proposed(self, shape: Shape, given: Mapping[str, Any]) -> dict[str, Any]:
        """Fields that suit pictures of (C, H, W), besides those that are `given`."""
        if self.propose is not None:
            fields = self.propose(shape, given)
        else:
            first = self.presets[0].values if self.presets else {}
            fields = self.fields_of(first, shape)
        return {name: value for name, value in fields.items() if name not in given}

    def in_a_list(self, metrics: Mapping[str, Any]) -> str:
        """The text of `latentlab list` on the figures in a model's file; "" if they are others."""
        numbers = {name: value for name, value in metrics.items() if isinstance(value, int | float)}
        try:
            return self.listed.format_map(numbers)
        except KeyError:
            return ""

    def can(self, config: Any) -> frozenset[Capability]:
        """The capabilities of a model of this config."""
        return self.capabilities if self.also is None else self.capabilities | self.also(config)

"""Describes the fields of a config where they are declared: help, range or choices. Torch-free.

    latents: int = setting(2, "dimensions of the latent space", low=1, high=256, label="&Latents", tip=...)

Flags of the command line, rows of the training form and the checks of a config are all made from this.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from latentlab.models.checks import require_choice, require_range

_KEY = "setting"


@dataclass(frozen=True)
class Setting:
    """The description of a field.

    Attributes:
        help: a line for the command line, without its default.
        low, high: the range of a number, or of each number of a list; None where it has none.
        choices: the allowed texts; () for any.
        length: the least and the most entries of a list; None where that is not checked.
        counted: the name of its length in an error message.
        from_data: whether the data determine it: no flag, and no row.
        label, tip: its label in the training form ("&" before the mnemonic), and a sentence on
            its effect. Without a label it is for the command line only.
    """

    help: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    length: tuple[int, int] | None = None
    counted: str = "its length"
    from_data: bool = False
    label: str = ""
    tip: str = ""

    @property
    def basic(self) -> bool:
        """Whether the training form has a row for it."""
        return bool(self.label) and not self.from_data


def setting(default: Any, help: str = "", **more: Any) -> Any:
    """A dataclass field with a default and a `Setting` of these attributes."""
    return dataclasses.field(default=default, metadata={_KEY: Setting(help, **more)})


def from_data(default: Any) -> Any:
    """A field that the data determine: the shape of the pictures, the names of their classes."""
    return setting(default, from_data=True)


def settings_of(config: type[Any]) -> dict[str, Setting]:
    """The setting of each field of a config, in order; an empty one where there is no description."""
    return {field.name: field.metadata.get(_KEY, Setting()) for field in dataclasses.fields(config)}


def check_settings(config: Any) -> None:
    """Refuses a config with a field out of its range or choices.

    Raises:
        LabError: naming the first such field.
    """
    for name, about in settings_of(type(config)).items():
        value = getattr(config, name)
        values = value if isinstance(value, tuple) else (value,)
        if about.length is not None:
            require_range(f"{name} ({about.counted})", len(values), *about.length)
        for each in values:
            if about.low is not None and about.high is not None:
                require_range(name, each, about.low, about.high)
            if about.choices:
                require_choice(name, each, about.choices)

"""The tables of the judge that ship, one for each data set. Torch-free."""

from __future__ import annotations

import json

from latentlab.core.judged_json import table_from
from latentlab.core.judgement import Table
from latentlab.data.files import open_to_read
from latentlab.engine.files.model_catalog import capabilities_of, card_in
from latentlab.models.capabilities import Capability
from latentlab.shipped import JUDGED, model_files

_OF_AN_AXIS = frozenset(
    {
        Capability.ENCODES,
        Capability.TELLS_DENSITY,
        Capability.SAMPLES,
        Capability.DECODES,
        Capability.DENOISES,
    }
)


def shipped_table(data: str) -> Table | None:
    """The table that ships for a data set, such as "mnist"; None if there is none, or it is unreadable."""
    if "/" in data or "\\" in data:  # the path of somebody's own data
        return None
    try:
        with open_to_read(JUDGED / f"{data}.json") as stream:
            return table_from(json.loads(stream.read()))
    except (OSError, ValueError):
        return None


def models_to_ship(data: str) -> list[str]:
    """The names of the models that ship for a data set and have something to judge."""
    found = []
    for name, path in model_files().items():
        card = card_in(path)
        can = capabilities_of(card)
        if card and card["data"].get("name") == data and can & _OF_AN_AXIS:
            found.append(name)
    return found

"""The tables of the judge that ship, one for each data set. Torch-free."""

from __future__ import annotations

from latentlab.core.judgement import Table
from latentlab.engine.files.judged_cards import table_in
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
    return table_in(JUDGED, data)


def models_to_ship(data: str) -> list[str]:
    """The names of the models that ship for a data set and have something to judge."""
    found = []
    for name, path in model_files().items():
        card = card_in(path)
        can = capabilities_of(card)
        if card and card["data"].get("name") == data and can & _OF_AN_AXIS:
            found.append(name)
    return found

"""What may be changed of a player while it is trained: its learning rate and its turns. Torch-free.

rate_i(step) = factor_i * schedule(step)      the plan's warm-up and decay go on
a round is as long as the most turns of any player
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from latentlab.errors import LabError

if TYPE_CHECKING:
    from latentlab.models.players import Player

# The highest learning rate of a plan over the lowest.
MOST_TURNS, MOST_FACTOR = 20, 1e10


@dataclass(frozen=True)
class PlayerSettings:
    """One player's settings.

    Attributes:
        name: the player.
        factor: times the plan's learning rate.
        turns: its steps in a round.
    """

    name: str
    factor: float
    turns: int


def settings_of(players: Iterable[Player]) -> tuple[PlayerSettings, ...]:
    """The settings of players as they are, in their order."""
    return tuple(PlayerSettings(player.name, player.rate, player.turns) for player in players)


def changed(players: Iterable[Player], settings: Mapping[str, PlayerSettings]) -> tuple[Player, ...]:
    """The players with these settings; one that is not named keeps its own."""
    return tuple(
        player
        if player.name not in settings
        else replace(player, rate=settings[player.name].factor, turns=settings[player.name].turns)
        for player in players
    )


def check_settings(settings: PlayerSettings) -> None:
    """Refuses what no training can go on with.

    Raises:
        LabError: naming the number and its range.
    """
    if type(settings.turns) is not int or not 1 <= settings.turns <= MOST_TURNS:
        raise LabError(f"turns are {reprlib.repr(settings.turns)}, expected 1 to {MOST_TURNS}")
    # NaN is in no range.
    if type(settings.factor) is not float or not 0.0 <= settings.factor <= MOST_FACTOR:
        shown = reprlib.repr(settings.factor)
        raise LabError(f"a factor of the learning rate is {shown}, expected 0 to {MOST_FACTOR:g}")


def as_values(settings: Mapping[str, PlayerSettings]) -> dict[str, list[float | int]]:
    """Settings as plain values for the file of an unfinished training."""
    return {name: [one.factor, one.turns] for name, one in settings.items()}


def from_values(values: object) -> dict[str, PlayerSettings]:
    """The settings in a file.

    Raises:
        LabError: if they are none.
    """
    if not isinstance(values, Mapping):
        raise LabError("the settings of its players are no table")
    found = {str(name): _parse(str(name), row) for name, row in values.items()}
    for one in found.values():
        check_settings(one)
    return found


def _parse(name: str, row: Any) -> PlayerSettings:
    if not isinstance(row, list) or len(row) != 2 or any(type(one) not in (int, float) for one in row):
        raise LabError(f"the settings of its player {name[:40]!a} are damaged")
    factor, turns = row
    return PlayerSettings(name, float(factor) if math.isfinite(factor) else math.nan, turns)

"""How whoever shows a model asks whoever holds it: frozen values, without torch, that cross threads.

Each kind of request has one slot in the mailbox: a newer one of the same `slot` replaces an older one.
`generation` numbers the requests of a slot, so that whoever asked can tell a stale answer. A reply has the
generation of the request that it answers. Arrays are never written to after they are sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Request:
    """A wish with a number. `slot` names its place in the mailbox, lower `priority` goes first.

    One that is `patient` is long work that nobody looks at while the hand moves; requests that are made
    `by_hand` tell that it does.
    """

    slot: ClassVar[str]
    priority: ClassVar[int]
    patient: ClassVar[bool] = False
    by_hand: ClassVar[bool] = False
    generation: int


@dataclass(frozen=True, eq=False)
class Reply:
    """The answer to the request of the same slot and generation."""

    generation: int


@dataclass(frozen=True, eq=False)
class Refusal(Reply):
    """The request could not be met; `message` is for the person, `details` for the log ("" if expected)."""

    slot: str
    message: str
    details: str = ""

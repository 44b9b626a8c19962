"""Requests to invert a picture: to find by gradient descent the z from which the model makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from latentlab.engine.rendering.requests.theory import Subject
from latentlab.engine.rendering.serving import Reply, Request
from latentlab.engine.types import Picture, Point
from latentlab.models.capabilities import Capability

NEEDS = frozenset({Capability.DECODES, Capability.INVERTS})


@dataclass(frozen=True, eq=False)
class InversionFrame:
    """A step of the descent: its number, z, the picture made there, and its error, the RMS of pixels."""

    number: int
    z: Point
    picture: Picture
    error: float


@dataclass(frozen=True, eq=False)
class InversionReply(Reply):
    """The descent so far, in some of its steps; when it is done, the one that found the best z, to that.

    Attributes:
        subject: the picture.
        seen: it, as the model makes pictures.
        frames: in order; while it is not done each is the best of several descents.
        condition: under which it is made; () for a model without.
        share: how much of the work is done, 0 to 1.
        said: sentences on how far to trust it, when it is done.
    """

    subject: Subject
    seen: Picture
    frames: tuple[InversionFrame, ...]
    condition: Point = ()
    share: float = 0.0
    done: bool = False
    said: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class InvertRequest(Request[InversionReply]):
    """Invert a picture; without one, stop. In short pieces."""

    priority: ClassVar[int] = 11
    needs: ClassVar[frozenset[Capability]] = NEEDS
    patient: ClassVar[bool] = True
    subject: Subject | None
    seed: int = 0
    steps: int = 200

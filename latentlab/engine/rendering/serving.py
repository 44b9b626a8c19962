"""Requests, replies and servers: how a view asks the thread that holds a model. Torch-free.

Requests and replies are frozen values that cross threads; their arrays are never written to after they are
sent. A request's type is its route:

    class PointRequest(Request[PointReply]): ...        says what it asks, and what answers it

    class Renderer(Server):
        @handles(PointRequest)
        def _point(self, request: PointRequest) -> Iterator[Reply | None]: ...

    client.on(PointRequest).connect(view.show_point)    see `latentlab.qt.clients.client`
    client.ask(PointRequest, z)

Of each kind only the newest request counts: it takes the place of an older one in the mailbox, and what is
still answered to the older one is dropped. `generation` numbers the requests of a client; a reply has that of
the request that it answers.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Generic, TypeVar

from latentlab.errors import LabError
from latentlab.models.capabilities import Capability

A = TypeVar("A", bound="Reply")
R = TypeVar("R", bound="Request[Any]")
S = TypeVar("S", bound="Server")
Pieces = Iterator["Reply | None"]


@dataclass(frozen=True)
class Request(Generic[A]):
    """A request with a number, answered by any number of replies of type A.

    A class attribute `priority` orders requests: lower goes first; `needs` are the capabilities that the open
    model must have to answer it. A `patient` one is long work that can wait during a drag; requests made
    `by_hand` indicate a drag.

    `place` is the type whose mailbox slot it uses: its own, unless it shares that of another, `class
    FollowRequest(Request[UnfoldedReply], place=LoadRequest)`.
    """

    place: ClassVar[type[Request[Any]]]
    priority: ClassVar[int]
    needs: ClassVar[frozenset[Capability]] = frozenset()
    patient: ClassVar[bool] = False
    by_hand: ClassVar[bool] = False
    generation: int

    def __init_subclass__(cls, place: type[Request[Any]] | None = None) -> None:
        super().__init_subclass__()
        cls.place = cls if place is None else place.place


@dataclass(frozen=True, eq=False)
class Reply:
    """A reply to the request of the same generation."""

    generation: int


@dataclass(frozen=True, eq=False)
class Refusal(Reply):
    """A request of type `request` was refused; `message` is for the user, `details` for the log ("" if
    expected).
    """

    request: type[Request[Any]]
    message: str
    details: str = ""

    def of(self, *kinds: type[Request[Any]]) -> bool:
        """Whether the request was of one of these types, or shares the slot of one."""
        return any(self.request.place is kind.place for kind in kinds)


def handles(kind: type[R]) -> Callable[[Callable[[S, R], Pieces]], Callable[[S, R], Pieces]]:
    """Marks the method of a `Server` that handles requests of a type, and of types derived from it."""

    def mark(method: Callable[[S, R], Pieces]) -> Callable[[S, R], Pieces]:
        method.handles = kind  # type: ignore[attr-defined]
        return method

    return mark


class Server:
    """Handles requests by those of its methods that are marked with `handles`.

    Attributes:
        handlers: these methods, by the type of request.
        members: what makes the servers that answer what this one does not, by the module of their requests;
            each is made, and imported, at the first of these.
    """

    members: Mapping[str, Callable[[], Server]] = MappingProxyType({})
    handlers: ClassVar[Mapping[type[Request[Any]], Callable[[Any, Any], Pieces]]] = MappingProxyType({})

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = {method.handles: method for method in vars(cls).values() if hasattr(method, "handles")}
        cls.handlers = MappingProxyType({**cls.handlers, **own})

    def answers(self, request: Request[Any]) -> Pieces:
        """The replies to a request, with None between pieces of work.

        Raises:
            LabError: if there is no handler for such a request, or the handler refuses it.
        """
        for kind in type(request).__mro__:
            server = self if kind in self.handlers else self.member(kind.__module__)
            if server is not None and kind in server.handlers:
                return server.handlers[kind](server, request)
        raise LabError(f"no handler for a request of type {type(request).__name__}")

    def member(self, module: str) -> Server | None:
        """The member that serves the requests of a module; None if there is none."""
        made: dict[str, Server] = vars(self).setdefault("_made", {})
        if module in self.members and module not in made:
            made[module] = self.members[module]()
        return made.get(module)


def server_of(where: str, *arguments: object) -> Callable[[], Server]:
    """What imports and makes a server, "module:Class", with these arguments."""
    module, _, name = where.partition(":")

    def make() -> Server:
        server: Server = getattr(importlib.import_module(module), name)(*arguments)
        return server

    return make

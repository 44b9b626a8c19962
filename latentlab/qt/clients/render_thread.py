"""The thread that turns requests into pictures, with its own copy of the model.

Long work is a generator that is advanced a piece at a time: between two pieces a more urgent request goes
first, and a newer request of the same kind replaces the older one. During a drag, patient work gets a small
share of the time, so the picture at the probe hardly ever waits for a grid.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from latentlab.data.stopping import StoppedError, stopping
from latentlab.engine.rendering.requests.opening import LoadRequest
from latentlab.engine.rendering.serving import Refusal, Reply, Request
from latentlab.errors import LabError
from latentlab.qt.clients.hand import NEXT_MOVE_S, Hand
from latentlab.qt.clients.joining import EndingThread
from latentlab.qt.clients.mailbox import Mailbox
from latentlab.qt.clients.thread_priority import step_back

# Lower priority than the window and the picture at the probe, higher than a training.
_NICE = 5
# During a drag elsewhere, a thread that gives way rests after each piece for a multiple of its duration; a
# piece may be long, a rest may not.
_REST, _LONGEST_REST_S = 8.0, 0.5
# During a drag that it serves, patient work waits after each piece for a multiple of its duration.
_PATIENCE = 40.0


class Serves(Protocol):
    """What serves requests: `latentlab.engine.rendering.renderer.Renderer`, or a stand-in in tests."""

    def serve(self, request: Request[Any]) -> Iterator[Reply | None]: ...


class RenderThread(EndingThread):
    """Serves a mailbox until it is closed. `replied` carries the type of a request and one reply to it.

    Args:
        mailbox: holds the requests.
        renderer: serves them; None makes one inside the thread, for importing torch takes a second in
            which the window should already be on the screen.
        make: what to make: (module, class).
        gives_way: whether other threads go first, such as that of the picture at the probe.
        clock: tells the time in seconds.
    """

    replied = Signal(object, object)

    def __init__(
        self,
        mailbox: Mailbox,
        renderer: Serves | None = None,
        parent: QObject | None = None,
        *,
        make: tuple[str, str] = ("latentlab.engine.rendering.renderer", "Renderer"),
        gives_way: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("renderThread")
        self._mailbox = mailbox
        self._renderer, self._make, self._gives_way = renderer, make, gives_way
        self._jobs: dict[type[Request[Any]], tuple[Request[Any], Iterator[Reply | None]]] = {}
        self._clock = clock
        # The hand that drags something elsewhere, and the one whose moves are served here.
        self._hand_elsewhere, self._hand_here = Hand(clock=clock), Hand(NEXT_MOVE_S, clock)
        # When work goes on after a rest for the one, and when patient work does despite the other.
        self._rest_until = self._patient_until = float("-inf")

    @property
    def idle(self) -> bool:
        """Whether all requests are served and their replies sent. A thread that has ended is idle."""
        return self._mailbox.idle or not self.isRunning()

    def give_way(self) -> None:
        """Something is being dragged elsewhere: for a moment this thread takes little of the time."""
        self._hand_elsewhere.moved()

    def run(self) -> None:
        """The main loop. Every failure becomes a `Refusal`; none ends the thread."""
        if self._gives_way:
            step_back(_NICE)
        try:
            renderer = self._renderer or _made(*self._make)
        except Exception as error:
            message = f"The model engine could not be started ({error})"
            self._send(Refusal(0, LoadRequest, message, traceback.format_exc()), LoadRequest)
            return
        while True:
            for request in self._mailbox.take(self._pause()):
                self._begin(request, renderer)
            if self._mailbox.closed:
                return
            due = self._due()
            if due:
                request, pieces = min(due, key=lambda job: job[0].priority)
                began = self._clock()
                self._advance(request, pieces)
                now = self._clock()
                if request.patient:
                    self._patient_until = now + _PATIENCE * (now - began)
                if self._hand_elsewhere.moves:
                    self._rest_until = now + min(_REST * (now - began), _LONGEST_REST_S)

    def request_end(self) -> None:
        """Ends the thread after the current piece of work."""
        self._mailbox.close()

    def _begin(self, request: Request[Any], renderer: Serves) -> None:
        # A new request, or an order to stop, does not wait for a rest to end.
        self._rest_until = float("-inf")
        if request.by_hand:
            self._hand_here.moved()
        if request.patient and not any(job.patient for job, _ in self._jobs.values()):
            # Not at once, however long there was nothing to do.
            self._patient_until = max(self._patient_until, self._clock() + NEXT_MOVE_S)
        self._jobs[request.place] = (request, renderer.serve(request))

    def _due(self) -> list[tuple[Request[Any], Iterator[Reply | None]]]:
        """The jobs that may go on now: none in a rest; during a drag, patient ones in their turn."""
        if self._rests() > 0.0:
            return []
        waits = self._patient_waits() > 0.0
        return [job for job in self._jobs.values() if not (waits and job[0].patient)]

    def _pause(self) -> float | None:
        """Seconds to wait for another request before the next piece of work; None for no limit."""
        if not self._jobs:
            return None
        return 0.0 if self._due() else max(self._rests(), self._patient_waits())

    def _rests(self) -> float:
        """Seconds left of the rest that follows a piece during a drag elsewhere."""
        return max(0.0, self._rest_until - self._clock())

    def _patient_waits(self) -> float:
        """Seconds until patient work may go on."""
        return min(self._hand_here.rests_in, max(0.0, self._patient_until - self._clock()))

    def _advance(self, request: Request[Any], pieces: Iterator[Reply | None]) -> None:
        """Advances a job by one piece."""
        box, kind = self._mailbox, type(request)
        try:
            # It may read many pictures: neither the end nor a newer request waits for them.
            with stopping(lambda: box.closed or box.holds(kind.place)):
                reply = next(pieces)
        except StopIteration:
            del self._jobs[kind.place]
        except StoppedError:
            del self._jobs[kind.place]
        except LabError as error:
            del self._jobs[kind.place]
            self._send(Refusal(request.generation, kind, str(error)), kind)
        except Exception as error:
            del self._jobs[kind.place]
            message = f"Something went wrong while drawing ({type(error).__name__}: {error})"
            self._send(Refusal(request.generation, kind, message, traceback.format_exc()), kind)
        else:
            if reply is not None:
                self._send(reply, kind)

    def _send(self, reply: Reply, kind: type[Request[Any]]) -> None:
        self.replied.emit(kind, reply)


def _made(module: str, name: str) -> Serves:
    with _uncollected():
        torch = importlib.import_module("torch")
        engine = importlib.import_module(module)
    # Inside this thread: with more, decoding fights the trainer for cores and the drag stutters.
    torch.set_num_threads(1)
    renderer: Serves = getattr(engine, name)()
    return renderer


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Freezes the objects of large imports: they stay, and searching hundreds of thousands of them for
    garbage takes a quarter of the import and would later delay drags.
    """
    collects, new = gc.isenabled(), "torch" not in sys.modules
    gc.disable()
    try:
        yield
    finally:
        if new:
            gc.freeze()
        if collects:
            gc.enable()

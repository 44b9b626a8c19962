"""When the manifold grids are redrawn: seldom enough to finish, and not at the cost of a drag."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot

from latentlab.engine.rendering.requests.grids import GridReply, GridRequest, UnderlayRequest
from latentlab.engine.rendering.serving import Request
from latentlab.engine.types import Point, Region
from latentlab.qt.clients.hand import HAND_RESTS_S, REDRAW_S, milliseconds
from latentlab.qt.clients.model_client import ModelClient
from latentlab.session.state import OVER_VIEW, SessionState

# The grid is redrawn after this share of the snapshots of a training.
_GRID_EVERY = 6
# After drawing the underlay of a model in training, so many times as long is left to the training.
_REST = 2.0
# What is behind the newest snapshot is redrawn so long after the last one was: a training may have paused.
_CATCH_UP_S = 0.4
# Rounding error of the coordinates of a plane that is not along the axes.
_ROUNDING = 1e-6


class RedrawPolicy(QObject):
    """Requests the two grids of a model when a change of state or model makes them stale."""

    def __init__(self, client: ModelClient) -> None:
        super().__init__(client)
        self._client = client
        # The coordinates off the plane of the point through which the grid was last drawn.
        self._base: Point = (0.0, 0.0)
        self._underlay: tuple[int, int, Region] | None = None
        # The grids being drawn.
        self._drawing: set[type[Request[Any]]] = set()
        # The probe may leave the plane faster than the plane can be redrawn.
        self._redraw_soon = QTimer(self, singleShot=True, interval=milliseconds(REDRAW_S))
        self._redraw_soon.timeout.connect(self._redraw)
        # Runs while the probe moves; a timer, for the end of a drag is waited for as well as asked about.
        self._hand = QTimer(self, singleShot=True, interval=milliseconds(HAND_RESTS_S))
        self._hand.timeout.connect(self._hand_rests)
        self._grid_waits = False
        self._refreshed = self._grid_due = 0
        # Whether the underlay is older than the newest snapshot, and when it may be drawn again.
        self._behind, self._underlay_due = False, 0.0
        self._catch_up = QTimer(self, singleShot=True, interval=milliseconds(_CATCH_UP_S))
        self._catch_up.timeout.connect(self._refresh_underlay)

    def request_grid(self) -> None:
        """Requests the manifold grid that the state describes."""
        self._grid_waits = False
        client, state = self._client, self._client.state
        grid, projection = state.grid, client.projection
        self._base = projection.rest(state.probe)
        if client.can_answer(GridRequest):
            self._drawing.add(GridRequest)
        client.ask(
            GridRequest,
            columns=grid.size,
            rows=1 if projection.flat else grid.size,
            region=state.view if client.grid_range == OVER_VIEW else None,
            projection=projection,
            base=self._base,
            condition=state.condition,
        )

    def request_underlay(self, columns: int, rows: int, region: Region) -> None:
        """Requests the manifold under a region of the plane (left, right, bottom, top)."""
        client, state = self._client, self._client.state
        if client.model is None:
            return
        self._underlay, self._behind = (columns, rows, region), False
        if client.can_answer(UnderlayRequest):
            self._drawing.add(UnderlayRequest)
        client.ask(
            UnderlayRequest,
            columns=columns,
            rows=rows,
            region=region,
            projection=client.projection,
            base=client.projection.rest(state.probe),
            condition=state.condition,
        )

    def hand_moved(self) -> None:
        """The probe has moved."""
        self._hand.start()

    def state_changed(self, old: SessionState | None, new: SessionState) -> None:
        """Redraws what a change of state makes stale, at once or soon; everything if `old` is None."""
        view_moved = old is None or (self._client.grid_range == OVER_VIEW and old.view != new.view)
        if view_moved or (old is not None and old.grid != new.grid):
            self.request_grid()
        elif (old is None or old.condition != new.condition or self._has_left_plane(new.probe)) and (
            not self._redraw_soon.isActive()
        ):
            self._redraw_soon.start()

    def model_changed(self) -> None:
        """The weights of the model have changed, as by a snapshot of its training."""
        self._refreshed += 1
        # The underlay is enough: the grid would cost the training, and a drag, more than it shows.
        if not self._hand.isActive():
            self._refresh_grid()
        self._behind = True
        self._refresh_underlay()

    def begin_anew(self, keep_underlay: bool) -> None:
        """Another model or other data are open: requested grids are dropped."""
        self._drawing.clear()
        self._grid_due, self._behind, self._underlay_due = self._refreshed, False, 0.0
        self._base = self._client.projection.rest(self._client.state.probe)
        if not keep_underlay:
            self._underlay = None

    def replied(self, reply: GridReply, kind: type[Request[Any]]) -> None:
        """A grid, or a preview of it, has been drawn."""
        if not reply.done:
            return
        self._drawing.discard(kind)
        if kind is UnderlayRequest and self._client.following:
            self._underlay_due = time.monotonic() + _REST * reply.seconds
            if self._behind:
                self._catch_up.start()

    def refused(self, kind: type[Request[Any]]) -> None:
        """The request was refused: nothing will be drawn."""
        self._drawing.discard(kind)

    def stop(self) -> None:
        """Stops redrawing."""
        for timer in (self._redraw_soon, self._hand, self._catch_up):
            timer.stop()

    @Slot()
    def _redraw(self) -> None:
        """Redraws underlay and grid; those under way finish first, or none would ever be seen.

        The grid waits for the end of a drag, which needs the time.
        """
        if self._drawing:
            self._redraw_soon.start()
            return
        if self._hand.isActive():
            self._grid_waits = True
        else:
            self.request_grid()
        if self._underlay is not None and self._client.state.layers.manifold:
            self.request_underlay(*self._underlay)

    def _has_left_plane(self, z: Point) -> bool:
        """Whether z differs, off the plane, from where the grid was last drawn."""
        rest = self._client.projection.rest(z)
        return rest != self._base and any(
            abs(now - then) > _ROUNDING for now, then in zip(rest, self._base, strict=True)
        )

    @Slot()
    def _hand_rests(self) -> None:
        if self._grid_waits:
            self.request_grid()
        else:
            self._refresh_grid()

    @Slot()
    def _refresh_underlay(self) -> None:
        """Redraws the underlay of a newer snapshot, unless one is being drawn: that one is worth more.

        A model that draws slowly would otherwise never finish one, and take the training's time.
        """
        if self._underlay is None or not self._behind or not self._client.state.layers.manifold:
            return
        if UnderlayRequest in self._drawing:
            return
        if time.monotonic() < self._underlay_due:
            self._catch_up.start()
        else:
            self._catch_up.stop()
            self.request_underlay(*self._underlay)

    def _refresh_grid(self) -> None:
        """Redraws the grid if the model has changed often enough since."""
        if self._client.following and self._refreshed >= self._grid_due and GridRequest not in self._drawing:
            self._grid_due = self._refreshed + _GRID_EVERY
            self.request_grid()

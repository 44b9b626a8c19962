"""The edits of a session, each a frozen value that computes the next state from the last.

`label` is its text in the undo menu. Edits with the same `gesture` (one drag, one spin of a wheel) merge into
a single undo step.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

from latentlab.engine.types import Point, Region
from latentlab.session.fitting import on_data
from latentlab.session.state import (
    Analogy,
    GridSettings,
    Layers,
    OwnPicture,
    PlaneSettings,
    SessionState,
    WalkSettings,
)


@dataclass(frozen=True)
class Edit:
    """An edit. `gesture` is None for an edit that stands alone; transient edits cannot be undone."""

    label: ClassVar[str]
    transient: ClassVar[bool] = False
    gesture: int | None = None

    def apply(self, state: SessionState) -> SessionState:
        """The state after the edit."""
        raise NotImplementedError(type(self).__name__)


@dataclass(frozen=True)
class MoveProbe(Edit):
    """Move the probe to z."""

    label: ClassVar[str] = "Move probe"
    z: Point = (0.0, 0.0)

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, probe=self.z, amounts=())


@dataclass(frozen=True)
class AddAttributes(Edit):
    """Move the probe by these amounts of attributes."""

    label: ClassVar[str] = "Change attributes"
    amounts: tuple[tuple[str, float], ...] = ()
    z: Point = (0.0, 0.0)

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, probe=self.z, amounts=self.amounts)


@dataclass(frozen=True)
class SelectImage(Edit):
    """Select a picture of the data (None for none); the probe moves to its posterior mean `z` if given, and
    the condition becomes the picture's, `condition`, if known.
    """

    label: ClassVar[str] = "Select picture"
    index: int | None = None
    z: Point | None = None
    condition: Point | None = None

    def apply(self, state: SessionState) -> SessionState:
        if self.z is None:
            return replace(state, selected=self.index)
        told = state.condition if self.condition is None else self.condition
        return replace(state, selected=self.index, probe=self.z, condition=told, amounts=())


@dataclass(frozen=True)
class ShowOwnPicture(Edit):
    """Take a picture of the user's own, change its fitting, or remove it (None); the probe moves to its
    posterior mean `z` if given.
    """

    label: ClassVar[str] = "Own picture"
    own: OwnPicture | None = None
    z: Point | None = None

    def apply(self, state: SessionState) -> SessionState:
        if self.z is None:
            return replace(state, own_picture=self.own)
        return replace(state, own_picture=self.own, probe=self.z, amounts=())


@dataclass(frozen=True)
class SetAnalogy(Edit):
    """Set the points of "a is to b as c is to ?"."""

    label: ClassVar[str] = "Change analogy"
    analogy: Analogy = (None, None, None)

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, analogy=self.analogy)


@dataclass(frozen=True)
class HideClasses(Edit):
    """Set the hidden classes."""

    label: ClassVar[str] = "Filter classes"
    hidden: frozenset[int] = frozenset()

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, hidden=self.hidden)


@dataclass(frozen=True)
class SetLayers(Edit):
    """Set the visible layers of the plane."""

    label: ClassVar[str] = "Change layers"
    layers: Layers = field(default_factory=Layers)

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, layers=self.layers)


@dataclass(frozen=True)
class SetPlane(Edit):
    """Show another plane of the latent space."""

    label: ClassVar[str] = "Change plane axes"
    plane: PlaneSettings = field(default_factory=PlaneSettings)

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, plane=self.plane)


@dataclass(frozen=True)
class SetCondition(Edit):
    """Decode under another class, or other attributes; with `z`, the probe after compensation."""

    label: ClassVar[str] = "Change class"
    condition: Point = ()
    z: Point | None = None

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, condition=self.condition, probe=state.probe if self.z is None else self.z)


@dataclass(frozen=True)
class SetCompensation(Edit):
    """Switch compensation on or off: whether z moves when the condition changes."""

    label: ClassVar[str] = "Compensate z"
    lean: bool = True

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, lean=self.lean)


@dataclass(frozen=True)
class AskFor(Edit):
    """Set the attributes that new samples should have, or lack."""

    label: ClassVar[str] = "Set attributes of new pictures"
    asked: tuple[tuple[str, float], ...] = ()

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, asked=self.asked)


@dataclass(frozen=True)
class TakeSample(Edit):
    """Move the probe to the z of a sample or a picture of the data, under its condition."""

    label: ClassVar[str] = "Go to picture"
    z: Point = (0.0, 0.0)
    condition: Point = ()

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, probe=self.z, condition=self.condition, amounts=())


@dataclass(frozen=True)
class SetGrid(Edit):
    """Change the manifold grid."""

    label: ClassVar[str] = "Change grid"
    grid: GridSettings = field(default_factory=GridSettings)

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, grid=self.grid)


@dataclass(frozen=True)
class SetPins(Edit):
    """Set the pins of the tray: pin, unpin, reorder and clear are all this edit."""

    label: ClassVar[str] = "Change pins"
    pins: tuple[Point, ...] = ()

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, pins=self.pins, frame=None)


@dataclass(frozen=True)
class SetWalk(Edit):
    """Change the settings of the walk."""

    label: ClassVar[str] = "Change walk"
    walk: WalkSettings = field(default_factory=WalkSettings)

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, walk=self.walk, frame=None)


@dataclass(frozen=True)
class LookAt(Edit):
    """Show another region of the plane. Transient."""

    label: ClassVar[str] = "Move view"
    transient: ClassVar[bool] = True
    view: Region = (-4.0, 4.0, -4.0, 4.0)

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, view=self.view)


@dataclass(frozen=True)
class ShowFrame(Edit):
    """Show a picture of the walk. Transient."""

    label: ClassVar[str] = "Show frame"
    transient: ClassVar[bool] = True
    frame: int | None = None

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, frame=self.frame)


@dataclass(frozen=True)
class PointAt(Edit):
    """Mark the point under the mouse in every view. Transient."""

    label: ClassVar[str] = "Point"
    transient: ClassVar[bool] = True
    z: Point | None = None

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, pointed=self.z)


@dataclass(frozen=True)
class ChangeData(Edit):
    """Show another split, or other data. Picture numbers then mean other pictures, so the selection is
    cleared; in other data class numbers change their meaning too.
    """

    label: ClassVar[str] = "Change data"
    data: str = "mnist"
    split: str = "test"

    def apply(self, state: SessionState) -> SessionState:
        return on_data(state, self.data, self.split)

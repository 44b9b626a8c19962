"""The things a person can do to a session, each a frozen value that makes the next state from the last.

`label` is what the undo menu calls it. Edits that carry the same `gesture` (one drag, one spin of a wheel)
merge into a single step of the undo.
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
    """A change to make. `gesture` is None for an edit that stands alone; transient edits do not undo."""

    label: ClassVar[str]
    transient: ClassVar[bool] = False
    gesture: int | None = None

    def apply(self, state: SessionState) -> SessionState:
        """The state after the edit."""
        raise NotImplementedError(type(self).__name__)


@dataclass(frozen=True)
class MoveProbe(Edit):
    """Put the probe at z."""

    label: ClassVar[str] = "Move probe"
    z: Point = (0.0, 0.0)

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, probe=self.z, amounts=())


@dataclass(frozen=True)
class AddAttributes(Edit):
    """Put the probe where these amounts of attributes bring it."""

    label: ClassVar[str] = "Change attributes"
    amounts: tuple[tuple[str, float], ...] = ()
    z: Point = (0.0, 0.0)

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, probe=self.z, amounts=self.amounts)


@dataclass(frozen=True)
class SelectImage(Edit):
    """Select a picture of the data (None for none); the probe goes to its posterior mean `z` if given, and
    the decoder is told what the picture is of, `condition`, if that is known."""

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
    """Take a picture of one's own, fit it otherwise, or put it away (None); the probe goes to its posterior
    mean `z` if that is given."""

    label: ClassVar[str] = "Own picture"
    own: OwnPicture | None = None
    z: Point | None = None

    def apply(self, state: SessionState) -> SessionState:
        if self.z is None:
            return replace(state, own_picture=self.own)
        return replace(state, own_picture=self.own, probe=self.z, amounts=())


@dataclass(frozen=True)
class SetAnalogy(Edit):
    """Make these the points of "a is to b as c is to ?"."""

    label: ClassVar[str] = "Change analogy"
    analogy: Analogy = (None, None, None)

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, analogy=self.analogy)


@dataclass(frozen=True)
class HideClasses(Edit):
    """Hide exactly these classes."""

    label: ClassVar[str] = "Filter classes"
    hidden: frozenset[int] = frozenset()

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, hidden=self.hidden)


@dataclass(frozen=True)
class SetLayers(Edit):
    """Choose the layers of the plane."""

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
    """Decode under another class, or other attributes; z, if it is given, leans the way that is told."""

    label: ClassVar[str] = "Change class"
    condition: Point = ()
    z: Point | None = None

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, condition=self.condition, probe=state.probe if self.z is None else self.z)


@dataclass(frozen=True)
class SetLean(Edit):
    """Whether z is moved as the decoder is told otherwise."""

    label: ClassVar[str] = "Compensate z"
    lean: bool = True

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, lean=self.lean)


@dataclass(frozen=True)
class AskFor(Edit):
    """What new samples are to have, and to lack."""

    label: ClassVar[str] = "Set attributes of new pictures"
    asked: tuple[tuple[str, float], ...] = ()

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, asked=self.asked)


@dataclass(frozen=True)
class TakeSample(Edit):
    """Put the probe at the z of a sample or a picture of the data, under what the model is told of it."""

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
    """Make these the pins of the tray: pin, unpin, reorder and clear are all this edit."""

    label: ClassVar[str] = "Change pins"
    pins: tuple[Point, ...] = ()

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, pins=self.pins, frame=None)


@dataclass(frozen=True)
class SetWalk(Edit):
    """Change how the walk goes."""

    label: ClassVar[str] = "Change walk"
    walk: WalkSettings = field(default_factory=WalkSettings)

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, walk=self.walk, frame=None)


@dataclass(frozen=True)
class LookAt(Edit):
    """Show another part of the plane. Transient."""

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
    """Mark a place in every view, as the mouse passes over it in one. Transient."""

    label: ClassVar[str] = "Point"
    transient: ClassVar[bool] = True
    z: Point | None = None

    def apply(self, state: SessionState) -> SessionState:
        return replace(state, pointed=self.z)


@dataclass(frozen=True)
class ChangeData(Edit):
    """Show another split, or other data. Picture numbers mean other pictures then: none stays selected; and
    of other data the numbers of classes mean other classes."""

    label: ClassVar[str] = "Change data"
    data: str = "mnist"
    split: str = "test"

    def apply(self, state: SessionState) -> SessionState:
        return on_data(state, self.data, self.split)

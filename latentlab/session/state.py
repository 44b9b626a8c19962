"""The frozen state of a session, from which everything in the window follows.

Fields that the user edits can be undone; those in `TRANSIENT` (the visible region of the plane, the frame of
a walk) change too often and matter too little to be undo steps.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from latentlab.engine.rendering.cropping import Fitting
from latentlab.engine.types import Point, Region
from latentlab.session.own_directions import OwnDirection
from latentlab.session.point_settings import PointSettings

GRID_SIZES = range(5, 41)
WALK_STEPS = range(2, 121)
OVER_PRIOR, OVER_VIEW = "prior", "view"
LERP, SLERP = "lerp", "slerp"
AUTO, PAIR, COMPONENTS = "auto", "pair", "components"


@dataclass(frozen=True)
class Layers:
    """Which layers of the plane are visible; `thumbnails`: pictures in place of points where they are few;
    `posterior`: the true posterior of a picture; `critic`: what the critic thinks of what is made.
    """

    points: bool = True
    manifold: bool = True
    contours: bool = True
    density: bool = False
    thumbnails: bool = True
    posterior: bool = False
    stretch: bool = False
    critic: bool = False


@dataclass(frozen=True)
class GridSettings:
    """The manifold grid: `size` x `size` pictures, over the prior's quantiles or the plane's view."""

    size: int = 20
    over: str = OVER_PRIOR


@dataclass(frozen=True)
class WalkSettings:
    """The walk from pin to pin: along a line or an arc, in how many pictures, at what speed."""

    path: str = LERP
    steps: int = 24
    frames_per_second: int = 12


@dataclass(frozen=True)
class PlaneSettings:
    """Which plane of the latent space is shown: a pair of dimensions, counted from 0, or the components.

    "auto", until something is chosen, is the components where there are more than two dimensions.
    """

    axes: str = AUTO
    first: int = 0
    second: int = 1


@dataclass(frozen=True)
class Place:
    """A point of the latent space that has a name, and the condition under which it was seen."""

    name: str
    z: Point
    condition: Point = ()


@dataclass(frozen=True)
class OwnPicture:
    """A picture of the user's own: the number under which it is stored, its name, its fitting."""

    number: int
    name: str
    fitting: Fitting = field(default_factory=Fitting)


@dataclass(frozen=True)
class PictureKeys:
    """The keys (see `latentlab.data.keys`) of the selected picture, "" for none, and of those in the groups;
    the names of the hidden classes.
    """

    selected: str = ""
    group_a: tuple[str, ...] = ()
    group_b: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


# a, b and c of "a is to b as c is to ?": points, None where there is none yet.
Analogy = tuple[Point | None, Point | None, Point | None]


@dataclass(frozen=True)
class SessionState:
    """What the user is looking at.

    Attributes:
        model: the name or path of the open model.
        data, split: the data whose encodings the plane shows.
        probe: z, the point that all views share.
        selected: the number of the selected picture in the split.
        hidden: classes that the legend hides.
        layers, plane, grid, walk: settings of the views of these names.
        condition: of a conditional model, a number for each of its condition names; else empty.
        lean: compensation: whether z moves with the condition, by what z still says of it.
        asked: what new samples are to have, (name, number) for each condition that matters; the others are
            left to chance.
        amounts: how often each attribute has been added to get from the point that the person began with to
            the probe, (name, amount); moved in any other way, the probe begins anew.
        pins: points in the tray, in the order of the walk.
        group_a, group_b: hand-picked pictures, by their numbers in the split; none is in both.
        own: the user's own directions, of this model and of others.
        own_picture: a picture of the user's own; kept until LatentLab is closed.
        analogy: the points of "a is to b as c is to ?".
        points: how points are coloured, filtered and looked for.
        places: points that have a name.
        model_hash: of the open model's file, "" while unknown; noughts for a model that is being trained.
        memories: the states in which other models were left; see `latentlab.session.memories`.
        pictures: which pictures `selected` and the groups mean, by their keys, and which classes are hidden,
            by their names; None while the data are open, for then the numbers say it.
        view: the visible region of the plane, (left, right, bottom, top); transient.
        frame: the picture of the walk being shown; None when no walk is shown; transient.
        pointed: a point under the mouse in some view, for the others to mark; transient.
        gathering: the group, "a" or "b", into which the mouse gathers points of the plane, "" if it does
            not; transient.
        fresh: whether the model is opened for the first time: the probe goes to where it says; transient.
    """

    model: str = "mnist-vae-2d"
    data: str = "mnist"
    split: str = "test"
    probe: Point = (0.0, 0.0)
    selected: int | None = None
    hidden: frozenset[int] = frozenset()
    layers: Layers = field(default_factory=Layers)
    plane: PlaneSettings = field(default_factory=PlaneSettings)
    condition: Point = ()
    lean: bool = True
    asked: tuple[tuple[str, float], ...] = ()
    grid: GridSettings = field(default_factory=GridSettings)
    walk: WalkSettings = field(default_factory=WalkSettings)
    amounts: tuple[tuple[str, float], ...] = ()
    pins: tuple[Point, ...] = ()
    group_a: tuple[int, ...] = ()
    group_b: tuple[int, ...] = ()
    own: tuple[OwnDirection, ...] = ()
    own_picture: OwnPicture | None = None
    analogy: Analogy = (None, None, None)
    points: PointSettings = field(default_factory=PointSettings)
    pictures: PictureKeys | None = None
    places: tuple[Place, ...] = ()
    model_hash: str = ""
    memories: tuple[SessionState, ...] = ()
    view: Region = (-4.0, 4.0, -4.0, 4.0)
    frame: int | None = None
    pointed: Point | None = None
    gathering: str = ""
    fresh: bool = field(default=False, compare=False)


TRANSIENT = frozenset({"view", "frame", "pointed", "gathering", "fresh"})
# Undoable, but not saved for the next start.
UNSAVED = frozenset({"own_picture"})

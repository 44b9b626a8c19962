"""The table of the window's views and their docks. A new view is a folder in `views` and a line here.

Where the docks stand in which workspace is said by `latentlab.qt.shell.workspaces`; those that it does not
name are tabs of their area in the first workspace.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from latentlab.qt.compare.page import SPEC as COMPARE
from latentlab.qt.shell.columns import beside, column, points_panel
from latentlab.qt.views.adversarial.spec import SPEC as ADVERSARIAL
from latentlab.qt.views.aggregate.spec import SPEC as AGGREGATE
from latentlab.qt.views.analogy.view import SPEC as ANALOGY
from latentlab.qt.views.attributes.view import SPEC as ATTRIBUTES
from latentlab.qt.views.class_legend.view import SPEC as CLASS_LEGEND
from latentlab.qt.views.conditions.view import SPEC as CONDITIONS
from latentlab.qt.views.data_browser.view import SPEC as DATA_BROWSER
from latentlab.qt.views.density_ratio.spec import SPEC as DENSITY_RATIO
from latentlab.qt.views.diffusion.view import SPEC as DIFFUSION
from latentlab.qt.views.dimensions.view import SPEC as DIMENSIONS
from latentlab.qt.views.eigenpictures.spec import SPEC as EIGENPICTURES
from latentlab.qt.views.inversion.spec import SPEC as INVERSION
from latentlab.qt.views.judge.spec import SPEC as JUDGE
from latentlab.qt.views.latent_plane.view import SPEC as LATENT_PLANE
from latentlab.qt.views.manifold_grid.view import SPEC as MANIFOLD_GRID
from latentlab.qt.views.mixture.spec import SPEC as MIXTURE
from latentlab.qt.views.neighbours.view import SPEC as NEIGHBOURS
from latentlab.qt.views.own_picture.view import SPEC as OWN_PICTURE
from latentlab.qt.views.players.view import SPEC as PLAYERS
from latentlab.qt.views.points.view import SPEC as POINTS
from latentlab.qt.views.probe.view import SPEC as PROBE
from latentlab.qt.views.samples.view import SPEC as SAMPLES
from latentlab.qt.views.selection_card.view import SPEC as SELECTION_CARD
from latentlab.qt.views.spec import View, ViewContext, ViewSpec
from latentlab.qt.views.stage2d.spec import SPEC as STAGE
from latentlab.qt.views.texture.spec import SPEC as TEXTURE
from latentlab.qt.views.theory.spec import SPEC as THEORY
from latentlab.qt.views.training.view import SPEC as TRAINING
from latentlab.qt.views.translate.spec import SPEC as TRANSLATE
from latentlab.qt.views.tray.view import SPEC as TRAY
from latentlab.qt.views.walk.view import SPEC as WALK

Area = Qt.DockWidgetArea
LEFT, RIGHT, BOTTOM = Area.LeftDockWidgetArea, Area.RightDockWidgetArea, Area.BottomDockWidgetArea
AnySpec = ViewSpec[QWidget]


def _alone(views: tuple[QWidget, ...]) -> QWidget:
    (view,) = views
    return view


@dataclass(frozen=True)
class Panel:
    """A dock of the window.

    Attributes:
        area: its default side of the window.
        views: its views; it is named after the first.
        title: its tab's text, "" for the title of the first view.
        arrange: makes one widget of the views.
        one_of: it shows only the first of the views whose needs the open model meets.
    """

    area: Area
    views: tuple[AnySpec, ...]
    title: str = ""
    arrange: Callable[[tuple[QWidget, ...]], QWidget] = _alone
    one_of: bool = False

    @property
    def name(self) -> str:
        """The dock's objectName: manifoldGridDock for manifold_grid."""
        first, *others = self.views[0].name.split("_")
        return first + "".join(map(str.capitalize, others)) + "Dock"

    @property
    def later(self) -> bool:
        """Whether its views are made when it is first shown."""
        return all(spec.later for spec in self.views)


PANELS = (
    Panel(RIGHT, (LATENT_PLANE, SAMPLES), one_of=True),
    Panel(LEFT, (MANIFOLD_GRID,), arrange=column("gridColumn")),
    Panel(LEFT, (POINTS, CLASS_LEGEND), arrange=points_panel),
    Panel(LEFT, (DIMENSIONS,)),
    Panel(LEFT, (AGGREGATE,)),
    Panel(LEFT, (ATTRIBUTES,)),
    Panel(LEFT, (OWN_PICTURE,)),
    Panel(RIGHT, (PROBE, CONDITIONS, SELECTION_CARD, NEIGHBOURS), arrange=column("probeColumn")),
    Panel(RIGHT, (THEORY,)),
    Panel(RIGHT, (INVERSION,)),
    Panel(BOTTOM, (TRAY, WALK), "Tray and walk", beside("trayAndWalk")),
    Panel(BOTTOM, (DATA_BROWSER,)),
    Panel(BOTTOM, (TRAINING,)),
    Panel(BOTTOM, (ANALOGY,)),
    Panel(BOTTOM, (DIFFUSION,)),
    Panel(BOTTOM, (COMPARE,)),
    Panel(BOTTOM, (TEXTURE,)),
    Panel(BOTTOM, (STAGE,)),
    Panel(BOTTOM, (JUDGE,)),
    Panel(BOTTOM, (DENSITY_RATIO,)),
    Panel(BOTTOM, (MIXTURE,)),
    Panel(BOTTOM, (EIGENPICTURES,)),
    Panel(BOTTOM, (TRANSLATE,)),
    Panel(RIGHT, (ADVERSARIAL,)),
    Panel(BOTTOM, (PLAYERS,)),
)


class Views:
    """The views of one window, each made once, on first use."""

    def __init__(self, context: ViewContext) -> None:
        self._context = context
        self._made: dict[str, tuple[AnySpec, QWidget]] = {}
        self._heard: list[Callable[[AnySpec, QWidget], None]] = []

    def __getitem__(self, spec: ViewSpec[View]) -> View:
        if spec.name not in self._made:
            view = spec.make(self._context)
            self._made[spec.name] = spec, view
            for made in self._heard:
                made(spec, view)
        return cast(View, self._made[spec.name][1])

    def each(self, made: Callable[[AnySpec, QWidget], None]) -> None:
        """Calls it with each view that has been made, and with each that will be."""
        self._heard.append(made)
        for spec, view in self.all:
            made(spec, view)

    @property
    def all(self) -> list[tuple[AnySpec, QWidget]]:
        """All that have been made."""
        return list(self._made.values())

"""The table of the workspaces: which view is large in the middle, and where the docks stand around it.

A new workspace is an entry here. The same docks serve all of them: a dock that a workspace does not name is
hidden there, and can be opened by the menu of the panels.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from latentlab.models.capabilities import Capability
from latentlab.qt.compare.page import SPEC as COMPARE
from latentlab.qt.shell.panels import AnySpec
from latentlab.qt.views.adversarial.spec import SPEC as ADVERSARIAL
from latentlab.qt.views.aggregate.spec import SPEC as AGGREGATE
from latentlab.qt.views.analogy.view import SPEC as ANALOGY
from latentlab.qt.views.attributes.view import SPEC as ATTRIBUTES
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
from latentlab.qt.views.own_picture.view import SPEC as OWN_PICTURE
from latentlab.qt.views.players.view import SPEC as PLAYERS
from latentlab.qt.views.points.view import SPEC as POINTS
from latentlab.qt.views.probe.view import SPEC as PROBE
from latentlab.qt.views.stage2d.spec import SPEC as STAGE
from latentlab.qt.views.texture.spec import SPEC as TEXTURE
from latentlab.qt.views.theory.spec import SPEC as THEORY
from latentlab.qt.views.training.view import SPEC as TRAINING
from latentlab.qt.views.translate.spec import SPEC as TRANSLATE
from latentlab.qt.views.tray.view import SPEC as TRAY

# The share of the width for what stands beside the middle in a presentation.
_BESIDE = 0.38


@dataclass(frozen=True)
class Stack:
    """Docks in one place, as tabs.

    Attributes:
        views: the first view of each dock; the first dock is in front.
        share: of the height of its side of the window, or of the width of the bottom.
    """

    views: tuple[AnySpec, ...]
    share: float = 1.0


@dataclass(frozen=True)
class Sizes:
    """Shares of the window: the widths of the left and the right side, and the height of the bottom."""

    left: float = 0.26
    right: float = 0.24
    bottom: float = 0.24


@dataclass(frozen=True)
class WorkspaceSpec:
    """A workspace's declaration.

    Attributes:
        name: in lower case; its button is called `workspace_<name>`.
        title: on its button.
        tip: a sentence on what it is for.
        centre: the view in the middle, by the first view of its panel.
        left, right, bottom: the docks around it; those of a side stand one below the other, those of the
            bottom side by side. In a low window those of the left are tabs of one place.
        sizes: of the sides.
        needs: the capabilities that the open model must have; empty if it needs none.
        joins: whether its button is there only while such a model is open.
        toolbar: whether the toolbar is shown.
        beside: what stands at the right of the middle in a presentation, where there is nothing else.
    """

    name: str
    title: str
    tip: str
    centre: AnySpec
    left: tuple[Stack, ...] = ()
    right: tuple[Stack, ...] = ()
    bottom: tuple[Stack, ...] = ()
    sizes: Sizes = field(default_factory=Sizes)
    needs: frozenset[Capability] = frozenset()
    joins: bool = False
    toolbar: bool = False
    beside: tuple[Stack, ...] = ()

    @property
    def docked(self) -> tuple[AnySpec, ...]:
        """The views around the middle."""
        return tuple(view for stack in (*self.left, *self.right, *self.bottom) for view in stack.views)


def presented(spec: WorkspaceSpec) -> WorkspaceSpec:
    """A workspace as a presentation shows it."""
    sizes = Sizes(right=_BESIDE if spec.beside else 0.0)
    return replace(spec, left=(), right=spec.beside, bottom=(), sizes=sizes, toolbar=False)


WORKSPACES = (
    WorkspaceSpec(
        "explore",
        "Explore",
        "Move the probe through the latent plane, and see what the model makes of each point.",
        LATENT_PLANE,
        left=(Stack((POINTS,), 0.5), Stack((MANIFOLD_GRID, DIMENSIONS, AGGREGATE), 0.5)),
        right=(Stack((PROBE, THEORY, INVERSION)),),
        bottom=(Stack((TRAY,)),),
        # The tray as high as what is in it.
        sizes=Sizes(left=0.24, bottom=0.05),
        toolbar=True,
        beside=(Stack((PROBE,)),),
    ),
    WorkspaceSpec(
        "attributes",
        "Attributes",
        "Add attributes to a picture, and make directions of your own from groups of pictures.",
        ATTRIBUTES,
        right=(Stack((LATENT_PLANE,), 0.45), Stack((OWN_PICTURE, ANALOGY, PROBE), 0.55)),
        sizes=Sizes(right=0.3),
        needs=ATTRIBUTES.needs,
    ),
    WorkspaceSpec(
        "diffusion",
        "Diffusion",
        "Follow pictures from noise to the last step, and go back or aside at any of them.",
        DIFFUSION,
        right=(Stack((LATENT_PLANE,), 0.45), Stack((PROBE,), 0.55)),
        sizes=Sizes(right=0.26),
    ),
    WorkspaceSpec(
        "train",
        "Train",
        "Train a model, and watch its curves and its plane while it learns.",
        TRAINING,
        right=(Stack((LATENT_PLANE,), 0.6), Stack((MANIFOLD_GRID, PROBE), 0.4)),
        sizes=Sizes(right=0.36),
        beside=(Stack((LATENT_PLANE,)),),
    ),
    WorkspaceSpec(
        "compare",
        "Compare",
        "See two to four models side by side, with one common probe.",
        COMPARE,
    ),
    WorkspaceSpec(
        "judge",
        "Judge",
        "Measure all models of a data set alike: density, samples and representation, in one table.",
        JUDGE,
    ),
    WorkspaceSpec(
        "data",
        "Data",
        "Look through the pictures of the data: sort, find, select and save them.",
        DATA_BROWSER,
        right=(Stack((LATENT_PLANE,), 0.5), Stack((PROBE, POINTS), 0.5)),
        sizes=Sizes(right=0.32),
        beside=(Stack((LATENT_PLANE,)),),
    ),
    WorkspaceSpec(
        "texture",
        "Texture",
        "Make textures of any size from one picture, and walk between two of them.",
        TEXTURE,
    ),
    WorkspaceSpec(
        "ratio",
        "Ratio",
        "Train a classifier between two sets of pictures: see what one has and the other lacks.",
        DENSITY_RATIO,
    ),
    WorkspaceSpec(
        "mixture",
        "Mixture",
        "Look into the components of a mixture, and follow the EM that fitted it step by step.",
        MIXTURE,
        needs=MIXTURE.needs,
        joins=True,
    ),
    WorkspaceSpec(
        "eigenpictures",
        "Eigenpictures",
        "See what one Gaussian makes of all pictures: its mean, its eigenpictures, its samples.",
        EIGENPICTURES,
        needs=EIGENPICTURES.needs,
        joins=True,
    ),
    WorkspaceSpec(
        "adversarial",
        "Adversarial",
        "See what the critic thinks of each place and each picture, and how both players learn.",
        LATENT_PLANE,
        right=(Stack((ADVERSARIAL,)),),
        bottom=(Stack((PLAYERS,)),),
        sizes=Sizes(right=0.42, bottom=0.27),
        needs=ADVERSARIAL.needs,
        joins=True,
    ),
    WorkspaceSpec(
        "stage2d",
        "2-D stage",
        "Watch models learn points in the plane: two players, a mixture, an autoencoder, diffusion.",
        STAGE,
    ),
    WorkspaceSpec(
        "translate",
        "Translate",
        "Draw an outline, and see the picture that the model makes of it while you draw.",
        TRANSLATE,
        needs=TRANSLATE.needs,
        joins=True,
    ),
)

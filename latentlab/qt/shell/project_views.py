"""What of a project is in the views and the frame: tapes, and how the panels stand."""

from __future__ import annotations

from PySide6.QtCore import QByteArray

from latentlab.engine.files.model_catalog import name_of
from latentlab.qt.clients.denoiser_client import DenoiserClient
from latentlab.qt.clients.mixture_client import MixtureClient
from latentlab.qt.shell.workspace_switcher import Workspaces
from latentlab.qt.views.diffusion.view import DiffusionView
from latentlab.session.project import Tapes

# Before the name of a workspace. Projects from before there were workspaces have one layout, "window".
_WORKSPACE = "workspace:"


class WindowViews:
    """Reads them from a window, and brings them back into one."""

    def __init__(
        self,
        workspaces: Workspaces,
        diffusion: DiffusionView,
        denoiser: DenoiserClient,
        mixtures: MixtureClient,
    ) -> None:
        self._workspaces, self._diffusion, self._denoiser = workspaces, diffusion, denoiser
        self._mixtures = mixtures
        # Those of a project that are not drawn again yet: they are drawn when the panel is first seen.
        self._waiting: Tapes | None = None

    def tapes(self) -> Tapes | None:
        """The tapes that are there."""
        model, tracks = self._denoiser.model, self._diffusion.reverse.tracks.all
        recipes = tuple(track.recipe for track in tracks if len(track.store))
        if model is None or not recipes:
            return self._waiting
        # They are drawn by now, or others are in their place.
        self._waiting = None
        return Tapes(name_of(model.path), model.hash, recipes)

    def bring_tapes(self, tapes: Tapes | None) -> None:
        """Draws these again."""
        self._waiting = tapes
        if tapes is not None:
            self._diffusion.bring_recipes(tapes.recipes, tapes.model, tapes.model_hash)

    def em(self) -> tuple[str, ...]:
        """The hashes of the mixtures whose EM has been run step by step."""
        return self._mixtures.taped

    def bring_em(self, mixtures: tuple[str, ...]) -> None:
        """Runs it again when they are seen."""
        self._mixtures.taped = mixtures

    def layouts(self) -> tuple[tuple[str, bytes], ...]:
        """How the panels stand in each workspace; the current one is the last."""
        current, found = self._workspaces.current, self._workspaces.layouts()
        names = sorted(found, key=lambda name: name == current)
        return tuple((f"{_WORKSPACE}{name}", bytes(found[name].data())) for name in names)

    def bring_layouts(self, layouts: tuple[tuple[str, bytes], ...]) -> None:
        """Arranges the panels; what another version has written is left alone."""
        found = {
            name.removeprefix(_WORKSPACE): QByteArray(content)
            for name, content in layouts
            if name.startswith(_WORKSPACE)
        }
        if found:
            self._workspaces.restore(found, list(found)[-1])

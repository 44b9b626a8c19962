"""Hashes of the data that have been open, by which a project says which pictures it means."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from PySide6.QtCore import QObject, Slot

from latentlab.engine.files.kept_paths import kept_data
from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.qt.clients.workspace import Workspace
from latentlab.session.project import ProjectFile


class DataHashes(QObject):
    """`known` has the split and a hash of all its pixels for each spec of data."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.known: dict[str, str] = {}
        workspace.loaded.connect(self._loaded)

    def differ(self, files: Iterable[ProjectFile]) -> bool:
        """Whether the open data are not the pictures that a project means; False if that is unknown."""
        spec = kept_data(self._workspace.state.data)
        then = next((one.hash for one in files if one.named == spec), "").split()
        now = self.known.get(spec, "").split()
        return bool(then and now) and then != now and then[0] == now[0]

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        if model.keys is not None and not self._workspace.following:
            digest = hashlib.blake2b(model.keys.hashes.tobytes(), digest_size=8).hexdigest()
            self.known[kept_data(model.data)] = f"{model.split} {digest}"

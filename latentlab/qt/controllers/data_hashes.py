"""Hashes of the data that have been open, by which a project says which pictures it means."""

from __future__ import annotations

import hashlib

from PySide6.QtCore import QObject, Slot

from latentlab.engine.rendering.requests.opening import LoadedReply
from latentlab.qt.clients.workspace import Workspace


class DataHashes(QObject):
    """`known` has the split and a hash of all its pixels for each spec of data."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.known: dict[str, str] = {}
        workspace.loaded.connect(self._loaded)

    @Slot(object)
    def _loaded(self, model: LoadedReply) -> None:
        if model.keys is not None and not self._workspace.following:
            digest = hashlib.blake2b(model.keys.hashes.tobytes(), digest_size=8).hexdigest()
            self.known[model.data] = f"{model.split} {digest}"

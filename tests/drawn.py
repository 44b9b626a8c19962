"""Draws the pictures that the gallery shows of the models that ship: `python -m tests.drawn`.

They lie in `resources/drawn`, by the hash of each model's file, so the gallery is full at the first start.
"""

from __future__ import annotations

from pathlib import Path

import torch

from latentlab.engine.files.model_cards import gallery_models
from latentlab.engine.rendering.drawn import Drawer
from latentlab.engine.rendering.requests.drawn import DrawnRequest
from latentlab.shipped import RESOURCES

FOLDER = RESOURCES / "drawn"


def draw_all(folder: Path = FOLDER) -> None:
    """Draws those that are missing, and removes what belongs to no model."""
    wanted = {one.hash: one.model for one in gallery_models(()) if one.ships}
    folder.mkdir(exist_ok=True)
    torch.set_num_threads(1)  # other programs may be busy
    for path in folder.glob("*.png"):
        if path.stem not in wanted:
            path.unlink()
    for hash_, model in wanted.items():
        if not (folder / f"{hash_}.png").exists():
            list(Drawer().serve(DrawnRequest(1, model, str(folder))))


if __name__ == "__main__":
    draw_all()

"""LatentLab: a laboratory for latent spaces.

    import latentlab
    model = latentlab.load_model("mnist-vae-2d")
    z = model.encode(images)         # (N, D) posterior means
    pictures = model.decode(z)       # (N, C, H, W) in [0, 1]

The layers, each importing only those to its right:

    cli, qt -> api, session -> engine -> models, data -> core

`core` is the mathematics, `models` the networks and objectives, `data` the readers of data sets, `engine`
what runs (training, rendering, files), `session` what the person is doing, `qt` the window. `api` is what is
offered here; it brings in torch when it is first used, not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latentlab.errors import LabError
from latentlab.version import __version__

if TYPE_CHECKING:
    from latentlab.api import Directions, Model, Posteriors, directions, load_model

__all__ = ["Directions", "LabError", "Model", "Posteriors", "__version__", "directions", "load_model"]

_LAZY = {"Directions", "Model", "Posteriors", "directions", "load_model"}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from latentlab import api

    return getattr(api, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})

"""LatentLab: a laboratory for latent spaces.

    import latentlab
    model = latentlab.load_model("mnist-vae-2d")
    z = model.encode(images)         # (N, D) posterior means
    pictures = model.decode(z)       # (N, C, H, W) in [0, 1]
    threes = latentlab.sample("mnist-ddpm", 16, condition="3")

The layers, each importing only those to its right:

    cli, qt -> api, session -> engine -> models, data -> core

`core` is the mathematics, `models` the networks and objectives, `data` the readers of data sets, `engine`
what runs (training, rendering, files), `session` what the person is doing, `qt` the window. `api` is what is
offered here; it brings in torch when it is first used, not before.
"""

from __future__ import annotations

from latentlab.version import __version__

# Few imports here: until the command line takes over, Ctrl+C prints a traceback.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from latentlab.api import (
        Directions,
        Inverted,
        JudgeTable,
        Ladder,
        Model,
        Posteriors,
        RatioResult,
        Tape,
        diffuse,
        directions,
        invert,
        judge,
        load_model,
        ratio,
        sample,
        theory,
        translate,
    )
    from latentlab.errors import LabError

__all__ = [
    "Directions",
    "Inverted",
    "JudgeTable",
    "LabError",
    "Ladder",
    "Model",
    "Posteriors",
    "RatioResult",
    "Tape",
    "__version__",
    "diffuse",
    "directions",
    "invert",
    "judge",
    "load_model",
    "ratio",
    "sample",
    "theory",
    "translate",
]

_LAZY = set(__all__) - {"__version__"}


def __getattr__(name: str) -> Any:
    if name == "LabError":
        from latentlab.errors import LabError

        return LabError
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from latentlab import api

    return getattr(api, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})

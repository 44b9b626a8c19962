"""LatentLab from Python: open a model, encode pictures, decode points, draw samples.

    model = latentlab.load_model("mnist-vae-2d")
    z = model.encode(images)                # (N, D)
    pictures = model.decode(z)              # (N, C, H, W) in [0, 1]
    others = model.sample(16, seed=0)       # (16, C, H, W) in [0, 1]

    found = latentlab.directions("faces-vae", "faces")
    hatted = found.shift(z, {"Hat": 1.0})   # (N, D)

    threes = latentlab.sample("mnist-ddpm", 16, condition="3", guidance=2.0)
    tape = latentlab.diffuse("mnist-ddpm", 16, seed=0)  # tape.x_t, tape.x0_hat: (frames, 16, C, H, W)

Arrays in may be NumPy's, torch's or lists; arrays out are NumPy's, float32. N counts pictures, D the
latents, C channels, H and W rows and columns of pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from latentlab.api_model import Model as Model  # offered here, too
from latentlab.api_model import Posteriors as Posteriors
from latentlab.core import judgement
from latentlab.core.judgement import JudgeDone, JudgeProgress
from latentlab.data import catalog
from latentlab.engine.attributes.directions import Directions as Directions  # offered here, too
from latentlab.engine.attributes.evidence import evidence_of
from latentlab.engine.attributes.finding import data_of, directions_of
from latentlab.engine.attributes.inverting import Inverted as Inverted
from latentlab.engine.diffusion.sampling import (
    Condition,
)
from latentlab.engine.diffusion.tape import Tape as Tape
from latentlab.engine.evaluation.judge import run as judging
from latentlab.engine.evaluation.ratio import run as estimating
from latentlab.engine.evaluation.ratio.events import RatioProgress
from latentlab.engine.evaluation.ratio.events import RatioResult as RatioResult  # offered here, too
from latentlab.engine.files import checkpoint
from latentlab.engine.inference.device import choose_device
from latentlab.engine.inference.ladder import Ladder as Ladder
from latentlab.errors import LabError

JudgeTable = judgement.Table  # offered here, too


def load_model(name_or_path: str | Path, device: str = "cpu") -> Model:
    """A shipped model by its name (`latentlab list` names them), or any model file by its path.

    Args:
        name_or_path: such as "mnist-vae-2d" or "runs/mine.safetensors".
        device: "cpu", "cuda", "mps" or "auto".

    Raises:
        LabError: naming the file and what is wrong with it.
    """
    return Model(checkpoint.load_model(name_or_path, choose_device(device)))


def sample(
    model: Model | str | Path,
    n: int,
    seed: int = 0,
    condition: Condition | None = None,
    sampler: str = "ddim",
    steps: int = 50,
    guidance: float = 1.0,
    **more: Any,
) -> NDArray[np.float32]:
    """Pictures drawn from a model, float32 (n, C, H, W) in [0, 1]; see `Model.sample`.

    Args:
        model: one in memory, a shipped model's name or a model file's path.
        more: `draw` or `eta`.
    """
    sampler_settings: dict[str, Any] = {"sampler": sampler, "steps": steps, "guidance": guidance}
    return _opened(model).sample(n, seed, condition=condition, **sampler_settings, **more)


def diffuse(model: Model | str | Path, n: int = 16, seed: int = 0, **how: Any) -> Tape:
    """The reverse diffusion from noise to pictures, with every step, as arrays; see `Model.diffuse`.

    Args:
        model: a diffusion model: one in memory, a shipped model's name or a model file's path.
        how: condition, sampler, steps, eta, guidance; image, strength, mask, repeats.
    """
    return _opened(model).diffuse(n, seed, **how)


def directions(model: Model | str | Path, data: str | None = None, method: str = "means") -> Directions:
    """What to add to z for a picture to gain an attribute (or class), and how far to trust it.

    Args:
        model: one in memory, a shipped model's name or a model file's path.
        data: a data set's name, such as "faces", or the path of your own; by default what the model was
            trained on.
        method: "means", the difference of means; "regressed", with the other attributes regressed out;
            "discriminant", Fisher's linear discriminant; "steered", learnt through the decoder until a
            classifier sees the attribute, which takes a minute where such directions do not ship.

    Raises:
        LabError: for a model without an encoder, data without attributes or classes, or an unknown name.
    """
    return directions_of(_opened(model)._loaded, data, method)


def theory(
    model: Model | str | Path, index: int, data: str | None = None, split: str = "test", seed: int = 0
) -> Ladder:
    """log p(x) of a picture by every way there is, in nats: bounds, estimates, and the integral itself.

    Args:
        model: one in memory, a shipped model's name or a model file's path.
        index: the picture's number in the split.
        data: a data set's name or path; by default what the model was trained on.

    Raises:
        LabError: for a model without posterior, likelihood or prior.
    """
    loaded = _opened(model)._loaded
    pictures = catalog.load(data_of(loaded, data), split)
    if not 0 <= index < len(pictures):
        raise LabError(f"{pictures.name} ({split}) has {len(pictures):,} pictures, so no number {index:,}")
    *_, ladder = evidence_of(loaded.model, pictures, index, seed=seed)
    return ladder


def translate(
    model: Model | str | Path, images: ArrayLike | Tensor, *, whole: bool = False
) -> NDArray[np.float32]:
    """Pictures made of other pictures, such as faces of outlines; see `Model.translate`.

    Args:
        model: one in memory, a shipped model's name or a model file's path.
    """
    return _opened(model).translate(images, whole=whole)


def invert(
    model: Model | str | Path,
    images: ArrayLike | Tensor,
    condition: Condition | None = None,
    *,
    steps: int = 200,
    starts: int = 4,
    seed: int = 0,
    path: bool = False,
) -> Inverted:
    """The z from which a model makes pictures, by gradient descent; see `Model.invert`.

    Args:
        model: one in memory, a shipped model's name or a model file's path.
    """
    return _opened(model).invert(images, condition, steps=steps, starts=starts, seed=seed, path=path)


def judge(
    models: Sequence[Model | str | Path],
    data: str,
    pictures: int = judging.PICTURES,
    seed: int = 0,
    *,
    device: str = "cpu",
    store: str | Path | None = None,
    again: bool = False,
    progress: Callable[[float, str], None] = lambda share, words: None,
) -> JudgeTable:
    """Models of a data set in one table: density, samples and representation, with errors and floors.

    Figures are kept, also when it is interrupted: the same call goes on from there.

    Args:
        models: shipped models' names, model files' paths, or opened models, whose files are judged.
        data: a data set's name or path.
        pictures: samples of each model, at most as many as there are held-out pictures.
        store: the folder that figures and samples are kept in; by default one in the user's cache.
        again: measure anew what is kept.
        progress: is called with the share of the work done, 0 to 1, and what is being done.

    Raises:
        LabError: for a model or data that cannot be opened, or do not go together.
    """
    paths = [model.path if isinstance(model, Model) else model for model in models]
    where = None if store is None else Path(store)
    for event in judging.judge(
        paths, data, pictures=pictures, seed=seed, store=where, device=device, again=again
    ):
        if isinstance(event, JudgeProgress):
            progress(event.share, event.words)
        elif isinstance(event, JudgeDone):
            return event.table
    raise AssertionError("the judge ends with a table")


def ratio(
    a: Model | str | Path,
    b: Model | str | Path,
    pictures: int = estimating.PICTURES,
    seed: int = 0,
    *,
    device: str = "cpu",
    store: str | Path | None = None,
    progress: Callable[[float, str], None] = lambda share, words: None,
) -> RatioResult:
    """log p_A(x) / p_B(x) of every picture of two sets, by a classifier that had not seen it.

    found = latentlab.ratio("mnist", "mnist-vae-16d")
    found.auc                                    # 0.5: cannot be told apart; 1: always
    found.a.log_ratio, found.b.log_ratio         # (N,) each; found.a.pictures (N, C, H, W) uint8

    Args:
        a, b: a data set's name or path, with ":train", ":test" (the default) or ":all" for a split; or a
            model, whose samples are drawn: a shipped model's name, a model file's path, or an opened model,
            whose file is taken.
        pictures: of each set, at most as many as there are.
        seed: of the choice, the draws and the training.
        store: the folder that samples are kept in; by default one in the user's cache.
        progress: is called with the share of the work done, 0 to 1, and what is being done.

    Raises:
        LabError: for a set that cannot be opened, or two that do not compare.
    """
    one, other = (str(side.path if isinstance(side, Model) else side) for side in (a, b))
    where = None if store is None else Path(store)
    for event in estimating.ratio(one, other, pictures=pictures, seed=seed, store=where, device=device):
        if isinstance(event, RatioProgress):
            progress(event.share, event.words)
        else:
            return event.result
    raise AssertionError("a ratio ends with a result")


def _opened(model: Model | str | Path) -> Model:
    return model if isinstance(model, Model) else load_model(model)

"""The origin of a tape (recipe and model), written into the file that shows it, and read back."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from latentlab.data.folders.archive import open_zip, read_member
from latentlab.data.source import PictureError
from latentlab.engine.diffusion.recipes import FromNoise, Recipe, as_json, from_json
from latentlab.engine.files.provenance import Provenance, read_provenance
from latentlab.errors import LabError

WHAT = "diffusion"
_MOST_RECIPE_BYTES = 2**23


class Origin(NamedTuple):
    """The origin of a tape: its recipe, and its model's name and hash.

    `drawn` is how many pictures were drawn in all, where a tape can hold only the first of them.
    """

    recipe: Recipe
    model: str
    model_hash: str
    drawn: int = 0

    @property
    def missing(self) -> str:
        """A message about pictures that the tape does not have; "" where it has them all."""
        if self.drawn <= self.recipe.count:
            return ""
        return f"shows {self.drawn:,} pictures; a tape has no more than the first {self.recipe.count}"


def provenance_of(origin: Origin, extra: Mapping[str, str] | None = None) -> Provenance:
    """The provenance of a picture of a tape; `read_tape` reads it back.

    A recipe that is too long, such as one with a large picture, is left out as far as needed, and the
    provenance says so.
    """
    recipe, model, model_hash, _ = origin
    sampler_settings = recipe.sampler_settings
    words = {
        "sampler": sampler_settings.sampler,
        "steps": str(sampler_settings.steps),
        "guidance": f"{sampler_settings.guidance:g}",
    }
    if sampler_settings.eta:
        words["eta"] = f"{sampler_settings.eta:g}"
    words |= extra or {}
    bare = dataclasses.replace(recipe, start=FromNoise())
    left_out = {"left_out": "its start picture" if recipe != bare else "its recipe"}

    def said(more: Mapping[str, str]) -> Provenance:
        return Provenance(WHAT, model, model_hash, seed=sampler_settings.seed, extra=more)

    for more in (
        words | {"recipe": as_json(recipe)},
        words | left_out | {"recipe_without_start": as_json(bare)},
        words | left_out,
    ):
        with contextlib.suppress(LabError):
            said(more).as_json()
            return said(more)
    return said(left_out)


def read_tape(path: str | Path) -> Origin:
    """The recipe in a picture (PNG, WebP, JPEG, GIF, APNG) or .npz of a tape, and its model.

    Raises:
        LabError: naming the file, if it cannot be read, or carries no valid recipe.
    """
    path = Path(path)
    if path.suffix.lower() == ".npz":
        return _read_npz(path)
    found = read_provenance(path)
    if found is None or found.what != WHAT:
        was = "holds no description of a tape" if found is None else f"does not show a tape ({found.what})"
        raise LabError(was, path, "Choose a picture or a tape that LatentLab exported from a diffusion model")
    if "recipe" not in found.extra:
        what = found.extra.get("left_out", "its recipe")
        raise LabError(
            f"{what[:60]} was too large to be stored in the picture, so the tape cannot be repeated from it",
            path,
            "A tape exported as .npz stores everything",
        )
    try:
        drawn = found.extra.get("n", "")
        return Origin(
            from_json(found.extra["recipe"]),
            found.model,
            found.model_hash,
            int(drawn) if drawn.isascii() and drawn.isdigit() and len(drawn) < 10 else 0,
        )
    except LabError as error:
        raise LabError(error.what, path, error.hint) from None


def tape_in(path: str | Path) -> Origin | None:
    """The recipe in an .npz; None if it is no tape, or cannot be read.

    Raises:
        LabError: if it is a tape with an invalid recipe.
    """
    path = Path(path)
    try:
        with open_zip(path) as archive:
            names = set(archive.namelist())
    except (LabError, PictureError, OSError):
        return None
    return _read_npz(path) if names >= {"recipe.npy", "model_hash.npy", "x_t.npy"} else None


def changed(origin: Origin, model: str, model_hash: str) -> str:
    """A warning where a tape is run by another model than made it; "" where it is the same."""
    if origin.model_hash == model_hash:
        return ""
    return (
        f"the tape was made by {origin.model} ({origin.model_hash}), this is {model} ({model_hash}): "
        "the pictures will not be the same"
    )


def _read_npz(path: Path) -> Origin:
    try:
        if path.is_dir():
            raise LabError("is a folder; a file was expected", path)
        with open_zip(path) as archive:
            recipe, model, model_hash = (
                _text_in(archive, name, path) for name in ("recipe", "model", "model_hash")
            )
        return Origin(from_json(recipe), model, model_hash)
    except PictureError as error:
        raise LabError(str(error), path) from None
    except LabError as error:
        raise LabError(error.what, path, error.hint) from None
    except OSError as error:
        raise LabError(f"could not be read ({error.strerror or error})", path) from None


def _text_in(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    try:
        member = archive.getinfo(f"{name}.npy")
    except KeyError:
        raise LabError(f"has no array {name!r}, so it is not a LatentLab tape", path) from None
    if member.file_size > _MOST_RECIPE_BYTES:
        raise LabError(f"its array {name!r} is too large", path)
    content = read_member(archive, member)
    try:
        array = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
        # numpy would raise a SystemError for a text with invalid characters.
        text = str(array) if array.dtype.kind == "U" and array.shape == () else None
    # numpy parses the header as Python: if it is not, any error of a parser may come.
    except Exception:
        raise LabError(f"its array {name!r} is damaged", path) from None
    if text is not None:
        return text
    raise LabError(f"its array {name!r} is not text", path)

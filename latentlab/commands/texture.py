"""The command `latentlab texture`: a texture of any size from one picture."""

from __future__ import annotations

import argparse
from pathlib import Path

from latentlab.commands.printing import say
from latentlab.data.report import shown
from latentlab.engine.files.destination import check_destination
from latentlab.engine.files.export import PICTURE_FORMATS, save_picture
from latentlab.engine.rendering.own_picture import read_own
from latentlab.engine.rendering.texture_recipe import TITLES, TextureRecipe
from latentlab.engine.rendering.texture_service import provenance_of
from latentlab.engine.rendering.texturing import draw, require_large_enough
from latentlab.engine.types import Picture
from latentlab.errors import LabError
from latentlab.shipped import texture_files


def draw_texture(arguments: argparse.Namespace) -> None:
    """`latentlab texture`."""
    out = check_destination(arguments.out, overwrite=arguments.force, suffixes=PICTURE_FORMATS)
    path = _found(arguments.picture)
    pixels = _read(path)
    other = None if arguments.other is None else _read(_found(arguments.other))
    recipe = TextureRecipe(
        "adsn" if other is not None else arguments.model,
        arguments.size or (pixels.shape[0], pixels.shape[1]),
        arguments.seed,
        arguments.amount,
        arguments.at if other is not None else 0.0,
    )
    picture = draw(pixels, recipe, other)
    second = "" if other is None else Path(arguments.other).name
    provenance = provenance_of(path.name, pixels, recipe, second)
    save_picture(out, picture, provenance=provenance, scale=arguments.scale, overwrite=arguments.force)
    say(f"Wrote {out}: {TITLES[recipe.model]} of {shown(path.name)}, seed {recipe.seed}")


def _read(path: Path) -> Picture:
    pixels = read_own(path)
    require_large_enough(pixels, path)
    return pixels


def _found(name: str) -> Path:
    """A picture file, or a texture that ships."""
    shipped = texture_files()
    if name in shipped and not Path(name).exists():
        return shipped[name]
    if not Path(name).exists():
        raise LabError("there is no such file", name, f"Or one that ships: {', '.join(shipped)}")
    return Path(name)

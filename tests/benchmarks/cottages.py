"""Pictures of cottages in CelebA's layout: a data set that LatentLab has never seen, of another art.

64 x 64 in colour, drawn large and made smaller, so that edges are soft. Each cottage has five attributes or
lacks them; lit windows are more frequent in snow. Where it stands, its size and all colours vary.
"""

from __future__ import annotations

import colorsys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

ATTRIBUTES = ("Chimney", "Lit_Windows", "Red_Roof", "Snow", "Tree")
PARTITION = "list_eval_partition.txt"
_SIDE, _ENLARGED = 64, 4
Colour = tuple[int, int, int]


def write_cottages(folder: Path, count: int, seed: int = 0) -> None:
    """`count` pictures, the table of their attributes and a partition: four fifths are for training."""
    pictures = folder / "img_align_celeba"
    pictures.mkdir(parents=True)
    random = np.random.default_rng(seed)
    has = random.random((count, len(ATTRIBUTES))) < 0.4
    snow, lit = ATTRIBUTES.index("Snow"), ATTRIBUTES.index("Lit_Windows")
    has[:, lit] = random.random(count) < np.where(has[:, snow], 0.65, 0.35)
    rows, partition = [str(count), " ".join(ATTRIBUTES)], []
    for number, each in enumerate(has, 1):
        name = f"{number:06}.png"
        drawn(dict(zip(ATTRIBUTES, each.tolist(), strict=True)), random).save(pictures / name)
        rows.append(f"{name} " + " ".join("1" if one else "-1" for one in each))
        partition.append(f"{name} {0 if number <= 0.8 * count else 2}")
    (folder / "list_attr_celeba.txt").write_text("\n".join(rows) + "\n")
    (folder / PARTITION).write_text("\n".join(partition) + "\n")


def drawn(has: dict[str, bool], random: np.random.Generator) -> Image.Image:
    """One cottage."""
    side = _SIDE * _ENLARGED
    page = Image.new("RGB", (side, side), _colour(random, (0.5, 0.65), (0.2, 0.45), (0.75, 0.95)))
    brush = ImageDraw.Draw(page)
    ground = side * random.uniform(0.74, 0.82)
    snowy, green = (238, 242, 248), _colour(random, (0.22, 0.36), (0.35, 0.6), (0.45, 0.65))
    brush.rectangle((0, ground, side, side), fill=snowy if has["Snow"] else green)
    middle = side * random.uniform(0.42, 0.58)
    half, high = side * random.uniform(0.19, 0.25), side * random.uniform(0.22, 0.3)
    top = ground - high
    peak = top - side * random.uniform(0.14, 0.2)
    if has["Tree"]:
        _draw_tree(brush, middle - half - side * 0.11, ground, side, random)
    red, grey = (
        _colour(random, (0.0, 0.03), (0.65, 0.8), (0.65, 0.8)),
        _colour(random, (0.55, 0.65), (0.1, 0.25), (0.35, 0.5)),
    )
    if has["Chimney"]:
        left = middle + 0.4 * half
        brush.rectangle((left, peak - side * 0.03, left + side * 0.06, top), fill=(120, 85, 70))
    brush.rectangle(
        (middle - half, top, middle + half, ground),
        fill=_colour(random, (0.07, 0.15), (0.1, 0.4), (0.75, 0.95)),
    )
    eaves = half + side * 0.04
    brush.polygon(
        [(middle - eaves, top), (middle, peak), (middle + eaves, top)],
        fill=red if has["Red_Roof"] else grey,
    )
    pane = (255, 214, 90) if has["Lit_Windows"] else (70, 84, 104)
    window = side * 0.075
    for centre in (middle - 0.55 * half, middle + 0.55 * half):
        above = top + 0.25 * high
        brush.rectangle((centre - window / 2, above, centre + window / 2, above + window), fill=pane)
    door = side * 0.045
    brush.rectangle(
        (middle - door, ground - 0.55 * high, middle + door, ground),
        fill=_colour(random, (0.0, 1.0), (0.3, 0.5), (0.35, 0.5)),
    )
    return page.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)


def _draw_tree(
    brush: ImageDraw.ImageDraw, x: float, ground: float, side: int, random: np.random.Generator
) -> None:
    radius, trunk = side * random.uniform(0.08, 0.11), side * 0.016
    crown = ground - side * random.uniform(0.2, 0.26)
    brush.rectangle((x - trunk, crown, x + trunk, ground), fill=(96, 70, 52))
    leaves = _colour(random, (0.28, 0.4), (0.5, 0.7), (0.3, 0.45))
    brush.ellipse((x - radius, crown - radius, x + radius, crown + radius), fill=leaves)


def _colour(random: np.random.Generator, *bounds: tuple[float, float]) -> Colour:
    """Between bounds of hue, saturation and value."""
    red, green, blue = colorsys.hsv_to_rgb(*(random.uniform(*each) for each in bounds))
    return round(255 * red), round(255 * green), round(255 * blue)

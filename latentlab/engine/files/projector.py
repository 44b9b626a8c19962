"""Exports encodings for the TensorBoard Embedding Projector: a folder of four files.

    tensors.tsv            a row of D numbers for each picture
    metadata.tsv           its index, class and attributes, with a line of headings
    sprite.png             all pictures in one square sheet, as the Projector wants it
    projector_config.pbtxt which says what is what

Format: https://www.tensorflow.org/tensorboard/tensorboard_projector_plugin
"""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentlab.data.image_set import ImageSet
from latentlab.engine.files.atomic import write_atomically
from latentlab.errors import LabError
from latentlab.plain import printable

# The Projector refuses larger sprites.
MAX_SPRITE_SIDE = 8192


def save_for_projector(
    folder: str | Path, z: NDArray[np.float32], data: ImageSet, *, overwrite: bool = False
) -> Path:
    """Writes posterior means z (N, D) of the pictures of `data`.

    If one sheet cannot hold all pictures, the sprite is left out.

    Raises:
        LabError: if the folder cannot be made, or files of that name are there already.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LabError(f"cannot be made ({error.strerror or error})", folder) from None
    sprite = _sprite(data)
    files = {
        "tensors.tsv": _table(z),
        "metadata.tsv": _metadata(data),
        "projector_config.pbtxt": _config(data, with_sprite=sprite is not None),
    }
    if sprite is not None:
        files["sprite.png"] = sprite
    if not overwrite:
        for name in files:
            if (folder / name).exists():
                raise LabError("already exists", folder / name, "Choose another folder, or use --force")
    for name, content in files.items():
        write_atomically(folder / name, content, overwrite=overwrite)
    return folder


def _table(z: NDArray[np.float32]) -> bytes:
    text = io.StringIO()
    np.savetxt(text, z, fmt="%.6g", delimiter="\t")
    return text.getvalue().encode("ascii")


def _metadata(data: ImageSet) -> bytes:
    columns: list[tuple[str, list[str]]] = [
        ("index", [str(number) for number in range(len(data))]),
        ("file", list(data.keys.names)),
        ("split", [data.split_of(number) for number in range(len(data))]),
    ]
    if data.labels is not None:
        columns.append(("class", [data.class_of(number) for number in range(len(data))]))
    if data.attributes is not None:
        held = np.where(data.attributes.numpy(), "yes", "no")
        if data.attributes_known is not None:
            held[~data.attributes_known.numpy()] = ""
        columns += [(name, held[:, number].tolist()) for number, name in enumerate(data.attribute_names)]
    clean = [[_word(name), *map(_word, values)] for name, values in columns]
    return ("\n".join("\t".join(row) for row in zip(*clean, strict=True)) + "\n").encode("utf-8")


def _word(text: str) -> str:
    """A name without tabs, line breaks or invalid characters, which would break the table."""
    return printable(" ".join(text.split()))


def _sprite(data: ImageSet) -> bytes | None:
    channels, height, width = data.shape
    side = math.ceil(math.sqrt(len(data)))
    if side * max(height, width) > MAX_SPRITE_SIDE:
        return None
    sheet = np.zeros((side * side, height, width, 3), np.uint8)
    pictures = data.images[:, :3] if channels >= 3 else data.images[:, :1].expand(-1, 3, -1, -1)
    sheet[: len(data)] = pictures.movedim(1, -1).numpy()
    tiled = sheet.reshape(side, side, height, width, 3).swapaxes(1, 2)
    content = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(tiled).reshape(side * height, side * width, 3)).save(content, "PNG")
    return content.getvalue()


def _config(data: ImageSet, *, with_sprite: bool) -> bytes:
    _, height, width = data.shape
    lines = ["embeddings {", '  tensor_path: "tensors.tsv"', '  metadata_path: "metadata.tsv"']
    if with_sprite:
        lines += [
            "  sprite {",
            '    image_path: "sprite.png"',
            f"    single_image_dim: [{width}, {height}]",
            "  }",
        ]
    return ("\n".join([*lines, "}"]) + "\n").encode("ascii")

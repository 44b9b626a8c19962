"""The command `latentlab analogy`."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from latentlab.commands.console import open_model
from latentlab.commands.encoding import (
    check_out,
    condition_words,
    decode_points,
    decoder_of,
    encode_pictures,
    require_condition,
)
from latentlab.commands.printing import say
from latentlab.data.report import shown
from latentlab.engine.attributes.conditions import (
    parse_condition,
)
from latentlab.engine.attributes.finding import require_encoder
from latentlab.engine.files.export import save_picture
from latentlab.engine.files.provenance import Provenance
from latentlab.engine.rendering.picture_files import read_picture


def draw_analogy(arguments: argparse.Namespace) -> None:
    """`latentlab analogy`: z = z_c + z_b - z_a."""
    out = check_out(arguments)
    loaded = open_model(arguments)
    require_encoder(loaded)
    shape = decoder_of(loaded).picture_shape
    y = None if arguments.condition is None else parse_condition(loaded.model, arguments.condition)
    require_condition(loaded, y)
    paths = {name: getattr(arguments, name) for name in "abc"}
    a, b, c = (
        encode_pictures(loaded, read_picture(path, shape), y)[0].astype(np.float64) for path in paths.values()
    )
    z = (c + b - a).astype(np.float32)
    (picture,) = decode_points(loaded, z[None], y)
    extra = {name: shown(Path(path).name) for name, path in paths.items()}
    provenance = Provenance(
        "analogy",
        loaded.name,
        loaded.hash,
        z=tuple(map(float, z)),
        extra={**extra, **condition_words(loaded, y)},
    )
    save_picture(out, picture, provenance=provenance, scale=arguments.scale, overwrite=arguments.force)
    say(f"Wrote {out}: {extra['c']} + {extra['b']} - {extra['a']}")

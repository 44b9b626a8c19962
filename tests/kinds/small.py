"""A small config of every kind of model: quick to build and to train, again and again."""

from __future__ import annotations

import dataclasses

from latentlab.models.spec import KindSpec

SHAPE = (1, 8, 8)
CLASSES = ("even", "odd")
# Fields that make a kind small; of one that does not stand here, none are given.
SMALL: dict[str, dict[str, object]] = {
    **{name: {"encoder_widths": (8,), "decoder_widths": (8,)} for name in ("ae", "vae", "cvae")},
    "ddpm": {"widths": (8, 16), "steps": 20},
    "classifier": {"widths": (8, 8), "features": 6},
    "pix2pix": {"widths": (8, 16), "critic_width": 8},
    **{
        name: {"latents": 4, "generator_widths": (8, 8), "discriminator_widths": (8, 8), "condition": True}
        for name in ("gan", "wgan")
    },
    "gmm": {"components": 3, "factors": 2, "by_class": True},
}


def small_config(kind: KindSpec, *, told: bool = True) -> dict[str, object]:
    """Fields for pictures of `SHAPE`; with two classes where it can be told some, or cannot do without."""
    fields = dict(SMALL.get(kind.name, {}), shape=SHAPE)
    if "condition_names" in {field.name for field in dataclasses.fields(kind.config)}:
        fields |= {"condition_names": CLASSES} if told or kind.needs_conditions else {}
    return fields

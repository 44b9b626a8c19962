"""The columns of the judge's table. Torch-free."""

from __future__ import annotations

from latentlab.core.figures import Better
from latentlab.core.judgement import SPACES, Column, Space

_HELD_OUT = "as many held-out pictures in place of the samples"
_SPACE_WORDS: dict[Space, str] = {
    "features": "features of a classifier that took no part in any training",
    "untrained": "features of an untrained convolutional network with a fixed seed",
    "pixels": "the first 64 principal components of the pixels",
}


def columns(chief: Space = "features") -> tuple[Column, ...]:
    """All columns, by axis; figures in feature space `chief` are shown first."""
    return (
        *_DENSITY,
        *(column for space in SPACES for column in _in_space(space, space == chief)),
        *_SAMPLES,
        *_REPRESENTATION,
    )


def _in_space(space: Space, chief: bool) -> tuple[Column, ...]:
    def column(name: str, title: str, better: Better, digits: int, unit: str, meaning: str) -> Column:
        help_text = f"{meaning} In {_SPACE_WORDS[space]}."
        return Column(name, "samples", title, unit, better, digits, space, _HELD_OUT, help_text, chief)

    return (
        column(
            "frechet", "Fréchet", "lower", 2, "",
            "Fréchet distance between the Gaussians of samples and of training pictures.",
        ),
        column(
            "kid", "KID", "lower", 4, "",
            "Squared kernel distance (MMD²) of samples to training pictures: a polynomial kernel of "
            "degree 3, without bias; it may come out below 0.",
        ),
        column(
            "precision", "Precision", "higher", 1, "%",
            "Samples that lie among training pictures: within the 3rd-neighbour ball of one of them.",
        ),
        column(
            "recall", "Recall", "higher", 1, "%",
            "Training pictures that lie within the 3rd-neighbour ball of a sample.",
        ),
        column(
            "density", "Density", "higher", 3, "",
            "How many 5th-neighbour balls of training pictures a sample lies in, over 5; it may exceed 1.",
        ),
        column(
            "coverage", "Coverage", "higher", 1, "%",
            "Training pictures whose 5th-neighbour ball has a sample in it.",
        ),
    )  # fmt: skip


_DENSITY = (
    Column(
        "nats", "density", "log p(x)", "nats", "higher", 2,
        floor="a decoder that knows nothing of the picture: each pixel by its frequencies",
        help="Mean log density of a held-out picture. Only figures of one measure compare: binary pixels (of "
        "binarised pictures), bytes, colours of a palette, or a continuous density of pixels.",
    ),
    Column(
        "bits", "density", "Bits a dimension", "bits", "lower", 3, chief=False,
        floor="a decoder that knows nothing of the picture: each pixel by its frequencies",
        help="The same in bits for each number of a picture, for models of bytes.",
    ),
)  # fmt: skip

_SAMPLES = (
    Column(
        "as_asked", "samples", "As asked", "%", "higher", 1, floor="held-out pictures",
        help="Samples that a classifier assigns to the class, or all attributes, that they were drawn under.",
    ),
    Column(
        "evenness", "samples", "Even classes", "%", "higher", 1, floor=_HELD_OUT,
        help="How far classes (or attributes) come as often as in the training pictures, by a classifier: "
        "100 % less the share of samples that would have to be of another class.",
    ),
    Column(
        "copies", "samples", "Copies", "%", "lower", 1, floor=_HELD_OUT,
        help="Samples that single out one training picture: nearer to it than 99 % of the held-out pictures "
        "are to theirs, also in proportion to the next nearest ones.",
    ),
    Column(
        "nearest", "samples", "Nearest picture", "", "", 3, floor=_HELD_OUT, chief=False,
        help="Median distance to the nearest training picture: root mean square difference of pixels.",
    ),
)  # fmt: skip

_REPRESENTATION = (
    *(
        Column(
            f"probe_{name}", "representation", f"Probe, {labels}", "%", "higher", 1,
            floor="64 principal components of the pixels in place of the encoding",
            help=f"Accuracy on held-out pictures of a linear classifier of the encodings, from {labels}; of "
            "attributes the mean over all.",
        )
        for name, labels in (("100", "100 labels"), ("1000", "1,000 labels"), ("all", "all labels"))
    ),
    Column(
        "reconstruction", "representation", "Reconstruction", "", "lower", 4,
        floor="as many principal components of the training pictures",
        help="Root mean square error of rebuilt held-out pictures, pixels from 0 to 1.",
    ),
    Column(
        "active_units", "representation", "Active units", "", "", 0,
        help="Dimensions of the latent space whose mean varies over the pictures (variance above 0.01).",
    ),
)  # fmt: skip

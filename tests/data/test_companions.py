"""Masks and label maps are no pictures; people with masks are."""

from __future__ import annotations

import pytest

from latentlab.data.folders.companions import companions_of
from latentlab.data.opening import open_data
from tests.data.pictures import encoded, noise


@pytest.mark.parametrize(
    ("pictures", "masks"),
    [
        (["images/1.png", "images/2.png"], ["masks/1.png", "masks/2.png"]),
        (["JPEGImages/1.jpg"], ["SegmentationClass/1.png", "SegmentationObject/1.png"]),
        (["train/images/1.png", "test/images/2.png"], ["train/masks/1.png"]),
        (["train/good/0.png", "test/cut/1.png"], ["ground_truth/cut/1_mask.png"]),
        (["images/cat/1.jpg", "images/dog/2.jpg"], ["annotations/trimaps/1.png"]),
        # Classes, and what only has such a name.
        (["mask/1.png", "no_mask/1.png"], []),
        (["with_mask/1.png", "without_mask/1.png"], []),
        (["images/1.png", "images/2.png", "masks/7.png"], []),
        (["masks/1.png", "masks/2.png"], []),
        (["labels/1.png", "wines/1.png"], []),
        (["1.png", "2.png"], []),
    ],
)
def test_that_what_belongs_to_other_pictures_is_known(pictures, masks):
    names = [*pictures, *masks]
    assert companions_of(names) == [name in masks for name in names]


def test_that_masks_are_passed_over_and_told(tmp_path):
    for number, name in enumerate(
        [f"{kind}/{n}.png" for kind in ("images", "masks") for n in range(4)],
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(encoded(noise(number)))
    opened = open_data(str(tmp_path))
    assert sorted(opened.everything.keys.names) == [f"images/{n}.png" for n in range(4)]
    words = "4 pictures belong to others as masks or labels, and were skipped (masks/0.png)"
    assert words in opened.report.notes

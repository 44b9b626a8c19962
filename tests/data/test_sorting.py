"""What folders say: classes, parts of a set, or nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentlab.data.folders import sorting
from latentlab.data.folders.sorting import sort_by_folder


def told(*folders: str, each: int = 3) -> dict[str, tuple[str | None, bool]]:
    """Each folder -> the class of its pictures (None: not known) and whether they are held out."""
    names = [f"{folder}/{n}.png" if folder else f"{n}.png" for folder in folders for n in range(each)]
    found = sort_by_folder(names)
    assert bool(found.classes) == (found.labels is not None)
    assert bool(found.classes) != bool(found.why_none)
    labels = np.full(len(names), -1) if found.labels is None else found.labels
    held_out = np.zeros(len(names), bool) if found.held_out is None else found.held_out
    of_each = {}
    for index, folder in enumerate(folders):
        part = slice(index * each, (index + 1) * each)
        (label,), (held,) = set(labels[part].tolist()), set(held_out[part].tolist())
        of_each[folder] = (None if label < 0 else found.classes[label], held)
    return of_each


LEARN_CATS, LEARN_DOGS = ("cats", False), ("dogs", False)
TEST_CATS, TEST_DOGS = ("cats", True), ("dogs", True)
LEARN, TEST = (None, False), (None, True)

LAYOUTS = {
    "classes": {"cats": LEARN_CATS, "dogs": LEARN_DOGS},
    "wrapped": {"a/images/cats": LEARN_CATS, "a/images/dogs": LEARN_DOGS},
    "loose beside classes": {"cats": LEARN_CATS, "dogs": LEARN_DOGS, "": LEARN},
    "loose within": {"set/cats": LEARN_CATS, "set/dogs": LEARN_DOGS, "set": LEARN, "": LEARN},
    "deep": {"cats/x/y": LEARN_CATS, "cats/z": LEARN_CATS, "dogs": LEARN_DOGS},
    "flat": {"": LEARN},
    "one folder": {"cats": LEARN},
    "one folder and loose": {"cats": LEARN, "": LEARN},
    "train, test": {
        **{"train/cats": LEARN_CATS, "train/dogs": LEARN_DOGS, "test/cats": TEST_CATS, "test/dogs": TEST_DOGS}
    },
    "any case": {"TRAIN/cats": LEARN_CATS, "TRAIN/dogs": LEARN_DOGS, "Testing/cats": TEST_CATS},
    "flat test": {"train/cats": LEARN_CATS, "train/dogs": LEARN_DOGS, "test": TEST},
    "a part of one class": {"train/cats": LEARN_CATS, "train/dogs": LEARN_DOGS, "test/dogs": TEST_DOGS},
    "a class in the test alone": {"train/cats": LEARN_CATS, "test/dogs": TEST_DOGS},
    "an unknown folder in the test": {
        **{"train/cats": LEARN_CATS, "train/dogs": LEARN_DOGS, "test/unknown": TEST}
    },
    "another case in the test": {"train/cats": LEARN_CATS, "train/dogs": LEARN_DOGS, "test/Cats": TEST_CATS},
    "a copy of all": {
        **{"yes": ("yes", False), "no": ("no", False), "set/yes": ("yes", False), "set/no": ("no", False)}
    },
    "an evaluation beside one other": {
        "images_background/cats": LEARN_CATS,
        "images_background/dogs": LEARN_DOGS,
        "images_evaluation/cats": TEST_CATS,
    },
    "initials": {"set/c/cats": LEARN_CATS, "set/c/cows": ("cows", False), "set/d/dogs": LEARN_DOGS},
    "letters that are classes": {"c/cats": ("c", False), "d/cats": ("d", False)},
    "divided under a name": {
        "HAM_images_part_1/cats": LEARN_CATS,
        "HAM_images_part_1/dogs": LEARN_DOGS,
        "HAM_images_part_2/cats": LEARN_CATS,
    },
    "divided under a name alone": {"HAM_images_part_1": LEARN, "HAM_images_part_2": LEARN},
    "sets": {"training_set/cats": LEARN_CATS, "training_set/dogs": LEARN_DOGS, "test_set/cats": TEST_CATS},
    "double": {
        "seg_train/seg_train/cats": LEARN_CATS,
        "seg_train/seg_train/dogs": LEARN_DOGS,
        "seg_test/seg_test/cats": TEST_CATS,
        "seg_pred/seg_pred": LEARN,
    },
    "half doubled": {"train/cats": LEARN_CATS, "train/dogs": LEARN_DOGS, "dev/dev/cats": TEST_CATS},
    "images within": {
        "train/images/cats": LEARN_CATS,
        "train/images/dogs": LEARN_DOGS,
        "val/cats": TEST_CATS,
    },
    "val where there is a test": {
        "train/cats": LEARN_CATS,
        "train/dogs": LEARN_DOGS,
        "val/dogs": LEARN_DOGS,
        "test/dogs": TEST_DOGS,
    },
    "val alone": {"train/cats": LEARN_CATS, "train/dogs": LEARN_DOGS, "valid/dogs": TEST_DOGS},
    "evaluation": {"training/cats": LEARN_CATS, "training/dogs": LEARN_DOGS, "evaluation/dogs": TEST_DOGS},
    "hold-out": {"train/cats": LEARN_CATS, "train/dogs": LEARN_DOGS, "hold-out/dogs": TEST_DOGS},
    "below the class": {
        "cats/train": LEARN_CATS,
        "cats/test": TEST_CATS,
        "dogs/train": LEARN_DOGS,
        "dogs/test": TEST_DOGS,
    },
    "no classes": {"train_images": LEARN, "test_images": TEST},
    "years": {"train2017": LEARN, "val2017": TEST},
    "one word": {"trainset": LEARN, "testset": TEST},
    "CycleGAN": {"trainA": ("A", False), "trainB": ("B", False), "testA": ("A", True), "testB": ("B", True)},
    "classes in the names": {"train_cats": LEARN_CATS, "train_dogs": LEARN_DOGS, "test_cats": TEST_CATS},
    "parts in pieces": {
        "train.X1/cats": LEARN_CATS,
        "train.X2/dogs": LEARN_DOGS,
        "val.X/dogs": TEST_DOGS,
    },
    "unlabelled": {
        "train/cats": LEARN_CATS,
        "train/dogs": LEARN_DOGS,
        "test/cats": TEST_CATS,
        "unlabeled": LEARN,
    },
    "unlabelled among classes": {"cats": LEARN_CATS, "dogs": LEARN_DOGS, "unlabelled": LEARN},
    "a test beside classes": {"cats": LEARN_CATS, "dogs": LEARN_DOGS, "test": TEST},
    "for prediction": {
        "single_prediction": LEARN,
        "training_set/cats": LEARN_CATS,
        "training_set/dogs": LEARN_DOGS,
        "test_set/cats": TEST_CATS,
    },
    "another folder beside the parts": {
        "train/cats": LEARN_CATS,
        "train/dogs": LEARN_DOGS,
        "test": TEST,
        "odd": LEARN,
    },
    "numbered parts": {"part1": LEARN, "part2": LEARN},
    "shards": {"shard_000": LEARN, "shard_001": LEARN, "shard_002": LEARN},
    "images_001": {"images_001": LEARN, "images_002": LEARN},
    "classes in batches": {"batch1/cats": LEARN_CATS, "batch2/dogs": LEARN_DOGS},
    "a train is a vehicle": {"bus": ("bus", False), "car": ("car", False), "train": ("train", False)},
    "stations and tubes": {"train_station": ("train_station", False), "test_tube": ("test_tube", False)},
    "valid and invalid": {"valid": ("valid", False), "invalid": ("invalid", False)},
    "ImageNet": {"train/n01440764": ("n01440764", False), "train/n01443537": ("n01443537", False)},
    "labels with words": {"class_1": ("class_1", False), "class_2": ("class_2", False)},
    "numbers with other widths": {"1": ("1", False), "2": ("2", False), "10": ("10", False)},
    "a part of one number": {"train/0": ("0", False), "train/1": ("1", False), "test/1": ("1", True)},
    "masks": {"images": LEARN, "masks": LEARN},
    "formats": {"jpg": LEARN, "png": LEARN},
    "photos and sketches": {"photo": ("photo", False), "sketch": ("sketch", False)},
    "classes below a test beside them": {"cats": LEARN_CATS, "dogs": LEARN_DOGS, "test/cats": TEST_CATS},
    "numbers of one width": {f"{n:05}": (f"{n:05}", False) for n in range(4)},
    "upper and lower are two": {"A": ("A", False), "a": ("a", False), "b": ("b", False)},
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_that_folders_are_understood(layout):
    assert told(*layout) == layout


def test_that_classes_come_in_natural_order():
    assert sort_by_folder([f"{n}/a.png" for n in (10, 9, 2, 1)]).classes == ("1", "2", "9", "10")
    names = ["Zebra/1.png", "ant/1.png", "bee 10/1.png", "bee 9/1.png"]
    assert sort_by_folder(names).classes == ("ant", "bee 9", "bee 10", "Zebra")
    assert sort_by_folder(["1/a.png", "-1/a.png", "0.5/a.png"]).classes == ("-1", "0.5", "1")


def test_that_classes_of_two_parts_are_one_whatever_their_case():
    found = sort_by_folder(["train/Cat/1.png", "train/Cat/2.png", "train/Dog/1.png", "test/cat/1.png"])
    assert found.classes == ("Cat", "Dog")
    assert found.labels.tolist() == [0, 0, 1, 0]
    assert "The folders Cat, cat are merged into one class" in found.notes


def shards(folders: list[str], files: list[str]) -> tuple[str, ...]:
    return sort_by_folder([f"{folder}/{file}" for folder, file in zip(folders, files, strict=True)]).classes


def test_that_folders_which_only_divide_are_no_classes():
    style = [f"img{n:08}.png" for n in range(12)]
    assert shards([f"{n // 4:05}" for n in range(12)], style) == ()
    assert shards([f"{n // 4:02}" for n in range(12)], style) == ()
    faces = [f"{n * 500:05}.png" for n in range(20)]
    assert shards([f"{n // 2 * 1000:05}" for n in range(20)], faces) == ()
    assert shards([f"{n // 2 * 1000:05}-{n // 2 * 1000 + 999:05}" for n in range(20)], faces) == ()
    dealt = [n * 7 for n in range(1600)]
    assert shards([f"{n % 1000:04}" for n in dealt], [f"{n}.jpg" for n in dealt]) == ()
    assert shards(["0000"] * 60 + ["0001"] * 60 + ["0002"] * 7, [f"{n % 60}.png" for n in range(127)]) == ()
    hexes = [f"{n * 37 % 256:02x}" for n in range(64)]
    assert shards(hexes, [f"{folder}9e.png" for folder in hexes]) == ()
    divided = sort_by_folder([f"train/{n // 4:05}/{n:08}.png" for n in range(12)] + ["test/00000/9.png"])
    assert divided.held_out.tolist() == [False] * 12 + [True]
    assert divided.notes[-1] == "The 3 folders 00000 to 00002 only divide the pictures, and are not classes"


def test_that_numbered_classes_are_no_shards():
    digits = [str(n) for n in range(10)]
    assert shards([str(n % 10) for n in range(40)], [f"{n}.png" for n in range(40)]) == tuple(digits)
    assert shards([str(n // 4) for n in range(40)], [f"{n}.png" for n in range(40)]) == tuple(digits)
    signs = tuple(f"{n:05}" for n in range(3))
    assert shards([f"{n // 4:05}" for n in range(12)], [f"{n % 4:05}_00000.ppm" for n in range(12)]) == signs
    assert shards(["0-9"] * 2 + ["10-19"] * 2, ["a77.png", "b3.png", "c1.png", "d2.png"]) == ("0-9", "10-19")
    assert shards(["20"] * 60 + ["40"] * 60, [f"{n}.png" for n in range(120)]) == ("20", "40")


def test_that_what_is_said_is_true(monkeypatch):
    assert (
        sort_by_folder(["1.png", "2.png"]).why_none == "There are no class folders, so there are no classes"
    )
    assert sort_by_folder(["a/1.png"]).why_none == "All pictures lie in one folder, so there are no classes"
    assert (
        sort_by_folder(["a/1.png", "2.png"]).why_none == "There is only one folder, so there are no classes"
    )
    few = sort_by_folder([f"{n}.png" for n in range(10)] + ["x/1.png", "y/1.png"])
    assert few.why_none == "Of 12 pictures 10 lie outside the folders x, y, so these are not used as classes"
    flat = sort_by_folder(["train/a/1.png", "train/b/1.png", "test/1.png"])
    assert "1 picture lies in test, without class folders: the class is unknown" in flat.notes
    assert any("test, train are parts of the data set" in note for note in flat.notes)
    monkeypatch.setattr(sorting, "MAX_CLASSES", 3)
    many = sort_by_folder([f"{letter}/1.png" for letter in "abcd"])
    assert many.classes == ()
    assert many.why_none.startswith("There are 4 folders that might be classes, over the limit of 3")


PARTS = [
    "",
    "a/",
    "b/",
    "train/",
    "test/",
    "val/",
    "images/",
    "00000/",
    "00001/",
    "part1/",
    "trainA/",
    "pred/",
]
NAMES = st.builds(
    "{}{}.png".format, st.lists(st.sampled_from(PARTS), max_size=3).map("".join), st.integers(0, 9)
)


@given(st.lists(NAMES, min_size=1, unique=True))
def test_that_every_picture_has_its_place_whatever_the_folders(names):
    found = sort_by_folder(names)
    assert bool(found.classes) == (found.labels is not None) == (not found.why_none)
    for of_each in (found.labels, found.held_out):
        assert of_each is None or len(of_each) == len(names)
    if found.labels is not None:
        assert {*found.labels.tolist(), -1} == {*range(-1, len(found.classes))}

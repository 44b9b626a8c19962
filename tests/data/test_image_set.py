"""A split of a data set, and parts of it."""

from __future__ import annotations

import torch

from latentlab.data.image_set import join
from tests.tiny import toy_set


def test_that_some_pictures_of_all_are_of_the_splits_that_they_were_of() -> None:
    both = join(toy_set("test", 3), toy_set("train", 5))
    which = torch.tensor([True, False, True, False, False, True, True, False])
    for some in (both.those(which), both.part("all", 1, 5)):
        named = [name.partition("/")[0] for name in some.keys.names]
        assert [some.split_of(number) for number in range(len(some))] == named
        assert named.count("test") == some.testing == 2

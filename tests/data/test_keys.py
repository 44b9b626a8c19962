"""What tells one picture from all others, however many there are and wherever they lie."""

from __future__ import annotations

import shutil

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from latentlab.data.keys import Keys, NumberedNames, hash_all, hash_pixels, join_keys
from latentlab.data.opening import open_data
from tests.data.pictures import encoded, folder_of, noise, write


def keys_of(*pictures: tuple[str, int]) -> Keys:
    return Keys(
        tuple(name for name, _ in pictures),
        np.array([hash_pixels(noise(seed)) for _, seed in pictures], dtype=np.uint64),
    )


def test_that_the_hash_of_given_pixels_never_changes():
    # If this fails, every data set is divided anew, and models are judged on what they have learnt from.
    assert hash_pixels(np.arange(12, dtype=np.uint8).reshape(3, 4)) == 17523384645745561077


def test_that_one_pixel_or_another_shape_makes_another_hash():
    pixels = noise(1)
    other = pixels.copy()
    other[3, 4, 1] ^= 1
    assert len({hash_pixels(one) for one in (pixels, other, pixels.transpose(1, 0, 2))}) == 3
    flat = np.zeros((4, 6), np.uint8)
    assert hash_pixels(flat) != hash_pixels(flat.reshape(6, 4))


def test_that_grey_counts_alike_in_one_colour_and_in_three():
    grey = noise(2, colours=1)
    three = np.repeat(grey[..., None], 3, axis=2)
    assert hash_pixels(grey) == hash_pixels(three) == hash_pixels(grey[..., None])
    assert hash_all(three.transpose(2, 0, 1)[None]).tolist() == [hash_pixels(grey)]


def test_that_a_deep_grey_counts_alike_as_whole_and_as_floating_numbers():
    deep = np.arange(64, dtype=np.uint16).reshape(8, 8) * 1000
    assert hash_pixels(deep) == hash_pixels(deep.astype(np.int32)) == hash_pixels(deep.astype(np.float32))


def test_that_a_key_finds_its_picture_wherever_it_stands():
    keys = keys_of(("a/1.png", 1), ("b/2.png", 2), ("b/3.png", 3))
    assert [keys.find(keys[n]) for n in range(3)] == [0, 1, 2]
    assert keys_of(("0.png", 9), ("b/2.png", 2)).find(keys[1]) == 1


def test_that_a_renamed_picture_is_found_by_its_pixels_and_an_edited_one_by_its_name():
    before = keys_of(("a.png", 1), ("b.png", 2))
    after = keys_of(("c.png", 1), ("b.png", 7))
    assert after.find(before[0]) == 0
    assert after.find(before[1]) == 1


def test_that_pixels_which_several_pictures_have_are_no_name():
    before = keys_of(("a.png", 1))
    assert keys_of(("b.png", 1), ("c.png", 1)).find(before[0]) is None
    assert keys_of(("b.png", 1), ("a.png", 1)).find(before[0]) == 1


def test_that_numbers_for_names_never_take_another_picture_for_the_one_that_is_meant():
    # As in an array: one comes before all others, and all numbers are another picture's.
    before, after = keys_of(("00000", 1), ("00001", 2)), keys_of(("00000", 9), ("00001", 1), ("00002", 2))
    assert after.find_all(before[n] for n in range(2)) == (1, 2)
    twice = keys_of(("00000", 9), ("00001", 1), ("00002", 1))
    assert twice.find(before[0]) is None


def test_that_what_is_gone_is_not_found():
    assert keys_of(("a.png", 1)).find("0123456789abcdef z.png") is None
    assert keys_of(("a.png", 1)).find("no key at all") is None


@given(st.permutations(range(8)))
def test_that_groups_keep_their_pictures_in_any_order(order):
    before = keys_of(*((f"{n}.png", n) for n in range(8)))
    after = keys_of(*((f"{n}.png", n) for n in order))
    found = after.find_all(before[n] for n in (2, 5, 3))
    assert [after.names[n] for n in found] == ["2.png", "5.png", "3.png"]


def test_that_numbered_names_are_made_when_asked_for():
    names = NumberedNames("test/", range(70_000))
    assert (names[7], names[69_999], names[10:12][1]) == ("test/00007", "test/69999", "test/00011")
    assert list(names.some(np.array([3, 1]))) == ["test/00003", "test/00001"]


def test_that_joined_keys_stand_one_after_the_other():
    joined = join_keys(keys_of(("a.png", 1)), keys_of(("b.png", 2)))
    assert [joined.find(joined[n]) for n in range(len(joined))] == [0, 1]
    assert list(joined.names) == ["a.png", "b.png"]


def test_that_keys_name_files_below_the_root_and_the_pixels_in_them(tmp_path):
    folder_of(tmp_path / "a", 6)
    folder_of(tmp_path / "b", 3, side=9)
    everything = open_data(f"{tmp_path}::side=12").everything
    by_name = dict(zip(everything.keys.names, everything.keys.hashes.tolist(), strict=True))
    assert sorted(by_name) == [*(f"a/{n:03}.png" for n in range(6)), *(f"b/{n:03}.png" for n in range(3))]
    assert by_name["a/004.png"] == hash_pixels(noise(4))
    assert by_name["b/001.png"] == hash_pixels(noise(1, 9))


def test_that_neither_side_nor_colours_nor_other_pictures_change_a_key(tmp_path):
    folder_of(tmp_path, 5)
    (tmp_path / "x.jpg").write_bytes(encoded(np.kron(noise(7, 30), np.ones((20, 20, 1), np.uint8)), "JPEG"))
    found = []
    for options in ("", "::side=8", "::side=64,colour=grey", "::fit=pad"):
        keys = open_data(f"{tmp_path}{options}").everything.keys
        found.append(sorted(keys[n] for n in range(len(keys))))
    write(tmp_path / "y.png", noise(50, 40))
    keys = open_data(str(tmp_path)).everything.keys
    found.append(sorted(keys[n] for n in range(len(keys)) if keys.names[n] != "y.png"))
    assert all(one == found[0] for one in found)


def test_that_a_picture_more_holds_out_nothing_that_was_learnt_from(tmp_path):
    learnt = set(open_data(str(folder_of(tmp_path / "before", 60))).train.keys.hashes.tolist())
    shutil.copytree(tmp_path / "before", tmp_path / "after")
    write(tmp_path / "after" / "0.png", noise(99))
    write(tmp_path / "after" / "a copy.png", noise(3))
    held_out = set(open_data(str(tmp_path / "after")).test.keys.hashes.tolist())
    assert held_out
    assert not held_out & learnt


def test_that_what_was_dealt_by_count_still_can_be(tmp_path):
    # The order of LatentLab before keys: files by name, mixed by how many there are.
    opened = open_data(f"{folder_of(tmp_path, 12)}::dealt=count")
    mixed = [7, 5, 4, 1, 2, 10, 3, 0, 6, 8, 9, 11]
    assert list(opened.everything.keys.names) == [f"{n:03}.png" for n in mixed]
    assert len(opened.test) == 1

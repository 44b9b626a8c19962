"""Several tables beside pictures: of parts, of the same pictures, with the same columns."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest

from latentlab.data.image_set import ImageSet
from latentlab.data.opening import Opened, open_data
from latentlab.data.tables import json_table
from latentlab.errors import LabError
from tests.data.pictures import encoded, noise


def opened(root: Path, pictures: list[str], tables: dict[str, list[str]]) -> Opened:
    """Pictures of noise, and tables of these lines."""
    for number, name in enumerate(pictures):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(encoded(noise(number)))
    for name, lines in tables.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("\n".join(lines))
    return open_data(str(root))


def classes_of(data: ImageSet) -> dict[str, str]:
    return {data.keys.names[index]: data.class_of(index) for index in range(len(data))}


def truth_of(data: ImageSet) -> dict[str, list[bool | None]]:
    """Of each picture what is true; None where it is not known."""
    assert data.attributes is not None
    known = data.attributes_known
    return {
        data.keys.names[index]: [
            bool(value) if known is None or bool(known[index, column]) else None
            for column, value in enumerate(data.attributes[index])
        ]
        for index in range(len(data))
    }


def test_that_a_table_named_after_a_part_is_about_its_pictures(tmp_path):
    """Both parts number their files from 0 on."""
    pictures = [f"train/{n}.png" for n in range(6)] + [f"test/{n}.png" for n in range(4)]
    tables = {
        "train.csv": ["id,label", *(f"{n},{'ab'[n % 2]}" for n in range(6))],
        "test_labels.csv": ["id,label", *(f"{n},{'ba'[n % 2]}" for n in range(4))],
    }
    data = opened(tmp_path, pictures, tables)
    assert classes_of(data.everything) == {
        **{f"train/{n}.png": "ab"[n % 2] for n in range(6)},
        **{f"test/{n}.png": "ba"[n % 2] for n in range(4)},
    }
    assert sorted(data.test.keys.names) == [f"test/{n}.png" for n in range(4)]


@pytest.mark.parametrize("told", [True, False])
def test_that_what_the_table_for_testing_names_is_held_out(tmp_path, told):
    """In one folder; whether it tells the classes, or is for handing in guesses."""
    tables = {
        "train.csv": ["id,label", *(f"{n},{'ab'[n % 2]}" for n in range(6))],
        "test.csv": ["id,label" if told else "id", *(f"{n},a" if told else f"{n}" for n in (6, 7))],
    }
    data = opened(tmp_path, [f"images/{n}.png" for n in range(8)], tables)
    assert sorted(data.test.keys.names) == ["images/6.png", "images/7.png"]
    assert classes_of(data.test) == dict.fromkeys(data.test.keys.names, "a" if told else "")
    assert "What test.csv names is held out." in data.report.in_words()


def test_that_lists_of_the_parts_divide_classes_of_folders(tmp_path):
    tables = {
        "meta/train.txt": [f"{kind}/{n}" for kind in ("pie", "soup") for n in (101, 102, 103)],
        "meta/test.txt": ["pie/104", "soup/104"],
    }
    pictures = [f"images/{kind}/{n}.jpg" for kind in ("pie", "soup") for n in (101, 102, 103, 104)]
    data = opened(tmp_path, pictures, tables)
    assert sorted(data.test.keys.names) == ["images/pie/104.jpg", "images/soup/104.jpg"]
    assert data.everything.classes == ("pie", "soup")


def test_that_tables_with_the_same_columns_are_understood_as_one(tmp_path):
    """By itself, the small one would have its classes in another column."""
    ages = ["0-2", "3-9", "old"]

    def lines(part: str, count: int) -> list[str]:
        return [
            "file,age,gender",
            *(f"{part}/{n}.png,{ages[n % 3]},{['Male', 'Female'][n % 2]}" for n in range(count)),
        ]

    pictures = [f"train/{n}.png" for n in range(12)] + [f"val/{n}.png" for n in range(4)]
    tables = {"label_train.csv": lines("train", 12), "label_val.csv": lines("val", 4)}
    data = opened(tmp_path, pictures, tables).everything
    assert data.classes == ("0-2", "3-9", "old")
    assert classes_of(data) == {name: ages[int(name.split("/")[1][:-4]) % 3] for name in pictures}
    assert data.attribute_names == ("gender=Male",)
    assert truth_of(data) == {name: [int(name.split("/")[1][:-4]) % 2 == 0] for name in pictures}


def test_that_numbers_of_a_small_table_are_the_classes_of_folders_too(tmp_path):
    """By itself, six numbers of six pictures would be no classes."""
    pictures = [f"Train/{c}/{c}_{n}.png" for c in range(12) for n in range(2)]
    pictures += [f"Test/{n:05}.png" for n in range(6)]
    tables = {
        "Train.csv": ["ClassId,Path", *(f"{name.split('/')[1]},{name}" for name in pictures[:24])],
        "Test.csv": ["ClassId,Path", *(f"{n * 2},Test/{n:05}.png" for n in range(6))],
    }
    data = opened(tmp_path, pictures, tables)
    assert data.everything.classes == tuple(map(str, range(12)))
    assert classes_of(data.test) == {f"Test/{n:05}.png": str(n * 2) for n in range(6)}


def test_that_tables_of_the_same_pictures_are_put_together(tmp_path):
    tables = {
        "labels.csv": ["id,label", *(f"{n},{'ab'[n % 2]}" for n in range(8))],
        "metadata.csv": ["id,sex,Hat,Old", *(f"{n},{'mw'[n // 4]},{n % 2},{int(n > 2)}" for n in range(8))],
    }
    pictures = [f"images/{n}.png" for n in range(8)]
    data = opened(tmp_path, pictures, tables).everything
    assert classes_of(data) == {f"images/{n}.png": "ab"[n % 2] for n in range(8)}
    assert data.attribute_names == ("sex=w", "Hat", "Old")
    assert truth_of(data) == {f"images/{n}.png": [n >= 4, n % 2 == 1, n > 2] for n in range(8)}


def test_that_tables_that_contradict_each_other_are_told(tmp_path):
    tables = {f"{who}.csv": ["file,Hat", *(f"{n}.png,{(n + add) % 2}" for n in range(8))] for who, add in
              (("ann", 0), ("bob", 1))}  # fmt: skip
    data = opened(tmp_path, [f"{n}.png" for n in range(8)], tables)
    assert data.everything.attributes is None
    words = data.report.in_words()
    assert "There are several tables (ann.csv, bob.csv) that contradict each other, so none was read" in words


def test_that_of_two_tables_that_contradict_each_other_the_fuller_one_counts(tmp_path):
    tables = {
        "all.csv": ["file,Hat", *(f"{n}.png,{n % 2}" for n in range(8))],
        "some.csv": ["file,Hat", *(f"{n}.png,{1 - n % 2}" for n in range(4))],
    }
    data = opened(tmp_path, [f"{n}.png" for n in range(8)], tables)
    assert truth_of(data.everything) == {f"{n}.png": [n % 2 == 1] for n in range(8)}
    assert "some.csv was skipped: it contradicts all.csv" in data.report.in_words()


NAMES = [f"{n}.png" for n in range(8)]
ROWS = [{"file_name": name, "label": "ab"[n % 2], "Hat": n > 3} for n, name in enumerate(NAMES)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("metadata.jsonl", "\n".join(json.dumps(row) for row in ROWS)),
        ("labels.json", json.dumps(ROWS)),
        ("annotations.json", json.dumps({row["file_name"]: row for row in ROWS})),
        ("marks.tab", "\n".join(f"{row['file_name']}\t{row['label']}\t{row['Hat']}" for row in ROWS)),
        ("anything.txt", "\n".join(f"{row['file_name']} {row['label']} {row['Hat']}" for row in ROWS)),
    ],
)
def test_that_tables_are_read_in_other_forms(tmp_path, name, text):
    data = opened(tmp_path, NAMES, {name: [text]}).everything
    assert classes_of(data) == {name: "ab"[n % 2] for n, name in enumerate(NAMES)}
    assert truth_of(data) == {name: [n > 3] for n, name in enumerate(NAMES)}


def test_that_an_object_of_files_gives_their_classes(tmp_path):
    text = json.dumps({name: "ab"[n % 2] for n, name in enumerate(NAMES)})
    data = opened(tmp_path, NAMES, {"labels.json": [text]}).everything
    assert classes_of(data) == {name: "ab"[n % 2] for n, name in enumerate(NAMES)}


def test_that_texts_beside_each_picture_and_other_texts_are_no_tables(tmp_path):
    texts = {name.replace(".png", ".txt"): [f"a picture of {name}"] for name in NAMES}
    texts |= {name.replace(".png", ".json"): ['{"label": "a"}'] for name in NAMES}
    texts["about.txt"] = ["These pictures were taken in 1999,", "0 of them by me."]
    data = opened(tmp_path, NAMES, texts)
    assert (data.everything.labels, data.everything.attributes) == (None, None)
    assert not any("about.txt" in note or "0.txt" in note or "0.json" in note for note in data.report.notes)


def test_that_what_is_not_read_beside_pictures_is_told(tmp_path):
    others = {name: ["x"] for name in ("labels.xlsx", "more.parquet", "a.zip", "b.mat", "c.npy")}
    notes = opened(tmp_path, NAMES, others).report.notes
    assert "Not read: labels.xlsx, more.parquet (save tables as CSV)" in notes
    assert "Not read: a.zip (archives; unpack what belongs to the pictures)" in notes
    assert "Not read: b.mat (files of other programs)" in notes
    assert "Not read: c.npy (arrays; pictures and labels can be put into an .npz)" in notes


@pytest.mark.parametrize("text", ["[", "7", '{"a": [1]}', "[" * 100_000, '{"images": [], "annotations": []}'])
def test_that_json_of_another_kind_is_told(tmp_path, text):
    data = opened(tmp_path, NAMES, {"labels.json": [text]})
    assert data.everything.attributes is None
    assert "labels.json is not a table of attributes: is no" in data.report.in_words()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("labels.json", b"[" + b"[]," * 6_000_000, "is JSON of over 16 MiB"),
        ("labels.jsonl", b"{}\n" * 1_000_001, "has over 1,000,000 lines"),
        ("labels.jsonl", b"[" + b"[]," * 400_000 + b"1]", "one of over a megabyte"),
    ],
)
def test_that_json_of_any_size_costs_little(name, content, said):
    tracemalloc.start()
    with pytest.raises(LabError, match=said):
        json_table.as_csv(content, name)
    assert tracemalloc.get_traced_memory()[1] < 2**28
    tracemalloc.stop()


def test_that_a_table_of_each_folder_is_judged_by_its_own_pictures(tmp_path):
    """As GTSRB has them: each folder numbers its files anew; its table has one class."""
    pictures = [f"{c:05}/{t:05}_{i:05}.png" for c in range(3) for t in range(2) for i in range(2)]
    tables = {
        f"{c:05}/GT-{c:05}.csv": [
            "Filename;Width;ClassId",
            *(f"{name.split('/')[1]};29;{c}" for name in pictures if name.startswith(f"{c:05}/")),
        ]
        for c in range(3)
    }
    data = opened(tmp_path, pictures, tables)
    assert classes_of(data.everything) == {name: name.split("/")[0] for name in pictures}
    assert "does not identify the pictures" not in data.report.in_words()
    assert '("Width" (the same everywhere), "ClassId" (the same everywhere))' in data.report.in_words()


def test_that_a_text_of_any_name_does_not_stand_in_a_tables_way(tmp_path):
    tables = {
        "labels.csv": ["file,label", *(f"{n}.png,{'ab'[n % 2]}" for n in range(8))],
        "guesses.txt": [f"{n}.png {'ba'[n % 2]}" for n in range(8)],
    }
    data = opened(tmp_path, NAMES, tables)
    assert classes_of(data.everything) == {name: "ab"[n % 2] for n, name in enumerate(NAMES)}
    assert "guesses.txt was skipped: it contradicts labels.csv" in data.report.notes

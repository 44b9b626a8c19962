"""The same content in a folder, in zips and in an .npz gives the same pictures, classes and attributes."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from latentlab.data.folders.archive import ZipTree
from latentlab.data.folders.member_names import clean, guess_encoding
from latentlab.data.image_set import ImageSet
from latentlab.data.opening import open_data
from latentlab.data.report import Notebook
from latentlab.errors import LabError
from tests.data.pictures import encoded, noise, seeds_of

COUNT = 30
KINDS = ("ant", "bee", "cat")


def files_of(count: int = COUNT) -> dict[str, bytes]:
    """Three folders of classes, and a table with what is Odd and what is Big."""
    found = {f"{KINDS[n % 3]}/{n:03}.png": encoded(noise(n)) for n in range(count)}
    rows = "".join(f"{KINDS[n % 3]}/{n:03}.png,{n % 2},{int(n >= 10)}\n" for n in range(count))
    return found | {"labels.csv": f"file,Odd,Big\n{rows}".encode()}


def lay_out(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def packed(path: Path, files: dict[str, bytes], prefix: str = "", mark: str = "/") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{prefix}{name}".replace("/", mark), content)
    return path


def as_arrays(count: int = COUNT, **others: np.ndarray) -> dict[str, np.ndarray]:
    numbers = np.arange(count)
    return {
        "images": np.stack([noise(n) for n in range(count)]),
        "labels": np.array(KINDS)[numbers % 3],
        "attributes": np.stack([numbers % 2, numbers >= 10], axis=1),
        "attribute_names": np.array(["Odd", "Big"]),
        "names": np.array([f"{KINDS[n % 3]}/{n:03}.png" for n in range(count)]),
        **others,
    }


def contents(data: ImageSet) -> dict[int, tuple[str, str, list[bool]]]:
    """Picture -> its name, class and attributes."""
    seeds = seeds_of(data.images.numpy())
    classes = [data.classes[label] for label in data.labels.tolist()]
    names = [data.keys.names[index] for index in range(len(data))]
    return dict(zip(seeds, zip(names, classes, data.attributes.tolist(), strict=True), strict=True))


WAYS = (
    "folder",
    "wrapped folder",
    "zip",
    "wrapped zip",
    "backslashes",
    "zip in a folder",
    "npz",
    "npz in a zip",
)


@pytest.mark.parametrize("way", WAYS)
def test_that_every_container_tells_the_same(tmp_path, way):
    root = tmp_path / "set"
    if way == "folder":
        path = lay_out(root, files_of())
    elif way == "wrapped folder":
        lay_out(root / "inner", files_of())
        path = root
    elif way == "npz":
        root.mkdir()
        path = root / "a.npz"
        np.savez_compressed(path, **as_arrays())
    elif way == "npz in a zip":
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **as_arrays())
        path = packed(tmp_path / "set.zip", {"inner/a.npz": buffer.getvalue()})
    else:
        root.mkdir()
        prefix = "inner/" if way == "wrapped zip" else ""
        archive = packed(root / "a.zip", files_of(), prefix, "\\" if way == "backslashes" else "/")
        path = root if way == "zip in a folder" else archive
    opened = open_data(str(path))
    prefix = "inner/" if way.startswith("wrapped") else ""
    assert contents(opened.everything) == {
        n: (f"{prefix}{KINDS[n % 3]}/{n:03}.png", KINDS[n % 3], [n % 2 == 1, n >= 10]) for n in range(COUNT)
    }
    assert (opened.everything.classes, opened.everything.attribute_names) == (KINDS, ("Odd", "Big"))
    plain = open_data(str(lay_out(tmp_path / "plain", files_of())))
    assert sorted(seeds_of(opened.test.images.numpy())) == sorted(seeds_of(plain.test.images.numpy()))


@pytest.mark.parametrize("container", ["folder", "zip"])
def test_that_shards_have_the_labels_of_their_dataset_json(tmp_path, container):
    files = {f"{n // 4:05}/img{n:08}.png": encoded(noise(n)) for n in range(12)}
    labels = ",".join(f'["{name}", {n % 3 + 4}]' for n, name in enumerate(files))
    files["dataset.json"] = f'{{"labels": [{labels}]}}'.encode()
    path = tmp_path / "set.zip"
    opened = open_data(str(packed(path, files) if container == "zip" else lay_out(tmp_path / "set", files)))
    assert opened.everything.classes == ("4", "5", "6")
    seeds = seeds_of(opened.everything.images.numpy())
    assert opened.everything.labels.tolist() == [n % 3 for n in seeds]
    assert "dataset.json gives 3 classes" in opened.report.notes


JSONS = {
    "a dict of words": (
        '{"labels": {"0.png": "cat", "1.png": "ant", "2.png": null}}',
        ("ant", "cat"),
        [1, 0, -1],
    ),
    "vectors": (
        '{"labels": [["0.png", [0, 1]], ["1.png", [1, 0]], ["2.png", [0, 1]]]}',
        ("0", "1"),
        [1, 0, 1],
    ),
    "backslashes": ('{"labels": [["a\\\\0.png", 1], [".\\\\1.png", 1], ["1.png", 2]]}', ("2",), [-1, 0, -1]),
    "no labels": ('{"labels": null}', (), None),
    "none of them": ('{"labels": [["x.png", 1]]}', (), None),
    "no JSON": ("{", (), None),
    "deep": ("[" * 100_000, (), None),
    "another JSON": ('{"images": [1, 2]}', (), None),
    "is not a list of [file, label] pairs": ('{"labels": [1, 2]}', (), None),
}


@pytest.mark.parametrize(("text", "classes", "labels"), JSONS.values(), ids=JSONS.keys())
def test_that_every_form_of_a_dataset_json_is_understood(tmp_path, text, classes, labels):
    files = {f"{n}.png": encoded(noise(n)) for n in range(3)}
    opened = open_data(str(lay_out(tmp_path / "set", files | {"dataset.json": text.encode()})))
    assert opened.everything.classes == classes
    seeds = seeds_of(opened.everything.images.numpy())
    if labels is None:
        assert opened.everything.labels is None
        assert any("dataset.json" in note for note in opened.report.notes)
    else:
        assert opened.everything.labels.tolist() == [labels[n] for n in seeds]


def test_that_vectors_of_several_ones_are_attributes(tmp_path):
    files = {f"{n}.png": encoded(noise(n)) for n in range(3)}
    files["dataset.json"] = b'{"labels": {"0.png": [1, 1, 0], "1.png": [0, 0, 1]}}'
    data = open_data(str(lay_out(tmp_path / "set", files))).everything
    of_each = dict(zip(seeds_of(data.images.numpy()), data.attributes.tolist(), strict=True))
    known = dict(zip(seeds_of(data.images.numpy()), data.attributes_known.tolist(), strict=True))
    assert of_each == {0: [True, True, False], 1: [False, False, True], 2: [False] * 3}
    assert known == {0: [True] * 3, 1: [True] * 3, 2: [False] * 3}


SYSTEM = ("__MACOSX", "$RECYCLE.BIN", "System Volume Information", "@eaDir", "#recycle", "lost+found", ".git")


@pytest.mark.parametrize("container", ["folder", "zip"])
def test_that_folders_of_systems_are_passed_over(tmp_path, container):
    files = {f"{kind}/{n}.png": encoded(noise(n)) for n, kind in enumerate(KINDS * 2)}
    for folder in (*SYSTEM, f"{KINDS[0]}/.ipynb_checkpoints", f"{KINDS[1]}/@eaDir"):
        files[f"{folder}/x.png"] = encoded(noise(50))
    files |= {f"{KINDS[0]}/._0.png": b"shadow", ".hidden.png": encoded(noise(51))}
    path = tmp_path / "set.zip"
    opened = open_data(str(packed(path, files) if container == "zip" else lay_out(tmp_path / "set", files)))
    assert opened.everything.classes == KINDS
    assert sorted(seeds_of(opened.everything.images.numpy())) == list(range(6))
    (note,) = (note for note in opened.report.notes if "were skipped" in note)
    assert note == (
        "Hidden and system folders were skipped: #recycle, $RECYCLE.BIN, .git, .ipynb_checkpoints and 4 more"
    )


def raw_names(path: Path, names: list[bytes], extra: dict[bytes, bytes] | None = None) -> Path:
    """A zip of pictures whose names are these bytes, unmarked, with extra fields."""
    body, directory = bytearray(), bytearray()
    for seed, name in enumerate(names):
        content, more = encoded(noise(seed)), (extra or {}).get(name, b"")
        sums = struct.pack("<III", zlib.crc32(content), len(content), len(content))
        start = len(body)
        head = struct.pack("<HHHHH", 20, 0, 0, 0, 0) + sums
        body += b"PK\3\4" + head + struct.pack("<HH", len(name), len(more)) + name + more + content
        directory += b"PK\1\2" + struct.pack("<H", 20) + head
        directory += struct.pack("<HHHHHII", len(name), len(more), 0, 0, 0, 0, start) + name + more
    end = struct.pack("<HHHHIIH", 0, 0, len(names), len(names), len(directory), len(body), 0)
    path.write_bytes(bytes(body + directory) + b"PK\5\6" + end)
    return path


ENCODED = {
    "utf-8": ("UTF-8", ["Käse/1.png", "Brot/2.png"]),
    "cp437": ("code page 437", ["Käse/1.png", "Bär/2.png"]),
    "cp1252": ("Windows-1252", ["Käse/1.png", "Bär/2.png"]),
    "cp866": ("code page 866", ["кошки/1.png", "собаки/2.png"]),
    "cp1251": ("Windows-1251", ["кошки/1.png", "собаки/2.png"]),
    "cp932": ("Shift JIS", ["ねこ/1.png", "犬の写真/2.png"]),
    "gbk": ("GBK", ["猫咪/1.png", "狗的图片/2.png"]),
    "big5": ("Big5", ["貓咪/1.png", "狗的圖片/2.png"]),
    "euc-kr": ("EUC-KR", ["고양이/1.png", "강아지/2.png"]),
}


@pytest.mark.parametrize(("encoding", "told"), ENCODED.items(), ids=ENCODED.keys())
def test_that_the_encoding_of_names_is_guessed_and_said(tmp_path, encoding, told):
    called, names = told
    path = raw_names(tmp_path / "a.zip", [name.encode(encoding) for name in names])
    opened = open_data(str(path))
    assert set(opened.everything.classes) == {name.partition("/")[0] for name in names}
    (note,) = (note for note in opened.report.notes if "encoded" in note)
    assert f": {called}" in note


def test_that_names_of_ascii_alone_need_no_guess(tmp_path):
    path = raw_names(tmp_path / "a.zip", [b"a/1.png", b"b/2.png"])
    assert not any("encoded" in note for note in open_data(str(path)).report.notes)
    assert guess_encoding(["Stra\u00dfe".encode("cp437")]) == "cp437"


def test_that_a_name_in_utf_8_beside_the_other_is_taken(tmp_path):
    name, meant = b"K?se/1.png", "Käse/1.png".encode()
    field = b"\x01" + struct.pack("<I", zlib.crc32(name)) + meant
    extra = {name: struct.pack("<HH", 0x7075, len(field)) + field}
    path = raw_names(tmp_path / "a.zip", [name, b"Brot/2.png"], extra)
    assert open_data(str(path)).everything.classes == ("Brot", "Käse")


def test_that_a_member_without_a_name_costs_only_itself(tmp_path):
    path = raw_names(tmp_path / "a.zip", [b"", b"a/1.png", b"b/2.png", b"/", b"../.."])
    opened = open_data(str(path))
    assert sorted(seeds_of(opened.everything.images.numpy())) == [1, 2]
    assert ("", "has no name in the archive") in opened.report.skipped


def test_that_of_a_name_twice_in_a_zip_the_last_counts(tmp_path):
    path = raw_names(tmp_path / "a.zip", [b"a.png", b"b.png", b"a.png", b"./b.png"])
    opened = open_data(str(path))
    assert sorted(seeds_of(opened.everything.images.numpy())) == [2, 3]
    assert "2 names are in the archive more than once: the last of each was used" in opened.report.notes


def test_that_paths_are_cleaned():
    names = [
        "a//b/./c.png",
        "../../x.png",
        "C:\\set\\y.png",
        "/etc/passwd",
        "",
        "a\\..\\b.png",
        "A\u0308.png",
    ]
    assert [clean(name) for name in names] == [
        *("a/b/c.png", "x.png", "set/y.png", "etc/passwd", "", "a/b.png", "\u00c4.png")
    ]


def test_that_an_encrypted_member_is_told(tmp_path):
    path = raw_names(tmp_path / "a.zip", [b"a.png", b"b.png", b"c.png"])
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + place] |= 1
    path.write_bytes(data)
    assert open_data(str(path)).report.skipped == (("a.png", "is encrypted"),)


def test_that_the_tables_of_two_parts_are_one(tmp_path):
    files = {
        f"{part}/{n}.png": encoded(noise(n + 10 * (part == "test")))
        for part in ("train", "test")
        for n in range(4)
    }
    for part in ("train", "test"):
        files[f"{part}/labels.csv"] = "\n".join(
            ["file,Odd", *(f"{n}.png,{n % 2}" for n in range(4))]
        ).encode()
    data = open_data(str(lay_out(tmp_path / "set", files))).everything
    of_each = dict(zip(seeds_of(data.images.numpy()), data.attributes[:, 0].tolist(), strict=True))
    assert of_each == {n: n % 2 == 1 for n in (0, 1, 2, 3, 10, 11, 12, 13)}


def test_that_a_table_that_lies_there_twice_is_read(tmp_path):
    files = files_of()
    once = open_data(str(lay_out(tmp_path / "set", files)))
    files["more.csv"] = files["labels.csv"]
    twice = open_data(str(lay_out(tmp_path / "twice", files)))
    assert contents(twice.everything) == contents(once.everything)


def test_that_an_example_of_what_to_hand_in_is_no_table(tmp_path):
    files = files_of()
    files["sample_submission.csv"] = files.pop("labels.csv")
    opened = open_data(str(lay_out(tmp_path / "set", files)))
    assert opened.everything.attributes is None
    assert any("sample_submission.csv is a sample submission" in note for note in opened.report.notes)


def test_that_what_a_zip_holds_is_told_where_no_pictures_are_in_it(tmp_path):
    path = packed(tmp_path / "a.zip", {"a.txt": b"x", "b.txt": b"y", "c.mp4": b"z"})
    with pytest.raises(LabError, match=r"holds no pictures, but 2 \.txt, 1 \.mp4"):
        open_data(str(path))
    with pytest.raises(LabError, match=r"holds another zip. Unpack b\.zip"):
        open_data(str(packed(tmp_path / "c.zip", {"b.zip": b"x"})))
    with pytest.raises(LabError, match=r"pickled Python objects \(set/data_batch_1\), which are"):
        open_data(str(lay_out(tmp_path / "cifar", {"set/data_batch_1": b"\x80\x03", "set/x": b""})))
    with pytest.raises(LabError, match=r"holds no pictures, but 1 \.bin"):
        open_data(str(lay_out(tmp_path / "bytes", {"set/data_batch_1.bin": b"\3\0"})))


def test_that_letters_composed_otherwise_are_the_same_name(tmp_path):
    files = {f"A\u0308/{n}.png": encoded(noise(n)) for n in range(2)} | {"b/2.png": encoded(noise(2))}
    data = open_data(str(lay_out(tmp_path / "set", files))).everything
    assert data.classes == ("b", "\u00c4")
    assert sorted(data.keys.names) == ["b/2.png", "\u00c4/0.png", "\u00c4/1.png"]


def test_that_files_are_looked_into_where_their_names_say_nothing(tmp_path):
    files = {f"img_{n}": encoded(noise(n)) for n in range(3)} | {
        "notes": b"hello",
        "x.heic": b"\0\0\0\x18ftypheic",
    }
    for path in (lay_out(tmp_path / "set", files), packed(tmp_path / "set.zip", files)):
        report = open_data(str(path)).report
        assert report.read == 3
        assert [file for file, _ in report.skipped] == ["x.heic"]


def test_that_a_tree_of_a_zip_has_no_hidden_files(tmp_path):
    tree = ZipTree(
        packed(tmp_path / "a.zip", {"a.png": b"", "b/.x/c.png": b"", "Thumbs.db": b"", "d.txt": b""}),
        Notebook(),
    )
    assert (tree.pictures, tree.others) == (["a.png"], ["d.txt"])
    tree.close()


def test_that_a_table_tells_the_classes_of_what_lies_outside_the_folders(tmp_path):
    files = {f"train/{KINDS[n % 3]}/{n}.png": encoded(noise(n)) for n in range(6)}
    files |= {f"test/{n}.png": encoded(noise(n)) for n in range(6, 12)}
    files["test.csv"] = "\n".join(
        ["file,kind", *(f"test/{n}.png,{KINDS[n % 3]}" for n in range(6, 12))]
    ).encode()
    opened = open_data(str(lay_out(tmp_path / "set", files)))
    data = opened.everything
    assert data.labels.tolist() == [n % 3 for n in seeds_of(data.images.numpy())]
    assert len(opened.test) == 6
    assert "Of 6 pictures outside the class folders the class comes from the table" in opened.report.notes


def test_that_chosen_columns_that_are_nowhere_are_told(tmp_path):
    folder = lay_out(tmp_path / "set", files_of())
    assert open_data(f"{folder}::attributes=Big").everything.attribute_names == ("Big",)
    with pytest.raises(LabError, match="colour"):
        open_data(f"{folder}::class=colour")


def test_that_idx_files_beside_pictures_are_told(tmp_path):
    files = files_of() | {"MNIST/raw/train-images-idx3-ubyte": b"", "MNIST/raw/train-labels-idx1-ubyte": b""}
    opened = open_data(str(lay_out(tmp_path / "set", files)))
    assert opened.everything.classes == KINDS
    assert "IDX files beside the pictures were skipped: MNIST/raw" in opened.report.notes

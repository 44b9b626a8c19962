"""Pictures with a table beside them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from latentlab.data import catalog
from latentlab.data.columns import Columns
from latentlab.data.opening import open_data, preview
from latentlab.data.spec import with_columns
from latentlab.errors import LabError
from tests.data.pictures import encoded, folder_of, noise, seeds_of, write

COUNT = 20


def celeba_table(path: Path, count: int = COUNT, suffix: str = "png") -> Path:
    """Picture n has Odd if n is odd, and Big if it is ten or more."""
    rows = [f"{n:03}.{suffix} {1 if n % 2 else -1:2} {1 if n >= 10 else -1:2}" for n in range(count)]
    path.write_text("\n".join([str(count), "Odd Big", *rows]) + "\n")
    return path


def check(data, count: int = COUNT) -> None:
    seeds = seeds_of(data.images.numpy())
    assert sorted(seeds) == list(range(count))
    assert data.attribute_names == ("Odd", "Big")
    assert data.attributes.tolist() == [[n % 2 == 1, n >= 10] for n in seeds]


@pytest.mark.parametrize("way", ["folder", "zip", "table", "zip itself", "flat"])
def test_that_celebas_layout_is_read_from_any_side(tmp_path, way):
    root = tmp_path / "celeba"
    root.mkdir()
    table = celeba_table(root / "list_attr_celeba.txt", suffix="jpg" if way == "zip" else "png")
    asked = root
    if way.startswith("zip"):
        with zipfile.ZipFile(root / "img_align.zip", "w") as file:
            for n in range(COUNT):
                file.writestr(f"img_align/{n:03}.png", encoded(noise(n)))
        (root / "other.zip").write_bytes((root / "img_align.zip").read_bytes()[:0] + b"PK\5\6" + bytes(18))
        asked = root / "img_align.zip" if way == "zip itself" else root
    else:
        folder_of(root if way == "flat" else root / "img_align", COUNT)
        asked = table if way == "table" else root
    opened = open_data(str(asked))
    check(opened.everything)
    assert opened.everything.name == ("img_align" if way == "zip itself" else "celeba")
    assert "table of attributes" in opened.report.kind
    assert (len(opened.train), len(opened.test)) == (17, 3)


def test_that_the_partition_is_kept(tmp_path):
    folder_of(tmp_path / "img", COUNT)
    celeba_table(tmp_path / "list_attr.txt")
    rows = [f"{n:03}.png {min(2, n // 8)}" for n in range(COUNT)]
    (tmp_path / "list_eval_partition.txt").write_text("\n".join(rows))
    opened = open_data(str(tmp_path))
    assert seeds_of(opened.test.images.numpy()) == [16, 17, 18, 19]
    assert seeds_of(opened.train.images.numpy()) == list(range(16))
    check(opened.everything)


def test_that_validation_is_held_out_where_nothing_is_for_testing(tmp_path):
    folder_of(tmp_path / "img", COUNT)
    celeba_table(tmp_path / "list_attr.csv").write_text(
        "image_id,Odd,Big\n"
        + "".join(f"{n:03}.png,{n % 2 * 2 - 1},{(n >= 10) * 2 - 1}\n" for n in range(COUNT))
    )
    rows = [f"{n:03}.png,{int(n < 3)}" for n in range(COUNT)]
    (tmp_path / "list_eval_partition.csv").write_text("\n".join(["image_id,partition", *rows]))
    opened = open_data(str(tmp_path))
    assert seeds_of(opened.test.images.numpy()) == [0, 1, 2]
    check(opened.everything)


def test_that_a_name_that_two_pictures_have_means_neither(tmp_path):
    celeba_table(tmp_path / "list_attr.txt")
    folder_of(tmp_path / "img", COUNT)
    write(tmp_path / "copies" / "004.png", noise(77))
    data = open_data(str(tmp_path)).everything
    known = {
        seed: known.all()
        for seed, known in zip(seeds_of(data.images.numpy()), data.attributes_known, strict=True)
    }
    assert known == {n: n not in (4, 77) for n in [*range(COUNT), 77]}


def test_that_absent_pictures_and_those_without_a_line_are_told(tmp_path):
    celeba_table(tmp_path / "list_attr.txt")
    folder_of(tmp_path / "img", COUNT)
    (tmp_path / "img" / "004.png").unlink()
    write(tmp_path / "img" / "stray.png", noise(77))
    data = open_data(str(tmp_path)).everything
    known = {
        seed: known.all()
        for seed, known in zip(seeds_of(data.images.numpy()), data.attributes_known, strict=True)
    }
    assert known == {n: n != 77 for n in [*range(COUNT), 77] if n != 4}


def test_that_a_table_without_its_pictures_is_told(tmp_path):
    celeba_table(tmp_path / "list_attr.txt")
    with pytest.raises(LabError, match=r"no pictures and no zip of pictures beside list_attr\.txt"):
        open_data(str(tmp_path))
    write(tmp_path / "stray.png", noise(77))
    with pytest.raises(LabError, match=r"list_attr\.txt: names none of the 1 pictures"):
        open_data(str(tmp_path))


@pytest.mark.parametrize("place", ["inside", "beside", "asked"])
def test_that_a_csv_belongs_to_its_folder(tmp_path, place):
    folder = folder_of(tmp_path / "cats", COUNT)
    text = "file,Odd,Big\n" + "".join(f"{n:03}.png,{n % 2},{int(n >= 10)}\n" for n in range(COUNT))
    path = folder / "about.csv" if place == "inside" else tmp_path / "cats.csv"
    path.write_text(text)
    check(open_data(str(path if place == "asked" else folder)).everything)


def test_that_classes_and_attributes_go_together(tmp_path):
    for n in range(COUNT):
        write(tmp_path / ("even", "odd")[n % 2] / f"{n:03}.png", noise(n))
    rows = "".join(f"{n:03}.png,{n % 2},{int(n >= 10)}\n" for n in range(COUNT))
    (tmp_path / "a.csv").write_text("file,Odd,Big\n" + rows)
    data = open_data(str(tmp_path)).everything
    check(data)
    assert data.classes == ("even", "odd")
    assert data.labels.tolist() == [int(odd) for odd, _ in data.attributes.tolist()]


def test_that_a_csv_about_something_else_does_not_stand_in_the_way(tmp_path):
    folder_of(tmp_path, COUNT)
    (tmp_path / "prices.csv").write_text("day,price\nMonday,12.50\nTuesday,13\n")
    opened = open_data(str(tmp_path))
    assert len(opened.everything) == COUNT
    assert opened.everything.attributes is None
    assert "prices.csv is not a table of attributes" in opened.report.in_words()
    (tmp_path / "more.csv").write_text("")
    words = open_data(str(tmp_path)).report.in_words()
    assert "more.csv is not a table of attributes: is empty" in words
    assert "prices.csv is not a table of attributes" in words


def both_columns(root: Path) -> Path:
    """Pictures of two parities and two sizes, with a column of words for each."""
    folder_of(root, COUNT)
    rows = "".join(f"{n:03}.png,{('even', 'odd')[n % 2]},{('small', 'big')[n >= 10]}\n" for n in range(COUNT))
    (root / "labels.csv").write_text("file,parity,how big\n" + rows)
    return root


def test_that_columns_are_chosen_by_the_spec(tmp_path):
    root = both_columns(tmp_path / "own")
    found = open_data(str(root)).everything
    assert (found.classes, found.attribute_names) == (("even", "odd"), ("how big=small",))
    data = open_data(with_columns(f"{root}::side=8", "class=how big,attributes=parity")).everything
    assert (data.classes, data.attribute_names, data.shape) == (("big", "small"), ("parity=odd",), (3, 8, 8))
    names = data.keys.names
    assert data.labels.tolist() == [int(int(name[:3]) < 10) for name in names]
    assert data.attributes[:, 0].tolist() == [int(name[:3]) % 2 == 1 for name in names]
    table = preview(str(root)).table
    assert table is not None
    assert (table.name, table.header) == ("labels.csv", ("file", "parity", "how big"))
    assert table.taken == Columns("file", "parity", "")


def test_that_it_is_said_where_the_folders_tell_what_is_held_out(tmp_path):
    for n in range(COUNT):
        write(tmp_path / ("train", "test")[n >= COUNT - 3] / f"{n:03}.png", noise(n))
    rows = "".join(f"{n:03}.png,{('even', 'odd')[n % 2]},{('train', 'test')[n % 2]}\n" for n in range(COUNT))
    (tmp_path / "a.csv").write_text("file,parity,part\n" + rows)
    table = preview(str(tmp_path)).table
    assert table is not None
    assert table.taken == Columns("file", "parity", "")
    assert table.words.endswith('; "part" does not define what is held out, because the folders do')
    table = preview(f"{tmp_path}::split=none").table
    assert table is not None
    assert table.words.endswith("; no column defines what is held out, because the folders do")
    table = preview(f"{tmp_path}::split=part").table
    assert table is not None
    assert table.taken == Columns("file", "parity", "part")
    assert "because the folders do" not in table.words


def test_that_a_chosen_column_overrides_folders_of_classes(tmp_path):
    for n in range(COUNT):
        write(tmp_path / ("even", "odd")[n % 2] / f"{n:03}.png", noise(n))
    rows = "".join(f"{n:03}.png,{('small', 'big')[n >= 10]}\n" for n in range(COUNT))
    (tmp_path / "a.csv").write_text("file,size\n" + rows)
    assert open_data(str(tmp_path)).everything.classes == ("even", "odd")
    table = preview(str(tmp_path)).table
    assert table is not None
    assert table.taken == Columns("file", "", "")
    assert table.words.endswith('; "size" is not used as the class, because the folders are')
    assert open_data(f"{tmp_path}::class=size").everything.classes == ("big", "small")


def test_that_columns_that_are_not_there_are_refused(tmp_path):
    root = both_columns(tmp_path / "own")
    with pytest.raises(
        LabError, match=r"labels\.csv: has no column 'kind'\. Its columns: file, parity, how big"
    ):
        open_data(f"{root}::class=kind")
    (root / "labels.csv").unlink()
    with pytest.raises(LabError, match="no table of attributes to choose columns from"):
        open_data(f"{root}::class=kind")
    with pytest.raises(LabError, match="mnist has no table to choose columns from"):
        catalog.load("mnist::class=kind")

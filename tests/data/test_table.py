"""What a table tells of pictures: which column is what, and what its cells mean."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from latentlab.data import limits
from latentlab.data.columns import Columns
from latentlab.data.report import Notebook
from latentlab.data.table_facts import TableSeen
from latentlab.data.tables.table import read_told
from latentlab.errors import LabError

FOUR = ["a.png", "b.png", "c.png", "d.png"]


def tell(content, pictures=FOUR, name="t.csv", chosen="", **rest):
    content = content.encode() if isinstance(content, str) else content
    book = Notebook()
    told = read_told(content, name, pictures, book, Columns.parse(chosen), **rest)
    assert book.skipped == []
    assert told.taken in book.notes
    return told, book.notes[:-1]


def by_name(told, name):
    """An attribute as one letter a picture: + yes, - no, ? not known."""
    column = told.attribute_names.index(name)
    known = np.ones(len(told.attributes), bool)
    if told.attributes_known is not None:
        known = told.attributes_known[:, column]
    values = told.attributes[:, column]
    assert not values[~known].any()
    return "".join("?" if not sure else "+" if yes else "-" for yes, sure in zip(values, known, strict=True))


def classes_of(told):
    """The class of each picture by name; None where it is not known."""
    return [told.classes[label] if label >= 0 else None for label in told.labels.tolist()]


@given(
    values=arrays.arrays(np.bool_, st.tuples(st.integers(1, 6), st.integers(1, 4))),
    kind=st.sampled_from(["txt", "csv"]),
    zero=st.sampled_from(["0", "-1", "0.0", "false"]),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    code=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    mark=st.sampled_from([",", ";", "\t", "|"]),
)
def test_that_yes_and_no_come_back_as_they_were_written(values, kind, zero, ending, code, mark):
    rows, columns = values.shape
    names = [f"n{c}" for c in range(columns)]
    mark = mark if kind == "csv" else " "
    lines = [mark.join(["file", *names])] if kind == "csv" else [str(rows), " ".join(names)]
    for row in range(rows):
        lines.append(mark.join([f"{row}.png", *(("1" if value else zero) for value in values[row])]))
    told, notes = tell(
        (ending.join(lines) + ending).encode(code), [f"{n}.png" for n in range(rows)], f"a.{kind}"
    )
    assert told.attribute_names == tuple(names)
    assert np.array_equal(told.attributes, values)
    assert (told.attributes_known, told.labels, told.held_out, told.matched) == (None, None, None, rows)
    assert [note for note in notes if "The same for every picture" not in note] == []


WORDS = st.text(
    st.sampled_from("ab ,;\t\"'\nöÉ|-.%=") | st.characters(codec="utf-8", exclude_characters="\0"), max_size=6
)
FILES = st.text(st.sampled_from("ab c,;'öé-_") | st.characters(codec="utf-8"), min_size=1, max_size=8)


def _tidy(text):
    """No blanks at the ends, no control characters, none of the halves of a path."""
    return text == text.strip() and text.isprintable() and not set(text) & set('/\\"=#')


@given(
    files=st.lists(FILES.filter(_tidy), min_size=4, max_size=9, unique_by=lambda name: name.casefold()),
    words=st.lists(st.text("öÉßcd", min_size=1, max_size=4), min_size=2, max_size=2, unique=True),
    caption=WORDS,
    mark=st.sampled_from([",", ";", "\t", "|"]),
    place=st.permutations(range(3)),
)
def test_that_what_the_csv_module_writes_comes_back(files, words, caption, mark, place):
    kinds = [words[number % 2] for number in range(len(files))]
    rows = [["file", "class", "caption"]]
    rows += [
        [f"{file}.png", kind, f"{caption}{n}"]
        for n, (file, kind) in enumerate(zip(files, kinds, strict=True))
    ]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=mark).writerows([[row[one] for one in place] for row in rows])
    told, _ = tell(text.getvalue(), [f"{file}.png" for file in files])
    assert classes_of(told) == kinds


# Which column names the files


@pytest.mark.parametrize(
    "text",
    [
        "file,Hat\na.png,1\nb.png,0\nc.png,0\nd.png,1\n",
        ",file,Hat\n3,a.png,1\n2,b.png,0\n1,c.png,0\n0,d.png,1\n",
        "Hat,file\n1,a.png\n0,b.png\n0,c.png\n1,d.png\n",
        "Unnamed: 0,Hat,where\n0,1,x/a.png\n1,0,x/b.png\n2,0,x/c.png\n3,1,x/d.png\n",
        "id,Hat\na,1\nb,0\nc,0\nd,1\n",
        "a.png,1\nb.png,0\nc.png,0\nd.png,1\n",
        "1,a\n0,b\n0,c\n1,d\n",
        "# made by hand\n# file,Hat\na.png,1\nb.png,0\nc.png,0\nd.png,1\n",
        "sep=;\nfile;Hat\na.png;1\nb.png;0\nc.png;0\nd.png;1\n",
        '"file","Hat"\n"a.png","1"\n"b.png","0"\n"c.png","0"\n"d.png","1"\n',
        "file,Hat,\na.png,1,\nb.png,0,\n\nc.png,0,\nd.png,1,\n\n",
        '"Hat"\n"a.png" 1\n"b.png" 0\n"c.png" 0\n"d.png" 1\n',
        '"file","Hat"\n"1","a.png",1\n"2","b.png",0\n"3","c.png",0\n"4","d.png",1\n',
        "file,Hat\na.png,1\n# later\nb.png,0\nfile,Hat\nc.png,0\nd.png,1\n",
        "a.png\t1\nb.png\t0\nc.png\t0\nd.png\t1\n",
    ],
)
@pytest.mark.parametrize("name", ["t.csv", "t.txt"])
def test_that_the_files_column_is_found_wherever_it_stands(text, name):
    told, _ = tell(text, name=name)
    assert told.matched == 4
    assert told.attributes.tolist() == [[True], [False], [False], [True]]


def test_that_numbers_that_only_count_are_no_names():
    pictures = [f"{n}.png" for n in range(12)]
    rows = "".join(f"{11 - n},{n}.png,{int(n < 6)}\n" for n in range(12))
    told, _ = tell(",file,IsRed\n" + rows, pictures)
    assert by_name(told, "IsRed") == "++++++------"
    header = ("column 1", "file", "IsRed")
    assert told.seen == TableSeen("t.csv", header, Columns("file", "", ""), told.taken)
    # Without names of files they are all there is.
    told, _ = tell("n,IsRed\n" + "".join(f"{n},{int(n < 6)}\n" for n in range(12)), pictures)
    assert by_name(told, "IsRed") == "++++++------"


def test_that_of_two_columns_that_match_the_more_exact_one_is_taken():
    text = "old,file,Hat\nx/b.PNG,a.png,1\nx/a.PNG,b.png,0\nx/d.PNG,c.png,0\nx/c.PNG,d.png,1\n"
    assert by_name(tell(text)[0], "Hat") == "+--+"
    assert by_name(tell(text, chosen="file=old")[0], "Hat") == "-++-"
    text = "mask,image,Hat\nb.png,a.png,1\na.png,b.png,0\nd.png,c.png,0\nc.png,d.png,1\n"
    assert by_name(tell(text)[0], "Hat") == "+--+"


# Names in other forms


@pytest.mark.parametrize(
    ("written", "there"),
    [
        ("cats\\{}.png", "cats/{}.png"),
        ("./cats/{}.png", "cats/{}.png"),
        ("/cats//{}.png", "cats/{}.png"),
        ("own/cats/{}.png", "cats/{}.png"),
        ("C:\\data\\set\\cats\\{}.png", "cats/{}.png"),
        ("/home/me/old/{}.png", "new/{}.png"),
        ("https://host/img/{}.png", "{}.png"),
        ("cats/{}.PNG", "cats/{}.png"),
        ("CATS/{}.png", "cats/{}.PNG"),
        ("É{}.png", "E\u0301{}.png"),
        ("E\u0301{}.png", "É{}.png"),
        ("Ã‰{}.png", "É{}.png"),
        ("%C3%89%20{}.png", "É {}.png"),
        ("{}.png", "deep/down/{}.png"),
        ("{}", "cats/{}.png"),
        ("cats/{}.jpg", "cats/{}.png"),
        ("{}.tar", "{}.tar.png"),
        ("{}.tar.jpeg", "{}.tar.png"),
        ("{}.png", "000{}.png"),
        ("{}.0", "000{}.png"),
        ("000{}", "{}.png"),
        ("'{}.png'", "{}.png"),
    ],
)
def test_that_a_name_in_another_form_means_its_picture(written, there):
    text = "file,Hat\n" + "".join(f"{written.format(n)},{n % 2}\n" for n in range(1, 5))
    told, _ = tell(text, [there.format(n) for n in range(1, 5)])
    assert by_name(told, "Hat") == "+-+-"


@pytest.mark.parametrize(
    ("encoding", "letters", "said"),
    [("cp1252", "Éü", "cp1252"), ("cp1251", "Жя", "cp1251"), ("cp932", "日本", "cp932")],
)
def test_that_another_encoding_is_read_by_the_pictures_names_and_told(encoding, letters, said):
    names = [f"{letters}{n}.png" for n in range(4)]
    rows = "".join(f"{name},{n // 2}\n" for n, name in enumerate(names))
    told, notes = tell(f"file,Hat\n{rows}".encode(encoding), names)
    assert by_name(told, "Hat") == "--++"
    assert f"t.csv is not UTF-8, and was read as {said}" in notes[0]


@pytest.mark.parametrize(
    ("encoding", "words", "said"),
    [
        ("cp1252", ("Köter", "Kätzchen"), "cp1252 (Western European)"),
        ("cp1251", ("собака", "кошка"), "cp1251 (Cyrillic)"),
        ("cp932", ("いぬ", "ねこ"), "cp932 (Japanese)"),
        ("gbk", ("猫咪", "小狗"), "gb18030 (Chinese)"),
        ("euc-kr", ("고양이", "강아지"), "cp949 (Korean)"),
        ("mac_roman", ("Köter", "Kätzchen"), "mac_roman (Macintosh)"),
    ],
)
def test_that_another_encoding_is_told_by_what_stands_in_the_table(encoding, words, said):
    """The pictures' names are of letters that all encodings share."""
    rows = "".join(f"{name},{words[n % 2]}\n" for n, name in enumerate(FOUR))
    told, notes = tell(f"file,class\n{rows}".encode(encoding))
    assert classes_of(told) == [*words, *words]
    assert f"t.csv is not UTF-8, and was read as {said}" in notes[0]


@pytest.mark.parametrize("mark", ["|", ";", ", "])
def test_that_cells_of_several_words_are_attributes_rather_than_classes(mark):
    cells = ["None", "Mass", f"Mass{mark}Nodule", f"Edema{mark}Mass", "Nodule", ""]
    rows = "".join(f'{n}.png,"{cell}"\n' for n, cell in enumerate(cells * 2))
    told, _ = tell(f"file,Findings\n{rows}", [f"{n}.png" for n in range(12)])
    assert told.labels is None
    assert told.attribute_names == tuple(f"Findings={word}" for word in ("Edema", "Mass", "Nodule", "None"))
    assert [by_name(told, f"Findings={word}")[:6] for word in ("Edema", "Mass", "Nodule", "None")] == [
        *("---+-?", "-+++-?", "--+-+?", "+----?")
    ]


def test_that_blanks_part_words_only_where_the_column_says_so():
    cells = ["clear road", "clear water", "haze road", "haze water"] * 2
    rows = "".join(f"{n}.png,{cell}\n" for n, cell in enumerate(cells))
    pictures = [f"{n}.png" for n in range(8)]
    told, _ = tell(f"image_name,tags\n{rows}", pictures)
    assert told.labels is None
    assert by_name(told, "tags=clear") == "++--++--"
    assert by_name(told, "tags=road") == "+-+-+-+-"
    told, _ = tell(f"image_name,breed\n{rows}", pictures)
    assert classes_of(told) == cells


def test_that_texts_and_numbers_with_marks_are_no_several_words():
    texts = "".join(f'{n}.png,"a cat, number {n}","{n},5",{"ab"[n % 2]}\n' for n in range(8))
    told, _ = tell(f"file,caption,weight,class\n{texts}", [f"{n}.png" for n in range(8)])
    assert (told.attribute_names, told.classes) == ((), ("a", "b"))


@pytest.mark.parametrize(
    ("yes", "no"),
    [("ja", "nein"), ("Oui", "Non"), ("WAHR", "FALSCH"), ("да", "нет"), ("x", ""), ("X", ""), ("✓", "✗")],
)
def test_that_yes_and_no_are_known_in_other_languages_and_as_ticks(yes, no):
    rows = "".join(f"{name},{yes if n % 2 else no}\n" for n, name in enumerate(FOUR))
    told, _ = tell(f"file,Hat\n{rows}")
    assert by_name(told, "Hat") == "-+-+"
    assert told.labels is None


def test_that_classes_in_several_spellings_are_one():
    cells = ["Cat", "cat", "Cat ", "DOG", "dog", "dog", "A", "a"]
    rows = "".join(f"{n}.png,{cell}\n" for n, cell in enumerate(cells))
    told, notes = tell(f"file,class\n{rows}", [f"{n}.png" for n in range(8)])
    assert classes_of(told) == ["Cat", "Cat", "Cat", "dog", "dog", "dog", "A", "a"]
    assert "Some classes are spelled in several ways in t.csv" in notes[-1]


def test_that_minus_one_beside_counted_classes_is_none():
    """As in an .npz."""
    rows = "".join(f"{n}.png,{[-1, 0, 1, 2][n % 4]}\n" for n in range(8))
    told, notes = tell(f"file,label\n{rows}", [f"{n}.png" for n in range(8)])
    assert classes_of(told) == [None, "0", "1", "2"] * 2
    assert '2 cells of "label" in t.csv are empty or -1' in notes[-1]


def test_that_measures_and_other_files_are_no_classes():
    rows = "".join(f"{n}.png,{n % 4},back{n % 2}.png,{'ab'[n % 2]}\n" for n in range(12))
    told, _ = tell(f"file,age,background,kind\n{rows}", [f"{n}.png" for n in range(12)])
    assert classes_of(told) == ["a", "b"] * 6
    told, _ = tell(f"file,age,background,kind\n{rows}", [f"{n}.png" for n in range(12)], chosen="class=age")
    assert classes_of(told) == ["0", "1", "2", "3"] * 3


def test_that_what_is_for_validation_is_held_out_by_its_own_column():
    rows = "".join(f"{name},{n % 2},{n == 2}\n" for n, name in enumerate(FOUR))
    told, _ = tell(f"file,Hat,is_valid\n{rows}")
    assert told.held_out.tolist() == [False, False, True, False]
    assert told.attribute_names == ("Hat",)
    sound = "".join(f"{name},{n % 2},{n != 2}\n" for n, name in enumerate(FOUR))
    told, _ = tell(f"file,Hat,is_valid\n{sound}")
    assert (told.held_out, told.attribute_names) == (None, ("Hat", "is_valid"))


def test_that_names_in_web_addresses_are_found():
    rows = "".join(f"https://example.org/set/{name}?raw=1#top,{n % 2}\n" for n, name in enumerate(FOUR))
    told, _ = tell(f"url,Hat\n{rows}")
    assert by_name(told, "Hat") == "-+-+"


@pytest.mark.parametrize("header", ["folder,file,Hat\n", ""])
def test_that_another_column_may_name_the_folders(header):
    pictures = [f"set/{kind}/{n}.png" for kind in ("cats", "dogs") for n in range(4)]
    rows = "".join(
        f"{kind},{n}.png,{int((n > 1) == (kind == 'cats'))}\n" for kind in ("dogs", "cats") for n in range(4)
    )
    told, _ = tell(header + rows, pictures)
    assert by_name(told, "Hat" if header else "column 3") == "--++++--"
    assert told.matched == 8
    if header:
        assert classes_of(told) == ["cats"] * 4 + ["dogs"] * 4


def test_that_names_that_several_pictures_have_are_told_as_such():
    pictures = [f"{kind}/{n}.png" for kind in ("cats", "dogs") for n in range(3)]
    with pytest.raises(LabError, match=r"does not identify the pictures: more than one is called '0\.png'"):
        tell("file,Hat\n0.png,1\n1.png,0\n2.png,1\n", pictures)


def test_that_a_suffix_is_cut_off_only_where_it_is_one_of_pictures():
    pictures = ["s", "s.1.png", "s.png", "t.1.png", "t.png"]
    told, notes = tell("id,Blue\ns.1,1\nt.1,1\ns.png,0\nt,0\ns,1\n", pictures)
    assert by_name(told, "Blue") == "++-+-"
    assert notes == []
    told, notes = tell("id,Blue\ns.1,1\nt.1,1\ns,0\nt,0\n", pictures[1:])
    assert by_name(told, "Blue") == "+-+-"
    told, notes = tell("id,Blue\ns.1,1\nt,0\ns.2,0\n", ["s.png", "t.png", "s.1.png"])
    assert by_name(told, "Blue") == "?-+"


def test_that_what_may_mean_two_pictures_means_none_and_is_told():
    told, notes = tell("file,Hat\n1.png,1\n2.png,0\n3.png,1\n", ["a/1.png", "b/1.png", "b/2.png", "a/3.png"])
    assert by_name(told, "Hat") == "??-+"
    assert notes[0] == (
        "1 line of t.csv names pictures that it does not identify uniquely, and were ignored (1.png, line 2)"
    )
    assert notes[1] == "2 pictures are not in t.csv, so nothing is known about them (a/1.png)"
    # Two lines of one picture in the same form.
    told, notes = tell("file,Hat\nx/a.png,1\ny/a.png,0\nb.png,1\n", ["a.png", "b.png"])
    assert by_name(told, "Hat") == "?+"
    assert notes[0].startswith("2 lines of t.csv name pictures that it does not identify uniquely")


def test_that_a_looser_form_never_overrides_a_stricter_one():
    told, notes = tell("file,Hat\nA.PNG,0\na.png,1\na,0\na.jpg,0\nb.png,0\n", ["a.png", "b.png"])
    assert by_name(told, "Hat") == "+-"
    assert notes == ["3 lines of t.csv name pictures that another line names more exactly (A.PNG, line 2)"]


def test_that_only_the_letters_case_may_tell_two_pictures_apart():
    told, _ = tell("file,Hat\na.PNG,1\nA.PNG,0\n", ["A.png", "a.png"])
    assert by_name(told, "Hat") == "-+"


# What a column holds


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("1 0 0 1", "+--+"),
        ("1 -1 -1 1", "+--+"),
        ("1.0 0.0 0.0 1.0", "+--+"),
        ("True False False True", "+--+"),
        ("yes no no yes", "+--+"),
        ("Y N N Y", "+--+"),
        ("t f f t", "+--+"),
        ("+ - - +", "+--+"),
        ("present absent absent present", "+--+"),
        ("1 0 nan 1", "+-?+"),
        ("1 0 ? 1", "+-?+"),
        ("1 0 yes? 1", "+-?+"),
        ("1 0 --1 1", "+-?+"),
        ("1 1 1 1", "++++"),
    ],
)
def test_that_two_values_are_yes_and_no_and_an_odd_one_is_not_known(cells, expected):
    rows = "".join(f"{file},{cell}\n" for file, cell in zip(FOUR, cells.split(), strict=True))
    told, notes = tell(f"file,Hat\n{rows}")
    assert by_name(told, "Hat") == expected
    assert told.labels is None
    if "?" in expected:
        odd = cells.split()[2]
        says = "says nothing" if odd in ("nan", "?") else "is neither yes nor no"
        assert notes == [f'1 cell of "Hat" in t.csv {says} ({odd!r} in line 4), and counts as not known']
    if expected == "++++":
        assert notes == ['The same for every picture: "Hat"']


def test_that_an_empty_cell_costs_nothing_but_itself():
    told, notes = tell("file,Hat,class\na.png,1,cat\nb.png,,dog\nc.png,0,\nd.png\n")
    assert by_name(told, "Hat") == "+?-?"
    assert classes_of(told) == ["cat", "dog", None, None]
    assert notes == [
        '2 cells of "class" in t.csv are empty, so the class of these pictures is unknown',
        "2 cells of \"Hat\" in t.csv say nothing ('' in line 3), and count as not known",
    ]


def test_that_the_first_empty_cell_of_the_table_is_named_however_the_pictures_stand():
    told, notes = tell("file,Hat\nd.png,\nb.png,1\na.png,\nc.png,0\n")
    assert by_name(told, "Hat") == "?+-?"
    assert notes == ["2 cells of \"Hat\" in t.csv say nothing ('' in line 2), and count as not known"]


def of_twenty(header, value):
    rows = "".join(f"{n}.png,{value(n)}\n" for n in range(20))
    return tell(f"file,{header}\n{rows}", [f"{n}.png" for n in range(20)])


@pytest.mark.parametrize("name", ["class", "kind", "Hat"])
def test_that_three_whole_numbers_are_three_classes(name):
    told, notes = of_twenty(name, lambda n: min(2, n // 8))
    assert told.classes == ("0", "1", "2")
    assert told.labels.tolist() == [0] * 8 + [1] * 8 + [2] * 4
    assert (told.attributes, notes) == (None, [])


@pytest.mark.parametrize("name", ["class", "Label", "target", "y", "digit", "class name"])
def test_that_a_column_called_like_a_class_is_one_with_two_values_too(name):
    told, _ = of_twenty(name, lambda n: n % 2)
    assert (told.classes, told.attributes) == (("0", "1"), None)
    assert told.labels.tolist() == [0, 1] * 10


def test_that_classes_come_in_natural_order():
    assert of_twenty("label", lambda n: (9, 10, 1, 2)[n % 4])[0].classes == ("1", "2", "9", "10")
    assert of_twenty("label", lambda n: ("c9", "c10", "c1", "C2")[n % 4])[0].classes == (
        "c1",
        "C2",
        "c9",
        "c10",
    )
    assert of_twenty("label", lambda n: f"{n % 3}.0")[0].classes == ("0", "1", "2")


def test_that_numbers_and_text_are_told_and_kept_as_columns():
    told, _ = of_twenty(
        "age,score,height,caption,Hat", lambda n: f"{20 + n},{n / 7:.3f},1.{n:02},word {n},{n % 2}"
    )
    assert told.attribute_names == ("Hat",)
    assert told.taken == (
        't.csv: the column "file" names the files (20 of 20 found); "Hat" is yes/no; other columns: "age" '
        '(numbers), "score" (numbers), "height" (numbers), "caption" (text)'
    )
    age, score, height, caption = told.columns
    assert (age.name, age.values.tolist()) == ("age", list(range(20, 40)))
    assert score.values[7] == height.values[0] == 1.0
    assert [caption.words[code] for code in caption.codes[:2]] == ["word 0", "word 1"]


def test_that_numbers_alone_make_a_table_and_what_is_no_number_is_unknown():
    told, _ = tell("file,age\nb.png,3.5\na.png,7 %\nd.png,\nx.png,9\n")
    (age,) = told.columns
    np.testing.assert_array_equal(age.values, np.array([7, 3.5, np.nan, np.nan], np.float32))


def test_that_columns_beyond_memory_are_left_out_and_that_is_told(monkeypatch):
    monkeypatch.setattr("latentlab.data.tables.kept_columns.MAX_KEPT_BYTES", 50)
    told, notes = tell(
        "file,age,mass,Hat\n" + "".join(f"{one},{n}.5,1{n}.5,{n % 2}\n" for n, one in enumerate(FOUR))
    )
    assert [column.name for column in told.columns] == ["age"]
    assert "Of the columns of t.csv, 1 did not fit into memory and were left out" in notes


def test_that_decimal_commas_do_not_divide_cells():
    rows = "".join(f"{file};1,{n}5;{n % 2}\n" for n, file in enumerate(FOUR))
    told, _ = tell(f"file;height;Hat\n{rows}")
    assert by_name(told, "Hat") == "-+-+"
    assert '"height" (numbers)' in told.taken


def test_that_the_column_called_class_is_preferred_and_other_words_become_attributes():
    told, _ = of_twenty(
        "colour,species,sex",
        lambda n: f"{('red', 'green', 'blue')[n % 3]},{('cat', 'dog')[n % 2]},{'fm'[n // 10]}",
    )
    assert told.classes == ("cat", "dog")
    assert told.attribute_names == ("colour=blue", "colour=green", "colour=red", "sex=m")
    assert by_name(told, "colour=red") == "+--" * 6 + "+-"
    assert by_name(told, "sex=m") == "-" * 10 + "+" * 10
    assert '"species" is the class (2); each word of "colour" and "sex" is an attribute' in told.taken


def test_that_of_numbers_and_words_for_the_same_the_words_are_taken():
    told, _ = of_twenty("label,label_name", lambda n: f"{n % 2},{('dog', 'cat')[n % 2]}")
    assert (told.classes, told.attributes) == (("cat", "dog"), None)
    assert classes_of(told)[:2] == ["dog", "cat"]
    assert '"label" says the same as "label_name"' in told.taken


def test_that_a_second_column_for_the_class_is_no_attribute():
    told, _ = of_twenty("species,in latin", lambda n: ("cat,felis", "dog,canis")[n % 2])
    assert (told.classes, told.attributes) == (("cat", "dog"), None)
    assert '"in latin" says the same as "species"' in told.taken


def test_that_coordinates_are_no_classes():
    told, _ = of_twenty("x,y,Hat", lambda n: f"{n % 3},{n % 4},{n % 2}")
    assert (told.labels, told.attribute_names) == (None, ("Hat",))
    assert of_twenty("y", lambda n: n % 4)[0].classes == ("0", "1", "2", "3")


def test_that_minus_one_zero_and_one_beside_attributes_are_told():
    told, _ = of_twenty("Hat,Odd", lambda n: f"{n % 2},{n % 3 - 1}")
    assert (told.attribute_names, told.labels) == (("Hat",), None)
    assert 'other columns: "Odd" (-1, 0 and 1)' in told.taken
    assert of_twenty("sentiment", lambda n: n % 3 - 1)[0].classes == ("-1", "0", "1")


@pytest.mark.parametrize(
    ("name", "words", "expected"),
    [
        ("split", "train train test val", "--+-"),
        ("Usage", "Training Training PrivateTest PublicTest", "--++"),
        ("phase", "train train val val", "--++"),
        ("anything", "train train TEST test", "--++"),
        ("partition", "0 0 2 1", "--+-"),
        ("partition", "0 0 1 1", "--++"),
        ("is_test", "0 False 1 yes", "--++"),
        ("is_training_image", "1 1 0 0", "--++"),
    ],
)
def test_that_a_column_tells_what_is_for_testing(name, words, expected):
    rows = "".join(
        f"{file},{word},{n % 2}\n" for n, (file, word) in enumerate(zip(FOUR, words.split(), strict=True))
    )
    told, _ = tell(f"file,{name},Hat\n{rows}")
    assert "".join("-+"[int(held)] for held in told.held_out) == expected
    assert told.attribute_names == ("Hat",)
    assert tell(f"file,{name},Hat\n{rows}", chosen="split=none")[0].held_out is None


# What a person chooses


def test_that_columns_can_be_chosen_by_name_number_and_in_other_letters():
    rows = "".join(f"{n},{file},{'xy'[n % 2]},{'uv'[n // 2]},{n % 2}\n" for n, file in enumerate(FOUR))
    text = f"n,file,One thing,Other,Hat\n{rows}"
    assert tell(text)[0].classes == ("x", "y")
    assert tell(text, chosen="class=Other")[0].classes == ("u", "v")
    assert tell(text, chosen="class=one THING")[0].classes == ("x", "y")
    assert tell(text, chosen="class=4")[0].classes == ("u", "v")
    assert tell(text, chosen="class=Hat")[0].classes == ("0", "1")
    told, _ = tell(text, chosen="class=none,attributes=Hat")
    assert (told.labels, told.attribute_names) == (None, ("Hat",))
    assert tell(text, chosen="attributes=none")[0].attributes is None
    assert tell(text, chosen="class=Other,attributes=Hat+Other")[0].attribute_names == ("Hat", "Other=v")


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ("class=kind", r"t\.csv: has no column 'kind'\. Its columns: file, Hat, age"),
        ("file=name", "has no column 'name'"),
        ("file=Hat", "the column 'Hat' names none of the 4 pictures"),
        ("split=age", "the column 'age' does not define a split"),
        ("attributes=age", r"the column 'age' does not hold yes/no values \(numbers\)"),
    ],
)
def test_that_a_choice_that_cannot_be_is_told(chosen, reason):
    rows = "".join(f"{file},{n % 2},{n}.5\n" for n, file in enumerate(FOUR))
    with pytest.raises(LabError, match=reason):
        tell(f"file,Hat,age\n{rows}", chosen=chosen)


@pytest.mark.parametrize("chosen", ["class=none,attributes=none", "attributes=none", "class=none,split=none"])
def test_that_a_table_may_be_left_with_nothing_that_is_wanted(chosen):
    rows = "".join(f"{file},{n}.5\n" for n, file in enumerate(FOUR))
    told, notes = tell(f"file,age\n{rows}", chosen=chosen)
    assert (told.labels, told.attributes, told.held_out) == (None, None, None)
    assert (
        told.taken
        == 't.csv: the column "file" names the files (4 of 4 found); other columns: "age" (numbers)'
    )
    assert notes == []


def test_that_too_many_classes_are_refused_and_too_many_attributes_cut(monkeypatch):
    monkeypatch.setattr("latentlab.data.tables.column_roles.MAX_CLASSES", 3)
    monkeypatch.setattr("latentlab.data.tables.column_roles.MAX_ATTRIBUTES", 2)
    text = "file,n,A,B,C\n" + "".join(f"{file},{n},1,0,{n % 2}\n" for n, file in enumerate(FOUR))
    with pytest.raises(LabError, match="the column 'n' has 4 different values, over the limit of 3 classes"):
        tell(text, chosen="class=n")
    told, notes = tell(text)
    assert told.attribute_names == ("A", "B")
    assert "Of the 3 attributes of t.csv, the first 2 were used; others can be chosen" in notes
    assert tell(text, chosen="attributes=C")[0].attribute_names == ("C",)


def test_that_columns_over_the_limit_are_told(monkeypatch):
    monkeypatch.setattr("latentlab.data.tables.sheet_reading.MAX_COLUMNS", 3)
    told, notes = tell("file,A,B,C\n" + "".join(f"{file},1,{n % 2},0\n" for n, file in enumerate(FOUR)))
    assert told.attribute_names == ("A", "B")
    assert notes[0] == "Of the 4 columns of t.csv, the first 3 were read"


# Lines and cells


def test_that_quotes_may_hold_commas_quotes_and_line_ends():
    text = 'file,caption,Hat\n"a, b.png","one\ntwo, ""three""",1\n c.png ,x,0\n'
    told, notes = tell(text, ["a, b.png", "c.png"])
    assert by_name(told, "Hat") == "+-"
    assert notes == []


def test_that_a_quote_that_is_never_closed_costs_one_line():
    text = 'file,caption,Hat\na.png,"x",1\nb.png,"y,0\nc.png,z,0\nd.png,"w",1\n'
    told, notes = tell(text)
    assert by_name(told, "Hat") == "+--+"
    assert notes == [
        "The quotation marks in line 3 of t.csv do not match, so it was read line by line from there on"
    ]


@pytest.mark.parametrize("quote", ["", '"'])
def test_that_a_cell_of_any_length_is_read(quote):
    long = f"{quote}{'x' * 200_000}{quote}"
    assert (
        by_name(tell(f"file,text,Hat\na.png,{long},1\nb.png,y,0\nc.png,z,0\nd.png,,1\n")[0], "Hat") == "+--+"
    )


def test_that_a_wrong_count_is_only_noted():
    text = "7\nHat Smiling\na.png  1 -1\nb.png -1 -1\nc.png -1 -1\nd.png -1 1\n"
    told, notes = tell(text, name="list_attr.txt")
    assert (by_name(told, "Hat"), by_name(told, "Smiling")) == ("+---", "---+")
    assert notes == ["list_attr.txt says 7 pictures and lists 4"]
    assert tell(text.replace("7\n", "4\n", 1), name="list_attr.txt")[1] == []
    assert tell(text.replace("7\n", "", 1), name="list_attr.txt")[1] == []


def test_that_names_with_blanks_stand_in_celebas_layout_too():
    told, _ = tell("2\nHat Smiling\nmy cat.png  1 -1\nb.png -1 1\n", ["my cat.png", "b.png"], "list_attr.txt")
    assert (by_name(told, "Hat"), by_name(told, "Smiling")) == ("+-", "-+")


def test_that_a_line_of_another_length_is_told():
    told, notes = tell("Hat Smiling\na.png 1 -1\nb.png 1 1\nc.png 1\nd.png -1 1\n", name="list_attr.txt")
    assert by_name(told, "Hat") == "++?-"
    assert notes[0] == "Line 4 of list_attr.txt was not used: 1 values for 2 columns (c.png)"
    told, notes = tell("file,Hat\na.png,1\nb.png,0\nc.png,1,7\nd.png,0\n")
    assert by_name(told, "Hat") == "+-?-"
    assert notes[0] == "Line 4 of t.csv was not used: 2 values for 1 columns (c.png)"


def test_that_a_column_missing_from_the_header_is_told():
    with pytest.raises(LabError, match=r"t\.csv: line 2: 2 values for 1 columns"):
        tell("file,Hat\na.png,1,0\nb.png,1,0\n")


def test_that_the_first_of_several_lines_counts_and_the_others_are_told():
    text = "file,Hat\na.png,1\nb.png,0\nc.png,1\nd.png,1\n"
    assert tell(f"{text}a.png,1\n")[1] == [
        "t.csv lists some pictures twice (line 6); the first line of each is used"
    ]
    told, notes = tell(f"{text}a.png,1\nb.png,1\n")
    assert by_name(told, "Hat") == "+-++"
    assert notes == [
        "t.csv lists some pictures twice, and line 7 says otherwise than line 3; the first line "
        "of each is used"
    ]


def test_that_lines_without_a_picture_and_pictures_without_a_line_are_counted():
    told, notes = tell("file,Hat\na.png,1\nx.png,0\ny.png,1\n")
    assert by_name(told, "Hat") == "+???"
    assert told.matched == 1
    assert notes[:2] == [
        "2 lines of t.csv name pictures that are not here (x.png, line 3)",
        "3 pictures are not in t.csv, so nothing is known about them (b.png); that is most of them",
    ]


def test_that_a_celeba_partition_tells_what_is_held_out():
    part = b"a.png 0\nb.png 1\nc.png 2\nd.png 2\n"
    told, _ = tell("Hat\na.png 1\nb.png -1\nc.png 1\nd.png -1\n", name="list_attr.txt", partition=part)
    assert told.held_out.tolist() == [False, False, True, True]
    part = b"image_id,partition\na.png,0\nb.png,1\nc.png,0\nd.png,0\n"
    told, _ = tell("Hat\na.png 1\nb.png -1\nc.png 1\nd.png -1\n", name="list_attr.txt", partition=part)
    assert told.held_out.tolist() == [False, True, False, False]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("3\n", "is empty"),
        ("file,Hat\n", "is empty|names none"),
        ("Hat\na.png x\nb.png y\n", "no column holds 1/0 or 1/-1"),
        ("file\na.png\nb.png\n", "no column holds 1/0 or 1/-1.*there is no other column"),
        (
            "file,Hat\nx.png,1\n",
            r"names none of the 4 pictures; it has 'x\.png', the pictures are like 'a\.png'",
        ),
        ("file,Hat\na.png,\0\n", "line 2: holds a zero byte"),
    ],
)
@pytest.mark.parametrize("name", ["list_attr.txt", "t.csv"])
def test_that_what_is_no_table_is_told(text, reason, name):
    with pytest.raises(LabError, match=reason) as caught:
        tell(text, name=name)
    assert str(caught.value).startswith(name)


def test_that_a_table_over_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr("latentlab.data.tables.table_text.MAX_TABLE_BYTES", limits.MAX_TABLE_BYTES // 2**27)
    with pytest.raises(LabError, match=r"t\.csv: a table of over 0 MiB"):
        tell("file,Hat\na.png,1\n")


@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.txt"]))
def test_that_any_bytes_give_a_table_or_a_reason(content, name):
    try:
        tell(content, name=name)
    except LabError as error:
        reason = str(error)
    else:
        return
    assert reason.startswith(name)


def test_that_a_first_line_shorter_than_all_others_is_no_header_of_theirs():
    told, notes = tell("Hat\na.png 1\nb.png\nc.png 0\nd.png 1\n", name="list_attr.txt")
    assert by_name(told, "Hat") == "+?-+"
    assert notes[0] == "Line 3 of list_attr.txt was not used: 0 values for 1 columns (b.png)"


def test_that_columns_of_one_name_are_told_apart():
    rows = "".join(f"{file},{n % 2},{n // 2},{1 - n % 2}\n" for n, file in enumerate(FOUR))
    told, _ = tell(f"file,A,A,A (2)\n{rows}")
    assert told.attribute_names == ("A", "A (2)", "A (2) (2)")
    header = ",".join(["file", *["A"] * 1990])
    told, _ = tell(f"{header}\n" + "".join(f"{file}{',1,0' * 995}\n" for file in FOUR))
    assert told.seen.header[1989] == "A (1989)"
    assert told.attributes.shape == (4, limits.MAX_ATTRIBUTES)

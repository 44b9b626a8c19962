"""What a report says: short and whole, by file and by reason."""

from __future__ import annotations

from latentlab.data.report import Notebook, Reason, some_shown


def book_of(*skipped: tuple[str, str]) -> Notebook:
    book = Notebook()
    for file, reason in skipped:
        book.skip(file, reason)
    return book


def test_that_few_are_told_of_one_by_one():
    report = book_of(("a.png", "damaged"), ("b.png", "damaged"), ("c.heic", "other")).report("x", "zip", 7)
    lines = [
        "7 pictures read from x (zip).",
        "3 left out:",
        "  a.png: damaged",
        "  b.png: damaged",
        "  c.heic: other",
    ]
    assert report.in_words().splitlines() == lines
    assert report.in_short().splitlines() == lines


def test_that_many_are_told_of_by_reason_the_most_frequent_first():
    book = book_of(("torn.png", "damaged"), *((f"{n}.heic", "a HEIC picture") for n in range(12)))
    book.note("The class of a picture is its folder")
    report = book.report("x", "folder", 1)
    assert report.reasons == (
        Reason("a HEIC picture", 12, ("0.heic", "1.heic", "2.heic", "3.heic", "4.heic")),
        Reason("damaged", 1, ("torn.png",)),
    )
    assert report.in_words().splitlines() == [
        "1 picture read from x (folder).",
        "The class of a picture is its folder.",
        "13 left out:",
        "  12 files: a HEIC picture (0.heic, 1.heic, 2.heic, 3.heic, 4.heic and 7 more)",
        "  torn.png: damaged",
    ]
    assert report.in_short().splitlines() == [
        "1 picture read from x (folder).",
        "The class of a picture is its folder.",
        "13 left out:",
        "  12 files: a HEIC picture (0.heic, 1.heic, 2.heic and 9 more)",
        "  torn.png: damaged",
    ]
    whole = report.whole().splitlines()
    assert whole[5:7] == ["  One by one:", "  torn.png: damaged"]
    assert whole[-1] == "  11.heic: a HEIC picture"
    assert len(whole) == 6 + 13


def test_that_reasons_which_differ_in_their_numbers_alone_are_one():
    book = book_of(*((f"{n}.png", f"line {n:,} of a.csv: no such picture") for n in range(1990, 2010)))
    (reason,) = book.reasons
    assert (reason.words, reason.count) == ("line 1,990 of a.csv: no such picture", 20)


def test_that_reasons_that_are_not_told_of_are_counted():
    book = book_of(*((f"{letter}.png", f"reason {letter}") for letter in "abcdefghijkl"))
    words = book.report("x", "folder", 1).in_words().splitlines()
    assert (words[2], words[-1]) == ("  a.png: reason a", "  and 4 more for other reasons")
    assert "and 9 more for other reasons" in book.report("x", "folder", 1).in_short()


def test_that_a_book_takes_over_what_an_earlier_one_says():
    earlier = book_of(*((f"{n}.tga", "a TGA picture") for n in range(90)))
    earlier.note("first")
    book = book_of(*((f"{n}.png", "damaged") for n in range(20)), ("z.tga", "a TGA picture"))
    book.note("second")
    book.note("first")
    book.take_over(earlier)
    assert book.notes == ["first", "second"]
    assert (book.skipped_count, len(book.skipped), book.skipped[0]) == (111, 100, ("0.tga", "a TGA picture"))
    assert [(reason.words, reason.count) for reason in book.reasons] == [
        ("a TGA picture", 91),
        ("damaged", 20),
    ]


def test_that_of_many_names_some_are_shown_and_the_others_counted():
    assert some_shown(["a", "b\n"], 2) == "a, b\\n"
    assert some_shown([str(number) for number in range(1002)], 2) == "0, 1 and 1,000 more"

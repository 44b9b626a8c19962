"""Names from outside as they may be shown."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import latentlab
from latentlab.errors import LabError
from latentlab.plain import MESSAGE, NAME, RUN, one_line, printable, sentence, short_name, shortened

PACKAGE = Path(latentlab.__file__).parent


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("naïve 東京 Ж 🎩 a&b <b>", "naïve 東京 Ж 🎩 a&b <b>"),
        ("\x1b[2J\x1b]52;c;eA==\x07", "\\x1b[2J\\x1b]52;c;eA==\\x07"),
        ("exe.\u202egpj", "exe.\\u202egpj"),
        ("\x9b31m\x7f\r", "\\x9b31m\\x7f\\r"),
        ("\u2066a\u2069\u200b\ufeff", "\\u2066a\\u2069\\u200b\\ufeff"),
        ("half \udce9", "half \\udce9"),
        ("tag \U000e0041", "tag \\U000e0041"),
        ("one\ntwo\tthree", "one\ntwo\tthree"),
        ("می‌خواهم 👩‍🎨", "می‌خواهم 👩‍🎨"),
    ],
)  # fmt: skip
def test_that_only_what_does_something_to_a_screen_becomes_an_escape(text: str, shown: str):
    assert printable(text) == shown
    assert printable(shown) == shown


def test_that_a_name_stays_on_its_line():
    assert one_line("a\nb\tc\r\u2028d") == "a\\nb\\tc\\r\\u2028d"


def test_that_a_long_name_is_cut_in_its_middle():
    assert short_name("x" * NAME) == "x" * NAME
    assert short_name("begin" + "x" * 5000 + "end") == "begin" + "x" * 27 + "…" + "x" * 28 + "end"
    assert len(short_name("x" * 5000)) == NAME
    assert [shortened("abcdef", most) for most in (6, 5, 4, 1)] == ["abcdef", "ab…ef", "ab…f", "…"]


def test_that_a_message_keeps_paths_and_whole_names_of_files_and_cuts_what_is_longer():
    path = "/home" + f"/{'x' * 255}" * 8
    assert sentence(f"{path}: is damaged") == f"{path}: is damaged"
    assert sentence(f"class {'y' * 5000} is not known") == f"class {shortened('y' * 5000, RUN)} is not known"
    assert len(sentence("a b " * 5000)) == MESSAGE


def test_that_the_text_of_a_refusal_does_nothing_and_its_parts_are_as_given():
    error = LabError("no class \x1b[2J\u202e", "in\n\udce9.zip", "Try another")
    assert str(error) == "in\\n\\udce9.zip: no class \\x1b[2J\\u202e. Try another"
    assert (error.what, error.path) == ("no class \x1b[2J\u202e", "in\n\udce9.zip")


def test_that_commands_print_in_one_place_only():
    printing = {"commands/printing.py": 2, "commands/console.py": 1, "qt/shell/crash_reporter.py": 2}
    found: dict[str, int] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "print", "sys.stdout.write", "sys.stderr.write", "warnings.warn",
            ):  # fmt: skip
                name = path.relative_to(PACKAGE).as_posix()
                found[name] = found.get(name, 0) + 1
    assert found == printing, "print with `say` or `warn` of latentlab.commands.printing"

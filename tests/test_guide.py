"""README, guide and notes for developers: their links lead somewhere, and what they promise is so."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from latentlab.cli import _join_negative_numbers
from latentlab.commands.parser import make_parser
from latentlab.errors import LabError
from tests.guide import CHAPTER, GUIDE, ROOT, chapter_with, kinds_table

PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    *sorted(GUIDE.glob("*.md")),
]
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def _without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def _links(page: Path) -> list[str]:
    return _LINK.findall(_without_code(page.read_text(encoding="utf-8")))


def _commands() -> list[tuple[str, str]]:
    """(page, line) of every `latentlab ...` in a fenced block."""
    found = []
    for page in PAGES:
        for block in re.findall(r"^```sh\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S):
            for line in block.replace("\\\n", " ").splitlines():
                words = line.split("latentlab ", 1)
                if line.startswith(("latentlab ", "torchrun ")):
                    found.append((page.name, words[1]))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_that_relative_links_lead_to_a_file_and_its_heading(page: Path) -> None:
    for link in _links(page):
        if link.startswith("https://"):
            continue
        path, _, heading = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), f"{page.name}: {link}"
        if heading:
            titles = re.findall(r"^#+ (.+)$", _without_code(target.read_text(encoding="utf-8")), re.MULTILINE)
            anchors = {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}
            assert heading in anchors, f"{page.name}: {link}"


def test_that_the_guide_travels_in_the_wheel_and_no_link_leads_out_of_it() -> None:
    for page in sorted(GUIDE.glob("*.md")):
        for link in _links(page):
            if not link.startswith("https://"):
                target = (GUIDE / link.partition("#")[0]).resolve()
                assert target.is_relative_to(GUIDE.parent), f"{page.name}: {link}"


def test_that_every_chapter_is_in_the_contents_and_leads_back_there() -> None:
    chapters = {page.name for page in GUIDE.glob("*.md")} - {"README.md"}
    assert set(_links(GUIDE / "README.md")) == chapters
    for name in chapters:
        assert (GUIDE / name).read_text(encoding="utf-8").endswith("\n[Contents](README.md)\n"), name


def test_that_the_readme_is_one_screen_and_a_half() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 75


def test_that_the_table_of_kinds_says_what_their_specs_say() -> None:
    assert CHAPTER.read_text(encoding="utf-8") == chapter_with(kinds_table()), "run `python -m tests.guide`"


@pytest.mark.parametrize(("page", "line"), _commands())
def test_that_the_command_line_knows_every_command_of_the_guide(page: str, line: str) -> None:
    """Read by the parser, and not run."""
    words = _join_negative_numbers(shlex.split(line, comments=True))
    make_parser(training=words[0] == "train").parse_args(words)


def test_that_a_flag_it_does_not_know_would_be_found() -> None:
    with pytest.raises(LabError, match="--no-such-flag"):
        make_parser(training=True).parse_args(["train", "vae", "--out", "a.safetensors", "--no-such-flag"])


def test_that_the_readme_and_the_guide_have_commands_at_all() -> None:
    assert len(_commands()) > 20

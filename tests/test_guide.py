"""README, guide and notes for developers: their links lead somewhere, and what they promise is so."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from latentlab.cli import _join_negative_numbers
from latentlab.commands.parser import make_parser
from latentlab.errors import LabError
from latentlab.guide import glossary
from latentlab.guide.chapters import anchor_of, in_order, search, sections, text_of
from latentlab.guide.equations import FOLDER, key_of, picture_of, sources, with_pictures
from latentlab.guide.panels import about
from tests.guide import CHAPTER, GUIDE, ROOT, chapter_with, kinds_table

PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    *sorted(GUIDE.glob("*.md")),
]
PANEL_PAGES = sorted((GUIDE / "panels").glob("*.md"))
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
# What only the window can follow; tests/qt/shell/test_guide.py looks at these.
_IN_WINDOW = ("https://", "command:", "panel:", "glossary:")


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


@pytest.mark.parametrize("page", PAGES + PANEL_PAGES, ids=lambda page: page.name)
def test_that_relative_links_lead_to_a_file_and_its_heading(page: Path) -> None:
    for link in _links(page):
        if link.startswith(_IN_WINDOW):
            continue
        path, _, heading = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), f"{page.name}: {link}"
        if heading:
            titles = re.findall(r"^#+ (.+)$", _without_code(target.read_text(encoding="utf-8")), re.MULTILINE)
            assert heading in set(map(anchor_of, titles)), f"{page.name}: {link}"


def test_that_the_guide_travels_in_the_wheel_and_no_link_leads_out_of_it() -> None:
    for page in sorted(GUIDE.glob("*.md")):
        for link in _links(page):
            if not link.startswith(_IN_WINDOW):
                target = (GUIDE / link.partition("#")[0]).resolve()
                assert target.is_relative_to(GUIDE.parent), f"{page.name}: {link}"


def test_that_every_chapter_is_in_the_contents_and_leads_back_there() -> None:
    chapters = {page.name for page in GUIDE.glob("*.md")} - {"README.md"}
    assert {link for link in _links(GUIDE / "README.md") if link.endswith(".md")} == chapters
    assert set(in_order()) == chapters | {"README.md"}
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


# As the window reads it


def test_that_every_equation_is_drawn_and_nothing_else() -> None:
    texts = [page.read_text(encoding="utf-8") for page in [*GUIDE.glob("*.md"), *PANEL_PAGES]]
    keys = {key_of(source) for text in texts for source in sources(text)}
    assert {path.stem for path in FOLDER.glob("*.svg")} == keys, "run `python -m tests.equations`"
    assert len(keys) > 20
    for path in FOLDER.glob("*.svg"):
        assert path.read_text(encoding="utf-8").startswith("<svg"), path.name


def test_that_an_equation_becomes_its_picture_and_one_that_is_not_drawn_stays_readable() -> None:
    text = text_of("glossary.md")
    assert "```math" in text
    assert "```math" not in with_pictures(text)
    unknown = "```math\nx^{17} + y^{17}\n```"
    assert with_pictures(unknown) == unknown
    assert picture_of("../../icons/latentlab") is None


def test_that_no_name_has_two_meanings_in_the_glossary() -> None:
    names = [name.lower() for term in glossary.terms() for name in (term.name, *term.also)]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []
    assert len(glossary.terms()) > 40


def test_that_a_term_is_found_by_any_of_its_names_and_explained_in_few_sentences() -> None:
    assert glossary.term("auc") == glossary.term("area under the curve")
    assert glossary.term("q(z|x)") == glossary.term("Posterior")
    assert glossary.term("no such term") is None
    for term in glossary.terms():
        assert term.summary.endswith("."), term.name
        assert len(term.summary) < 260, term.name
        assert len(term.text.split()) < 130, term.name
        anchors = {section.anchor for section in sections(glossary.CHAPTER)}
        assert term.link.partition("#")[2] in anchors


def test_that_each_panel_is_explained_in_two_to_four_sentences_and_leads_to_its_chapter() -> None:
    for page in PANEL_PAGES:
        found = about(page.stem)
        assert found is not None
        assert found.chapter.partition("#")[0] in in_order(), page.name
        assert found.chapter != "README.md", page.name
        assert 25 <= len(found.text.split()) <= 130, page.name
        assert "](../" not in found.text, page.name
    assert about("no_such_view") is None
    assert about("../glossary") is None


def test_that_the_guide_is_searched_by_all_words_and_headings_come_first() -> None:
    first, *rest = search("auc")
    assert first.section.link == "glossary.md#auc"
    assert any(one.section.chapter == "attributes.md" for one in rest)
    assert "AUC" in rest[0].excerpt
    assert {one.section.chapter for one in search("fréchet floors")} == {
        "glossary.md",
        "judging.md",
        "models.md",
    }
    assert search("xyzzy") == ()
    assert search("  ") == ()


def test_that_a_chapter_is_one_of_the_guides_own() -> None:
    for name in ("../README.md", "no_such.md", "equations"):
        with pytest.raises(KeyError):
            text_of(name)


def test_that_a_line_of_code_with_a_hash_is_no_heading() -> None:
    for name in in_order():
        assert all(section.title and not section.title.startswith("!") for section in sections(name))
        assert "the table" not in {section.title for section in sections(name)}

"""What the guide says of kinds of model, made from their specs: `python -m tests.guide` writes it anew."""

from __future__ import annotations

from pathlib import Path

from latentlab.models.registry import KINDS
from latentlab.models.spec import KindSpec

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "resources" / "guide"
CHAPTER = GUIDE / "kinds.md"
BEGIN, END = "<!-- made from the specs by `python -m tests.guide` -->\n", "<!-- until here -->\n"


def kinds_table() -> str:
    """A line for each kind that ships, and its presets below."""
    head = "| `latentlab train ...` | kind | when to take it | what it can do |\n| --- | --- | --- | --- |\n"
    kinds = [KINDS[name] for name in KINDS if KINDS[name].config.__module__.startswith("latentlab.models.")]
    return head + "".join(map(_row, kinds)) + "\n" + "\n".join(filter(None, map(_presets, kinds)))


def _row(kind: KindSpec) -> str:
    capabilities = ", ".join(sorted(capability.value for capability in kind.capabilities))
    return f"| `{kind.name}` | {kind.title} | {kind.when} | {capabilities} |\n"


def _presets(kind: KindSpec) -> str:
    presets = sorted(kind.presets, key=lambda preset: preset.place)
    lines = [f"- *{preset.title}*: {preset.when}\n" for preset in presets]
    return f"Presets of `{kind.name}`:\n\n" + "".join(lines) if lines else ""


def chapter_with(table: str) -> str:
    """The chapter, with this table in place of the one that is there."""
    text = CHAPTER.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    return f"{before}{BEGIN}\n{table.strip()}\n\n{END}{after}"


if __name__ == "__main__":
    CHAPTER.write_text(chapter_with(kinds_table()), encoding="utf-8")

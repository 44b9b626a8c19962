"""The kinds of model as a table in Markdown, for the guide; made from their specs, without torch.

python -m latentlab.models.kinds_table
"""

from __future__ import annotations

from latentlab.models.registry import KINDS
from latentlab.models.spec import KindSpec

_HEAD = ("Kind", "Trained by", "When to take it", "What it can do")


def kinds_table() -> str:
    """A row a kind: its title, the command that trains it, its sentence, its capabilities."""
    rows = (_HEAD, tuple("---" for _ in _HEAD), *(_row(kind) for kind in KINDS.values()))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def _row(kind: KindSpec) -> tuple[str, str, str, str]:
    can = ", ".join(capability.value.replace("-", " ") for capability in sorted(kind.capabilities))
    return kind.title, f"`latentlab train {kind.name}`", kind.when.replace("|", "\\|"), can


if __name__ == "__main__":
    print(kinds_table(), end="")

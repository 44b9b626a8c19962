"""The equations of the guide: blocks of TeX, each drawn beforehand as `resources/guide/equations/<key>.svg`.

`python -m tests.equations` draws those that are missing; a checkout or a wheel has them all.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from latentlab.shipped import GUIDE

FOLDER = GUIDE / "equations"
SCHEME = "equation"
_BLOCK = re.compile(r"^```math\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
_KEY = re.compile(r"[0-9a-f]{12}")


def sources(markdown: str) -> tuple[str, ...]:
    """The TeX of each equation."""
    return tuple(block.strip() for block in _BLOCK.findall(markdown))


def key_of(source: str) -> str:
    """What an equation's picture is called: a hash of its TeX."""
    return hashlib.sha256(source.strip().encode()).hexdigest()[:12]


def picture_of(key: str) -> Path | None:
    """The SVG of this key; None if it is no key, or has no picture."""
    path = FOLDER / f"{key}.svg"
    return path if _KEY.fullmatch(key) and path.is_file() else None


def with_pictures(markdown: str) -> str:
    """The text with an image `equation:<key>` in place of each equation; one that is not drawn stays code."""

    def image(block: re.Match[str]) -> str:
        key = key_of(block.group(1))
        return f"![equation]({SCHEME}:{key})" if picture_of(key) else block.group()

    return _BLOCK.sub(image, markdown)

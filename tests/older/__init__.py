"""Files that earlier versions of LatentLab wrote: see README.md."""

from __future__ import annotations

import shutil
from pathlib import Path


def relocate(path: Path, old: str, new: str) -> None:
    """Puts another folder in place of `old` in a file's text, or in a safetensors header."""
    content = path.read_bytes()
    if path.suffix in (".safetensors", ".training"):
        length = int.from_bytes(content[:8], "little")
        header = content[8 : 8 + length].replace(old.encode(), new.encode())
        header += b" " * (-len(header) % 8)
        path.write_bytes(len(header).to_bytes(8, "little") + header + content[8 + length :])
    elif path.suffix == ".ini":
        path.write_bytes(content.replace(old.encode(), new.encode()))


def copied(folder: Path) -> Path:
    """The older files in a folder below `folder`, which their paths say, too."""
    place = folder / "older"
    shutil.copytree(Path(__file__).parent, place)
    for path in place.rglob("*"):
        if path.is_file():
            relocate(path, "/older", str(place))
    return place

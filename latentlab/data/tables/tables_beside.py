"""Finds the tables that lie beside pictures.

faces/list_attr_celeba.txt          faces/anything.csv          faces.csv beside faces/ or faces.zip
faces/list_eval_partition.txt       faces/train/labels.csv and faces/test/labels.csv
faces/metadata.jsonl                faces/labels.json
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from latentlab.data.folders.folder import read_whole
from latentlab.data.folders.name_forms import stem_of
from latentlab.data.folders.parts import PartName, part_name
from latentlab.data.folders.tree import Tree
from latentlab.data.limits import MAX_TABLE_BYTES
from latentlab.data.tables import json_table, label_lists

_CELEBA = "list_attr"
_PARTITION = "list_eval_partition"
_SUFFIXES = (".csv", ".tsv", ".tab", ".txt")
# Text files beside pictures are usually not tables; those with these names are.
_TEXTS = ("labels", "annotations", "attributes", "classes", "metadata")
# Others are tried where there are at most so many of them.
_FEW_TEXTS = 6


@dataclass(frozen=True)
class TableFile:
    """A table that may be about the pictures.

    Attributes:
        name: its name, with its folders.
        path: the same for errors, with its container.
        folder: its folder in the tree; None for one beside the tree.
        read: returns its bytes; raises PictureError.
        partition: reads CelebA's split beside it; None where there is none.
        watched: files whose change matters.
        quiet: whether it is probably no table, so that no note is needed if it is none.
    """

    name: str
    path: Path
    folder: str | None
    read: Callable[[], bytes]
    partition: Callable[[], bytes] | None = None
    watched: tuple[Path, ...] = ()
    quiet: bool = False

    @property
    def is_celeba(self) -> bool:
        return self.name.rpartition("/")[2].startswith(_CELEBA)

    @property
    def part(self) -> PartName | None:
        """The part of the set that its name gives: "train.csv", "labels_test.csv"."""
        return None if self.is_celeba else part_name(self.name.rpartition("/")[2].rpartition(".")[0])


def tables_in(tree: Tree) -> list[TableFile]:
    """The tables among a tree's files, those nearest to the root first."""
    chosen = [name for name in tree.others if _is_table(name.rpartition("/")[2])]
    texts = [name for name in tree.others if _is_other_text(name.rpartition("/")[2])]
    if texts or any(name.lower().endswith(".json") for name in chosen):
        # Files that lie beside each picture are not tables of all.
        stems = {stem_of(name.rpartition("/")[2]) for name in tree.pictures}
        texts = [name for name in texts if _stem(name) not in stems]
        chosen = [name for name in chosen if not name.lower().endswith(".json") or _stem(name) not in stems]
    if 0 < len(texts) <= _FEW_TEXTS:
        chosen += texts
    # Doubtful ones come last.
    chosen.sort(key=lambda name: (name in texts, name.count("/"), name))
    return [_of_tree(tree, name, quiet=name in texts) for name in chosen]


def _stem(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0]


def tables_beside(path: Path, name: str) -> list[TableFile]:
    """Tables beside a folder or a zip: one of its own name, and CelebA's beside a zip."""
    folder = path.parent
    found = [folder / f"{name}.csv", folder / f"{name}.tsv"]
    if not path.is_dir():
        found += sorted(one for one in folder.glob(f"{_CELEBA}*") if one.suffix.lower() in _SUFFIXES)
    return [table_at(one) for one in found if one.is_file()]


def table_at(path: Path) -> TableFile:
    """A table by its path, with CelebA's split beside it."""
    partitions = sorted(path.parent.glob(f"{_PARTITION}*"))
    return TableFile(
        path.name,
        path,
        None,
        lambda: read_whole(path, MAX_TABLE_BYTES),
        (lambda: read_whole(partitions[0], MAX_TABLE_BYTES)) if partitions else None,
        (path, *partitions[:1]),
    )


def _is_table(file: str) -> bool:
    lower = file.lower()
    if not lower.endswith((*_SUFFIXES, *json_table.SUFFIXES)) or lower == label_lists.FILE:
        return False
    if lower.startswith("list_"):
        return lower.startswith(_CELEBA)
    if not lower.endswith((".txt", ".json")):
        return True
    part = part_name(file.rpartition(".")[0])
    of_part = part is not None and (not part.rest or part.rest in _TEXTS)
    return of_part or lower.startswith(_TEXTS)


def _is_other_text(file: str) -> bool:
    """Whether a text is not named like a table, but may be one."""
    lower = file.lower()
    return (
        lower.endswith(".txt")
        and not lower.startswith(("list_", "readme", "license"))
        and not _is_table(file)
    )


def _of_tree(tree: Tree, name: str, *, quiet: bool = False) -> TableFile:
    folder = name.rpartition("/")[0]
    start = f"{folder}/{_PARTITION}" if folder else _PARTITION
    partitions = [other for other in tree.others if other.startswith(start)]
    return TableFile(
        name,
        tree.path / name,
        folder,
        lambda: tree.read(name, MAX_TABLE_BYTES),
        (lambda: tree.read(partitions[0], MAX_TABLE_BYTES)) if partitions else None,
        () if tree.kind != "folder" else tuple(tree.path / one for one in (name, *partitions[:1])),
        quiet,
    )

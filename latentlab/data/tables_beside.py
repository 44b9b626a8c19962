"""Which tables lie with pictures.

faces/list_attr_celeba.txt          faces/anything.csv          faces.csv beside faces/ or faces.zip
faces/list_eval_partition.txt       faces/train/labels.csv and faces/test/labels.csv
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from latentlab.data.folder import read_whole
from latentlab.data.limits import MAX_TABLE_BYTES
from latentlab.data.parts import PartName, part_name
from latentlab.data.tree import Tree

_CELEBA = "list_attr"
_PARTITION = "list_eval_partition"
_SUFFIXES = (".csv", ".tsv", ".txt")
# Texts that lie with pictures are as a rule no tables; these are called like some.
_TEXTS = ("labels", "annotations", "attributes", "classes", "metadata")


@dataclass(frozen=True)
class TableFile:
    """A table that may be about the pictures.

    Attributes:
        name: what it is called, with its folders.
        path: the same for errors, with what it lies in.
        folder: the folder of the tree that it lies in; None for one beside the tree.
        read: its bytes; raises PictureError.
        partition: reads CelebA's division beside it; None where there is none.
        watched: files whose change matters.
    """

    name: str
    path: Path
    folder: str | None
    read: Callable[[], bytes]
    partition: Callable[[], bytes] | None = None
    watched: tuple[Path, ...] = ()

    @property
    def is_celeba(self) -> bool:
        return self.name.rpartition("/")[2].startswith(_CELEBA)

    @property
    def part(self) -> PartName | None:
        """The part of the set that it is about, by its name: "train.csv", "labels_test.csv"."""
        return None if self.is_celeba else part_name(self.name.rpartition("/")[2].rpartition(".")[0])


def tables_in(tree: Tree) -> list[TableFile]:
    """The tables among a tree's files, those nearest to the root first."""
    chosen = [name for name in tree.others if _is_table(name.rpartition("/")[2])]
    chosen.sort(key=lambda name: (name.count("/"), name))
    return [_of_tree(tree, name) for name in chosen]


def tables_beside(path: Path, name: str) -> list[TableFile]:
    """Tables beside a folder or a zip: one of its own name, and CelebA's beside a zip."""
    folder = path.parent
    found = [folder / f"{name}.csv", folder / f"{name}.tsv"]
    if not path.is_dir():
        found += sorted(one for one in folder.glob(f"{_CELEBA}*") if one.suffix.lower() in _SUFFIXES)
    return [table_at(one) for one in found if one.is_file()]


def table_at(path: Path) -> TableFile:
    """A table by its path, with CelebA's division beside it."""
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
    if not lower.endswith(_SUFFIXES):
        return False
    if lower.startswith("list_"):
        return lower.startswith(_CELEBA)
    if not lower.endswith(".txt"):
        return True
    part = part_name(file[: -len(".txt")])
    of_part = part is not None and (not part.rest or part.rest in _TEXTS)
    return of_part or lower.startswith(_TEXTS)


def _of_tree(tree: Tree, name: str) -> TableFile:
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
    )

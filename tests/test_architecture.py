"""The house keeps its order: no circle of imports, no file with a second subject, few entries in qt.

Unlike import-linter's contracts, the graph counts every import of one module of ours by another: those for
type checkers alone and those inside functions, which hide a circle rather than open it.
"""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import latentlab

ROOT = Path(latentlab.__file__).parent
MOST_LINES, MIDDLE_LINES = 320, 110
MOST_ENTRIES = 12


def modules_under(root: Path) -> dict[str, Path]:
    """Name -> file of each module of a package that lies at `root`."""
    found: dict[str, Path] = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(name: str, path: Path, modules: Mapping[str, Path]) -> Iterator[str]:
    """The modules among `modules` that one of them imports, anywhere in its text."""
    package = name if path.stem == "__init__" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom):
            above = package.rsplit(".", node.level - 1)[0] if node.level else ""
            source = ".".join(filter(None, (above, node.module)))
            for alias in node.names:
                # `from package import module` is an import of the module, not of the package's own names.
                whole = f"{source}.{alias.name}"
                yield from (one for one in (whole if whole in modules else source,) if one in modules)


def graph_of(root: Path) -> dict[str, set[str]]:
    modules = modules_under(root)
    return {name: {*imports_of(name, path, modules)} - {name} for name, path in modules.items()}


def circle_in(graph: Mapping[str, set[str]]) -> list[str]:
    """Modules of which each imports the one before; empty if there is no circle."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def package(root: Path, **texts: str) -> Path:
    folder = root / "house"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text)
    return folder


def test_that_no_modules_import_each_other_in_a_circle() -> None:
    graph = graph_of(ROOT)
    assert len(graph) > 300
    assert "latentlab.errors" in graph["latentlab.cli"]
    assert circle_in(graph) == []


def test_that_a_circle_is_found_through_functions_types_and_relative_imports(tmp_path: Path) -> None:
    house = package(
        tmp_path,
        a="def f():\n    from house import b\n",
        b="from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from house.c import C\n",
        c="from . import a\nC = 1\n",
        d="import house.a\n",
    )
    graph = graph_of(house)
    assert graph["house.d"] == {"house.a"}
    circle = circle_in(graph)
    assert set(circle) == {"house.a", "house.b", "house.c"}


def test_that_modules_above_each_other_are_no_circle(tmp_path: Path) -> None:
    house = package(tmp_path, a="from house.b import B\n", b="import json\nB = 1\n")
    assert circle_in(graph_of(house)) == []


def test_that_no_file_has_a_second_subject() -> None:
    lines = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in ROOT.rglob("*.py")
    }
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}
    assert statistics.median(lines.values()) < MIDDLE_LINES


def test_that_each_file_begins_with_what_it_is_for() -> None:
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_that_qt_has_few_entries_at_its_root() -> None:
    entries = {path.name for path in (ROOT / "qt").iterdir() if path.name != "__pycache__"}
    assert len(entries) <= MOST_ENTRIES, sorted(entries)


def test_that_the_package_says_that_it_is_typed() -> None:
    assert (ROOT / "py.typed").is_file()

"""Every string of the package that a person may see, with its place: python -m tests.strings [PATH ...].

For reading them in one go: menus, tips, labels, messages, errors and helps. What is plainly not for people
is left out (docstrings, names of objects and keys, patterns, style sheets); a field of an f-string is shown
as {its source}.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "latentlab"
# Calls whose strings no person sees: names for scripts, for styles, for libraries.
SILENT = {
    "setObjectName", "findChild", "setProperty", "property", "getattr", "setattr", "hasattr", "compile",
    "encode", "import_module", "register_buffer", "TypeVar", "NewType", "splitlines", "startswith",
    "endswith", "removeprefix", "removesuffix", "setStyleSheet", "sub", "match", "fullmatch", "search",
    "get", "pop",
}  # fmt: skip
# No sentence and no name on a button: a key, a format, a file's name, a flag, a colour.
MACHINE = re.compile(r"[a-z0-9_.:/*\-+%#@=?|,{}()\[\]\\<>^$&;]*|--?[a-z-]+|#[0-9a-fA-F]+|[A-Z_]+|\W*")


def strings_of(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of each, in the file's order."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    unseen: set[ast.AST] = set()
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            unseen.update(_docstrings(node))
        elif isinstance(node, ast.Call) and _called(node) in SILENT:
            unseen.update(part for argument in node.args for part in ast.walk(argument))
        elif isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            unseen.update(ast.walk(node.annotation))
        elif isinstance(node, ast.FunctionDef) and node.returns is not None:
            unseen.update(ast.walk(node.returns))
        elif isinstance(node, ast.Subscript):
            unseen.update(ast.walk(node.slice))
    for node in ast.walk(tree):
        if node in unseen:
            continue
        if isinstance(node, ast.JoinedStr):
            unseen.update(part for value in node.values for part in _plain_parts(value))
            found.append((node.lineno, _shown(node)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append((node.lineno, node.value))
    for line, text in sorted(found):
        if not MACHINE.fullmatch(text):
            yield line, text


def _docstrings(
    node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef,
) -> Iterator[ast.AST]:
    """Every string that stands as a statement."""
    for statement in node.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            yield statement.value


def _plain_parts(value: ast.expr) -> Iterator[ast.AST]:
    """The constant pieces of an f-string; strings inside its fields are looked at by themselves."""
    if isinstance(value, ast.Constant):
        yield value
    elif isinstance(value, ast.FormattedValue) and value.format_spec is not None:
        yield from ast.walk(value.format_spec)


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _shown(node: ast.JoinedStr) -> str:
    return "".join(
        str(value.value) if isinstance(value, ast.Constant) else "{" + ast.unparse(value.value) + "}"
        for value in node.values
        if isinstance(value, ast.Constant | ast.FormattedValue)
    )


def main(arguments: list[str]) -> None:
    """Prints file:line and the text, one a line."""
    for root in [Path(argument) for argument in arguments] or [PACKAGE]:
        for path in sorted(root.rglob("*.py")) if root.is_dir() else [root]:
            for line, text in strings_of(path):
                print(f"{path}:{line}: {text!r}")


if __name__ == "__main__":
    main(sys.argv[1:])

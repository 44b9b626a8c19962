"""Which pictures an expression is true of, by numpy over columns.

What is not known of a picture is neither true nor false of it: it is found neither by "Smiling" nor by
"not Smiling". "and", "or" and "not" follow the three-valued logic of Kleene (1938).

A word by itself, such as Hat or 8, is an attribute that a picture has, a class that it is of, a word in
another column, or a part of its file name: the first of these that there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentlab.core.columns import Column, Numbers, Texts, Words, find, nearest
from latentlab.core.expression import And, Comparison, Expression, ExpressionError, Not, Operand, Or

CLASS, NAME = "class", "name"
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_LARGEST = float(np.finfo(np.float32).max)
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Verdict:
    """(N,) of which pictures something is true, and of which it is false; of the others it is not known."""

    true: Mask
    false: Mask


def found_by(tree: Expression, columns: Mapping[str, Column], count: int) -> Mask:
    """Which of `count` pictures an expression is true of, bool (count,).

    Raises:
        ExpressionError: if it names a column that is not there, or compares what cannot be compared.
    """
    return _of(tree, columns, count).true


def operands(tree: Expression) -> Iterator[Operand]:
    """All operands of an expression that may name a column."""
    match tree:
        case Operand():
            yield tree
        case Comparison():
            yield tree.left
            yield tree.right
        case Not():
            yield from operands(tree.inner)
        case And() | Or():
            for part in tree.parts:
                yield from operands(part)


def _of(tree: Expression, columns: Mapping[str, Column], count: int) -> Verdict:
    match tree:
        case Operand():
            return _by_itself(tree, columns, count)
        case Comparison():
            return _compared(tree, columns)
        case Not():
            inner = _of(tree.inner, columns, count)
            return Verdict(inner.false, inner.true)
        case And():
            parts = [_of(part, columns, count) for part in tree.parts]
            true = np.logical_and.reduce([part.true for part in parts])
            return Verdict(true, np.logical_or.reduce([part.false for part in parts]))
        case Or():
            parts = [_of(part, columns, count) for part in tree.parts]
            true = np.logical_or.reduce([part.true for part in parts])
            return Verdict(true, np.logical_and.reduce([part.false for part in parts]))


def _by_itself(operand: Operand, columns: Mapping[str, Column], count: int) -> Verdict:
    """An attribute, a class, a word of another column, or a part of the file name."""
    column = find(columns, operand.text) if operand.number is None else None
    if isinstance(column, Words) and column.truth:
        return Verdict(column.codes == 1, column.codes == 0)
    classes = columns.get(CLASS)
    others = [one for one in columns.values() if one is not classes]
    for words in (classes, *others):
        if isinstance(words, Words) and not words.truth and (codes := _codes_of(words, operand.text)):
            return _among(words, codes)
    if column is not None:
        example = f"{operand.text} > 0" if isinstance(column, Numbers) else f'{operand.text} = "..."'
        raise ExpressionError(f"{operand.text} needs a comparison", operand.position, f"As in: {example}")
    names = columns.get(NAME)
    if isinstance(names, Texts):
        verdict = _contains(names, operand.text)
        if verdict.true.any():
            return verdict
    raise _unknown(operand, columns)


def _unknown(operand: Operand, columns: Mapping[str, Column]) -> ExpressionError:
    classes = columns.get(CLASS)
    known = (*columns, *(classes.words if isinstance(classes, Words) else ()))
    like = nearest(known, operand.text)
    what = f'there is no column, class or file name "{operand.text}"'
    return ExpressionError(what, operand.position, f"Did you mean {like}?" if like else None)


def _compared(tree: Comparison, columns: Mapping[str, Column]) -> Verdict:
    left, operator, right = tree.left, tree.operator, tree.right
    column = None if left.number is not None else find(columns, left.text)
    if column is None and right.number is None and operator != "~":
        # 20 < age
        column = find(columns, right.text)
        if column is not None:
            left, right, operator = right, left, _MIRRORED.get(operator, operator)
    if column is None:
        name = left if left.number is None else right
        if name.number is not None:
            raise ExpressionError("two numbers are compared, and no column", left.position)
        like = nearest(columns, name.text)
        hint = f"Did you mean {like}?" if like else f"There are: {', '.join(list(columns)[:12])}"
        raise ExpressionError(f'there is no column "{name.text}"', name.position, hint)
    if operator == "~":
        return _contains(column, right.text)
    if operator in ("=", "!="):
        verdict = _equal(column, right)
        return verdict if operator == "=" else Verdict(verdict.false, verdict.true)
    return _ordered(column, operator, right)


def _equal(column: Column, value: Operand) -> Verdict:
    if isinstance(column, Numbers):
        wanted = np.float32(_number(column, value))
        known = ~np.isnan(column.values)
        equal = column.values == wanted
        return Verdict(equal, known & ~equal)
    if isinstance(column, Texts):
        wanted_text = value.text.casefold()
        equal = np.fromiter((text.casefold() == wanted_text for text in column.texts), bool, len(column))
        return Verdict(equal, ~equal)
    codes = _codes_of(column, value.text)
    if not codes and value.number is not None:
        codes = [code for code, word in enumerate(column.words) if _as_number(word) == value.number]
    if not codes:
        like = nearest(column.words, value.text)
        some = ", ".join(column.words[:8])
        hint = f"Did you mean {like}?" if like else f"There are: {some}"
        raise ExpressionError(f'nothing in {column.name} is "{value.text}"', value.position, hint)
    return _among(column, codes)


def _ordered(column: Column, operator: str, value: Operand) -> Verdict:
    numbers = column.as_numbers() if isinstance(column, Words) else column
    if not isinstance(numbers, Numbers):
        what = f"{column.name} is not a number, so nothing is {operator} in it"
        raise ExpressionError(what, value.position, "Use =, != or ~")
    wanted = np.float32(_number(numbers, value))
    compare = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}[operator]
    true: Mask = compare(numbers.values, wanted)
    return Verdict(true, ~true & ~np.isnan(numbers.values))


def _number(column: Column, value: Operand) -> float:
    if value.number is None:
        what = f'{column.name} is a number, and "{value.text}" is none'
        raise ExpressionError(what, value.position)
    # What float32 cannot hold is beyond every value.
    return min(max(value.number, -_LARGEST), _LARGEST)


def _as_number(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None


def _codes_of(column: Words, text: str) -> list[int]:
    """The codes of a word, whatever its letter case."""
    wanted = text.casefold()
    exact = [code for code, word in enumerate(column.words) if word == text]
    return exact or [code for code, word in enumerate(column.words) if word.casefold() == wanted]


def _among(column: Words, codes: list[int]) -> Verdict:
    # A table; its last entry is that of -1, unknown.
    table = np.zeros(len(column.words) + 1, dtype=bool)
    table[codes] = True
    true: Mask = table[column.codes]
    return Verdict(true, ~true & (column.codes >= 0))


def _contains(column: Column, text: str) -> Verdict:
    wanted = text.casefold()
    if isinstance(column, Numbers):
        raise ExpressionError(f'{column.name} is a number: "~" looks into texts', hint="Use =, < or >")
    if isinstance(column, Words):
        return _among(column, [code for code, word in enumerate(column.words) if wanted in word.casefold()])
    true = np.fromiter((wanted in one.casefold() for one in column.texts), bool, len(column))
    return Verdict(true, ~true)

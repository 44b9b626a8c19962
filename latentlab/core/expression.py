"""Expressions that pictures are found by: "Hat and not Smiling", "elbo < -120", "class = 3 or class = 5".

    expression  =  all ("or" all)*
    all         =  one ("and" one)*
    one         =  "not" one  |  "(" expression ")"  |  comparison
    comparison  =  operand (operator operand)*        20 <= age < 40
    operator    =  "="  "!="  "<"  "<="  ">"  ">="  "~"        "~": contains
    operand     =  number  |  "text in quotes"  |  words

Words that follow one another are one name: `Wearing Hat = yes`. What an operand means follows from the
columns there are, and is decided in `latentlab.core.matching`. Nothing is executed: a text is parsed to a
tree, or refused with the position of what is wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from latentlab.errors import LabError

OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "~")
MOST_LETTERS, _DEEPEST = 4000, 60
_OTHER_SPELLINGS = {"==": "=", "≠": "!=", "≤": "<=", "≥": ">=", "<>": "!="}
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>[-+\u2212]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![\w.-]))
    | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<mark><=|>=|<>|!=|==|[=<>~≤≥≠()])
    | (?P<word>[^\s"'=<>~!≤≥≠()]+)
    )""",
    re.VERBOSE,
)
_RESERVED = ("and", "or", "not")


class ExpressionError(LabError):
    """An expression that cannot be understood: `what` is wrong at `position`, counted from 0."""

    def __init__(self, what: str, position: int = 0, hint: str | None = None) -> None:
        super().__init__(what, hint=hint)
        self.position = position


@dataclass(frozen=True)
class Operand:
    """A number, or words: `text` as written without its quotes, `number` if it is one."""

    text: str
    number: float | None = None
    position: int = 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Operand) and (self.text, self.number) == (other.text, other.number)

    def __hash__(self) -> int:
        return hash((self.text, self.number))


@dataclass(frozen=True)
class Comparison:
    """left operator right."""

    left: Operand
    operator: str
    right: Operand


@dataclass(frozen=True)
class Not:
    """not inner."""

    inner: Expression


@dataclass(frozen=True)
class And:
    """All of `parts`, two or more."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Or:
    """Any of `parts`, two or more."""

    parts: tuple[Expression, ...]


Expression = Operand | Comparison | Not | And | Or


@dataclass(frozen=True)
class _Token:
    """kind: "number", "text", "mark" or "word"; "end" after the last."""

    kind: str
    text: str
    position: int


def parse(text: str) -> Expression:
    """The tree of an expression.

    Raises:
        ExpressionError: with the position of what is wrong.
    """
    if len(text) > MOST_LETTERS:
        raise ExpressionError(f"the expression is longer than {MOST_LETTERS:,} characters", MOST_LETTERS)
    return _Parser(_tokens(text)).whole()


def to_text(tree: Expression) -> str:
    """A text that parses to the same tree."""
    match tree:
        case Operand():
            return _operand_text(tree)
        case Comparison():
            return f"{_operand_text(tree.left)} {tree.operator} {_operand_text(tree.right)}"
        case Not():
            return f"not {_inner_text(tree.inner, Not, Operand, Comparison)}"
        case And():
            return " and ".join(_inner_text(part, Not, Operand, Comparison) for part in tree.parts)
        case Or():
            return " or ".join(_inner_text(part, And, Not, Operand, Comparison) for part in tree.parts)


def _inner_text(tree: Expression, *bare: type) -> str:
    text = to_text(tree)
    return text if isinstance(tree, bare) else f"({text})"


def _operand_text(operand: Operand) -> str:
    if operand.number is not None:
        return operand.text
    escaped = operand.text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _tokens(text: str) -> list[_Token]:
    found, place, end = [], 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None or match.end() == place:
            start = place + len(text[place:]) - len(text[place:].lstrip())
            mark = text[start]
            if mark in "\"'":
                raise ExpressionError(f"the quotation mark {mark} is not closed", start)
            raise ExpressionError(f"{mark!r} has no meaning here", start, "Operators: = != < <= > >= ~")
        kind = match.lastgroup or ""
        found.append(_Token(kind, match.group(kind), match.start(kind)))
        place = match.end()
    return [*found, _Token("end", "", end)]


class _Parser:
    """Descends through the grammar above."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._place, self._depth = tokens, 0, 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _take(self) -> _Token:
        token = self._next
        self._place += token.kind != "end"
        return token

    def _takes_word(self, word: str) -> bool:
        token = self._next
        found = token.kind == "word" and token.text.casefold() == word
        self._place += found
        return found

    def whole(self) -> Expression:
        if self._next.kind == "end":
            raise ExpressionError("there is nothing to look for", self._next.position)
        tree = self._any()
        token = self._next
        if token.kind == "end":
            return tree
        if token.text == ")":
            raise ExpressionError("this parenthesis was never opened", token.position)
        raise ExpressionError(f'"and" or "or" is missing before {token.text}', token.position)

    def _any(self) -> Expression:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ExpressionError(f"more than {_DEEPEST} parts lie within each other", self._next.position)
        parts = [self._all()]
        while self._takes_word("or"):
            parts.append(self._all())
        self._depth -= 1
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self) -> Expression:
        parts = [self._one()]
        while self._takes_word("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _one(self) -> Expression:
        nots = 0
        while self._takes_word("not"):
            nots += 1
        if nots > _DEEPEST:
            raise ExpressionError(f'more than {_DEEPEST} times "not"', self._next.position)
        if self._next.text == "(" and self._next.kind == "mark":
            opened = self._take().position
            tree = self._any()
            if not (self._next.kind == "mark" and self._next.text == ")"):
                raise ExpressionError("this parenthesis is not closed", opened)
            self._take()
        else:
            tree = self._comparison()
        for _ in range(nots):
            tree = Not(tree)
        return tree

    def _comparison(self) -> Expression:
        left = self._operand()
        found: list[Expression] = []
        while self._next.kind == "mark" and self._next.text not in "()":
            operator = self._take().text
            right = self._operand()
            found.append(Comparison(left, _OTHER_SPELLINGS.get(operator, operator), right))
            left = right
        if not found:
            return left
        return found[0] if len(found) == 1 else And(tuple(found))

    def _operand(self) -> Operand:
        token = self._next
        if token.kind == "text":
            self._take()
            return Operand(re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL), None, token.position)
        words: list[str] = []
        while self._next.kind in ("word", "number") and self._next.text.casefold() not in _RESERVED:
            words.append(self._take().text)
        if words:
            number = None
            if len(words) == 1 and token.kind == "number":
                number = float(token.text.replace("\u2212", "-"))
            return Operand(" ".join(words), number, token.position)
        if token.kind == "end":
            raise ExpressionError("something is missing at the end", token.position)
        raise ExpressionError(f"a name, a number or a text is missing before {token.text}", token.position)

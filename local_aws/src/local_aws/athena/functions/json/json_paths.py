"""The path language of SQL/JSON: ``lax $.a[*] ? (@.b > 1).size()`` (Trino, "JSON functions and operators")."""

import math
import operator
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.functions.json.json_path_items import (
    COMPARISONS,
    Condition,
    Items,
    Path,
    Scope,
    arithmetic,
    arrays,
    as_number,
    compared,
    divide,
    join,
    members,
    method,
    objects,
    slice_of,
    unwrapped,
)

_TOKEN = re.compile(
    r'\s*("(?:[^"\\]|\\.)*"|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|&&|\|\||==|!=|<>|<=|>=|\$\w*|\w+|[][().,*?@!<>+\-/%])'
)


def evaluate(path: str, root: Any, variables: dict[str, Any]) -> Items:
    """Give the items that a path leads to.

    Raises
    ------
    PathFailed
        Where the path's mode is strict and it does not fit the value.
    QueryFailed
        For a path that cannot be read.
    """
    strict, read = _parsed(path)
    return read(Scope(strict, root, variables))


@cache
def _parsed(path: str) -> tuple[bool, Path]:
    mode, _, rest = path.strip().partition(" ")
    if mode.lower() not in {"lax", "strict"}:
        raise QueryFailed("SYNTAX_ERROR", f"mismatched input '{mode}' expecting {{'lax', 'strict'}}")
    reader = _Reader(_tokens(rest))
    read = reader.sum()
    if reader.tokens[reader.place :]:
        raise QueryFailed("SYNTAX_ERROR", f"invalid JSON path: {path}")
    return mode.lower() == "strict", read


def check(path: str, variables: tuple[str, ...]) -> None:
    """Refuse a path that cannot be read, or that names a variable which is not passed."""
    _parsed(path)
    missing = [token[1:] for token in _tokens(path) if re.fullmatch(r"\$\w+", token) and token[1:] not in variables]
    if missing:
        raise QueryFailed("INVALID_PATH", f"no value passed for parameter {missing[0]}")


def _tokens(text: str) -> list[str]:
    found, place = [], 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            raise QueryFailed("SYNTAX_ERROR", f"invalid JSON path: {text}")
        found.append(match[1])
        place = match.end()
    return found


class _Reader:
    """Reads the tokens of a path into functions of a scope."""

    def __init__(self, tokens: list[str]):
        self.tokens = tokens
        self.place = 0

    def next(self, *wanted: str) -> str | None:
        """Take the next token where it is one of the wanted."""
        if self.place < len(self.tokens) and self.tokens[self.place] in wanted:
            self.place += 1
            return self.tokens[self.place - 1]
        return None

    def take(self) -> str:
        """Take the next token."""
        if self.place >= len(self.tokens):
            raise QueryFailed("SYNTAX_ERROR", "invalid JSON path: unexpected end")
        self.place += 1
        return self.tokens[self.place - 1]

    def need(self, token: str) -> None:
        """Take a token that must come."""
        if self.next(token) is None:
            raise QueryFailed("SYNTAX_ERROR", f"invalid JSON path: expected '{token}'")

    def sum(self) -> Path:
        """Read sums and differences."""
        return self._binary({"+": operator.add, "-": operator.sub}, self._product)

    def _product(self) -> Path:
        return self._binary({"*": operator.mul, "/": divide, "%": math.fmod}, self._unary)

    def _binary(self, operators: dict[str, Callable[[Any, Any], Any]], part: Callable[[], Path]) -> Path:
        left = part()
        while sign := self.next(*operators):
            left = arithmetic(operators[sign], left, part())
        return left

    def _unary(self) -> Path:
        sign = self.next("+", "-")
        inner = self._accessors(self._primary()) if sign is None else self._unary()
        return (lambda scope: [-as_number(item) for item in inner(scope)]) if sign == "-" else inner

    def _primary(self) -> Path:
        token = self.take()
        if token == "$":
            return lambda scope: [scope.root]
        if token.startswith("$"):
            return lambda scope: [scope.variables[token[1:]]]
        if token == "@":
            return lambda scope: [scope.item]
        if token == "(":
            inner = self.sum()
            self.need(")")
            return inner
        if token == "last":
            return lambda scope: [scope.last]
        value = _literal(token)
        return lambda scope: [value]

    def _accessors(self, path: Path) -> Path:
        while token := self.next(".", "[", "?"):
            path = {".": self._dot, "[": self._subscripts, "?": self._filter}[token](path)
        return path

    def _dot(self, path: Path) -> Path:
        name = self.take()
        if self.next("("):
            self.need(")")
            return method(name, path)
        if name == "*":
            return lambda scope: [value for item in objects(scope, path(scope)) for value in item.values()]
        key = _literal(name) if name.startswith('"') else name
        return lambda scope: members(scope, path(scope), key)

    def _subscripts(self, path: Path) -> Path:
        if self.next("*"):
            self.need("]")
            return lambda scope: [inner for item in arrays(scope, path(scope)) for inner in item]
        ranges = []
        while True:
            start = self.sum()
            ranges.append((start, self.sum() if self.next("to") else start))
            if not self.next(","):
                break
        self.need("]")
        return lambda scope: [
            inner for item in arrays(scope, path(scope)) for part in ranges for inner in slice_of(scope, item, part)
        ]

    def _filter(self, path: Path) -> Path:
        self.need("(")
        condition = self._either()
        self.need(")")
        return lambda scope: [item for item in unwrapped(scope, path(scope)) if condition(scope.at(item)) is True]

    def _either(self) -> Condition:
        left = self._both()
        while self.next("||"):
            left = join(left, self._both(), True)
        return left

    def _both(self) -> Condition:
        left = self._predicate()
        while self.next("&&"):
            left = join(left, self._predicate(), False)
        return left

    def _predicate(self) -> Condition:
        if self.next("!"):
            inner = self._predicate()
            return lambda scope: None if inner(scope) is None else not inner(scope)
        if self.next("exists"):
            self.need("(")
            path = self.sum()
            self.need(")")
            return lambda scope: bool(path(scope))
        start = self.place
        if self.next("("):
            try:
                inner = self._either()
                self.need(")")
            except QueryFailed:
                self.place = start
            else:
                return inner
        return self._comparison()

    def _comparison(self) -> Condition:
        left, sign = self.sum(), self.take()
        if sign == "starts":
            self.need("with")
            right = self.sum()
            return lambda scope: any(str(a).startswith(str(b)) for a in left(scope) for b in right(scope))
        if sign not in COMPARISONS:
            raise unsupported(f"'{sign}' in a JSON path")
        return compared(COMPARISONS[sign], left, self.sum())


def _literal(token: str) -> Any:
    if token.startswith('"'):
        return re.sub(r"\\(.)", r"\1", token[1:-1])
    if token in {"true", "false", "null"}:
        return {"true": True, "false": False, "null": None}[token]
    if token[0].isdigit():
        return int(token) if token.isdigit() else float(token)
    raise QueryFailed("SYNTAX_ERROR", f"invalid JSON path: unexpected '{token}'")

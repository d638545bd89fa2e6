"""The path language of SQL/JSON: ``lax $.a[*] ? (@.b > 1).size()`` (Trino, "JSON functions and operators")."""

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from local_aws.athena.failure import QueryFailed, unsupported

Items = list[Any]
_TOKEN = re.compile(
    r'\s*("(?:[^"\\]|\\.)*"|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|&&|\|\||==|!=|<>|<=|>=|\$\w*|\w+|[][().,*?@!<>+\-/%])'
)


class PathFailed(ValueError):
    """A path that leads nowhere in strict mode, or to a value of another kind."""


@dataclass(frozen=True)
class Scope:
    """What a part of a path can name: the root, variables, the item of a filter, an array's last place."""

    strict: bool
    root: Any
    variables: dict[str, Any]
    item: Any = None
    last: int | None = None

    def at(self, item: Any) -> "Scope":
        """The scope of a filter on one item."""
        return Scope(self.strict, self.root, self.variables, item, self.last)

    def within(self, last: int) -> "Scope":
        """The scope of a subscript of an array."""
        return Scope(self.strict, self.root, self.variables, self.item, last)


Path = Callable[[Scope], Items]
Condition = Callable[[Scope], bool | None]


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


def _unwrapped(scope: Scope, items: Items) -> Items:
    """In lax mode the elements of an array stand for it."""
    if scope.strict:
        return items
    return [inner for item in items for inner in (item if isinstance(item, list) else [item])]


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
        return self._binary({"*": operator.mul, "/": _divide, "%": math.fmod}, self._unary)

    def _binary(self, operators: dict[str, Callable[[Any, Any], Any]], part: Callable[[], Path]) -> Path:
        left = part()
        while sign := self.next(*operators):
            left = _arithmetic(operators[sign], left, part())
        return left

    def _unary(self) -> Path:
        sign = self.next("+", "-")
        inner = self._accessors(self._primary()) if sign is None else self._unary()
        return (lambda scope: [-_number(item) for item in inner(scope)]) if sign == "-" else inner

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
            return _method(name, path)
        if name == "*":
            return lambda scope: [value for item in _objects(scope, path(scope)) for value in item.values()]
        key = _literal(name) if name.startswith('"') else name
        return lambda scope: _members(scope, path(scope), key)

    def _subscripts(self, path: Path) -> Path:
        if self.next("*"):
            self.need("]")
            return lambda scope: [inner for item in _arrays(scope, path(scope)) for inner in item]
        ranges = []
        while True:
            start = self.sum()
            ranges.append((start, self.sum() if self.next("to") else start))
            if not self.next(","):
                break
        self.need("]")
        return lambda scope: [
            inner for item in _arrays(scope, path(scope)) for part in ranges for inner in _slice(scope, item, part)
        ]

    def _filter(self, path: Path) -> Path:
        self.need("(")
        condition = self._either()
        self.need(")")
        return lambda scope: [item for item in _unwrapped(scope, path(scope)) if condition(scope.at(item)) is True]

    def _either(self) -> Condition:
        left = self._both()
        while self.next("||"):
            left = _join(left, self._both(), True)
        return left

    def _both(self) -> Condition:
        left = self._predicate()
        while self.next("&&"):
            left = _join(left, self._predicate(), False)
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
        if sign not in _COMPARISONS:
            raise unsupported(f"'{sign}' in a JSON path")
        return _compared(_COMPARISONS[sign], left, self.sum())


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    **{"==": operator.eq, "!=": operator.ne, "<>": operator.ne, "<": operator.lt},
    **{">": operator.gt, "<=": operator.le, ">=": operator.ge},
}


def _join(left: Condition, right: Condition, either: bool) -> Condition:
    def joined(scope: Scope) -> bool | None:
        answers = (left(scope), right(scope))
        return either if either in answers else None if None in answers else not either

    return joined


def _compared(compare: Callable[[Any, Any], bool], left: Path, right: Path) -> Condition:
    def condition(scope: Scope) -> bool | None:
        pairs = [(a, b) for a in _unwrapped(scope, left(scope)) for b in _unwrapped(scope, right(scope))]
        answers = [_compare(compare, a, b) for a, b in pairs]
        return True if True in answers else None if None in answers else False

    return condition


def _compare(compare: Callable[[Any, Any], bool], left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return compare(left, right) if compare in (operator.eq, operator.ne) else None
    kinds = {_kind(left), _kind(right)}
    return compare(left, right) if len(kinds) == 1 and not kinds & {"object", "array"} else None


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return {str: "string", dict: "object", list: "array", type(None): "null"}[type(value)]


def _number(value: Any) -> Any:
    if _kind(value) != "number":
        raise PathFailed(f"invalid operand: {_kind(value)}")
    return value


def _divide(left: Any, right: Any) -> Any:
    if right == 0:
        raise PathFailed("division by zero")
    return int(left / right) if isinstance(left, int) and isinstance(right, int) else left / right


def _arithmetic(calculate: Callable[[Any, Any], Any], left: Path, right: Path) -> Path:
    def path(scope: Scope) -> Items:
        operands = [_unwrapped(scope, part(scope)) for part in (left, right)]
        if any(len(items) != 1 for items in operands):
            raise PathFailed("arithmetic takes single numbers")
        return [calculate(*(_number(items[0]) for items in operands))]

    return path


def _literal(token: str) -> Any:
    if token.startswith('"'):
        return re.sub(r"\\(.)", r"\1", token[1:-1])
    if token in {"true", "false", "null"}:
        return {"true": True, "false": False, "null": None}[token]
    if token[0].isdigit():
        return int(token) if token.isdigit() else float(token)
    raise QueryFailed("SYNTAX_ERROR", f"invalid JSON path: unexpected '{token}'")


def _objects(scope: Scope, items: Items) -> Items:
    found = [item for item in _unwrapped(scope, items) if scope.strict or isinstance(item, dict)]
    if any(not isinstance(item, dict) for item in found):
        raise PathFailed("invalid item type. Expected: OBJECT")
    return found


def _members(scope: Scope, items: Items, key: str) -> Items:
    found = _objects(scope, items)
    if scope.strict and any(key not in item for item in found):
        raise PathFailed(f"missing member '{key}' in JSON object")
    return [item[key] for item in found if key in item]


def _arrays(scope: Scope, items: Items) -> list[Items]:
    if scope.strict and any(not isinstance(item, list) for item in items):
        raise PathFailed("invalid item type. Expected: ARRAY")
    return [item if isinstance(item, list) else [item] for item in items]


def _slice(scope: Scope, array: Items, part: tuple[Path, Path]) -> Items:
    first, final = (int(_number(bound(scope.within(len(array) - 1))[0])) for bound in part)
    if scope.strict and not 0 <= first <= final < len(array):
        raise PathFailed(f"invalid array subscript: [{first}, {final}] for array of size {len(array)}")
    return array[max(0, first) : final + 1]


def _method(name: str, path: Path) -> Path:
    if name == "size":
        return lambda scope: [_size(scope, item) for item in path(scope)]
    if name == "type":
        return lambda scope: [_kind(item) for item in path(scope)]
    if name not in _METHODS:
        raise unsupported(f"the method {name}() of a JSON path")
    return lambda scope: [_METHODS[name](item) for item in _unwrapped(scope, path(scope))]


def _size(scope: Scope, item: Any) -> int:
    if scope.strict and not isinstance(item, list):
        raise PathFailed("invalid item type. Expected: ARRAY")
    return len(item) if isinstance(item, list) else 1


def _double(item: Any) -> float:
    try:
        return float(item if isinstance(item, str) else _number(item))
    except ValueError as error:
        raise PathFailed("invalid item for double()") from error


_METHODS: dict[str, Callable[[Any], Any]] = {
    "double": _double,
    "abs": lambda item: abs(_number(item)),
    "ceiling": lambda item: item if isinstance(_number(item), int) else float(math.ceil(item)),
    "floor": lambda item: item if isinstance(_number(item), int) else float(math.floor(item)),
}

"""What the parts of an SQL/JSON path do with items (Trino, "JSON functions and operators", "JSON path language")."""

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local_aws.athena.failure import unsupported

Items = list[Any]


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


def unwrapped(scope: Scope, items: Items) -> Items:
    """In lax mode the elements of an array stand for it."""
    if scope.strict:
        return items
    return [inner for item in items for inner in (item if isinstance(item, list) else [item])]


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    **{"==": operator.eq, "!=": operator.ne, "<>": operator.ne, "<": operator.lt},
    **{">": operator.gt, "<=": operator.le, ">=": operator.ge},
}


def join(left: Condition, right: Condition, either: bool) -> Condition:
    """Write ``||`` or ``&&`` of two conditions, each of which may be unknown."""

    def joined(scope: Scope) -> bool | None:
        answers = (left(scope), right(scope))
        return either if either in answers else None if None in answers else not either

    return joined


def compared(compare: Callable[[Any, Any], bool], left: Path, right: Path) -> Condition:
    """Write a comparison: true where any pair of items fits."""

    def condition(scope: Scope) -> bool | None:
        pairs = [(a, b) for a in unwrapped(scope, left(scope)) for b in unwrapped(scope, right(scope))]
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


def as_number(value: Any) -> Any:
    """Give a number back, or fail."""
    if _kind(value) != "number":
        raise PathFailed(f"invalid operand: {_kind(value)}")
    return value


def divide(left: Any, right: Any) -> Any:
    """Divide; whole numbers stay whole."""
    if right == 0:
        raise PathFailed("division by zero")
    return int(left / right) if isinstance(left, int) and isinstance(right, int) else left / right


def arithmetic(calculate: Callable[[Any, Any], Any], left: Path, right: Path) -> Path:
    """Write an operator of two single numbers."""

    def path(scope: Scope) -> Items:
        operands = [unwrapped(scope, part(scope)) for part in (left, right)]
        if any(len(items) != 1 for items in operands):
            raise PathFailed("arithmetic takes single numbers")
        return [calculate(*(as_number(items[0]) for items in operands))]

    return path


def objects(scope: Scope, items: Items) -> Items:
    """Give the objects among some items; in lax mode of arrays, too."""
    found = [item for item in unwrapped(scope, items) if scope.strict or isinstance(item, dict)]
    if any(not isinstance(item, dict) for item in found):
        raise PathFailed("invalid item type. Expected: OBJECT")
    return found


def members(scope: Scope, items: Items, key: str) -> Items:
    """Give the values of a key."""
    found = objects(scope, items)
    if scope.strict and any(key not in item for item in found):
        raise PathFailed(f"missing member '{key}' in JSON object")
    return [item[key] for item in found if key in item]


def arrays(scope: Scope, items: Items) -> list[Items]:
    """Give some items as arrays; in lax mode an item is an array of itself."""
    if scope.strict and any(not isinstance(item, list) for item in items):
        raise PathFailed("invalid item type. Expected: ARRAY")
    return [item if isinstance(item, list) else [item] for item in items]


def slice_of(scope: Scope, array: Items, part: tuple[Path, Path]) -> Items:
    """Give the elements of one subscript."""
    first, final = (int(as_number(bound(scope.within(len(array) - 1))[0])) for bound in part)
    if scope.strict and not 0 <= first <= final < len(array):
        raise PathFailed(f"invalid array subscript: [{first}, {final}] for array of size {len(array)}")
    return array[max(0, first) : final + 1]


def method(name: str, path: Path) -> Path:
    """Write a method such as ``size()``."""
    if name == "size":
        return lambda scope: [_size(scope, item) for item in path(scope)]
    if name == "type":
        return lambda scope: [_kind(item) for item in path(scope)]
    if name not in _METHODS:
        raise unsupported(f"the method {name}() of a JSON path")
    return lambda scope: [_METHODS[name](item) for item in unwrapped(scope, path(scope))]


def _size(scope: Scope, item: Any) -> int:
    if scope.strict and not isinstance(item, list):
        raise PathFailed("invalid item type. Expected: ARRAY")
    return len(item) if isinstance(item, list) else 1


def _double(item: Any) -> float:
    try:
        return float(item if isinstance(item, str) else as_number(item))
    except ValueError as error:
        raise PathFailed("invalid item for double()") from error


_METHODS: dict[str, Callable[[Any], Any]] = {
    "double": _double,
    "abs": lambda item: abs(as_number(item)),
    "ceiling": lambda item: item if isinstance(as_number(item), int) else float(math.ceil(item)),
    "floor": lambda item: item if isinstance(as_number(item), int) else float(math.floor(item)),
}

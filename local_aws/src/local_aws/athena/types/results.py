"""The result types of functions of arrays, maps and aggregates, where they follow from their arguments' types.

DuckDB tells the rest; these keep the lengths and precisions that its types have not.
"""

from collections.abc import Callable

from sqlglot import exp

from local_aws.athena.functions.calls import Typer
from local_aws.athena.translation.inference import noted, told, trino_types
from local_aws.athena.types.trino import TrinoType

Result = Callable[[list[TrinoType]], TrinoType]
_SAME = """
    any_value arbitrary array_distinct array_remove array_sort filter first_value lag last_value lead map_filter max
    max_by min min_by nth_value repeat reverse shuffle slice trim_array
"""


def _element(kinds: list[TrinoType]) -> TrinoType:
    return kinds[0].parts[-1]


def _array(kinds: list[TrinoType]) -> TrinoType:
    return TrinoType("array", (), (kinds[0],))


_NOTED_BY_BINDING = frozenset({"map", "map_keys", "map_values"})
_MOST_ARGUMENTS = {"max": 1, "min": 1, "max_by": 2, "min_by": 2}
_RESULTS: dict[str, Result] = {
    **dict.fromkeys(_SAME.split(), lambda kinds: kinds[0]),
    **dict.fromkeys(("array_agg", "repeat"), _array),
    **dict.fromkeys(("array_max", "array_min", "element_at"), _element),
    "map": lambda kinds: TrinoType("map", (), (kinds[0].parts[0], kinds[1].parts[0])),
    "map_agg": lambda kinds: TrinoType("map", (), tuple(kinds)),
    "map_keys": lambda kinds: TrinoType("array", (), kinds[0].parts[:1]),
    "map_values": lambda kinds: TrinoType("array", (), kinds[0].parts[1:]),
}


def note(
    name: str, args: list[exp.Expression], translate: Callable[[], exp.Expression], types_of: Typer
) -> exp.Expression:
    """Translate a call and note the type of its result, where the arguments tell it."""
    result = _RESULTS.get(name)
    if len(args) > _MOST_ARGUMENTS.get(name, len(args)):
        # With a count the aggregate gives an array.
        result = None
    kinds = [told(arg) for arg in args] if result else [None]
    if None in kinds and name in _NOTED_BY_BINDING:
        kinds = trino_types(types_of, *args)
    made = translate()
    try:
        return made if None in kinds or not kinds else noted(made, result(kinds))
    except IndexError:
        return made

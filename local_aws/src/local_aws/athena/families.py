"""Each Trino function whose DuckDB form depends on the types of its arguments, by the family that translates it."""

from local_aws.athena import aggregates, array_macros, arrays, comparisons, json_functions, maps, rows
from local_aws.athena.calls import Translator

FAMILIES: dict[str, Translator] = {
    **aggregates.TRANSLATORS,
    **arrays.TRANSLATORS,
    **json_functions.TRANSLATORS,
    **maps.TRANSLATORS,
    **rows.TRANSLATORS,
}
ARRAY_FORMS = arrays.ARRAY_FORMS
MACROS = (*array_macros.MACROS, array_macros.PAIR, *maps.MACROS, *aggregates.MACROS, *comparisons.MACROS)

"""Each Trino function whose DuckDB form depends on the types of its arguments, by the family that translates it."""

from local_aws.athena.functions.calls import Translator
from local_aws.athena.functions.json import json_functions
from local_aws.athena.functions.nested import aggregates, array_macros, arrays, maps, rows
from local_aws.athena.translation import comparisons

FAMILIES: dict[str, Translator] = {
    **aggregates.TRANSLATORS,
    **arrays.TRANSLATORS,
    **json_functions.TRANSLATORS,
    **maps.TRANSLATORS,
    **rows.TRANSLATORS,
}
ARRAY_FORMS = arrays.ARRAY_FORMS
MACROS = (*array_macros.MACROS, array_macros.PAIR, *maps.MACROS, *aggregates.MACROS, *comparisons.MACROS)

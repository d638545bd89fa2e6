"""Calls of the functions that are declared by signature, and of those that are written for the types they get."""

from sqlglot import exp

# Some of these are imported for the functions that they declare.
from local_aws.athena.functions import conditionals, formatting  # noqa: F401
from local_aws.athena.functions import native_functions as native
from local_aws.athena.functions import python_functions as python
from local_aws.athena.functions.calls import Translator, Typer, call
from local_aws.athena.functions.nested.arrays import check_concatenated, concatenated
from local_aws.athena.functions.numbers import exact, number_functions, numeric, sums  # noqa: F401
from local_aws.athena.functions.signatures import Signature, choose, unexpected
from local_aws.athena.functions.text import (  # noqa: F401
    binary_functions,
    java_format,
    regex_functions,
    text_functions,
    url_functions,
)
from local_aws.athena.functions.text.regex_functions import for_re2, replace_by_lambda
from local_aws.athena.functions.time import moment_formats, moment_texts, moments  # noqa: F401
from local_aws.athena.translation.casts import coerce
from local_aws.athena.translation.inference import noted, trino_types
from local_aws.athena.types.trino import TrinoType, parse_type

_INNER = {
    "cast_text_to_clocks",
    "cast_text_to_zoned",
    "decimal_text_of",
    "double_text",
    "java_format",
    "joda_moment",
    "joda_text",
    "offset_minutes",
    "real_text",
    "regexp_groups",
    "regexp_join",
    "zone_id",
}
"""Python that only other translations call."""
FORMS: dict[str, list[Signature]] = {
    name: [*native.FORMS.get(name, []), *python.FORMS.get(name, [])]
    for name in sorted({*native.FORMS, *python.FORMS} - _INNER)
}


_CONCAT = [
    Signature("concat", takes, "")
    for takes in (("char(x)", "char(y)"), ("array(E)", "E"), ("array(E)",), ("varchar",), ("varbinary",))
]


def _concat(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    kinds = trino_types(types_of, *args)
    if {kind.name for kind in kinds} <= {"varbinary", "unknown"} and any(kind.name == "varbinary" for kind in kinds):
        return _declared("concat", args, types_of)
    if any(kind.name == "array" for kind in kinds) and len(args) > 1:
        check_concatenated(kinds, lambda: unexpected("concat", _CONCAT, kinds))
        return concatenated(args, types_of(*args))
    if not {kind.name for kind in kinds} <= {"varchar", "char", "unknown"} or len(args) < 2:
        raise unexpected("concat", _CONCAT, kinds)
    joined = args[0]
    for arg in args[1:]:
        joined = exp.DPipe(this=joined, expression=arg)
    if any(kind.name == "char" for kind in kinds) and all(kind.numbers for kind in kinds):
        return noted(exp.Paren(this=joined), TrinoType("char", (sum(kind.numbers[0] for kind in kinds),)))
    return noted(exp.Paren(this=joined), TrinoType("varchar"))


def _concat_ws(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    kinds = trino_types(types_of, *args)
    if len(args) == 2 and kinds[1].name == "array":
        return _declared("concat_ws", args, types_of)
    form = Signature("concat_ws", ("varchar", "varchar"), "varchar", variadic=True)
    choose("concat_ws", [*FORMS["concat_ws"], form], kinds)
    return noted(call("concat_ws", *args), TrinoType("varchar"))


def _regexp_replace(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    if len(args) == 3 and isinstance(args[2], exp.Lambda):
        return noted(replace_by_lambda(args), TrinoType("varchar"))
    return _declared("regexp_replace", args, types_of)


def _normalize(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    """The form of a normalization is a word, which sqlglot reads as a column."""
    if len(args) == 2 and isinstance(args[1], exp.Column):
        args = [args[0], exp.Literal.string(args[1].name.upper())]
    return _declared("normalize", args, types_of)


def _declared(name: str, args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    kinds = trino_types(types_of, *args) if args else []
    form = choose(name, FORMS[name], kinds)
    in_duckdb = for_re2(name, args) if name.startswith("regexp_") else None
    if in_duckdb is not None:
        return noted(in_duckdb, form.result(kinds))
    parameters = form.parameters(len(args))
    given = [
        arg if parameter.startswith("varchar") and kind.name == "varchar" else coerce(arg, kind, _plain(parameter))
        for arg, kind, parameter in zip(args, kinds, parameters, strict=True)
    ]
    made = python.form_call(form, *given) if python.is_python(form) else call(native.TARGETS[form], *given)
    return noted(made, form.result(kinds))


def _plain(parameter: str) -> TrinoType:
    return parse_type(parameter.replace("(x)", ""))


def _of(name: str) -> Translator:
    return lambda args, types_of: _declared(name, args, types_of)


TRANSLATORS: dict[str, Translator] = {
    **{name: _of(name) for name in FORMS},
    **moment_formats.TRANSLATORS,
    **moments.TRANSLATORS,
    **numeric.TRANSLATORS,
    **conditionals.TRANSLATORS,
    **formatting.TRANSLATORS,
    **sums.TRANSLATORS,
    "concat": _concat,
    "concat_ws": _concat_ws,
    "normalize": _normalize,
    "regexp_replace": _regexp_replace,
}

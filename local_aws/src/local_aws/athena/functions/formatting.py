"""format: its values go to Python as text, with the names of their types (Trino, "Conversion functions")."""

from sqlglot import exp

from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.functions.calls import Typer, call
from local_aws.athena.functions.python_functions import python_call
from local_aws.athena.translation.casts import duck_cast, plain_text
from local_aws.athena.translation.inference import noted, trino_types
from local_aws.athena.types.trino import VARCHAR, ZONED, TrinoType


def _format(args: list[exp.Expression], types_of: Typer) -> exp.Expression:
    if not args:
        raise QueryFailed("SYNTAX_ERROR", "Invalid number of arguments for 'format' function")
    first, *kinds = trino_types(types_of, *args)
    if first.name not in {"varchar", "unknown"}:
        raise QueryFailed("TYPE_MISMATCH", f"Type of first argument to format() must be VARCHAR (actual: {first})")
    if not kinds:
        raise QueryFailed("INVALID_FUNCTION_ARGUMENT", "There must be two or more arguments")
    texts = [_text(arg, kind) for arg, kind in zip(args[1:], kinds, strict=True)]
    names = ",".join("varchar" if kind.name in {"char", "json", "uuid", "unknown"} else kind.name for kind in kinds)
    made = python_call("java_format", args[0], exp.Literal.string(names), call("list_value", *texts))
    return noted(made, VARCHAR)


def _text(arg: exp.Expression, kind: TrinoType) -> exp.Expression:
    if kind.name == "json" or kind.name in {"double", "real", "timestamp", "time", "date", "unknown"}:
        return duck_cast(arg, "VARCHAR")
    if kind.name == ZONED:
        raise unsupported("format of a timestamp with time zone")
    made = plain_text(arg, kind)
    if made is None:
        raise QueryFailed("NOT_SUPPORTED", f"Type not supported for formatting: {kind}")
    return made


TRANSLATORS = {"format": _format}

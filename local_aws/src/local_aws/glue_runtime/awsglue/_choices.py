"""Settling choices and mapping columns (AWS: "resolveChoice", "apply_mapping" of the DynamicFrame class)."""

from collections.abc import Sequence
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from awsglue import gluetypes as glue
from awsglue._step import refuse


def quoted(name: str) -> str:
    """A column's name as an expression, whatever characters it has."""
    return "`" + name.replace("`", "``") + "`"


def resolve(
    rows: DataFrame, schema: glue.StructType, specs: Sequence[tuple[str, str]] | None, choice: str
) -> DataFrame:
    """Settle the choices that ``specs`` name, or all of them by ``choice``."""
    if bool(specs) == bool(choice):
        raise ValueError("resolveChoice takes either specs or choice.")
    if choice:
        specs = [(field.name, choice) for field in schema if isinstance(field.dataType, glue.ChoiceType)]
    actions = {name.strip("`"): action for name, action in specs}
    for name in actions.keys() - schema.field_map.keys():
        raise ValueError(f"resolveChoice: there is no field {name}; nested fields are not in the local Glue runtime.")
    columns: list[Column] = []
    for field in schema:
        columns += _settled(field, actions[field.name]) if field.name in actions else [F.col(quoted(field.name))]
    return rows.select(*columns)


def _settled(field: glue.Field, action: str) -> list[Column]:
    verb, _, target = action.partition(":")
    column = F.col(quoted(field.name))
    choices = field.dataType.choices if isinstance(field.dataType, glue.ChoiceType) else ()
    if verb == "cast" and target:
        parts = [column[kind.name].cast(target) for kind in choices] or [column.cast(target)]
        return [F.coalesce(*parts).alias(field.name, metadata={})]
    if verb == "project" and target:
        return [_project(column, choices, target).alias(field.name, metadata={})]
    if verb == "make_struct":
        return [column.alias(field.name, metadata={})]
    if verb == "make_cols":
        return [column[kind.name].alias(f"{field.name}_{kind.name}") for kind in choices] or [column]
    if verb == "match_catalog":
        refuse("resolveChoice with match_catalog")
    raise ValueError(f"resolveChoice: {action!r} is not one of cast:type, project:type, make_cols, make_struct.")


def _project(column: Column, choices: Sequence[glue.DataType], target: str) -> Column:
    """The member of one type; values of the others become null."""
    if not choices:
        return column
    name = _ALIASES.get(target, target)
    if name not in {kind.name for kind in choices}:
        raise ValueError(f"resolveChoice: the choice has no member {target}.")
    return column[name]


_ALIASES = {"bigint": "long", "integer": "int", "smallint": "short", "tinyint": "byte"}


def apply_mappings(
    rows: DataFrame, schema: glue.StructType, mappings: Sequence[Any], case_sensitive: bool
) -> DataFrame:
    """Select, cast and rename; a mapping of a field that is not there is passed over, as on Glue."""
    fold = str if case_sensitive else str.lower
    fields = {fold(field.name): field for field in schema}
    columns = []
    for mapping in mappings:
        source, kind, target, target_kind = _spread(mapping)
        field = fields.get(fold(source.strip("`")))
        if field is None and "." in source:
            refuse(f"The nested path {source}")
        if field is not None:
            columns.append(_mapped(field, kind, target_kind).alias(target.strip("`"), metadata={}))
    return rows.select(*columns)


def _spread(mapping: Any) -> tuple[str, str | None, str, str | None]:
    """A mapping of four (source, type, target, type), three (source, target, type) or two (source, target)."""
    parts = tuple(mapping)
    if len(parts) == 4:
        return parts
    if len(parts) == 3:
        return parts[0], None, parts[1], parts[2]
    if len(parts) == 2:
        return parts[0], None, parts[1], None
    raise ValueError(f"apply_mapping: {mapping!r} is not (source, source type, target, target type).")


def _mapped(field: glue.Field, kind: str | None, target: str | None) -> Column:
    column = F.col(quoted(field.name))
    if isinstance(field.dataType, glue.ChoiceType):
        column = _project(column, field.dataType.choices, kind or target or "")
    return column.cast(target) if target else column

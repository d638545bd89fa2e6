"""The fields of a source that its contract does not name: they flow into the trusted table, and none is lost."""

from dataclasses import dataclass
from itertools import count

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

MOST = 100
"""With more new fields than this they go into one column together: somebody writes keys where values belong."""
TOGETHER = "other_fields"
UNNAMED = "unnamed"
LONGEST_NAME = 200
"""A column's name may have 255 characters (AWS Glue, "Column"); some are left for a number behind it."""

TYPES = {"boolean": "boolean", "int": "bigint", "long": "bigint", "float": "double", "double": "double"}
"""Glue type name -> the type that a new field gets; one of any other type becomes a string."""
FORMS = {
    "boolean": "^(true|false)$",
    "bigint": "^-?(0|[1-9][0-9]{0,18})$",
    "double": r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?$",
}
"""Type -> how the texts look that it holds without a loss."""


def extra_map() -> Column:
    """The other fields of a record, name -> text; ``extra`` has them as names and values in turn."""
    return F.map_from_arrays(
        F.filter("extra", lambda _, place: place % 2 == 0), F.filter("extra", lambda _, place: place % 2 == 1)
    )


@dataclass(frozen=True)
class NewField:
    """One field: its name in the landing file, the column that it gets, and that column's Spark type."""

    source: str
    column: str
    type: str

    def value(self) -> Column:
        """The field's value; text where the type is nested or changes from record to record."""
        return extra_map()[self.source].cast(self.type)


@dataclass(frozen=True)
class NewFields:
    """The new fields of a source.

    Parameters
    ----------
    fields : tuple of NewField
        Those with columns of their own.
    together : int
        How many there are that have not, since they are more than ``MOST``.
    """

    fields: tuple[NewField, ...] = ()
    together: int = 0

    def columns(self) -> list[Column]:
        """The columns of a trusted table that hold them."""
        if self.together:
            return [F.to_json(extra_map(), {"ignoreNullFields": "false"}).alias(TOGETHER)]
        return [field.value().alias(field.column) for field in self.fields]

    def __str__(self) -> str:
        if self.together:
            return f"{self.together:,} new fields, more than {MOST}: all of them as JSON in the column {TOGETHER}"
        return "new fields: " + (", ".join(f"{field.column} ({field.type})" for field in self.fields) or "none")


def inferred_types(landing) -> dict[str, str]:
    """The types that a DynamicFrame inferred, field -> Glue type name, and its schema printed.

    They are a hint, and never a reason to stop: Glue's reader may refuse a source for one broken line, which this
    project reads and quarantines.

    Parameters
    ----------
    landing : awsglue.dynamicframe.DynamicFrame
        The source.
    """
    try:
        landing.printSchema()
        return {field.name: field.dataType.typeName() for field in landing.schema()}
    except Exception as error:  # noqa: BLE001 - whatever Glue's reader raises; its text may quote a line
        print(f"No schema could be inferred ({type(error).__name__}), so new fields become strings.")
        return {}


def find_new_fields(rows: DataFrame, inferred: dict[str, str], taken: list[str]) -> NewFields:
    """The fields that the records really have beyond their contract.

    Parameters
    ----------
    rows : DataFrame
        With ``extra`` (`helpers.landing.lines.read_landing`).
    inferred : dict of str to str
        Field -> Glue type name that the DynamicFrame inferred: the field gets that type if every value fits it.
    taken : list of str
        The columns that the table has anyway.
    """
    names = rows.where("extra is not null").select(F.explode(F.map_keys(extra_map())).alias("name")).distinct()
    sources = sorted(row["name"] for row in names.collect())
    if len(sources) > MOST:
        return NewFields(together=len(sources))
    columns = name_columns(sources, taken)
    proposed = [NewField(name, columns[name], TYPES.get(inferred.get(name), "string")) for name in sources]
    return NewFields(_fitting(rows, proposed))


def name_columns(sources: list[str], taken: list[str]) -> dict[str, str]:
    """Field -> a column of its own, whose name the catalog can hold and tell from the others without case.

    >>> name_columns(["Battery", "battery", "step count", ""], ["x"])
    {'Battery': 'Battery', 'battery': 'battery_2', 'step count': 'step_count', '': 'unnamed'}
    """
    used, found = {name.lower() for name in taken}, {}
    for source in sources:
        plain = "".join(letter if letter.isalnum() else "_" for letter in source)[:LONGEST_NAME] or UNNAMED
        numbered = (plain if number == 1 else f"{plain}_{number}" for number in count(1))
        found[source] = next(name for name in numbered if name.lower() not in used)
        used.add(found[source].lower())
    return found


def _fitting(rows: DataFrame, fields: list[NewField]) -> tuple[NewField, ...]:
    """The same fields, as strings where a value would be lost in the proposed type."""
    typed = [field for field in fields if field.type != "string"]
    if not typed:
        return tuple(fields)
    text = {field.source: F.col("texts")[field.source] for field in typed}
    losses = [F.count_if(~text[field.source].rlike(FORMS[field.type])) for field in typed]
    counted = rows.where("extra is not null").select(extra_map().alias("texts")).agg(*losses).first()
    lossy = {field.source for field, lost in zip(typed, counted, strict=True) if lost}
    return tuple(NewField(f.source, f.column, "string") if f.source in lossy else f for f in fields)

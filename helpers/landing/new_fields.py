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


def inferred_types(landing) -> dict[str, str] | None:
    """The types that a DynamicFrame inferred, field -> Glue type name, and its schema printed; None where it stopped.

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
        print(f"No schema could be inferred ({type(error).__name__}); new fields get the types that hold their values.")
        return None


def find_new_fields(rows: DataFrame, inferred: dict[str, str] | None, taken: list[str]) -> NewFields:
    """The fields that the records really have beyond their contract.

    Parameters
    ----------
    rows : DataFrame
        With ``extra`` (`helpers.landing.lines.read_landing`).
    inferred : dict of str to str, optional
        Field -> Glue type name that the DynamicFrame inferred: the field gets that type if every value fits it, else
        string. None where nothing could be inferred: each field gets the first type that holds all its values.
    taken : list of str
        The columns that the table has anyway.
    """
    names = rows.where("extra is not null").select(F.explode(F.map_keys(extra_map())).alias("name")).distinct()
    sources = sorted(row["name"] for row in names.collect())
    if len(sources) > MOST:
        return NewFields(together=len(sources))
    columns = name_columns(sources, taken)
    types = _lossless_types(rows, {name: _possible_types(name, inferred) for name in sources})
    return NewFields(tuple(NewField(name, columns[name], types[name]) for name in sources))


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


def _possible_types(name: str, inferred: dict[str, str] | None) -> tuple[str, ...]:
    if inferred is None:
        return tuple(FORMS)
    return (TYPES[inferred[name]],) if inferred.get(name) in TYPES else ()


def _lossless_types(rows: DataFrame, possible: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Field -> the first of its possible types that holds all of its values, else string."""
    tried = [(field, kind) for field, kinds in possible.items() for kind in kinds]
    if not tried:
        return dict.fromkeys(possible, "string")
    text = {field: F.col("texts")[field] for field, _ in tried}
    # A field that is null in every record says nothing of its type.
    misfits = [
        F.count_if(~text[field].rlike(FORMS[kind])) + (F.count(text[field]) == 0).cast("int") for field, kind in tried
    ]
    counted = rows.where("extra is not null").select(extra_map().alias("texts")).agg(*misfits).first()
    fitting = [pair for pair, misfit in zip(tried, counted, strict=True) if not misfit]
    return dict.fromkeys(possible, "string") | dict(reversed(fitting))

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
UNDECIDED = (None, "choice", "null")
"""What Glue's reader says, or does not say, of a field to which it gives no one type: the values decide."""
FORMS = {
    "boolean": "^(true|false)$",
    "bigint": "^-?(0|[1-9][0-9]{0,18})$",
    "double": r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?$",
}
"""Type -> how the texts look that it holds without a loss, narrowest type first."""
KINDS = {"boolean": "boolean", "bigint": "number", "double": "number"}
"""Type -> the kind of its values (`helpers.landing.contract.KINDS`)."""
PARTS = {"kind": 1, "text": 2}
"""Where in ``extra`` they stand behind a name."""
LARGEST = 2**63 - 1


def extra_map(what: str = "text") -> Column:
    """The other fields of a record, name -> text or kind; ``extra`` has names, kinds and texts in turn."""
    return F.map_from_arrays(_every_third(0), _every_third(PARTS[what]))


def _every_third(first: int) -> Column:
    return F.filter("extra", lambda _, place: place % 3 == first)


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
        print(f"No schema could be inferred ({type(error).__name__}): the values of new fields decide on their types.")
        return {}


def find_new_fields(rows: DataFrame, inferred: dict[str, str], taken: list[str]) -> NewFields:
    """The fields that the records really have beyond their contract.

    Parameters
    ----------
    rows : DataFrame
        With ``extra`` (`helpers.landing.lines.read_landing`).
    inferred : dict of str to str
        Field -> Glue type name that the DynamicFrame inferred: the field gets that type if every value fits it, else
        string. A field that is not named, or has no one type, gets the narrowest type that holds its JSON numbers or
        booleans; a text stays text, however it looks.
    taken : list of str
        The columns that the table has anyway.
    """
    names = rows.where("extra is not null").select(F.explode(F.map_keys(extra_map())).alias("name")).distinct()
    sources = sorted(row["name"] for row in names.collect())
    if len(sources) > MOST:
        return NewFields(together=len(sources))
    columns = name_columns(sources, taken)
    types = _lossless_types(rows, {name: _possible_types(inferred.get(name)) for name in sources})
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


def _possible_types(inferred: str | None) -> dict[str, str | None]:
    """The types that a field may get, narrowest first, each with the kind that its values must have."""
    if inferred in UNDECIDED:
        return KINDS
    return {TYPES[inferred]: None} if inferred in TYPES else {}


def _lossless_types(rows: DataFrame, possible: dict[str, dict[str, str | None]]) -> dict[str, str]:
    """Field -> the first of its possible types that holds all of its values, else string."""
    tried = [(field, type_, kind) for field, types in possible.items() for type_, kind in types.items()]
    if not tried:
        return dict.fromkeys(possible, "string")
    texts, kinds = F.col("texts"), F.col("kinds")
    # A field that is null in every record says nothing of its type.
    misfits = [
        F.count_if(~_is_held(texts[field], type_) | (kinds[field] != (kind or kinds[field])))
        + (F.count(texts[field]) == 0).cast("int")
        for field, type_, kind in tried
    ]
    extended = rows.where("extra is not null").select(extra_map().alias("texts"), extra_map("kind").alias("kinds"))
    fitting = [pair[:2] for pair, misfit in zip(tried, extended.agg(*misfits).first(), strict=True) if not misfit]
    return dict.fromkeys(possible, "string") | dict(reversed(fitting))


def _is_held(text: Column, type_: str) -> Column:
    """Whether a type holds a text without a loss; null where there is no text."""
    looks = text.rlike(FORMS[type_])
    if type_ != "bigint":
        return looks
    # Nineteen digits may be more than 64 bits hold.
    return F.when(looks, text.cast("decimal(19,0)").between(-LARGEST - 1, LARGEST)).otherwise(looks)

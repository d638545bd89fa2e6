"""The types of a DynamicFrame's schema, choices included (AWS: "PySpark extension types")."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyspark.sql import types as spark


@dataclass(frozen=True)
class DataType:
    """A type that is one word, such as ``long`` or ``string``, or ``decimal(10,2)``."""

    name: str

    def typeName(self) -> str:
        """The type's name in Glue's spelling."""
        return self.name


@dataclass(frozen=True)
class ArrayType(DataType):
    """An array; ``elementType`` is the type of its entries."""

    elementType: DataType


@dataclass(frozen=True)
class MapType(DataType):
    """A map from ``keyType`` to ``valueType``."""

    keyType: DataType
    valueType: DataType


@dataclass(frozen=True)
class Field:
    """A named member of a struct."""

    name: str
    dataType: DataType


@dataclass(frozen=True)
class StructType(DataType):
    """A record."""

    fields: tuple[Field, ...]

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    @property
    def field_map(self) -> dict[str, Field]:
        """The fields by name."""
        return {field.name: field for field in self.fields}


@dataclass(frozen=True)
class ChoiceType(DataType):
    """Values of several types in one field; ``choices`` are in the order of their names."""

    choices: tuple[DataType, ...]


def struct_of(fields: dict[str, DataType]) -> StructType:
    """A struct out of names and types."""
    return StructType("struct", tuple(Field(name, kind) for name, kind in fields.items()))


def choice_of(kinds: list[DataType]) -> DataType:
    """The only type, the null type for none, or a choice of them."""
    if len(kinds) > 1:
        return ChoiceType("choice", tuple(sorted(kinds, key=DataType.typeName)))
    return kinds[0] if kinds else DataType("null")


CHOICE_MARK = {"glue": "choice"}
"""The metadata of a Spark column that holds an unsettled choice."""

_WORDS = {
    "int": spark.IntegerType(),
    "long": spark.LongType(),
    "double": spark.DoubleType(),
    "float": spark.FloatType(),
    "short": spark.ShortType(),
    "byte": spark.ByteType(),
    "string": spark.StringType(),
    "boolean": spark.BooleanType(),
    "binary": spark.BinaryType(),
    "date": spark.DateType(),
    "timestamp": spark.TimestampType(),
    "null": spark.NullType(),
}
_NAMES = {kind: name for name, kind in _WORDS.items()}


def to_spark(kind: DataType) -> spark.DataType:
    """The Spark type; a choice becomes a struct with one member a type, as ``toDF`` makes it on Glue."""
    if isinstance(kind, StructType):
        return spark.StructType([spark.StructField(field.name, to_spark(field.dataType)) for field in kind])
    if isinstance(kind, ArrayType):
        return spark.ArrayType(to_spark(kind.elementType))
    if isinstance(kind, MapType):
        return spark.MapType(to_spark(kind.keyType), to_spark(kind.valueType))
    if isinstance(kind, ChoiceType):
        return spark.StructType([spark.StructField(one.name, to_spark(one)) for one in kind.choices])
    if kind.name in _WORDS:
        return _WORDS[kind.name]
    return spark._parse_datatype_string(kind.name)


def from_spark(kind: spark.DataType) -> DataType:
    """The Glue type of a Spark type."""
    if isinstance(kind, spark.StructType):
        return struct_of({field.name: _from_spark_field(field) for field in kind.fields})
    if isinstance(kind, spark.ArrayType):
        return ArrayType("array", from_spark(kind.elementType))
    if isinstance(kind, spark.MapType):
        return MapType("map", from_spark(kind.keyType), from_spark(kind.valueType))
    return DataType(_NAMES.get(kind, kind.simpleString()))


def _from_spark_field(field: spark.StructField) -> DataType:
    if field.metadata.get("glue") == "choice":
        return choice_of([from_spark(member.dataType) for member in field.dataType.fields])
    return from_spark(field.dataType)


def tree_lines(kind: DataType, indent: str = "") -> Iterator[str]:
    """The lines of ``printSchema`` below ``root``."""
    if isinstance(kind, StructType):
        for field in kind:
            yield f"{indent}|-- {field.name}: {field.dataType.typeName()}"
            yield from tree_lines(field.dataType, f"{indent}|    ")
    elif isinstance(kind, ArrayType):
        yield f"{indent}|-- element: {kind.elementType.typeName()}"
        yield from tree_lines(kind.elementType, f"{indent}|    ")
    elif isinstance(kind, MapType):
        yield f"{indent}|-- keyType: {kind.keyType.typeName()}"
        yield f"{indent}|-- valueType: {kind.valueType.typeName()}"
        yield from tree_lines(kind.valueType, f"{indent}|    ")
    elif isinstance(kind, ChoiceType):
        for one in kind.choices:
            yield f"{indent}|-- {one.typeName()}"
            yield from tree_lines(one, f"{indent}|    ")

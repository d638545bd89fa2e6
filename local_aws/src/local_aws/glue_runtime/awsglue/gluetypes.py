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


_OF_JSON = {
    "int": spark.IntegerType(),
    "long": spark.LongType(),
    "double": spark.DoubleType(),
    "string": spark.StringType(),
    "boolean": spark.BooleanType(),
    "null": spark.NullType(),
}
_RENAMED = {"bigint": "long", "smallint": "short", "tinyint": "byte", "void": "null"}


def holds_choice(kind: DataType) -> bool:
    """Whether a type is a choice, or has one inside."""
    if isinstance(kind, StructType):
        return any(holds_choice(field.dataType) for field in kind)
    return isinstance(kind, ChoiceType) or (isinstance(kind, ArrayType) and holds_choice(kind.elementType))


def to_spark(kind: DataType) -> spark.DataType:
    """The Spark type of a type that JSON has, without a choice."""
    if isinstance(kind, StructType):
        return spark.StructType([spark.StructField(field.name, to_spark(field.dataType)) for field in kind])
    if isinstance(kind, ArrayType):
        return spark.ArrayType(to_spark(kind.elementType))
    return _OF_JSON[kind.name]


def from_spark(kind: spark.DataType) -> DataType:
    """The Glue type of a Spark type."""
    if isinstance(kind, spark.StructType):
        return struct_of({field.name: from_spark(field.dataType) for field in kind.fields})
    if isinstance(kind, spark.ArrayType):
        return ArrayType("array", from_spark(kind.elementType))
    if isinstance(kind, spark.MapType):
        return MapType("map", from_spark(kind.keyType), from_spark(kind.valueType))
    return DataType(_RENAMED.get(kind.simpleString(), kind.simpleString()))


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

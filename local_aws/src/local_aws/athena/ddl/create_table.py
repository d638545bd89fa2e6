"""CREATE EXTERNAL TABLE: Hive's DDL as the TableInput that Athena itself gives to Glue.

Source: "CREATE TABLE" (Athena user guide).
"""

import re
import time
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from local_aws.athena.failure import unsupported
from local_aws.athena.reading.tables import LAZY, OPEN_CSV, OPENX, PARQUET
from local_aws.athena.translation.dialect import syntax_error
from local_aws.athena.types.hive import parse_hive_type

HCATALOG = "org.apache.hive.hcatalog.data.JsonSerDe"
SERDES = {serde.lower(): serde for serde in (OPENX, HCATALOG, PARQUET, LAZY, OPEN_CSV)}
TEXT_FORMATS = (
    "org.apache.hadoop.mapred.TextInputFormat",
    "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
)
PARQUET_FORMATS = (
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
)
KNOWN = (
    exp.ExternalProperty,
    exp.SchemaCommentProperty,
    exp.PartitionedByProperty,
    exp.RowFormatDelimitedProperty,
    exp.RowFormatSerdeProperty,
    exp.FileFormatProperty,
    exp.LocationProperty,
)


def parse_create_table(sql: str) -> exp.Create:
    """Parse the statement, or refuse it as StartQueryExecution does."""
    try:
        (tree,) = sqlglot.parse(sql, dialect="hive")
    except (ParseError, TokenError, ValueError) as error:
        raise syntax_error(f"FAILED: ParseException {str(error).splitlines()[0]}") from error
    if not isinstance(tree, exp.Create) or tree.kind != "TABLE" or tree.expression is not None:
        raise unsupported("CREATE TABLE AS SELECT")
    if not isinstance(tree.this, exp.Schema):
        raise syntax_error("FAILED: ParseException a table needs columns")
    if tree.find(exp.ExternalProperty) is None:
        raise syntax_error(
            "FAILED: SemanticException External keyword is required: Athena creates only external tables."
        )
    return tree


def table_input(tree: exp.Create) -> dict[str, Any]:
    """Write the TableInput of a parsed CREATE EXTERNAL TABLE.

    Raises
    ------
    QueryFailed
        For a SerDe, a storage format or a clause that is not supported here, by name.
    """
    clauses = _clauses(tree)
    location = clauses.get(exp.LocationProperty)
    if location is None or not location.name.startswith("s3://"):
        raise syntax_error("FAILED: SemanticException A LOCATION in Amazon S3 is needed.")
    serde, formats, parameters = _storage(clauses)
    partitioned = clauses.get(exp.PartitionedByProperty)
    keys = partitioned.this.expressions if partitioned else []
    comment = clauses.get(exp.SchemaCommentProperty)
    entry: dict[str, Any] = {
        "Name": tree.this.this.name.lower(),
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {
            "EXTERNAL": "TRUE",
            "transient_lastDdlTime": str(int(time.time())),
            **_pairs(tree.args["properties"].expressions),
        },
        "PartitionKeys": [_column(key) for key in keys],
        "StorageDescriptor": {
            "Columns": [_column(column) for column in tree.this.expressions],
            "Location": location.name,
            "InputFormat": formats[0],
            "OutputFormat": formats[1],
            "Compressed": False,
            "NumberOfBuckets": -1,
            "SerdeInfo": {
                "SerializationLibrary": serde,
                "Parameters": {"serialization.format": "1", **parameters},
            },
            "StoredAsSubDirectories": False,
        },
    }
    if comment is not None:
        entry["Parameters"]["comment"] = comment.name
    return entry


def _clauses(tree: exp.Create) -> dict[type, exp.Expression]:
    """Index the statement's clauses by their kind."""
    found = {}
    for clause in tree.args["properties"].expressions:
        if type(clause) is exp.Property:
            continue
        if not isinstance(clause, KNOWN):
            raise unsupported(f"the clause {clause.sql('hive').split('(')[0].strip()}")
        found[type(clause)] = clause
    return found


def _storage(clauses: dict[type, exp.Expression]) -> tuple[str, tuple[str, str], dict[str, str]]:
    """Give SerDe, input and output format, and the SerDe's properties."""
    row_format, file_format = clauses.get(exp.RowFormatSerdeProperty), clauses.get(exp.FileFormatProperty)
    stored_as = _stored_as(file_format)
    name = row_format.name if row_format is not None else PARQUET if stored_as == PARQUET_FORMATS else LAZY
    serde = SERDES.get(name.lower())
    if serde is None:
        raise unsupported(f"the SerDe {name or '(none)'}: use {OPENX} or STORED AS PARQUET")
    formats = stored_as or (PARQUET_FORMATS if serde == PARQUET else TEXT_FORMATS)
    if (formats == PARQUET_FORMATS) != (serde == PARQUET):
        raise unsupported(f"the SerDe {serde} with the input format {formats[0]}")
    properties = row_format.args.get("serde_properties") if row_format is not None else None
    delimited = clauses.get(exp.RowFormatDelimitedProperty)
    if delimited is not None:
        if serde != LAZY or row_format is not None:
            raise unsupported(f"ROW FORMAT DELIMITED with {serde}")
        return serde, formats, _delimiters(delimited)
    return serde, formats, _pairs(properties.expressions) if properties else {}


_DELIMITERS = {
    "fields": "field.delim",
    "escaped": "escape.delim",
    "collection_items": "collection.delim",
    "map_keys": "mapkey.delim",
    "lines": "line.delim",
    "null": "serialization.null.format",
}
"""Hive's property of each part of ROW FORMAT DELIMITED ("Lazy Simple SerDe …", Athena user guide)."""


def _delimiters(clause: exp.Expression) -> dict[str, str]:
    found = {_DELIMITERS[part]: value.name for part, value in clause.args.items() if value is not None}
    delimiter = found.get("field.delim")
    return {**found, **({"serialization.format": delimiter} if delimiter else {})}


def _stored_as(clause: exp.Expression | None) -> tuple[str, str] | None:
    if clause is None:
        return None
    if isinstance(clause.this, exp.InputOutputFormat):
        formats = (clause.this.args["input_format"].name, clause.this.args["output_format"].name)
    else:
        formats = {"PARQUET": PARQUET_FORMATS, "TEXTFILE": TEXT_FORMATS}.get(clause.name.upper(), (clause.name, ""))
    if formats not in {PARQUET_FORMATS, TEXT_FORMATS}:
        raise unsupported(f"the storage format {formats[0]}")
    return formats


def _pairs(properties: list[exp.Expression]) -> dict[str, str]:
    return {item.name: item.args["value"].name for item in properties if type(item) is exp.Property}


def _column(column: exp.Expression) -> dict[str, str]:
    kind = re.sub(r"\s+", "", column.args["kind"].sql("hive").lower())
    parse_hive_type(kind)
    comment = column.find(exp.CommentColumnConstraint)
    return {"Name": column.name.lower(), "Type": kind, **({"Comment": comment.name} if comment else {})}

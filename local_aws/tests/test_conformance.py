"""``docs/conformance.md`` says what the code does: run this file as a script to write it anew."""

import ast
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from function_conformance import ANSWERED, DIFFERS, REFUSES, describe_functions

import local_aws
from local_aws.athena.ddl import forms
from local_aws.athena.engine import Engine
from local_aws.athena.failure import QueryFailed
from local_aws.athena.functions.topics import ATHENAS, TOPICS
from local_aws.athena.service import Athena
from local_aws.athena.statements import FORMS
from local_aws.athena.translation.dialect import parse_query
from local_aws.athena.writes import formats
from local_aws.glue.catalog.service import Catalog
from local_aws.glue.sessions.service import Sessions
from local_aws.lake import open_lake
from local_aws.s3 import service as s3
from local_aws.secrets import Secrets

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "conformance.md"
HEAD = """# What the local AWS answers

Written by `python local_aws/tests/test_conformance.py` from the code; a test holds the two against each other.
What stands in no table here is refused: an operation by `NotImplementedException`, a statement or a part of one by
`NOT_SUPPORTED`, a name of `awsglue` by `NotImplementedError`, each with its name.
"""
PARTLY = {
    "CREATE_TABLE": "external tables: OpenX and HCatalog JSON, Parquet, delimited text (also `ESCAPED BY`), quoted CSV",
    "CREATE_TABLE_AS_SELECT": "Parquet, and text without nested values; not JSON, ORC, AVRO, bucketed, Iceberg",
    "INSERT": "into Parquet and delimited text; others `HIVE_UNSUPPORTED_FORMAT`, as on AWS",
    "UNLOAD": "JSON without decimals",
    "ALTER_TABLE_DROP_PARTITION": "by all keys and `=`",
    "EXPLAIN": "of queries; TEXT and JSON, LOGICAL, DISTRIBUTED, VALIDATE: the local engine's plan; not GRAPHVIZ, IO",
    "SELECT": "functions as below; information_schema: schemata, tables, columns, views; "
    "`$path`, `$file_size`, `$file_modified_time`, `$partition`; TABLESAMPLE; WITH RECURSIVE to ten levels, as on AWS",
}
PARTLY_DONE = (
    "In part: CreateWorkGroup and UpdateWorkGroup know the place of results, EnforceWorkGroupConfiguration and "
    "BytesScannedCutoffPerQuery."
)
RUNTIME = Path(local_aws.__file__).parent / "glue_runtime"
CLIENTS = """## Clients

| client | |
| --- | --- |
| awswrangler | `read_sql_query` (CTAS, UNLOAD, CSV, chunks, parameters), `read_sql_table`, `create_ctas_table` |
| awswrangler | `catalog.*`, `s3.to_parquet(dataset=True, database=…, partition_cols=…)` |
| PyAthena | default, dict, pandas (also `unload=True`) and asynchronous cursors; qmark and pyformat parameters |
| PyAthena's Arrow cursor | after `helpers.arrow.honour_profiles()`; alone it asks Amazon's S3 |
| SQLAlchemy | `awsathena+rest://` and `awsathena+pandas://`: `pandas.read_sql`, `inspect`, expressions |
| pandas, pyarrow | `s3://` addresses, with `AWS_ENDPOINT_URL_S3` |
"""


def describe(lake: Path) -> str:
    """Write the document from the code."""
    opened = open_lake(lake)
    athena = Athena(opened, Catalog(opened))
    statements = {"SELECT", *(form[2] for form in (*FORMS, *forms.FORMS)), "CREATE_TABLE", "CREATE_TABLE_AS_SELECT"}
    statements |= {"EXPLAIN", "INSERT", "UNLOAD", "PREPARE", "EXECUTE", "DEALLOCATE"}
    codecs = "".join(f"| {name} | {', '.join(sorted(known))} |\n" for name, known in formats.CODECS.items())
    return "\n".join(
        [
            HEAD,
            _table("Athena's statements", statements),
            describe_functions(),
            f"## Athena's written formats\n\n| format | compressions |\n| --- | --- |\n{codecs}",
            _operations(athena, Catalog(opened), Secrets(opened)),
            _glue_names(),
            CLIENTS,
        ]
    )


def _operations(athena: Athena, catalog: Catalog, secrets: Secrets) -> str:
    services = {
        "Athena": athena._actions,
        "Glue, Data Catalog": catalog._answerers,
        "Glue, interactive sessions": Sessions.ACTIONS,
        "S3": s3._OPERATIONS,
        "Secrets Manager": secrets._answerers,
        "STS": {"GetCallerIdentity"},
    }
    return _lists("Operations", "service", services, PARTLY_DONE)


def _glue_names() -> str:
    """The public names of ``awsglue`` and ``awsgluedq`` and of their classes' methods, by module."""
    modules, refused = {}, []
    for path in sorted(RUNTIME.glob("awsglue*/[a-z]*.py")):
        names = []
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.Assign) and node.targets[0].id == "_NOT_HERE":
                refused = ast.literal_eval(node.value)
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
                methods = [one.name for one in getattr(node, "body", ()) if isinstance(one, ast.FunctionDef)]
                public = [name for name in methods if not name.startswith("_") and isinstance(node, ast.ClassDef)]
                names.append(f"{node.name} ({', '.join(public)})" if public else node.name)
        modules[f"{path.parent.name}.{path.stem}"] = names
    told = f"Refused when they are called: the transforms {', '.join(refused)}."
    return _lists("Names of awsglue", "module", modules, told)


def _lists(title: str, of: str, lists: Mapping[str, Iterable[str]], below: str) -> str:
    rows = "".join(f"| {name} | {', '.join(sorted(names))} |\n" for name, names in lists.items())
    return f"## {title}\n\n| {of} | works |\n| --- | --- |\n{rows}\n{below}\n"


def _table(title: str, names: set[str]) -> str:
    rows = "".join(f"| {name} | {PARTLY.get(name, 'works')} |\n" for name in sorted(names))
    return f"## {title}\n\n| name | |\n| --- | --- |\n{rows}"


def test_the_document_says_what_the_code_does(tmp_path):
    assert DOCUMENT.read_text("utf-8") == describe(tmp_path / "lake"), f"run python {Path(__file__).name}"


@pytest.fixture(scope="module")
def fail(tmp_path_factory):
    """Run a query that fails; gives its failure."""
    engine = Engine(open_lake(tmp_path_factory.mktemp("conformance") / "lake"), catalog=None)

    def run(sql):
        with (
            pytest.raises(QueryFailed) as failure,
            engine.run(sql, parse_query(sql), "db", threading.Event()) as answer,
        ):
            list(answer.rows)
        return failure.value

    return run


def test_every_function_that_is_answered_has_its_topic():
    assert not ANSWERED - ATHENAS
    assert not {*REFUSES, *DIFFERS} - ANSWERED
    assert sum(map(len, TOPICS.values())) == len(ATHENAS), "a function stands in two topics"


@pytest.mark.parametrize("name", sorted(ATHENAS - ANSWERED))
def test_a_function_that_is_not_translated_is_refused_by_name(fail, name):
    failure = fail(f"select {name}(1)")
    assert failure.name == "NOT_SUPPORTED"
    assert name in failure.message


@pytest.mark.parametrize("name", sorted(REFUSES))
def test_what_a_function_does_not_answer_is_refused(fail, name):
    assert fail(REFUSES[name][1]).name == "NOT_SUPPORTED"


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        DOCUMENT.write_text(describe(Path(folder) / "lake"), "utf-8")

"""The notebooks' own connection to Athena, which a Glue session can open with what Glue brings."""

import re
import subprocess
import sys
import time
from datetime import datetime
from types import SimpleNamespace

import boto3
import nbformat
import numpy as np
import pytest

from helpers.accounting import Accounting
from helpers.athena import connect, last_accounting, look, query, read_sql, scanned_bytes
from helpers.errors import QueryFailed
from helpers.records import write_record
from runner.paths import NOTEBOOKS, PROJECT
from runner.pipeline.engine import engine_arguments
from runner.pipeline.parameters import GLUE, kernel_name
from runner.pipeline.scripts import upload_scripts
from runner.pipeline.steps import STEPS

NOT_IN_GLUE = ("pyathena", "awswrangler", "duckdb", "sqlalchemy", "nbformat", "rich", "runner", "local_aws")
"""Of this project's environment; the others that sessions import are in AWS Glue, "Python modules already provided"."""
SESSIONS = [step for step in STEPS if kernel_name(step) == GLUE]


def imported(step):
    """The modules of the helpers that a notebook imports."""
    cells = nbformat.read(NOTEBOOKS / f"{step}.ipynb", as_version=4).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    found = re.findall(r"^(?:from (helpers\S*) import (\w+)|import (helpers\S*))", code, re.MULTILINE)
    return {f"{package}.{name}" if package == "helpers" else package or whole for package, name, whole in found}


def test_what_the_sessions_import_is_in_glue():
    """Nothing is installed from PyPI when a session starts."""
    assert "--additional-python-modules" not in engine_arguments("b", "eu-central-1")
    refused = f"import sys; sys.modules.update(dict.fromkeys({NOT_IN_GLUE!r})); import "
    code = refused + ", ".join(sorted({name for step in SESSIONS for name in imported(step)}))
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("sql", "row"),
    [
        ("select 1, 2.5e0, true, 'text', null", (1, 2.5, True, "text", None)),
        ("select bigint '-9223372036854775808', false, ''", (-9223372036854775808, False, "")),
        ("select date '0001-01-01' - interval '1' day", ("0000-12-31",)),
        ("select timestamp '2023-01-02 03:04:05.678'", ("2023-01-02 03:04:05.678",)),
        ("select nan(), infinity()", (pytest.approx(np.nan, nan_ok=True), np.inf)),
        ("values 'column'", ("column",)),
    ],
)
def test_a_value_is_pythons_where_python_has_one(lake, sql, row):
    cursor = connect(lake).cursor().execute(sql)
    assert len(cursor.description) == len(row)
    assert cursor.fetchone() == row
    assert cursor.fetchone() is None


def test_every_page_of_a_result_is_read_and_only_a_query_has_a_header(lake):
    cursor = connect(lake).cursor()
    assert cursor.execute("select n from unnest(sequence(1, 2500)) as t(n) order by n").fetchall() == [
        (number,) for number in range(1, 2501)
    ]
    cursor.execute(f"create external table seen (n int) stored as parquet location 's3://{lake.bucket}/seen/'")
    assert cursor.fetchall() == []
    assert cursor.execute("show tables").fetchall() == [("seen",)]
    assert cursor.execute("select n from seen").fetchall() == []


def test_a_query_that_fails_gives_athenas_reason(lake):
    with pytest.raises(QueryFailed, match="TABLE_NOT_FOUND"):
        connect(lake).cursor().execute("select * from nowhere")


@pytest.mark.parametrize("sql", ["select cast(email as bigint) from {}", "select date_parse(email, '%Y') from {}"])
def test_a_reason_that_quotes_data_is_told_by_its_name_alone(lake, sql):
    with pytest.raises(QueryFailed, match="^INVALID_[A-Z_]+ \\(the text may quote") as failed:
        connect(lake).cursor().execute(sql.format("(values 'ada@example.com') t(email)"))
    assert "ada" not in str(failed.value)


def test_a_look_that_fails_for_another_reason_than_the_data_stops(lake):
    with pytest.raises(QueryFailed, match="TABLE_NOT_FOUND"):
        look(connect(lake), "select * from nowhere")


def interrupt(_seconds):
    raise KeyboardInterrupt


def test_nobody_waits_for_a_query_that_was_interrupted(lake, monkeypatch):
    connection, athena = connect(lake), boto3.client("athena")
    # The module's own alone: other threads sleep too.
    monkeypatch.setattr("helpers.connection.time", SimpleNamespace(monotonic=time.monotonic, sleep=interrupt))
    many = "unnest(sequence(1, 10000))"
    with pytest.raises(KeyboardInterrupt):
        connection.cursor().execute(
            f"select count(*) from {many} a(x) cross join {many} b(y) cross join {many} c(z) where x * y * z % 7 = 3"
        )
    monkeypatch.undo()
    state = athena.get_query_execution(QueryExecutionId=connection.begun[0])["QueryExecution"]["Status"]["State"]
    assert state == "CANCELLED"


def test_a_frame_has_the_types_of_the_query(lake):
    frame = query(
        connect(lake),
        "select * from (values (bigint '1', 0.5e0, 'NA', timestamp '2023-01-02 03:04:05.678'), "
        "(null, null, '007', null)) t(n, d, s, moment)",
    )
    assert list(frame.s) == ["NA", "007"]
    assert frame.n[0] == 1
    assert frame.n.isna()[1]
    assert frame.d[0] == 0.5
    assert frame.moment[0] == datetime(2023, 1, 2, 3, 4, 5, 678000)


def test_the_last_accounting_of_a_step_is_read_from_its_record(lake):
    upload_scripts(lake.bucket)
    connection = connect(lake)
    connection.cursor().execute(read_sql(lake, "runs_table.sql"))
    assert last_accounting(connection, lake, "03_x") is None
    kept = Accounting(9, 4, {"no_consent": 2, "before_consent": 1}, {"malformed_json": 1, "missing_key": 1})
    write_record(lake, "03_x", kept, {})
    found = last_accounting(connection, lake, "03_x")
    assert found == Accounting(9, 4, {"no_consent": 2, "before_consent": 1}, {"in all": 2})
    first, second = scanned_bytes(connection)  # that of the DDL is free
    assert first == 0
    assert second > 0

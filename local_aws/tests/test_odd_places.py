"""A session from a checkout and in a lake whose names are hard for every tool, in a foreign environment."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.exceptions import ClientError
from glue_session import create, run, wait_for_start

from local_aws.lake import Lake, LakeError
from local_aws.lifecycle import running, stop
from local_aws.profile import aws_environment

SOURCES = Path(__file__).parents[1] / "src"
ODD = 'my données — 数据 [x] {y,z} 50%20 #1 *? it\'s "so" $HOME \\n ~'
NAMES = [
    "a[1]", "a]", "{a,b}", "st*r", "wh?t", "back\\slash", "50%25", "ha#sh", "bl ank", "märz-数据", "it's", 'qu"ote',
    "$HOME", "~", "a:b", "a&b;c|d", "-x", "a+b=c,d",
]  # fmt: skip
FOREIGN = {
    "CLASSPATH": "/nowhere",
    "HADOOP_CONF_DIR": "/nowhere",
    "JAVA_TOOL_OPTIONS": "-Dfile.encoding=ISO-8859-1",
    "JDK_JAVA_OPTIONS": "-Xmx1k",
    "LC_ALL": "POSIX",
    "PYSPARK_DRIVER_PYTHON": "/nowhere",
    "PYSPARK_SUBMIT_ARGS": "--master spark://nowhere pyspark-shell",
    "PYTHONSTARTUP": "/nowhere",
    "SPARK_CONF_DIR": "/nowhere",
    "SPARK_CONNECT_MODE_ENABLED": "1",
    "SPARK_DRIVER_MEMORY": "1k",
    "SPARK_HOME": "/nowhere",
    "SPARK_LOCAL_DIRS": "/nowhere",
    "SPARK_LOG_SCHEMA": "x",
    "SPARK_REMOTE": "sc://127.0.0.1:15002",
    "_JAVA_OPTIONS": "-Xmx1k",
}
START = "import sys; from local_aws.lifecycle import start; start(sys.argv[1])"
READ = """
from awsglue.context import GlueContext
glue = GlueContext(sc)
source = {"paths": ["s3://odd/in/"], "recurse": True}
lines = glue.create_dynamic_frame.from_options("s3", source, "json")
print(sorted(row.n for row in lines.toDF().collect()))
"""
WRITE = """
sink = glue.getSink("s3", path="s3://odd/out [x] {y} *? ünï/t=1 %25 #")
sink.setFormat("glueparquet")
sink.writeFrame(lines)
source = {"paths": ["s3://odd/out [x] {y} *? ünï/"], "recurse": True}
print(glue.create_dynamic_frame.from_options("s3", source, "parquet").count())
"""
PYTHON_WORKERS = "print(sc.parallelize(['é']).map(lambda text: text * 2).collect())"
LOOK_ROUND = """
import os, boto3
print(sorted(name for name in os.environ if not name.startswith(("AWS_", "LOCAL_AWS_", "PYSPARK_"))))
print(len(boto3.client("s3").list_objects_v2(Bucket="odd", Prefix="in/")["Contents"]))
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it would lie in a folder with such a name, with a virtual environment of its own."""
    place = tmp_path_factory.mktemp("places") / ODD
    shutil.copytree(SOURCES / "local_aws", place / "local_aws", ignore=shutil.ignore_patterns("__pycache__"))
    (place / ".venv").symlink_to(sys.prefix)
    return place


@pytest.fixture(scope="module")
def lake(checkout: Path) -> Iterator[Lake]:
    root = checkout / "lake"
    environment = {**os.environ, **FOREIGN, "PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"}
    python = checkout / ".venv/bin/python"
    subprocess.run([python, "-c", START, root], cwd=checkout, env=environment, check=True)
    yield running(root).lake
    stop(root)


@pytest.fixture(scope="module")
def client(lake: Lake, client_for: Callable) -> Callable[[str], Any]:
    return lambda service: client_for(running(lake.root), service)


@pytest.fixture(scope="module")
def session(client: Callable[[str], Any]) -> str:
    s3 = client("s3")
    s3.create_bucket(Bucket="odd")
    for number, name in enumerate(NAMES):
        s3.put_object(Bucket="odd", Key=f"in/{name}/{name}.json", Body=b'{"n": %d}\n' % number)
    name = create(client("glue"))
    found = wait_for_start(client("glue"), name)
    assert found["Status"] == "READY", found
    return name


def text(client: Callable[[str], Any], session: str, code: str) -> str:
    output = run(client("glue"), session, code)["Output"]
    assert output["Status"] == "ok", output
    return output["Data"]["TextPlain"]


def test_glue_reads_every_name_that_s3_has(client: Callable[[str], Any], session: str):
    assert text(client, session, READ) == f"{list(range(len(NAMES)))}\n"
    assert text(client, session, WRITE) == f"{len(NAMES)}\n"
    assert text(client, session, PYTHON_WORKERS) == "['éé']\n"


def test_a_session_has_a_short_list_of_variables(client: Callable[[str], Any], session: str):
    names, count = text(client, session, LOOK_ROUND).splitlines()
    assert count == str(len(NAMES))
    assert not set(FOREIGN) - {"LC_ALL", "SPARK_HOME"} & set(eval(names))
    assert {"PATH", "HOME", "JAVA_HOME", "SPARK_HOME", "LC_ALL"} <= set(eval(names))


def test_athena_works_in_such_a_lake(client: Callable[[str], Any], session: str):
    athena, output = client("athena"), {"OutputLocation": "s3://odd/results/"}
    ddl = (
        "CREATE EXTERNAL TABLE d.t (n bigint) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' "
        "LOCATION 's3://odd/in/'"
    )
    for sql in ("CREATE DATABASE d", ddl, 'select n, "$path" from d.t order by n'):
        identifier = athena.start_query_execution(QueryString=sql, ResultConfiguration=output)["QueryExecutionId"]
        while True:
            status = athena.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]["Status"]
            if status["State"] not in ("QUEUED", "RUNNING"):
                break
        assert status["State"] == "SUCCEEDED", status
    rows = athena.get_query_results(QueryExecutionId=identifier)["ResultSet"]["Rows"][1:]
    found = [[value["VarCharValue"] for value in row["Data"]] for row in rows]
    assert found == [[str(number), f"s3://odd/in/{name}/{name}.json"] for number, name in enumerate(NAMES)]


def test_the_profile_works_in_a_clients_environment(client: Callable, lake: Lake, monkeypatch: pytest.MonkeyPatch):
    for name, value in aws_environment(lake).items():
        monkeypatch.setenv(name, value)
    fresh = boto3.Session(botocore_session=botocore.session.Session())
    assert fresh.client("s3").list_objects_v2(Bucket="odd", Prefix="in/")["KeyCount"] == len(NAMES)


def test_exits_say_what_they_are(client: Callable[[str], Any], session: str):
    for code, told in (("import sys; sys.exit(3)", "3"), ("quit()", "0"), ("exit('no data')", "no data")):
        output = run(client("glue"), session, code)["Output"]
        assert (output["Status"], output["ErrorName"], output["ErrorValue"]) == ("error", "SystemExit", told)
    assert text(client, session, "1 + 1") == "2\n"


def test_a_session_that_dies_says_how(client: Callable[[str], Any], session: str):
    glue = client("glue")
    output = run(glue, session, "import os; os._exit(3)")["Output"]
    assert (output["Status"], output["ErrorName"]) == ("error", "SessionEnded")
    assert "ended with exit code 3" in output["ErrorValue"]
    found = glue.get_session(Id=session)["Session"]
    assert (found["Status"], found["ErrorMessage"]) == ("FAILED", output["ErrorValue"])
    with pytest.raises(ClientError, match="IllegalSessionStateException.*status=FAILED"):
        glue.run_statement(SessionId=session, Code="1")


def test_the_links_go_with_the_endpoint(lake: Lake):
    links = lake.plainly().root.parent
    assert links.is_dir()
    stop(lake.root)
    assert not links.exists()
    lake.plainly()
    assert links.is_dir()
    lake.forget_plain_names()


def test_a_folder_of_links_that_is_somebody_elses_is_refused(tmp_path: Path):
    odd = Lake(tmp_path / "a b")
    odd._plain_names.symlink_to(tmp_path)
    try:
        with pytest.raises(LakeError, match="belongs to another user"):
            odd.plainly()
    finally:
        odd._plain_names.unlink()


def test_a_low_limit_on_open_files_is_raised_or_told(tmp_path: Path):
    script = (
        "import sys; from local_aws.lifecycle import *\n"
        "try: start(sys.argv[1]); stop(sys.argv[1]); print('started')\n"
        "except EndpointError as error: print(error)"
    )
    for limit, expected in (("-Sn 64", "started"), ("-n 64", "The limit on open files is 64, and the endpoint")):
        command = f'ulimit {limit}; exec "$0" -c "$1" "$2"'
        done = subprocess.run(
            ["bash", "-c", command, sys.executable, script, tmp_path / "lake"],
            cwd=SOURCES,
            capture_output=True,
            text=True,
        )
        assert expected in done.stdout, done
        assert len(done.stdout.splitlines()) == 1


def test_a_session_killed_for_memory_says_so(endpoint: Any, aws: Callable[[str], Any]):
    glue = aws("glue")
    name = create(glue)
    assert wait_for_start(glue, name)["Status"] == "READY"
    java = "import os, signal; os.kill(sc._gateway.proc.pid, signal.SIGKILL); spark.range(3).count()"
    output = run(glue, name, java)["Output"]
    assert output["ErrorName"] == "SessionEnded"
    assert "Spark's Java was killed by signal 9 (SIGKILL): probably there was not enough memory" in output["ErrorValue"]
    assert glue.get_session(Id=name)["Session"]["Status"] == "FAILED"

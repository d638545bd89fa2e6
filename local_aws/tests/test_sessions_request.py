"""What CreateSession accepts, and what the session's arguments ask for."""

import json
from pathlib import Path

import pytest

from local_aws.endpoint.protocol import JsonApi
from local_aws.errors import AwsError
from local_aws.glue.sessions import arguments
from local_aws.glue.sessions.arguments import StartError
from local_aws.glue.sessions.request import parse_request
from local_aws.glue.sessions.resources import local_resources
from local_aws.lake import Lake, open_lake
from local_aws.paging import page

MINIMAL = {"Id": "s", "Role": "arn:aws:iam::123456789012:role/r", "Command": {"Name": "glueetl", "PythonVersion": "3"}}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    opened = open_lake(tmp_path)
    opened.bucket("b").mkdir()
    return opened


def as_it_comes_in(payload: dict) -> dict:
    """The front door holds the payloads of all actions against AWS's model of them."""
    return JsonApi("glue").read("AWSGlue.CreateSession", json.dumps(payload).encode())[1]


def test_defaults_are_those_of_the_service():
    request = parse_request(MINIMAL)
    assert (request.worker_type, request.workers, request.idle_timeout, request.timeout) == ("G.1X", 5, 2880, 2880)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"Id": ""}, "Id"),
        ({"Role": "me"}, "Role"),
        ({"Command": {"Name": "gluestreaming"}}, "gluestreaming"),
        ({"Command": {"Name": "glueetl", "PythonVersion": "2"}}, "Python version 2"),
        ({"GlueVersion": "4.0"}, "5.0, 5.1"),
        ({"WorkerType": "G.025X", "NumberOfWorkers": 2}, "G.025X"),
        ({"WorkerType": "Z.2X", "NumberOfWorkers": 2}, "Z.2X"),
        ({"NumberOfWorkers": 1}, "between 2 and 299"),
        ({"NumberOfWorkers": 300}, "between 2 and 299"),
        ({"MaxCapacity": 3.0}, "MaxCapacity"),
        ({"IdleTimeout": 0}, "IdleTimeout"),
        ({"Timeout": "5"}, "Timeout"),
        ({"Connections": {"Connections": ["c"]}}, "Connections"),
        ({"SecurityConfiguration": "sec"}, "SecurityConfiguration"),
        ({"Tags": {"aws:x": "1"}}, "aws:x"),
        ({"DefaultArguments": {"--a": 1}}, "DefaultArguments"),
        ({"Nonsense": 1}, "Nonsense"),
    ],
)
def test_a_bad_request_is_refused_by_name(change: dict, part: str):
    with pytest.raises(AwsError) as refused:
        parse_request(as_it_comes_in(MINIMAL | change))
    assert refused.value.code in ("InvalidInputException", "ValidationException")
    assert part in refused.value.message


def test_the_machine_caps_the_workers():
    found = local_resources("G.8X", 10, {"LOCAL_AWS_SESSION_CORES": "2", "LOCAL_AWS_SESSION_MEMORY_MB": "700"})
    assert (found.cores, found.memory_mb) == (2, 700)


def test_conf_chains_settings():
    assert arguments.spark_settings({"--conf": "spark.a=1 --conf spark.b=x=y"}) == {"spark.a": "1", "spark.b": "x=y"}
    with pytest.raises(StartError, match="spark.name=value"):
        arguments.spark_settings({"--conf": "nonsense"})


def test_python_files_are_copied_and_a_missing_one_is_told(lake: Lake, tmp_path: Path):
    (lake.bucket("b") / "h.zip").write_bytes(b"1")
    copies = arguments.fetch_python_files({"--extra-py-files": "s3://b/h.zip"}, lake, tmp_path / "copies")
    assert [Path(copy).name for copy in copies] == ["h.zip"]
    for path in ("s3://b/none.zip", "h.zip", "s3://b/../h.zip"):
        with pytest.raises(StartError, match="h.zip|none.zip"):
            arguments.fetch_python_files({"--extra-py-files": path}, lake, tmp_path / "copies")


def test_python_modules_must_be_in_the_environment_already():
    arguments.check_python_modules({"--additional-python-modules": "pyathena==3.40.0, boto3"})
    for entry, told in [("pyathena==1.0", "has pyathena 3.40.0"), ("no-such-thing", "not in"), ("s3://b/x.whl", "==")]:
        with pytest.raises(StartError, match=told):
            arguments.check_python_modules({"--additional-python-modules": entry})


def test_jars_are_refused():
    with pytest.raises(StartError, match="--datalake-formats iceberg"):
        arguments.refuse_missing_runtimes({"--datalake-formats": "iceberg"})


def test_an_event_log_needs_its_bucket(lake: Lake):
    wish = {"--enable-spark-ui": "true", "--spark-event-logs-path": "s3://b/logs/"}
    assert arguments.event_log_path(wish, lake) == lake.bucket("b") / "logs"
    assert arguments.event_log_path(wish | {"--enable-spark-ui": "false"}, lake) is None
    with pytest.raises(StartError, match="bucket does not exist"):
        arguments.event_log_path(wish | {"--spark-event-logs-path": "s3://none/logs/"}, lake)


def test_pages_hold_everything_once():
    entries, token, seen = list(range(7)), {}, []
    while True:
        shown, token = page(entries, lambda entry: entry, {"MaxResults": 3} | token)
        seen += shown
        if not token:
            break
    assert seen == entries
    with pytest.raises(AwsError, match="NextToken is invalid"):
        page(entries, lambda entry: entry, {"NextToken": "x"})

"""A real session behind a real endpoint, through boto3."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from botocore.exceptions import ClientError
from glue_session import ROLE, create, run, wait_for_start

from local_aws import lifecycle as endpoints
from local_aws.unkind import Unkind, write_unkind

BUCKET = "sessions-bucket"


def processes_of(lake: Path) -> list[int]:
    """Processes with the lake's path in their arguments or as their folder: workers, Java, Python workers."""
    found = []
    for process in psutil.process_iter(["pid", "cmdline", "cwd", "status"]):
        told = " ".join(process.info["cmdline"] or []) + str(process.info["cwd"])
        if str(lake) in told and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process.info["pid"])
    return found


def until(condition: Callable[[], Any], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture(scope="module")
def glue(aws: Callable[[str], Any]) -> Any:
    aws("s3").create_bucket(Bucket=BUCKET)
    return aws("glue")


@pytest.fixture(scope="module")
def session(glue: Any) -> Iterator[str]:
    logs = {"--enable-spark-ui": "true", "--spark-event-logs-path": f"s3://{BUCKET}/sparkHistoryLogs/"}
    name = create(glue, DefaultArguments=logs, GlueVersion="5.1", Tags={"owner": "test"})
    assert wait_for_start(glue, name)["Status"] == "READY"
    yield name
    if glue.get_session(Id=name)["Session"]["Status"] == "READY":
        glue.stop_session(Id=name)


def test_text_comes_back_through_boto3(glue: Any, session: str):
    output = run(glue, session, "print('a')\nspark.range(3).count()")["Output"]
    assert (output["Status"], output["Data"]["TextPlain"]) == ("ok", "a\n3\n")


def test_spark_and_s3_see_one_truth(glue: Any, session: str, aws: Callable[[str], Any]):
    aws("s3").create_bucket(Bucket="made-later")
    run(glue, session, "spark.range(5).write.parquet('s3://made-later/numbers/')")
    names = [entry["Key"] for entry in aws("s3").list_objects_v2(Bucket="made-later")["Contents"]]
    assert names
    assert all(name.endswith(".parquet") and name.startswith("numbers/part-") for name in names)
    counted = run(glue, session, "spark.read.parquet('s3://made-later/numbers/').count()")
    assert counted["Output"]["Data"]["TextPlain"] == "5\n"


def test_clients_inside_reach_the_same_endpoint(glue: Any, session: str):
    output = run(glue, session, f"import boto3\nboto3.client('s3').head_bucket(Bucket={BUCKET!r}); print('there')")
    assert output["Output"]["Data"]["TextPlain"].endswith("there\n")


def test_the_project_is_not_on_the_path(glue: Any, session: str):
    assert run(glue, session, "import local_aws.lifecycle, helpers")["Output"]["Status"] == "error"


def test_a_spark_error_is_readable(glue: Any, session: str):
    output = run(glue, session, "spark.sql('select nope')")["Output"]
    assert output["ErrorName"] == "AnalysisException"
    assert "nope" in output["ErrorValue"]
    assert "py4j" not in "\n".join(output["Traceback"])


def test_statements_run_in_order_and_are_listed(glue: Any, session: str):
    numbers = [glue.run_statement(SessionId=session, Code=f"last = {n}")["Id"] for n in range(3)]
    assert run(glue, session, "last")["Output"]["Data"]["TextPlain"] == "2\n"
    first = glue.list_statements(SessionId=session)["Statements"]
    assert [entry["Id"] for entry in first] == list(range(len(first)))
    assert numbers == sorted(numbers)


@pytest.mark.parametrize(
    "code", ["import time; time.sleep(60)", "spark.range(10**13).selectExpr('sum(id % 7)').show()"]
)
def test_cancelling_really_interrupts(glue: Any, session: str, code: str):
    number = glue.run_statement(SessionId=session, Code=code)["Id"]
    queued = glue.run_statement(SessionId=session, Code="1")["Id"]
    assert until(lambda: glue.list_statements(SessionId=session)["Statements"][number]["State"] == "RUNNING")
    glue.cancel_statement(SessionId=session, Id=number)
    assert glue.get_statement(SessionId=session, Id=number)["Statement"]["State"] == "CANCELLED"
    assert glue.get_statement(SessionId=session, Id=queued)["Statement"]["State"] == "AVAILABLE"
    assert run(glue, session, "spark.range(4).count()")["Output"]["Data"]["TextPlain"] == "4\n"


@pytest.mark.parametrize("milliseconds", [0, 1, 5, 10, 20, 40, 80, 160])
def test_a_statement_that_has_just_begun_is_cancelled_too(glue: Any, session: str, milliseconds: int):
    number = glue.run_statement(SessionId=session, Code="spark.range(10**13).selectExpr('sum(id % 7)').show()")["Id"]
    time.sleep(milliseconds / 1000)
    glue.cancel_statement(SessionId=session, Id=number)
    assert glue.get_statement(SessionId=session, Id=number)["Statement"]["State"] == "CANCELLED"
    assert run(glue, session, "spark.range(4).count()")["Output"]["Data"]["TextPlain"] == "4\n"


@pytest.mark.deep
def test_a_query_that_is_planned_for_seconds_when_it_is_cancelled_does_not_run_later(glue: Any, session: str):
    # Only the sum has tasks that can be killed: Spark's ranges look for that after each thousand rows that they give at
    # once, and give a union's one by one.
    endless = "select sum(id % 7) as id from range(10000000000000)"
    parts = f"'{endless}' + ''.join(f' union all select id % {{n}} from range(10)' for n in range(7, 400))"
    made = run(glue, session, f"long = spark.sql('select sum(id) from (' + {parts} + ')')")
    assert made["Output"]["Status"] == "ok"
    number = glue.run_statement(SessionId=session, Code="long.show()")["Id"]
    assert until(lambda: glue.list_statements(SessionId=session)["Statements"][number]["State"] == "RUNNING")
    glue.cancel_statement(SessionId=session, Id=number)
    assert glue.get_statement(SessionId=session, Id=number)["Statement"]["State"] == "CANCELLED"
    time.sleep(10)
    assert run(glue, session, "spark.range(4).count()")["Output"]["Data"]["TextPlain"] == "4\n"


def test_code_that_catches_its_interruption_is_interrupted_again(glue: Any, session: str):
    stubborn = """
import time
for _ in range(3):
    try:
        time.sleep(60)
    except BaseException:
        print('no')
"""
    number = glue.run_statement(SessionId=session, Code=stubborn)["Id"]
    assert until(lambda: glue.list_statements(SessionId=session)["Statements"][number]["State"] == "RUNNING")
    glue.cancel_statement(SessionId=session, Id=number)
    assert glue.get_statement(SessionId=session, Id=number)["Statement"]["State"] in ("CANCELLED", "AVAILABLE")


def test_refusals_carry_the_codes_of_aws(glue: Any, session: str):
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_session(Id="none")
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_statement(SessionId=session, Id=10_000)
    with pytest.raises(glue.exceptions.AlreadyExistsException):
        glue.create_session(Id=session, Role=ROLE, Command={"Name": "glueetl"})
    with pytest.raises(glue.exceptions.InvalidInputException, match="Glue version 2.0"):
        create(glue, GlueVersion="2.0")
    with pytest.raises(ClientError, match="68000"):
        glue.run_statement(SessionId=session, Code="#" * 68_001)


def test_tags(glue: Any, session: str):
    arn = f"arn:aws:glue:us-east-1:123456789012:session/{session}"
    glue.tag_resource(ResourceArn=arn, TagsToAdd={"more": "1"})
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"owner": "test", "more": "1"}
    assert session in glue.list_sessions(Tags={"more": "1"})["Ids"]
    assert session not in glue.list_sessions(Tags={"more": "2"})["Ids"]
    with pytest.raises(ClientError, match="glue:UntagResource"):
        glue.untag_resource(ResourceArn=arn, TagsToRemove=["more"])
    with pytest.raises(ClientError, match="glue:DeleteSession"):
        glue.delete_session(Id=session)


def test_a_session_with_a_missing_helper_fails_and_says_so(glue: Any):
    name = create(glue, DefaultArguments={"--extra-py-files": f"s3://{BUCKET}/none.zip"})
    found = wait_for_start(glue, name)
    assert found["Status"] == "FAILED"
    assert "none.zip" in found["ErrorMessage"]


def test_stopping_leaves_the_event_log_and_no_process(glue: Any, session: str, aws: Callable, endpoint: Any):
    def logs() -> list[dict[str, Any]]:
        return aws("s3").list_objects_v2(Bucket=BUCKET, Prefix="sparkHistoryLogs/").get("Contents", [])

    glue.stop_session(Id=session)
    assert glue.get_session(Id=session)["Session"]["Status"] == "STOPPING"
    with pytest.raises(glue.exceptions.IllegalSessionStateException, match="STOPPING"):
        glue.run_statement(SessionId=session, Code="1")
    assert until(lambda: glue.get_session(Id=session)["Session"]["Status"] == "STOPPED")
    assert logs() == []  # Glue uploads it late
    assert until(logs)
    (log,) = logs()
    assert log["Key"].startswith("sparkHistoryLogs/local-")
    assert not log["Key"].endswith(".inprogress")
    assert log["LastModified"] >= glue.get_session(Id=session)["Session"]["CompletedOn"].replace(microsecond=0)
    assert until(lambda: not [pid for pid in processes_of(endpoint.lake.root) if pid != endpoint.pid])
    assert until(lambda: not list((endpoint.lake.state / "sessions").glob("*.scratch")))
    with pytest.raises(glue.exceptions.IllegalSessionStateException, match="STOPPED"):
        glue.run_statement(SessionId=session, Code="1")


def test_an_id_is_used_once_also_after_a_restart(tmp_path: Path, client_for: Callable):
    glue = client_for(endpoints.start(tmp_path / "lake"), "glue")
    name = create(glue)
    glue.stop_session(Id=name)
    again = {"Id": name, "Role": ROLE, "Command": {"Name": "glueetl"}}
    with pytest.raises(glue.exceptions.AlreadyExistsException):
        glue.create_session(**again)
    endpoints.stop(tmp_path / "lake")
    glue = client_for(endpoints.start(tmp_path / "lake"), "glue")
    with pytest.raises(glue.exceptions.AlreadyExistsException):
        glue.create_session(**again)
    glue.create_session(**again | {"Id": name.upper()})  # ids are compared letter by letter
    endpoints.stop(tmp_path / "lake")


def test_capacity_for_sessions(tmp_path: Path, client_for: Callable):
    started = endpoints.start(tmp_path / "lake")
    glue = client_for(started, "glue")
    write_unkind(started.lake, Unkind(sessions=0))
    with pytest.raises(glue.exceptions.ResourceNumberLimitExceededException, match="limit of 0"):
        create(glue)
    endpoints.stop(tmp_path / "lake")


TABLE = f"s3://{BUCKET}/deep/table/"
COUNT = f"spark.read.parquet('{TABLE}').count()"
APPEND = f"spark.range(3).selectExpr('int(id) v').write.mode('append').parquet('{TABLE}')"


@pytest.fixture
def half_written(tmp_path: Path, client_for: Callable) -> Iterator[tuple[endpoints.Endpoint, str, Path]]:
    """An endpoint whose session has written one of two files, and waits with the other for one called ``go``."""
    started, go = endpoints.start(tmp_path / "lake"), tmp_path / "go"
    client_for(started, "s3").create_bucket(Bucket=BUCKET)
    glue = client_for(started, "glue")
    name = create(glue)
    assert wait_for_start(glue, name)["Status"] == "READY"
    code = f"""
import os, time
def row(v):
    while v and not os.path.exists({str(go)!r}):
        time.sleep(0.1)
    return [v]
spark.createDataFrame(sc.parallelize([0, 1], 2).map(row), "v int").write.parquet({TABLE!r})
"""
    glue.run_statement(SessionId=name, Code=code)
    assert until(lambda: list(started.lake.state.glob("sessions/*/uncommitted/**/task_*/part-*")))
    yield started, name, go
    endpoints.stop(started.lake.root)


@pytest.mark.deep
def test_two_sessions_that_write_to_one_prefix_do_not_disturb_each_other(half_written: tuple, client_for: Callable):
    started, first, go = half_written
    glue = client_for(started, "glue")
    second = create(glue)
    assert wait_for_start(glue, second)["Status"] == "READY"
    assert run(glue, second, f"{APPEND}; {COUNT}")["Output"]["Data"]["TextPlain"] == "3\n"
    go.touch()
    assert run(glue, first, COUNT)["Output"]["Data"]["TextPlain"] == "5\n"


def test_nobody_commits_what_a_killed_session_has_written(half_written: tuple, client_for: Callable):
    started, *_ = half_written
    for process in [*psutil.Process(started.pid).children(recursive=True), psutil.Process(started.pid)]:
        process.kill()
    endpoints.stop(started.lake.root)
    again = endpoints.start(started.lake.root)
    assert not list(again.lake.root.rglob("part-*"))
    glue = client_for(again, "glue")
    name = create(glue)
    assert wait_for_start(glue, name)["Status"] == "READY"
    assert run(glue, name, f"{APPEND}; {COUNT}")["Output"]["Data"]["TextPlain"] == "3\n"


def test_kill_minus_nine_of_the_endpoint_leaves_no_process(tmp_path: Path, client_for: Callable):
    started = endpoints.start(tmp_path / "lake")
    glue = client_for(started, "glue")
    name = create(glue, DefaultArguments={"--conf": "spark.app.name=doomed"})
    assert wait_for_start(glue, name)["Status"] == "READY"
    glue.run_statement(SessionId=name, Code="sc.parallelize([1]).map(lambda v: __import__('time').sleep(60)).collect()")
    assert until(lambda: len(processes_of(started.lake.root)) >= 3)
    os.kill(started.pid, signal.SIGKILL)
    assert until(lambda: not [pid for pid in processes_of(started.lake.root) if pid != started.pid])
    endpoints.stop(started.lake.root)

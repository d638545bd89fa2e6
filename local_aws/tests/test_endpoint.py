"""The endpoint's life: start, be found, be killed, stop, and leave nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from local_aws import lock
from local_aws.lifecycle import EndpointError, aws_for, running, start, stop
from local_aws.profile import read_credentials

SOURCES = Path(__file__).parents[1] / "src"


@pytest.fixture
def lake(tmp_path):
    root = tmp_path / "lake"
    yield root
    stop(root)


def wait_for(condition, seconds=20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def children() -> set[int]:
    return {process.pid for process in psutil.Process().children(recursive=True)}


def test_it_starts_is_found_and_stops(lake, client_for):
    assert running(lake) is None
    assert not stop(lake)
    endpoint = start(lake)
    assert running(lake) == endpoint
    assert client_for(endpoint, "sts").get_caller_identity()["Account"] == "123456789012"
    assert stop(lake)
    assert running(lake) is None
    assert not psutil.pid_exists(endpoint.pid)
    assert not (endpoint.lake.state / "endpoint.json").exists()


def test_it_comes_back_on_its_port_with_its_credentials(lake):
    first = start(lake)
    credentials = read_credentials(first.lake)
    stop(lake)
    second = start(lake)
    assert second.port == first.port
    assert read_credentials(second.lake) == credentials


def test_last_times_port_is_given_up_where_another_has_it(lake):
    port = start(lake).port
    stop(lake)
    with socket.create_server(("127.0.0.1", port)):
        assert start(lake).port != port


def test_a_taken_port_is_named(lake):
    before = children()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(EndpointError, match=rf"Port {port} is taken.*--port"):
            start(lake, port)
    assert children() == before


def test_a_lake_in_use_is_refused_and_its_endpoint_named(lake):
    endpoint = start(lake)
    with pytest.raises(EndpointError, match=rf"in use by another endpoint \(pid {endpoint.pid}\)"):
        start(lake)
    late = subprocess.run(
        [sys.executable, "-m", "local_aws", "--lake", lake], cwd=SOURCES, capture_output=True, text=True
    )
    assert late.returncode == 2
    assert late.stderr.count("\n") == 1
    assert f"pid {endpoint.pid}" in late.stderr
    assert running(lake) == endpoint


def test_a_directory_that_is_no_lake_is_refused(tmp_path):
    (tmp_path / "holiday.jpg").touch()
    with pytest.raises(EndpointError, match="is no lake"):
        start(tmp_path)


def test_a_damaged_catalog_is_one_clear_line(lake):
    start(lake)
    stop(lake)
    (lake / ".local_aws" / "catalog.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(EndpointError, match=r"catalog\.sqlite cannot be used"):
        start(lake)


def test_what_was_answered_survives_kill_9(lake, client_for):
    endpoint = start(lake)
    glue = client_for(endpoint, "glue")
    glue.create_database(DatabaseInput={"Name": "stedi"})
    for run in range(5):
        glue.create_table(DatabaseName="stedi", TableInput={"Name": f"t{run}"})
    glue.update_table(DatabaseName="stedi", TableInput={"Name": "t0", "Description": "new"}, VersionId="0")
    before = glue.get_tables(DatabaseName="stedi")["TableList"]
    os.kill(endpoint.pid, signal.SIGKILL)
    wait_for(lambda: lock.holder(endpoint.lake) is None)
    assert running(lake) is None
    assert not (endpoint.lake.state / "endpoint.json").exists()
    again = client_for(start(lake), "glue")
    assert again.get_tables(DatabaseName="stedi")["TableList"] == before


USER = """
import sys, time
from local_aws.lifecycle import aws_for
with aws_for(sys.argv[1]):
    print("ready", flush=True)
    sys.stdin.read()
"""


def use(lake):
    """A process that uses a lake until its standard input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER, lake], cwd=SOURCES, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    return process


def test_it_ends_with_the_last_process_that_uses_it(lake):
    first = use(lake)
    endpoint = running(lake)
    second = use(lake)
    assert running(lake) == endpoint
    first.communicate(timeout=60)
    assert running(lake) == endpoint
    second.kill()
    second.wait()
    wait_for(lambda: lock.holder(endpoint.lake) is None)
    assert running(lake) is None


def test_it_goes_on_where_the_process_that_started_it_is_killed(lake):
    first, second = use(lake), use(lake)
    endpoint = running(lake)
    first.kill()
    first.wait()
    time.sleep(2.5)
    assert running(lake) == endpoint
    second.communicate(timeout=60)
    assert running(lake) is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_in_the_foreground_a_signal_ends_it_with_status_0(lake, number):
    process = subprocess.Popen([sys.executable, "-m", "local_aws", "--lake", lake], cwd=SOURCES)
    wait_for(lambda: running(lake) is not None)
    process.send_signal(number)
    assert process.wait(20) == 0


def test_the_local_profile_starts_an_endpoint_for_as_long_as_it_is_needed(lake):
    with aws_for(lake) as environment:
        endpoint = running(lake)
        assert environment == endpoint.environment()
        with aws_for(lake):
            assert running(lake) == endpoint
        assert running(lake) == endpoint
    assert running(lake) is None

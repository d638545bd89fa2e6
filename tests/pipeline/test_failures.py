"""What goes wrong is said in one line, with an exit code that can be trusted, and leaves nothing half-done."""

import json
import os
import shutil
import signal
import socket
import subprocess

import boto3
import psutil
import pytest

from local_aws import lifecycle
from local_aws.profile import PROFILE
from runner.aws import use_profile
from runner.paths import SAMPLES
from tests.pipeline.conftest import (
    BUCKET,
    STEDI,
    Outcome,
    begin,
    complaint,
    events_until,
    query,
    stedi,
    wait_for,
)

WORKER, KERNEL = "local_aws.glue.sessions.worker", "runner.glue.kernel"
REASONS = {WORKER: "the Glue session ended in cell ", KERNEL: "its kernel ended in cell "}


@pytest.fixture
def landing(tmp_path):
    """A copy of the sample's landing directory that a test may break."""
    return shutil.copytree(SAMPLES, tmp_path / "landing")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "--landing", "/no/such/place"], "does not exist"),
        (["run", "--set", "colour=blue"], "no parameter 'colour'. The parameters are: accept_loss, bucket"),
        (["run", "--set", "consent=perhaps"], "at_collection, any_time"),
        (["run", "--set", "consent"], "no key=value pair"),
        (["run", "--set", "match=time_only", "--set", "match=time_only"], "set twice"),
        (["run", "--only", "09"], "The steps are: 01_landing_tables"),
        (["run", "--only", ""], "The steps are: 01_landing_tables"),
        (["run", "--set", ""], "no key=value pair"),
        (["run", "--landing", "/dev/null"], "no directory"),
        (["run", "--landing", "~nobody-at-all/x"], "no home directory for ~nobody-at-all/x"),
        (["run", "--lake", "/dev/null"], "/dev/null cannot be used"),
        (["run", "--lake", "/proc/none"], "/proc/none cannot be used"),
        (["resume", ""], "no id of a run"),
        (["resume", "../../etc"], "no id of a run"),
        (["erase", "/dev"], "neither an e-mail address nor a file"),
        (["query", "--lake", "/dev/null", "select 1"], "no lake at /dev/null"),
        (["run", "--only", "02", "--from", "03"], "exclude each other"),
        (["run", "--profile", "no-such-profile"], "no-such-profile"),
        (["samples", "/dev/null/x"], "/dev/null"),
    ],
)
def test_a_mistake_in_the_call_is_one_line(arguments, words):
    assert words in complaint(stedi(*arguments), 2)


def test_an_empty_zone_is_named_and_no_lake_is_made(landing, tmp_path):
    shutil.rmtree(landing / "accelerometer" / "landing")
    (landing / "accelerometer" / "landing").mkdir()
    assert "accelerometer/landing" in complaint(stedi("run", "--landing", landing, "--lake", tmp_path / "lake"), 2)
    assert not (tmp_path / "lake").exists()


def test_an_unreadable_file_is_named(landing, tmp_path):
    (landing / "customer" / "landing" / "gone.json").symlink_to(tmp_path / "nowhere")
    assert "gone.json" in complaint(stedi("run", "--landing", landing, "--lake", tmp_path / "lake"), 2)


def test_a_taken_port_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert str(port) in complaint(stedi("up", "--lake", tmp_path / "lake", "--port", port), 2)


def test_an_unkind_setting_that_does_not_exist_is_the_users_mistake(tmp_path):
    told = complaint(stedi("up", "--lake", tmp_path / "lake", "--unkind", "throttle=20,rude"), 2)
    assert "'rude' is no unkind setting" in told
    assert "deny=ACTION" in told
    assert not (tmp_path / "lake").exists()


def test_a_lake_of_another_version_is_left_alone(tmp_path):
    marker = tmp_path / ".local_aws" / "lake.json"
    marker.parent.mkdir()
    marker.write_text(json.dumps({"format": 99}))
    assert "format 99" in complaint(stedi("run", "--lake", tmp_path), 2)
    assert json.loads(marker.read_text()) == {"format": 99}


def test_a_directory_that_is_no_lake_is_left_alone(landing):
    assert "is no lake" in complaint(stedi("run", "--lake", landing), 2)


def test_a_query_before_any_run_says_what_is_missing(tmp_path):
    lake = tmp_path / "lake"
    assert stedi("up", "--lake", lake).code == 0
    for named in (["--lake", lake], []):  # who names none means the one of the last run or stedi up
        line = complaint(stedi("query", *named, "select 1"), 2)
        assert "bucket stedi-lakehouse" in line
        assert f"The lake is {lake}; --lake DIR names another." in line
    assert "no bucket stedi-lakehouse" in complaint(stedi("publish", "--lake", lake), 2)
    assert "no bucket stedi-lakehouse" in complaint(stedi("vacuum", "--lake", lake), 2)
    assert "knows no run" in complaint(stedi("runs", "--lake", lake), 2)
    assert stedi("down", "--lake", lake).code == 0
    assert "stedi run" in complaint(stedi("query", "--lake", tmp_path / "none", "select 1"), 2)
    assert not (tmp_path / "none").exists()


def test_a_tilde_is_the_home_directory_whatever_shell_passed_it_on(tmp_path):
    home = {"HOME": str(tmp_path), "STEDI_REPORTS": "~/reports", "STEDI_STATE": "~/my notes"}
    assert stedi("up", "--lake=~/my lake", **home).code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"my lake", "my notes", "reports"}
    assert "Stopped" in stedi("down", "--lake", "~/my lake", **home).out
    assert f"{tmp_path}/none does not exist" in complaint(stedi("run", "--landing", "~/none", **home), 2)
    assert f"no lake at {tmp_path}/none" in complaint(stedi("runs", "--lake", "~/none", **home), 2)
    (tmp_path / "empty").touch()
    assert f"{tmp_path}/empty holds no e-mail address" in complaint(stedi("erase", "~/empty", **home), 2)
    assert stedi("samples", "~/samples", **home).code == 0
    assert (tmp_path / "samples" / "truth.json").is_file()


def test_a_link_that_leads_to_itself_is_told(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for option in ("--lake", "--landing"):
        assert "loop leads nowhere" in complaint(stedi("run", option, tmp_path / "loop"), 2)


@pytest.mark.parametrize("variable", ["STEDI_REPORTS", "STEDI_STATE"])
@pytest.mark.parametrize("command", ["run", "up", "lab"])
def test_a_folder_that_cannot_be_written_to_is_told_before_anything_runs(tmp_path, variable, command):
    (tmp_path / "file").touch()
    places = [tmp_path / "file" / "x", "/proc/none", "~nobody-at-all/x"] if command == "run" else ["/proc/none"]
    for place in places:
        line = complaint(stedi(command, "--lake", tmp_path / "lake", **{variable: str(place)}), 2)
        assert (variable in line and str(place) in line) or "no home directory" in line
    assert not (tmp_path / "lake").exists()


def test_a_limit_on_open_files_is_raised_or_told(tmp_path):
    def call(limit):
        command = f'ulimit {limit}; exec "$0" runs --lake "$1"'
        done = subprocess.run(["bash", "-c", command, STEDI, tmp_path / "none"], capture_output=True, text=True)
        return Outcome(done.returncode, done.stdout, done.stderr)

    assert "The limit on open files is 64, and 1024 are needed" in complaint(call("-n 64"), 2)
    assert "no lake at" in complaint(call("-Sn 64"), 2)


@pytest.mark.kernel
@pytest.mark.parametrize(
    "victim", [pytest.param(WORKER, id="session"), pytest.param(KERNEL, id="kernel", marks=pytest.mark.deep)]
)
def test_a_session_or_a_kernel_that_dies_midway_fails_the_run(tmp_path, victim):
    root = tmp_path / "lake"
    run = begin("run", "--lake", root, "--json")
    events_until(run, "cell", step="01_landing_tables", cell=5)
    for process in _processes(victim, root):
        process.kill()
    out, err = run.communicate(timeout=120)
    assert run.returncode == 1, out + err
    assert f"01_landing_tables failed: {REASONS[victim]}" in err
    assert "signal 9" in err or "-9" in err
    assert len(err.strip().splitlines()) == 1
    assert not lifecycle.running(root)
    wait_for(lambda: not _processes(WORKER, root))


@pytest.mark.kernel
def test_a_run_that_is_asked_to_stop_leaves_no_process(tmp_path):
    root = tmp_path / "lake"
    run = begin("run", "--lake", root, "--json")
    events_until(run, "step_started", step="01_landing_tables")
    wait_for(lambda: _processes(WORKER, root))
    children = psutil.Process(run.pid).children(recursive=True)
    run.send_signal(signal.SIGTERM)
    out, err = run.communicate(timeout=120)
    assert run.returncode == 130, out + err
    wait_for(lambda: not any(child.is_running() for child in children) and not _processes(WORKER, root))
    assert not lifecycle.running(root)


@pytest.mark.kernel
@pytest.mark.deep
def test_a_killed_endpoint_costs_the_run_and_no_table(tmp_path):
    root = tmp_path / "lake"
    victim = lifecycle.start(root)
    with use_profile(PROFILE, root):
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        boto3.client("glue").create_database(DatabaseInput={"Name": "stedi"})
    run = begin("run", "--lake", root, "--only", "02", "--json")
    events_until(run, "step_started", step="02_customer_landing_to_trusted")
    os.kill(victim.pid, signal.SIGKILL)
    out, err = run.communicate(timeout=300)
    assert run.returncode == 1, out + err
    assert "was cancelled: AWS cannot be reached" in err
    again = stedi("run", "--lake", root, "--only", "02")
    assert again.code == 0, again.err
    truth = json.loads((SAMPLES / "truth.json").read_text("utf-8"))["expected"]["at_collection"]["customer_and_time"]
    rows = truth["tables"]["customer_trusted"]
    assert query(root, "select count(*) from customer_trusted") == [[str(rows)]]


def _processes(module, root):
    """The processes on a lake that run a module."""
    found = []
    for process in psutil.process_iter(["cmdline", "environ"]):
        line = " ".join(process.info["cmdline"] or [])
        if module in line and str(root) in str(process.info["environ"]):
            found.append(process)
    return found

"""The committed sample through every notebook, AWS's Glue kernel and papermill, held against the truth it planted."""

import gzip
import json
import os
import re
import subprocess
import sys
import time

import pytest

from local_aws.endpoint import running
from local_aws.sessions.job import job_environment
from runner.paths import JOBS, SAMPLES, SQL
from runner.pipeline.jobs import SCRIPTS
from tests.pipeline.conftest import complaint, query, stedi

ZONES = (
    "customer/trusted",
    "customer/curated",
    "accelerometer/trusted",
    "step_trainer/trusted",
    "step_trainer/curated",
)
TRUTH = json.loads((SAMPLES / "truth.json").read_text("utf-8"))
EXPECTED = TRUTH["expected"]["at_collection"]["customer_and_time"]

pytestmark = pytest.mark.kernel


def files(lake):
    """Every file of the trusted and curated zones."""
    root = lake / "stedi-lakehouse"
    return sorted(str(path.relative_to(root)) for zone in ZONES for path in (root / zone).rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def first(lake):
    outcome = stedi("run", "--lake", lake)
    assert outcome.code == 0, outcome.out + outcome.err
    return outcome.run, outcome.report, files(lake)


def test_every_table_has_the_rows_that_were_planted(first, lake):
    run, _, _ = first
    for table, rows in EXPECTED["tables"].items():
        assert run["tables"][table] == rows, table
        assert query(lake, f"select count(*) from {table}") == [[str(rows)]], table


def test_every_step_accounts_for_every_row_by_reason(first):
    steps = {step["name"]: step["rows"] for step in first[0]["steps"]}
    for notebook, script in SCRIPTS.items():
        planted = EXPECTED["steps"][script.removesuffix(".py")]
        assert steps[notebook] == {
            "read": planted["read"],
            "kept": planted["kept"],
            "excluded": planted["excluded"],
            "quarantined": sum(planted["quarantined"].values()),
            "duplicates": planted["duplicates"],
        }


def test_the_landing_tables_show_every_line(first):
    # To Athena a blank line is a row of nulls; to the transforms it is no row.
    for name, rows in TRUTH["landing_rows"].items():
        assert first[0]["tables"][name] == rows + blank_lines(name.removesuffix("_landing")), name


def blank_lines(source):
    """The blank lines of a source's landing files."""
    root, count = SAMPLES / source / "landing", 0
    for path in root.rglob("*"):
        if path.is_file() and not path.name.startswith(("_", ".")):
            data = path.read_bytes()
            lines = (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines()
            count += sum(not line.strip() for line in lines)
    return count


def test_the_reports_name_nobody(first):
    _, report, _ = first
    people = [
        line
        for path in (SAMPLES / "customer" / "landing").rglob("*.json")
        for line in path.read_text("utf-8", "replace").splitlines()
    ]
    emails = {match.lower() for line in people for match in re.findall(r"[\w.+-]+@[\w.-]+", line)}
    serials = set(re.findall(r'"serialNumber": *"([^"]{6,})"', "\n".join(people)))
    assert len(emails) > 30
    assert len(serials) > 30
    for page in [*report.rglob("*.html"), *report.rglob("*.ipynb"), report / "run.json"]:
        text = page.read_text("utf-8").lower()
        assert not [email for email in emails if email in text], page
        assert not [serial for serial in serials if serial.lower() in text], page


def test_the_report_has_findings_pictures_and_cost(first):
    run, report, _ = first
    assert len(run["audits"]) > 40
    assert all(rule["passed"] for rule in run["audits"])
    checks = {path.stem for path in (SQL / "checks").glob("*.sql")}
    assert {check["check"]: check["rows"] for check in run["checks"]} == dict.fromkeys(checks, 0)
    rows = EXPECTED["tables"]["machine_learning_curated"]
    assert {column["column"]: column["rows"] - column["missing"] for column in run["columns"]} == dict.fromkeys(
        ("participantid", "sensorreadingtime", "distancefromobject", "x", "y", "z"), rows
    )
    for name in ("customer_landing_table", "accelerometer_landing_table", "customer_trusted"):
        assert (report / f"{name}.png").read_bytes().startswith(b"\x89PNG"), name
    cost = run["cost"]
    assert cost["estimate"] is True
    assert cost["dpu_seconds"] >= 120
    steps = {step["name"]: step.get("cost") for step in run["steps"]}
    assert steps["02_customer_landing_to_trusted"]["dpu_seconds"] > 0
    assert steps["02_customer_landing_to_trusted"]["athena_bytes"] == 0
    assert steps["07_athena_checks"]["athena_bytes"] > 0
    assert steps["08_explore_curated"]["dpu_seconds"] == 0
    assert cost["athena_bytes"] == sum(one["athena_bytes"] for one in steps.values() if one)
    assert f'href="{run["run_id"]}/index.html"' in (report.parent / "index.html").read_text("utf-8")


def test_a_second_run_changes_nothing_and_says_so(first, lake):
    again = stedi("run", "--lake", lake)
    assert again.code == 0, again.out + again.err
    assert again.run["tables"] == first[0]["tables"]
    assert files(lake) == first[2]
    assert again.run["previous"]["run_id"] == first[0]["run_id"]
    assert "Nothing: the same parameters and the same rows" in (again.report / "index.html").read_text("utf-8")


def test_a_new_field_is_in_the_trusted_table_and_its_schema(first, lake):
    assert query(lake, "select count(*) > 0 from step_trainer_trusted where firmware is not null") == [["True"]]


def test_a_wrong_query_gives_athenas_reason(first, lake):
    line = complaint(stedi("query", "--lake", lake, "select * from nothing_here"), 2)
    assert "TABLE_NOT_FOUND: line 1:15" in line


def test_the_runs_are_an_athena_table(first, lake):
    sql = f"select count(*), sum(kept) from runs where run_id = '{first[0]['run_id']}' and status = 'SUCCEEDED'"
    assert query(lake, sql)[0][0] == str(len(first[0]["steps"]))


def test_a_failing_step_is_named_and_later_steps_do_not_run(first, lake):
    outcome = stedi("run", "--lake", lake, "--from", "06", "--set", "participant_key=no-such-secret")
    line = complaint(outcome, 1)
    assert "06_machine_learning_curated failed: MissingSecret" in line
    assert "trying again" not in outcome.out
    assert "no-such-secret" in line
    assert [step["status"] for step in outcome.run["steps"]] == ["FAILED", "SKIPPED", "SKIPPED", "SKIPPED"]
    assert "no-such-secret" in (outcome.report / "index.html").read_text("utf-8")
    assert files(lake) == first[2]


def test_somebodys_name_in_an_event_log_fails_the_run(first, lake):
    leak = lake / "stedi-lakehouse" / "sparkHistoryLogs" / "leak.json"
    person = json.loads((SAMPLES / "customer" / "landing" / "customer-0001.json").read_text("utf-8").splitlines()[0])
    leak.write_text(json.dumps({"Event": "SparkListenerJobStart", "Description": f"reading {person['email']}"}))
    os.utime(leak, (time.time() + 600,) * 2)  # as if it were written while the run is on
    try:
        outcome = stedi("run", "--lake", lake, "--only", "07")
    finally:
        leak.unlink()
    line = complaint(outcome, 1)
    assert "audit_privacy failed: identity values of landing files stand in: sparkHistoryLogs/leak.json (" in line
    assert person["email"] not in line + (outcome.report / "index.html").read_text("utf-8")


@pytest.mark.parametrize("script", ["customer_landing_to_trusted.py", "machine_learning_curated.py"])
def test_a_job_script_arrives_at_the_tables_of_its_notebook(first, lake, tmp_path, script):
    endpoint = running(lake)
    environment = job_environment(endpoint.lake, endpoint.environment(), tmp_path)
    environment["PYTHONPATH"] += f"{os.pathsep}{lake / 'stedi-lakehouse' / 'scripts' / 'helpers.zip'}"
    command = [sys.executable, JOBS / script, "--JOB_NAME", script.removesuffix(".py"), "--run_id", "a-job"]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "unchanged; the published version stays" in done.stdout
    assert files(lake) == first[2]


def test_one_step_can_run_alone_under_another_policy_and_back(first, lake):
    changed = stedi("run", "--lake", lake, "--only", "06", "--set", "match=time_only")
    assert changed.code == 0, changed.err
    expected = TRUTH["expected"]["at_collection"]["time_only"]["tables"]["machine_learning_curated"]
    assert changed.run["tables"]["machine_learning_curated"] == expected
    assert query(lake, "select count(*) from machine_learning_curated") == [[str(expected)]]
    assert stedi("run", "--lake", lake, "--only", "06").code == 0
    count = EXPECTED["tables"]["machine_learning_curated"]
    assert query(lake, "select count(*) from machine_learning_curated") == [[str(count)]]

"""The committed sample through every notebook, AWS's Glue kernel and papermill, held against the truth it planted."""

import gzip
import json
import re

import boto3
import nbformat
import pytest

from helpers.publishing.objects import list_keys
from helpers.tables import VERSIONED
from local_aws.profile import PROFILE
from runner.aws import use_profile
from runner.paths import SAMPLES, SQL
from runner.pipeline.jobs import SCRIPTS
from runner.pipeline.steps import STEPS
from runner.privacy.audit import PrivacyAudit
from runner.privacy.places import Place
from tests.pipeline.conftest import BUCKET, complaint, query, stedi

TRUTH = json.loads((SAMPLES / "truth.json").read_text("utf-8"))
EXPECTED = TRUTH["expected"]["at_collection"]["customer_and_time"]

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def first(sample_run):
    """The document of the run, and the folder of its report."""
    return sample_run.outcome.run, sample_run.outcome.report


def test_every_table_has_the_rows_that_were_planted(first, sample_lake):
    run, _ = first
    for table, rows in EXPECTED["tables"].items():
        assert run["tables"][table] == rows, table
        assert query(sample_lake, f"select count(*) from {table}") == [[str(rows)]], table


def test_every_step_accounts_for_every_row_by_reason(first):
    steps = {step["name"]: step["rows"] for step in first[0]["steps"]}
    assert len(EXPECTED["steps"]) == 5
    for script, planted in EXPECTED["steps"].items():
        (notebook,) = (step for step in STEPS if SCRIPTS.get(step) == f"{script}.py")
        assert steps[notebook] == {
            "read": planted["read"],
            "kept": planted["kept"],
            "excluded": planted["excluded"],
            "quarantined": sum(planted["quarantined"].values()),
            "duplicates": planted["duplicates"],
        }


def test_every_line_that_landed_is_counted_by_the_transforms_and_by_athena(first, sample_lake):
    # To Athena a blank line is a row of nulls; to the transforms it is no row.
    for name, rows in TRUTH["landing_rows"].items():
        assert first[0]["tables"][name] == rows, name
        counted = rows + blank_lines(name.removesuffix("_landing"))
        assert query(sample_lake, f"select count(*) from {name}") == [[str(counted)]], name


CALLS = re.compile(r"(AWSGlue\.\w*(?:Table|Database)\w*|(?:GET|POST|DELETE) \S+) \d{3} ")


def test_publishing_a_table_asks_aws_nine_times_at_most(sample_run):
    log = (sample_run.lake / ".local_aws" / "endpoint.log").read_text("utf-8")
    # A version is begun with a look at the table, and ends as staged when it is published. The ninth call notes what
    # the audit found; the runner puts notes of its own beside it.
    calls = CALLS.findall(log.partition("AWSGlue.RunStatement")[2])
    begun = [place for place, call in enumerate(calls) if call == "AWSGlue.GetTables"]
    published = [calls[place : calls.index("AWSGlue.DeleteTable", place) + 1] for place in begun]
    assert len(published) == len(VERSIONED)
    assert max(map(len, published)) <= 8, published


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
    _, report = first
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


def test_what_a_finished_run_leaves_under_runs_names_nobody(sample_lake):
    """A scientist may read its records; audit_privacy looks before the run's own document is written a last time."""
    with use_profile(PROFILE, sample_lake):
        s3 = boto3.client("s3")
        keys = list_keys(f"s3://{BUCKET}/runs/")
        texts = {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in keys}
        audit = PrivacyAudit.of_bucket(BUCKET).scan(Place(key, text) for key, text in texts.items())
    assert {key.rpartition("/")[2] for key in keys} >= {"_batch.json", "02_customer_landing_to_trusted.json"}
    assert len(audit.index) > 100
    assert audit.passed, str(audit)


def tables_shown(notebook):
    """The names of the tables that the cells of an executed notebook hand over to its page."""
    tags = [tag for cell in nbformat.read(notebook, 4).cells for tag in cell.metadata.get("tags", [])]
    return {tag.removeprefix("table:") for tag in tags if tag.startswith("table:")}


def test_the_report_has_findings_pictures_and_cost(first):
    run, report = first
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
    shown = {name for step in run["steps"] if step["notebook"] for name in tables_shown(report / step["notebook"])}
    assert shown == run["previews"].keys() | {"profile_machine_learning_curated"}
    assert "customer_register" not in shown
    assert not [page.name for page in report.glob("*.html") if "+-----" in page.read_text("utf-8")]
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


def test_a_new_field_is_in_the_trusted_table_and_its_schema(sample_lake):
    assert query(sample_lake, "select count(*) > 0 from step_trainer_trusted where firmware is not null") == [["True"]]


def test_a_wrong_query_gives_athenas_reason(sample_lake):
    line = complaint(stedi("query", "--lake", sample_lake, "select * from nothing_here"), 2)
    assert "TABLE_NOT_FOUND: line 1:15" in line


def test_the_runs_are_an_athena_table(first, sample_lake):
    sql = f"select count(*), sum(kept) from runs where run_id = '{first[0]['run_id']}' and status = 'SUCCEEDED'"
    assert query(sample_lake, sql)[0][0] == str(len(first[0]["steps"]))

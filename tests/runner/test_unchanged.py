"""Which steps a run need not do again. What the notebooks would write is written by hand; all else is real."""

import json

import boto3
import pytest

from helpers.publishing.catalog import delete_table, get_table, location_of
from helpers.publishing.objects import data_keys, list_keys, split_uri
from helpers.publishing.versions import FINGERPRINT, choose_version, list_versions, roll_back
from helpers.records import record_key
from helpers.tables import TABLES, VERSIONED
from runner.glue.cost import Cost
from runner.lake.runs import read_state, write_state
from runner.pipeline.parameters import all_parameters
from runner.pipeline.steps import STEPS
from runner.run.fingerprints import Fingerprints
from runner.run.plan import Plan
from runner.run.record import RunRecord
from tests.erasing import KEY, customer, erase, lines, motion, parquet, publish, put, step

EVERY = [name[:2] for name in STEPS]
BOTH = ("accelerometer_trusted", "machine_learning_curated")
"""The tables whose rows follow from ``consent``, for these tests."""


@pytest.fixture
def full(lake):
    """The lakehouse with readings in every landing zone, after a first run of every step."""
    put(lake, "accelerometer/landing/a.json", lines(motion("bob@example.com")))
    put(lake, "step_trainer/landing/a.json", lines(step("b")))
    assert ran(run(lake, "r1")) == EVERY
    return lake


def run(lake, run_id, fails_at=None, fresh=False, **parameters):
    """A run without notebooks: each step that is not taken over writes what it would; gives the run's document."""
    chosen = all_parameters() | {"bucket": lake.bucket, "database": lake.database, **parameters}
    record = RunRecord(Plan(run_id, "stedi-local", chosen, list(STEPS), None, "", fresh), isolated=False)
    record.recall()
    fingerprints = Fingerprints(chosen, run_id)
    for name in STEPS:
        if record.keep(name, fingerprints):
            continue
        record.begin(name, notebook=f"notebooks/{name}.ipynb", report=f"{name}.html", fingerprint=fingerprints.of(name))
        if name[:2] == fails_at:
            record.entry(name).update(status="FAILED")
            record.document["status"] = "FAILED"
            break
        work(lake, name, run_id, chosen["consent"])
        done = {"status": "SUCCEEDED", "read": None, "tables": dict.fromkeys(STEPS[name].writes, 1)}
        record.finish(name, done, 1.0, Cost(60.0), fingerprints.written_now(name))
    else:
        record.end("SUCCEEDED", None, None, True)
    record.save()
    return record.document


def work(lake, name, run_id, consent):
    """Write what a step writes; content that is there already is not published a second time."""
    for table in STEPS[name].writes:
        live = get_table(lake.database, table)
        if table not in VERSIONED:
            declare(lake, table) if live is None else None
            continue
        rows = [{"table": table, "policy": consent if table in BOTH else ""}]
        if not (live and live["Parameters"].get(FINGERPRINT) == str(rows)):
            publish(lake, table, run_id, rows)
            definition = get_table(lake.database, table)
            parameters = definition["Parameters"] | {FINGERPRINT: str(rows)}
            table_input = {name: definition[name] for name in ("Name", "TableType", "StorageDescriptor")}
            boto3.client("glue").update_table(
                DatabaseName=lake.database, TableInput=table_input | {"Parameters": parameters}
            )
    landed = [key for table in STEPS[name].reads if table not in VERSIONED for key in list_keys(lake.location(table))]
    put(lake, record_key(run_id, name), json.dumps({"run_id": run_id, "step": name, "read": len(landed)}).encode())


def declare(lake, table):
    storage = {"Columns": [{"Name": "email", "Type": "string"}], "Location": f"s3://{lake.bucket}/{table}/"}
    if table in TABLES:
        storage["Location"] = f"s3://{lake.bucket}/{TABLES[table].prefix}"
    definition = {"Name": table, "TableType": "EXTERNAL_TABLE", "StorageDescriptor": storage}
    boto3.client("glue").create_table(DatabaseName=lake.database, TableInput=definition)


def ran(document):
    """The numbers of the steps that were at work in a run."""
    return [
        entry["name"][:2] for entry in document["steps"] if entry["name"] in STEPS and "unchanged_since" not in entry
    ]


def origins(document):
    return {entry["name"][:2]: entry.get("unchanged_since") for entry in document["steps"][: len(STEPS)]}


def test_with_nothing_new_every_step_is_taken_over_from_the_run_that_did_it(full):
    for run_id in ("r2", "r3"):
        document = run(full, run_id)
        assert origins(document) == dict.fromkeys(EVERY, "r1")
        assert document["status"] == "SUCCEEDED"
        assert document["tables"]["customer_trusted"] == 1
        for entry in document["steps"][: len(STEPS)]:
            assert (entry["status"], entry["seconds"], entry["cost"]["dpu_seconds"]) == ("SUCCEEDED", 0.0, 0.0)
            assert {"name", "notebook", "report", "rows", "tables"} <= set(entry)
            assert list_keys(f"s3://{full.bucket}/{record_key(run_id, entry['name'])}")


def test_fresh_runs_every_step(full):
    assert ran(run(full, "r2", fresh=True)) == EVERY
    assert ran(run(full, "r3")) == []


@pytest.mark.parametrize(
    ("source", "body", "reached"),
    [
        ("step_trainer", lines(step("b")), ["01", "05", "07"]),
        ("accelerometer", lines(motion("bob@example.com")), ["01", "03", "07", "08"]),
        ("customer", lines(customer("new@example.com", "New", "n")), ["01", "02", "07"]),
    ],
)
def test_a_new_landing_file_reaches_the_steps_that_read_it_and_those_whose_input_it_changes(
    full, source, body, reached
):
    put(full, f"{source}/landing/b.json", body)
    assert ran(run(full, "r2")) == reached
    boto3.client("s3").delete_object(Bucket=full.bucket, Key=f"{source}/landing/b.json")
    assert ran(run(full, "r3")) == []  # all is again as the first run found it and left it


def test_another_policy_and_back_again(full):
    assert ran(run(full, "r2", consent="any_time")) == ["03", "04", "05", "06", "07", "08"]
    back = run(full, "r3")
    assert ran(back) == ["03", "04", "06", "07", "08"]
    assert origins(back)["05"] == "r1"  # the other policy changed nothing that it reads or writes
    assert ran(run(full, "r4")) == []


def test_after_a_run_that_failed_what_it_did_and_what_others_did_counts(full):
    put(full, "accelerometer/landing/b.json", lines(motion("bob@example.com", 7)))
    assert run(full, "r2", fails_at="07")["status"] == "FAILED"
    document = run(full, "r3")
    assert ran(document) == ["07", "08"]
    assert origins(document)["03"] == "r2"
    assert origins(document)["02"] == "r1"


def test_a_resumed_run_goes_on_with_its_own_steps_first(full):
    assert run(full, "r2", fails_at="05", fresh=True)["status"] == "FAILED"
    document = run(full, "r2", fresh=True)
    assert document["attempt"] == 2
    assert [entry["name"][:2] for entry in document["steps"] if entry.get("resumed")] == EVERY[:4]


def test_a_table_that_was_dropped_is_made_again(full):
    for table in ("customer_register", "machine_learning_curated", "quarantine_step_trainer"):
        delete_table(full.database, table)
        assert TABLES[table].step[:2] in ran(run(full, f"without-{table}"))
        assert get_table(full.database, table)


def test_a_landing_table_that_was_dropped_is_declared_again_and_nobody_else_works(full):
    for table in ("accelerometer_landing", "runs"):
        delete_table(full.database, table)
        assert ran(run(full, f"without-{table}")) == ["01"]


@pytest.mark.parametrize("fresh", [False, True])
def test_a_version_that_lost_a_file_is_made_again(full, fresh):
    live = get_table(full.database, "step_trainer_trusted")
    (key,) = data_keys(location_of(live))
    boto3.client("s3").delete_object(Bucket=full.bucket, Key=key)
    assert ran(run(full, "r2", fresh=fresh)) == (EVERY if fresh else ["05", "06", "07"])
    assert data_keys(location_of(get_table(full.database, "step_trainer_trusted")))


def test_after_a_rollback_the_table_is_published_afresh(full):
    run(full, "r2", consent="any_time")
    versions = list_versions(full.database, "accelerometer_trusted")
    roll_back(full.database, "accelerometer_trusted", choose_version(versions, "accelerometer_trusted", None))
    assert ran(run(full, "r3", consent="any_time"))[0] == "03"
    assert "run=r3" in location_of(get_table(full.database, "accelerometer_trusted"))


def test_after_an_erasure_what_it_touched_is_made_again(full, tmp_path):
    place = location_of(get_table(full.database, "customer_trusted"))
    rows = [{"email": who, "customerName": who} for who in ("ada.l@example.com", "bob@example.com")]
    put(full, f"{split_uri(place)[1]}part-0.parquet", parquet(rows))
    run(full, "r2", fresh=True)
    erase(full, tmp_path)
    assert ran(run(full, "r3"))[:2] == ["01", "02"]


def test_another_version_of_the_participants_key_makes_the_ids_anew(full):
    boto3.client("secretsmanager").put_secret_value(SecretId=KEY, SecretString="k" * 64)
    assert ran(run(full, "r2")) == ["06"]


def test_a_success_counts_for_a_run_that_accepts_losses_and_not_the_other_way_round(full):
    assert ran(run(full, "r2", accept_loss="yes")) == []
    put(full, "step_trainer/landing/b.json", lines(step("b")))
    assert "05" in ran(run(full, "r3", accept_loss="yes"))
    assert "05" in ran(run(full, "r4"))
    assert ran(run(full, "r5")) == []


def test_what_nothing_proves_is_done_again(full):
    boto3.client("s3").delete_object(Bucket=full.bucket, Key=record_key("r1", "04_customer_trusted_to_curated"))
    assert ran(run(full, "r2")) == ["04"]


def test_another_machines_report_is_not_linked_to(full, tmp_path, monkeypatch):
    assert all(entry["report"] is None for entry in run(full, "r2")["steps"])
    monkeypatch.setattr("runner.run.earlier.REPORTS", tmp_path)
    page = tmp_path / "r1" / "04_customer_trusted_to_curated.html"
    page.parent.mkdir()
    page.touch()
    entries = {entry["name"][:2]: entry for entry in run(full, "r3")["steps"]}
    assert entries["04"]["report"] == f"../r1/{page.name}"
    assert entries["04"]["notebook"] == "../r1/notebooks/04_customer_trusted_to_curated.ipynb"
    assert entries["05"]["report"] is None


def test_a_run_of_before_that_knew_no_states_is_no_proof(full):
    state = read_state(full.bucket, "r1")
    for entry in state["steps"]:
        entry.pop("fingerprint", None)
    write_state(full.bucket, state)
    assert ran(run(full, "r2")) == EVERY

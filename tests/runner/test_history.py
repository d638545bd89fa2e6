"""What changed since the run before, and the page of all runs."""

from runner.lake.document import write_document
from runner.report.changes import changes_since
from runner.report.history import HEIGHT, line_points, write_history
from tests.runner.test_report import STEP, a_run, a_step, rows_of

LAKE = "stedi-lakehouse (stedi-local, 123456)"


def previous(run):
    rows = {step["name"]: step["rows"] for step in run["steps"] if step["rows"]}
    return {name: run[name] for name in ("run_id", "started", "parameters", "tables")} | {"rows": rows}


def test_an_equal_run_changes_nothing():
    run = a_run(a_step(STEP, rows=rows_of(956, 482, no_consent=474)), tables={"customer_trusted": 482})
    assert changes_since(run | {"previous": previous(run)}) == []
    assert changes_since(run) == []


def test_every_difference_is_named():
    before = a_run(a_step(STEP, rows=rows_of(956, 482, no_consent=474)), tables={"customer_trusted": 482})
    now = a_run(
        a_step(STEP, rows=rows_of(957, 481, no_consent=474, superseded=2)),
        tables={"customer_trusted": 481, "customers_curated": 400},
        parameters={"consent": "any_time", "match": "customer_and_time"},
    )
    changes = changes_since(now | {"previous": previous(before)})
    found = {(one.subject, one.measure): (one.before, one.after, one.difference) for one in changes}
    assert found == {
        ("consent", "parameter"): ("at_collection", "any_time", ""),
        ("customer_trusted", "rows"): (482, 481, "-1"),
        ("customers_curated", "rows"): (None, 400, ""),
        (STEP, "kept"): (482, 481, "-1"),
        (STEP, "superseded"): (0, 2, "+2"),
    }


def test_the_history_has_every_run_and_a_line_over_those_that_succeeded(tmp_path):
    for number, status in enumerate(["SUCCEEDED", "FAILED", "SUCCEEDED"]):
        run = a_run(
            a_step(STEP, status, reason="AuditFailed: no" if status == "FAILED" else None),
            status=status,
            tables={"customer_trusted": 480 + number},
            lake=LAKE,
            cost={"usd": 0.01},
        )
        run |= {"run_id": f"2026112{number}T000000Z-aaaaaa", "started": f"2026-11-2{number}T00:00:00Z"}
        run["ended"] = f"2026-11-2{number}T00:01:00Z"
        folder = tmp_path / run["run_id"]
        folder.mkdir()
        (folder / "index.html").write_text("")
        write_document(run, folder)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("{")
    page = write_history(tmp_path).read_text("utf-8")
    places = [page.index(f"2026112{number}T000000Z") for number in (2, 1, 0)]
    assert places == sorted(places)
    assert "3 runs, 1 failed, $0.0300 in all" in page
    assert "AuditFailed: no" in page
    assert "customer_trusted (rows) over 2 runs: first 480, last 482" in page


def test_a_history_of_nothing_is_a_page_too(tmp_path):
    assert "No run yet" in write_history(tmp_path).read_text("utf-8")


def test_a_line_begins_at_zero_and_leaves_gaps_out():
    points = line_points([10, None, 0])
    assert len(points) == 2
    assert points[0][1] < points[1][1] <= HEIGHT

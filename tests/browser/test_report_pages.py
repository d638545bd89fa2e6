"""Every page of a report in a real browser: no error, no dead link, no sideways scrolling, usable by everyone."""

import base64
import json
import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from runner.lake.document import write_document
from runner.report.history import write_history
from tests.browser.conftest import DESKTOP, PHONE, watch
from tests.reporting import write_run_report
from tests.runner.test_report import SPARK_TABLE, STEP, TABLE, a_run, a_step, printing, rows_of, the_reference_run

PROJECT = Path(__file__).parents[2]
EXAMPLE = PROJECT / "reports" / "example"
DETAILS = {
    "previews": {"reasons": TABLE},
    "lake": "stedi-lakehouse (stedi-local, 123456)",
    "audits": [
        {"table": "customer_trusted", "expected": "RowCount = 482", "found": "RowCount = 482", "passed": True},
        {"table": "customer_trusted", "expected": 'IsUnique "email"', "found": "Uniqueness = 0.9", "passed": False},
    ],
    "checks": [{"check": "runs_add_up", "rows": 0}, {"check": "customer_trusted_has_consent", "rows": 3}],
    "columns": [
        {"column": "participantid", "type": "varchar", "rows": 32025, "missing": 0, "different": 464}
        | dict.fromkeys(("least", "median", "mean", "most")),
        {"column": "x", "type": "double", "rows": 32025, "missing": 0, "different": 3}
        | {"least": -1.0, "median": 0.0, "mean": 0.0045, "most": 1.0},
    ],
    "cost": {"dpu_seconds": 120.0, "athena_bytes": 5, "billed_bytes": 10_000_000, "usd": 0.0147, "estimate": True},
}


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """A folder of reports: the example, a run that succeeded, one that failed after it, and their history."""
    root = tmp_path_factory.mktemp("reports")
    shutil.copytree(EXAMPLE, root / "example")
    pixel = (PROJECT / "docs" / "pictures" / "flow.png").read_bytes()
    picture = new_output("display_data", data={"image/png": base64.b64encode(pixel).decode()})
    cells = [
        new_markdown_cell("# 02 · Customers\n\nWhat this is about."),
        new_code_cell("show()", outputs=[picture], metadata={"tags": ["picture:customer_trusted"]}),
        printing(SPARK_TABLE, tags=["table:reasons"]),
        new_code_cell("1/0", metadata={"papermill": {"exception": True}}),
    ]
    notebook = root / "n.ipynb"
    nbformat.write(new_notebook(cells=cells), notebook)
    good = the_reference_run() | DETAILS | {"run_id": "20261123T000000Z-aaaaaa"}
    previous = {name: good[name] for name in ("run_id", "started", "parameters", "tables")}
    previous |= {"rows": {STEP: rows_of(956, 481, no_consent=475)}, "seconds": 50.0, "usd": 0.01}
    failed = a_run(
        a_step("01_landing_tables"),
        a_step(status="FAILED", reason="AuditFailed: " + "a long reason " * 20),
        a_step("03_accelerometer_landing_to_trusted", "SKIPPED"),
        status="FAILED",
        tables={"customer_landing": 956, "a_table_with_a_very_long_name_that_does_not_fit_on_a_phone": 1},
        previous=previous,
        **DETAILS,
    )
    again = good | {"run_id": "20261123T010000Z-bbbbbb", "started": "2026-11-23T23:59:00Z"}
    again["steps"] = [step | {"unchanged_since": good["run_id"]} for step in good["steps"]]
    for run in (good, again, failed):
        folder = root / run["run_id"]
        write_run_report(run, {STEP: notebook}, folder, history="../index.html")
        write_document(run, folder)
    notebook.unlink()
    write_history(root)
    return root


def pages_of(folder):
    return sorted(folder.rglob("*.html"))


def test_there_are_pages_of_every_kind(reports):
    names = {page.relative_to(reports).as_posix() for page in pages_of(reports)}
    assert {"index.html", "example/index.html", f"20261123T235444Z/{STEP}.html"} < names


def test_no_page_complains_or_asks_for_anything(browser, reports):
    watched = watch(browser, viewport=DESKTOP)
    for page in pages_of(reports):
        watched.page.goto(page.as_uri())
    assert watched.complaints == []
    assert {urlsplit(url).scheme for url in watched.requests} <= {"file", "data"}


def test_every_link_leads_somewhere(browser, reports):
    page = watch(browser, viewport=DESKTOP).page
    links = set()
    ids = {}
    for path in pages_of(reports):
        page.goto(path.as_uri())
        ids[path.as_uri()] = set(page.eval_on_selector_all("[id]", "found => found.map(one => one.id)"))
        links |= {(path, link) for link in page.eval_on_selector_all("a[href]", "found => found.map(one => one.href)")}
    for path, link in links:
        target, _, anchor = link.partition("#")
        if urlsplit(target).scheme != "file":
            continue  # elsewhere: no page depends on it
        assert Path(unquote(urlsplit(target).path)).is_file(), (path.name, link)
        # A browser seeks the anchor as it is written, then decoded (HTML, "find a potential indicated element").
        assert not anchor or target not in ids or {anchor, unquote(anchor)} & ids[target], (path.name, link)


def test_nothing_scrolls_sideways_on_a_phone(browser, reports):
    page = watch(browser, viewport=PHONE).page
    for path in pages_of(reports):
        page.goto(path.as_uri())
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], (path.relative_to(reports), width)


@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [
        pytest.param(DESKTOP, "light", id="desktop-light"),
        pytest.param(PHONE, "dark", id="phone-dark", marks=pytest.mark.deep),
        pytest.param(DESKTOP, "dark", id="desktop-dark", marks=pytest.mark.deep),
        pytest.param(PHONE, "light", id="phone-light", marks=pytest.mark.deep),
    ],
)
def test_axe_finds_nothing_serious(browser, reports, scheme, viewport):
    # The pages' own policy forbids scripts from outside, and axe is one.
    page = watch(browser, viewport=viewport, color_scheme=scheme, bypass_csp=True).page
    for path in pages_of(reports):
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        found = Axe().run(page).response["violations"]
        serious = [
            (rule["id"], rule["help"], [node["html"][:200] for node in rule["nodes"]][:3])
            for rule in found
            if rule["impact"] in ("serious", "critical")
        ]
        assert not serious, (path.relative_to(reports), json.dumps(serious, indent=1))


def test_the_code_of_a_notebook_is_shown_by_keyboard(browser, reports):
    page = watch(browser, viewport=DESKTOP).page
    page.goto((reports / "20261123T235444Z" / f"{STEP}.html").as_uri())
    fold = page.locator("details.code").first
    assert fold.get_attribute("open") is None
    button = page.get_by_role("button", name="Show all code")
    button.focus()
    page.keyboard.press("Enter")
    assert fold.get_attribute("open") is not None
    assert page.get_by_role("button", name="Hide all code").get_attribute("aria-pressed") == "true"


def test_a_failed_run_leads_to_the_cell_that_failed(browser, reports):
    page = watch(browser, viewport=DESKTOP).page
    page.goto((reports / "index.html").as_uri())
    page.get_by_role("link", name="20261123T235444Z").click()
    page.get_by_role("link", name="Go to the error").click()
    assert page.url.endswith(f"{STEP}.html#error")
    assert page.locator("#error").is_visible()


def test_it_prints(browser, reports):
    page = watch(browser, viewport=DESKTOP).page
    page.goto((reports / "20261123T235444Z" / f"{STEP}.html").as_uri())
    page.emulate_media(media="print")
    assert not page.locator("#toggle-code").is_visible()
    assert page.pdf().startswith(b"%PDF")

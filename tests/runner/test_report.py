"""The HTML reports: what a reader meets after each run."""

import base64
import gzip
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from runner.privacy.masking import mask_identity_text
from runner.report.flow import lanes_of
from runner.report.flow_picture import FULL_HEIGHT, NARROW, THINNEST, WIDE, flow_svg
from runner.report.formatting import duration_text, share_text
from tests.reporting import write_run_report

PROJECT = Path(__file__).parents[2]
STEP = "02_customer_landing_to_trusted"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
IDENTITY = ("ada@example.com", "b902279c-6ee3-45d7-9c78-fd7fcba89bf7", "+1-202-555-0107", "Ada Lovelace", "1815-12-10")
LOST_LINE = (
    'ValueError: cannot read {"customerName": "Ada Lovelace", "birthDay": "1815-12-10"} of ada@example.com, '
    "phone +1-202-555-0107, device b902279c-6ee3-45d7-9c78-fd7fcba89bf7"
)
CHATTER = """Welcome to the Glue Interactive Sessions Kernel
Please view our Getting Started page to access the most up-to-date information on the Interactive Sessions kernel: x
Setting Glue version to: 5.1
Previous worker type: None
Setting new worker type to: G.1X
Trying to create a Glue session for the kernel.
Session Type: glueetl
Session ID: 7f0c
Applying the following default arguments:
--enable-glue-datacatalog true
Waiting for session 7f0c to get into ready status...
Session 7f0c has been created.
Trying to switch to Session: stedi-1
\x1b[93m\x1b[1mNOTE: Switching to a live session will not terminate the current session.\x1b[0m
Switched to Session: stedi-1.

"""
TABLE = {"columns": ["reason", "rows"], "rows": [["kept", "32025"], ["<b>", "NULL"], ["NULL", "2"]]}
SPARK_TABLE = "+------+------+\n|reason|  rows|\n+------+------+\n|  kept|32,025|\n|   <b>|  NULL|\n+------+------+\n"


def a_step(name=STEP, status="SUCCEEDED", rows=None, **more):
    return {"name": name, "status": status, "seconds": 4.2, "notebook": None, "report": None, "rows": rows, **more}


def rows_of(read, kept, quarantined=0, duplicates=0, **excluded):
    return {"read": read, "kept": kept, "excluded": excluded, "quarantined": quarantined, "duplicates": duplicates}


def a_run(*steps, status="SUCCEEDED", tables=(), **more):
    return {
        "run_id": "20261123T235444Z",
        "profile": "stedi-local",
        "status": status,
        "started": "2026-11-23T23:54:44Z",
        "ended": "2026-11-23T23:55:40Z",
        "parameters": {"consent": "at_collection", "match": "customer_and_time"},
        "steps": list(steps),
        "tables": dict(tables),
        **more,
    }


def the_reference_run():
    return a_run(
        a_step("01_landing_tables"),
        a_step(STEP, rows=rows_of(956, 482, no_consent=474)),
        a_step(
            "03_accelerometer_landing_to_trusted", rows=rows_of(81273, 32025, no_consent=40292, before_consent=8956)
        ),
        a_step("04_customer_trusted_to_curated", rows=rows_of(482, 464, no_motion_data=18)),
        a_step("05_step_trainer_landing_to_trusted", rows=rows_of(28680, 11297, no_consent=14220, before_consent=3163)),
        a_step("06_machine_learning_curated", rows=rows_of(43322, 43322)),
        a_step("07_athena_checks"),
        tables={"customer_trusted": 482, "accelerometer_trusted": 32025, "machine_learning_curated": 32025},
    )


def printing(text, source="show()", name="stdout", **metadata):
    return new_code_cell(source, outputs=[new_output("stream", name=name, text=text)], metadata=metadata)


def giving(source="value", mime="text/html", data=""):
    return new_code_cell(source, outputs=[new_output("execute_result", data={mime: data, "text/plain": "plain"})])


class PageReader(HTMLParser):
    """Collects what a test asks of a page: tags, identifiers, links, and whether its tags close in order."""

    VOID = {"meta", "link", "br", "wbr", "img", "hr", "input"}

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.links, self.open, self.torn = [], [], [], [], []
        self.feed(text)
        self.close()

    def named(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.links += [attributes[key] for key in ("href", "src") if key in attributes]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.torn.append(tag)


@pytest.fixture
def index_of(tmp_path):
    """Write the report of a run; gives its run page as text."""
    return lambda run, notebooks=(): write_run_report(run, dict(notebooks), tmp_path / "run").read_text("utf-8")


@pytest.fixture
def page_of(tmp_path):
    """Write the report of one step with one notebook; gives the notebook's page as text."""

    def write(*cells, status="SUCCEEDED", reason=None, parameters=None, **run):
        source = tmp_path / "executed.ipynb"
        metadata = {"papermill": {"parameters": parameters or {}}}
        nbformat.write(new_notebook(cells=list(cells), metadata=metadata), source)
        run = a_run(a_step(status=status, reason=reason), status=status, **run)
        return write_run_report(run, {STEP: source}, tmp_path / "run").with_name(f"{STEP}.html").read_text("utf-8")

    return write


class TestRunPage:
    def test_it_tells_the_whole_run(self, index_of):
        page = index_of(the_reference_run())
        assert "<title>The run succeeded · 20261123T235444Z" in page
        assert page.count("✓ yes") == 5
        for shown in ("56.0 s", "at_collection", "81,273", "stedi-local", "23 Nov 2026, 23:54:44 UTC"):
            assert shown in page

    def test_a_failure_is_named_on_top_and_leads_to_its_error(self, index_of, tmp_path):
        source = tmp_path / "n.ipynb"
        nbformat.write(new_notebook(cells=[new_code_cell("1/0", metadata={"papermill": {"exception": True}})]), source)
        steps = [a_step("01_landing_tables"), a_step(status="FAILED", reason="audit <keys>"), a_step("03_x", "SKIPPED")]
        page = index_of(a_run(*steps, status="FAILED"), {STEP: source})
        assert "The run failed at 02_<wbr>customer" in page
        assert "audit &lt;keys&gt;" in page
        assert f'href="{STEP}.html#error"' in page
        assert "<strong>Skipped:</strong> 03_<wbr>x." in page
        assert "stedi resume 20261123T235444Z" in page
        assert 'id="error"' in (tmp_path / "run" / f"{STEP}.html").read_text("utf-8")

    @pytest.mark.parametrize(
        ("run", "headline"),
        [
            (a_run(a_step(status="SKIPPED"), status="FAILED", reason="no session"), "The run failed before 02_<wbr>"),
            (a_run(a_step(status="CANCELLED"), status="CANCELLED", reason="no session"), "was cancelled at 02_<wbr>"),
            (a_run(a_step(status="RUNNING"), status="RUNNING", reason="no session"), "The run broke off at 02_<wbr>"),
            (a_run(status="CANCELLED", reason="no session", ended=None, parameters={}), "The run was cancelled<"),
        ],
    )
    def test_however_a_run_ends_its_page_says_so_and_why(self, index_of, run, headline):
        page = index_of(run)
        assert headline in page
        assert "no session" in page

    def test_a_step_that_does_not_add_up_is_crossed(self, index_of):
        page = index_of(a_run(a_step(rows=rows_of(10, 12))))
        assert "✕ off by 2" in page
        assert "does not add up" in page

    def test_a_missing_part_of_an_account_is_not_a_zero(self, index_of):
        with pytest.raises(KeyError):
            index_of(a_run(a_step(rows={"read": 1, "kept": 1})))

    @pytest.mark.parametrize("content", [None, "", '{"cells": [', "[]", '{"nbformat": 4}'])
    def test_a_notebook_that_cannot_be_read_costs_only_its_own_page(self, index_of, tmp_path, content):
        source = tmp_path / "n.ipynb"
        if content is not None:
            source.write_text(content, "utf-8")
        page = index_of(a_run(a_step()), {STEP: source})
        assert "no executed notebook" in page or "damaged" in page
        assert [path.name for path in (tmp_path / "run").iterdir()] == ["index.html"]

    @pytest.mark.parametrize("there", [True, False])
    def test_a_step_that_was_not_run_again_leads_to_the_run_that_did_it(self, index_of, tmp_path, there):
        earlier = tmp_path / "run-0" / "notebooks" / f"{STEP}.ipynb"
        earlier.parent.mkdir(parents=True)
        figure = new_output("display_data", data={"image/png": PIXEL})
        cell = new_code_cell("show()", outputs=[figure], metadata={"tags": ["picture:customer_trusted"]})
        nbformat.write(new_notebook(cells=[cell]), earlier)
        if there:
            (tmp_path / "run-0" / f"{STEP}.html").write_text("")
        step = a_step(rows=rows_of(956, 482, no_consent=474), unchanged_since="run-0") | {"seconds": 0.0}
        page = index_of(a_run(step, a_step("08_explore_curated")), {STEP: earlier})
        assert "<small>unchanged since run-0</small>" in page
        assert (f'href="../run-0/{STEP}.html"' in page) is there
        assert "2 <small>of 2, 1 unchanged</small>" in page
        assert "0.0 s" not in page
        assert {path.name for path in (tmp_path / "run").iterdir()} == {"index.html", "customer_trusted.png"}

    def test_values_are_text_and_never_markup(self, index_of):
        hostile = "<script>x()</script>"
        step = a_step(status="FAILED", rows=rows_of(3, 2, **{hostile: 1}), reason=hostile)
        run = a_run(step, status="FAILED", tables={hostile: 1}, parameters={hostile: hostile}, profile=hostile)
        assert hostile not in index_of(run)

    def test_a_second_report_replaces_the_first_and_leaves_no_draft(self, index_of, tmp_path):
        index_of(a_run())
        assert "failed" in index_of(a_run(a_step(status="FAILED"), status="FAILED"))
        assert [path.name for path in (tmp_path / "run").iterdir()] == ["index.html"]


COUNTS = st.integers(0, 10_000_000)


class TestFlow:
    @given(st.lists(COUNTS, min_size=3, max_size=3), st.dictionaries(st.sampled_from(["a_b", "c", "d"]), COUNTS))
    def test_the_bars_of_a_step_add_up_to_the_rows_it_read(self, counts, excluded):
        kept, quarantined, duplicates = counts
        read = sum(counts) + sum(excluded.values())
        step = a_step(
            "03_accelerometer_landing_to_trusted", rows=rows_of(read, kept, quarantined, duplicates, **excluded)
        )
        svg = flow_svg(lanes_of([step], {}), WIDE)
        (source, *parts) = [float(height) for height in re.findall(r'<rect [^>]*height="([\d.]+)"', svg)]
        drawn = [rows for rows in (kept, *excluded.values(), quarantined, duplicates) if rows]
        assert len(parts) == len(drawn)
        for height, rows in zip(parts, drawn, strict=True):
            assert height == pytest.approx(max(THINNEST, FULL_HEIGHT * rows / read), abs=0.06)
        assert source == pytest.approx(sum(parts) or THINNEST, abs=0.4)

    @pytest.mark.parametrize("frame", [WIDE, NARROW])
    def test_every_branch_is_labelled_with_its_count(self, frame):
        run = the_reference_run()
        run["steps"][1]["rows"] = rows_of(960, 482, 3, 1, no_consent=474)
        svg = flow_svg(lanes_of(run["steps"], run["tables"]), frame)
        labels = ["474 no consent", "3 quarantined", "1 duplicate", "40,292 no consent", "8,956 before consent"]
        for shown in [*labels, "18 no motion data", "43,322 kept rows make 32,025 pairs"]:
            assert f">{shown}</text>" in svg
            assert shown in re.search('aria-label="(.*?)"', svg)[1]

    def test_labels_keep_clear_of_each_other(self):
        excluded = {f"reason_{number}": 10**number for number in range(6)}
        steps = [a_step(rows=rows_of(sum(excluded.values()) + 5, 5, **excluded))]
        svg = flow_svg(lanes_of(steps, {}), WIDE)
        places = [float(y) for y in re.findall(r'<text class="label branch" x="[\d.]+" y="([\d.]+)"', svg)]
        assert all(below - above >= 19.9 for above, below in zip(places, places[1:], strict=False))

    def test_the_table_beneath_tells_the_same_numbers(self, index_of):
        groups = re.findall(r'<tbody class="group">(.*?)</tbody>', index_of(the_reference_run()), re.DOTALL)
        for group in groups:
            read, *parts = [int(rows.replace(",", "")) for rows in re.findall(r'class="num">([\d,]+)</td>', group)]
            assert read == sum(parts)
        assert len(groups) == 5

    def test_rows_that_are_missing_are_drawn_as_unaccounted(self):
        assert ">3 unaccounted</text>" in flow_svg(lanes_of([a_step(rows=rows_of(10, 7))], {}), WIDE)

    def test_a_step_that_did_not_run_is_a_dashed_line(self):
        svg = flow_svg(lanes_of([a_step("06_machine_learning_curated", status="SKIPPED")], {}), WIDE)
        assert 'class="ribbon absent"' in svg
        assert "no rows: 06_machine_learning_curated skipped" in svg

    def test_an_account_off_the_map_gets_a_lane_of_its_own(self):
        lanes = lanes_of([a_step("09_new_source", rows=rows_of(5, 5)), a_step("10_no_rows")], {})
        assert [lane.title for lane in lanes] == ["New source"]


class TestNotebookPage:
    def test_the_kernels_talk_is_folded_and_the_analysis_is_not(self, page_of):
        setup = [printing(CHATTER, source="%glue_version 5.1", tags=[tag]) for tag in ("session", "warm-session")]
        page = page_of(*setup, printing("482 customers\nStatus: fine"))
        assert page.count("<summary>Session log") == 2
        assert re.search(r"<summary>Session log .*?Session ID: 7f0c.*?</details>", page, re.DOTALL)
        assert '<pre class="text" tabindex="0">482 customers\nStatus: fine</pre>' in page

    @pytest.mark.parametrize(
        ("stream", "complaint"),
        [
            ("stderr", "Exception encountered while creating session: no role"),
            ("stdout", "\x1b[31m\x1b[1mFailed to switch, Session: x is not in READY state."),
        ],
    )
    def test_the_kernels_complaints_stay_in_sight(self, page_of, stream, complaint):
        said = [("stdout", CHATTER), (stream, complaint), ("stdout", "more")]
        outputs = [new_output("stream", name=name, text=text) for name, text in said]
        page = page_of(new_code_cell("%reconnect x", outputs=outputs, metadata={"tags": ["warm-session"]}))
        folded = re.search(r"<summary>Session log .*?</details>", page, re.DOTALL)[0]
        assert "Session ID: 7f0c" in folded
        assert "more" in folded
        assert complaint[-15:] not in folded
        assert re.search(rf"{re.escape(complaint[-15:])}(</span>)?</pre>", page)

    def test_code_is_folded_without_any_script_and_a_button_opens_all(self, page_of):
        page = page_of(printing("1", source="spark.sql('<x>')"))
        assert "&lt;x&gt;" in re.search(r'<details class="code fold">.*?</details>', page, re.DOTALL)[0]
        assert 'id="toggle-code"' in page

    def test_set_up_without_a_result_is_one_fold_with_the_parameters(self, page_of):
        page = page_of(
            new_markdown_cell("# Title"),
            printing(CHATTER, tags=["session"]),
            new_code_cell('consent = "at_collection"', metadata={"tags": ["parameters"]}),
            new_code_cell('# Parameters\nconsent = "any_time"', metadata={"tags": ["injected-parameters"]}),
            printing("482 customers"),
            parameters={"consent": "any_time"},
        )
        fold = page[page.index("Set-up and parameters") : page.index("482 customers")]
        assert "3 cells" in fold
        assert "Default parameters" in fold
        assert "<td><code>any_time</code></td>" in fold

    def test_a_table_that_a_cell_hands_over_stands_where_the_cell_printed_it_and_its_values_are_escaped(self, page_of):
        pieces = [new_output("stream", name="stdout", text=text) for text in (SPARK_TABLE[:40], SPARK_TABLE[40:])]
        cell = new_code_cell("show()", outputs=pieces, metadata={"tags": ["table:reasons"]})
        page = page_of(printing("before"), cell, printing("after"), previews={"reasons": TABLE})
        assert page.count("<table>") == 1
        assert page.index(">before</pre>") < page.index("<table>") < page.index(">after</pre>")
        assert '<th scope="col">reason</th><th scope="col" class="num">rows</th>' in page
        assert '<td class="num">32025</td>' in page
        assert "<td>&lt;b&gt;</td>" in page
        assert '<td class="quiet">NULL</td>' in page
        assert "+------+" not in page

    def test_a_table_without_rows_says_so(self, page_of):
        cell = printing("+-+\n|a|\n+-+\n+-+", tags=["table:none"])
        page = page_of(cell, previews={"none": {"columns": ["a"], "rows": []}})
        assert '<caption>no rows</caption><thead><tr><th scope="col">a</th></tr></thead>' in page

    @pytest.mark.parametrize("tags", [[], ["table:another"]])
    def test_a_printed_table_that_is_not_handed_over_stays_text(self, page_of, tags):
        page = page_of(printing(SPARK_TABLE, tags=tags), previews={"reasons": TABLE})
        assert "<table>" not in page
        assert ">+------+------+\n|reason|  rows|\n" in page

    def test_a_cell_that_failed_shows_what_it_said_and_no_table_of_an_earlier_attempt(self, page_of):
        cell = printing("KeyError: x", tags=["table:reasons"], papermill={"exception": True})
        assert ">KeyError: x</pre>" in page_of(cell, status="FAILED", previews={"reasons": TABLE})

    def test_the_profile_of_the_curated_table_is_such_a_table(self, page_of):
        column = {"type": "double", "rows": 32025, "missing": 0, "different": 3, "least": -1.0, "median": 0.0}
        columns = [{"column": "x"} | column | {"mean": -0.00452341, "most": 1.5}]
        columns += [{"column": "id"} | dict.fromkeys(columns[0].keys() - {"column"})]
        page = page_of(printing("x 32025", tags=["table:profile_machine_learning_curated"]), columns=columns)
        assert '<td>x</td><td>double</td><td class="num">32,025</td>' in page
        assert '<td class="num">-0.00452341</td><td class="num">1.5</td></tr>' in page
        assert '<td>id</td><td class="quiet">–</td>' in page

    def test_a_pandas_table_loses_what_could_act(self, page_of):
        html = (
            "<style scoped>td {}</style><table border='1'><thead><tr><th>n</th></tr></thead>"
            "<tbody><tr><th>0</th><td onclick='x()'>1<script>x()</script><img src=http://a.b></td></tr></tbody></table>"
        )
        assert (
            '<table><thead><tr><th scope="col">n</th></tr></thead>'
            '<tbody><tr><th scope="row">0</th><td>1</td></tr></tbody></table>'
        ) in page_of(giving(data=html))

    def test_html_that_is_no_table_gives_way_to_text(self, page_of):
        page = page_of(giving(data="<iframe src=x></iframe>"))
        assert "iframe" not in page
        assert ">plain</pre>" in page

    def test_narrative_carries_no_markup_of_its_own(self, page_of):
        page = page_of(new_markdown_cell("<img src=x onerror=y()> [go](javascript:alert(1)) *fine*"))
        assert "<img" not in page
        assert "javascript:" not in page
        assert "<em>fine</em>" in page

    def test_terminal_colours_become_classes_and_progress_shows_its_last_state(self, page_of):
        page = page_of(printing("[Stage 1]\r[Stage 2]\r\x1b[31m<b>red</b>\x1b[0m\n"))
        assert '<span class="ansi-red-fg">&lt;b&gt;red&lt;/b&gt;</span></pre>' in page
        assert "Stage" not in page
        assert "\x1b" not in page

    def test_a_figure_is_named_after_its_heading_or_by_itself(self, page_of):
        figure = new_output("display_data", data={"image/png": PIXEL})
        named = new_output("display_data", data={"image/png": PIXEL}, metadata={"alt": "Distances"})
        page = page_of(new_markdown_cell("# A\n\n## Motion"), new_code_cell("plot()", outputs=[figure, named]))
        assert [image["alt"] for image in PageReader(page).named("img")] == ["Figure: Motion", "Distances"]

    def test_an_error_is_shown_at_its_cell_and_papermills_banner_is_gone(self, page_of):
        error = new_output("error", ename="ValueError", evalue="bad", traceback=["\x1b[31mValueError\x1b[0m: b<d"])
        banner = new_markdown_cell("<span>An Exception</span>", metadata={"tags": ["papermill-error-cell-tag"]})
        later = new_code_cell("later()", metadata={"papermill": {"status": "pending"}})
        page = page_of(banner, new_code_cell("1/0", outputs=[error]), later, status="FAILED", reason="bad")
        assert "An Exception" not in page
        assert '<div class="cell failed" id="error">' in page
        assert ": b&lt;d</pre>" in page
        assert "not run" in page

    def test_a_glue_error_is_the_last_text_of_the_cell_that_papermill_marked(self, page_of):
        cell = printing("KeyError: x", papermill={"exception": True, "status": "failed"})
        page = page_of(cell, status="FAILED")
        assert '<div class="cell failed" id="error">' in page
        assert '<pre class="error" tabindex="0">KeyError: x</pre>' in page


class TestEveryPage:
    @pytest.fixture
    def pages(self, tmp_path) -> dict[Path, str]:
        """A failed run of two notebooks that hold a bit of everything, an error that quotes a person's line too."""
        figure = new_output("display_data", data={"image/png": PIXEL, "text/plain": "<Figure>"})
        notebooks = {"01_landing_tables": tmp_path / "1.ipynb", STEP: tmp_path / "2.ipynb"}
        title = new_markdown_cell("# Customers\n\nText with `code`.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n## More")
        cells = [
            title,
            printing(CHATTER, tags=["session"]),
            printing(SPARK_TABLE, tags=["table:reasons"]),
            new_code_cell("plot()", outputs=[figure]),
        ]
        nbformat.write(new_notebook(cells=cells), notebooks["01_landing_tables"])
        nbformat.write(new_notebook(cells=[printing(LOST_LINE, papermill={"exception": True})]), notebooks[STEP])
        steps = [
            a_step("01_landing_tables", rows=rows_of(3, 2, no_consent=1)),
            a_step(status="FAILED", reason=LOST_LINE),
        ]
        write_run_report(a_run(*steps, status="FAILED", previews={"reasons": TABLE}), notebooks, tmp_path / "run")
        return {page: page.read_text("utf-8") for page in (tmp_path / "run").iterdir()}

    def test_it_needs_nothing_from_outside_and_its_links_lead_somewhere(self, pages):
        assert_links_resolve(pages)

    def test_its_policy_admits_its_own_script_alone(self, pages):
        for text in pages.values():
            metas = PageReader(text).named("meta")
            policy = next(meta["content"] for meta in metas if meta.get("http-equiv") == "Content-Security-Policy")
            (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            assert policy.startswith("default-src 'none'; img-src data:; ")
            assert f"script-src 'sha256-{digest}'" in policy

    def test_it_can_be_read_by_ear_and_on_a_phone(self, pages):
        for text in pages.values():
            reader = PageReader(text)
            assert (reader.torn, reader.open) == ([], [])
            assert len(reader.ids) == len(set(reader.ids))
            assert reader.named("html") == [{"lang": "en"}]
            assert any(meta.get("name") == "viewport" for meta in reader.named("meta"))
            assert re.search(r"<title>[^<]+</title>", text)
            levels = [int(tag[1]) for tag, _ in reader.tags if re.fullmatch("h[1-6]", tag)]
            assert levels.count(1) == 1
            assert levels[0] == 1
            assert all(below - above <= 1 for above, below in zip(levels, levels[1:], strict=False))
            assert all(image["alt"] for image in reader.named("img"))

    def test_it_names_nobody(self, pages):
        for text in pages.values():
            assert [word for word in IDENTITY if word in text] == []

    def test_a_page_leads_to_the_notebooks_before_and_behind(self, pages):
        texts = {page.stem: text for page, text in pages.items()}
        assert f'href="{STEP}.html" rel="next"' in texts["01_landing_tables"]
        assert 'href="01_landing_tables.html" rel="prev"' in texts[STEP]


class TestExample:
    """The report that is committed under reports/example."""

    @pytest.fixture
    def pages(self) -> dict[Path, str]:
        return {page: page.read_text("utf-8") for page in (PROJECT / "reports" / "example").glob("*.html")}

    def test_it_is_whole_and_small(self, pages):
        assert_links_resolve({page: text for page, text in pages.items() if page.suffix == ".html"})
        assert sum(len(text) for text in pages.values()) < 2_000_000

    def test_it_tells_nothing_of_the_machine_it_was_made_on(self, pages):
        found = [re.search(r"/(?:work|tmp|root|opt|home|Users)/", text) for text in pages.values()]
        assert found == [None] * len(pages)

    def test_it_names_none_of_the_samples_people(self, pages):
        everything = "\n".join(pages.values())
        people = identities_of(PROJECT / "data_samples" / "customer" / "landing")
        assert len(people) > 100
        assert [value for value in people if value in everything] == []


def identities_of(landing: Path) -> set[str]:
    """Every name, address, phone, birthday and serial in the landing files."""
    found = set()
    for path in (path for path in landing.rglob("*") if path.is_file()):
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = content.decode("utf-8-sig")
        for field in ("customerName", "email", "phone", "birthDay", "serialNumber"):
            found |= {value.strip() for value in re.findall(rf'"{field}": "([^"]*)"', text)}
    return {value for value in found if len(value) > 5}


def assert_links_resolve(pages: dict[Path, str]) -> None:
    readers = {page.name: PageReader(text) for page, text in pages.items()}
    pictures = {path.name for page in pages for path in page.parent.glob("*.png")}
    for page, reader in readers.items():
        for link in (link for link in reader.links if not link.startswith("data:image/")):
            name, _, anchor = link.partition("#")
            assert (name or page) in readers.keys() | pictures, link
            assert not anchor or anchor in readers[name or page].ids, link


class TestMasking:
    @pytest.mark.parametrize("text", ["482 customers", "2022-06-18 14:52:07.043", "1655564444103", "part-00004", "a@b"])
    def test_what_is_no_identity_stays(self, text):
        assert mask_identity_text(text) == text

    def test_it_reads_html_and_python_too(self):
        assert mask_identity_text("Row(user='ada', email=&#34;x&#34;)") == "Row(user='•••', email=&#34;•••&#34;)"


class TestFormatting:
    @pytest.mark.parametrize(("seconds", "text"), [(None, "–"), (59.96, "1 min 00 s"), (3720, "1 h 02 min")])
    def test_durations(self, seconds, text):
        assert duration_text(seconds) == text

    @pytest.mark.parametrize(("part", "text"), [(0, "0.0 %"), (1, "< 0.1 %"), (9999999, "> 99.9 %")])
    def test_a_share_never_rounds_rows_away(self, part, text):
        assert share_text(part, 10_000_000) == text

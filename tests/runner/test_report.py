"""The HTML reports: what a reader meets after each run."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from runner.report.accounting import account_of
from runner.report.ascii_table import AsciiTable, split_tables
from runner.report.flow import lanes_of
from runner.report.flow_picture import FULL_HEIGHT, NARROW, WIDE, flow_svg
from runner.report.markdown import markdown_to_html
from runner.report.outputs import read_outputs
from runner.report.parameters import read_parameters
from runner.report.session_log import part_session_log
from runner.report.site import write_run_report
from runner.report.wording import duration_text, share_text

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

CHATTER = """Welcome to the Glue Interactive Sessions Kernel
For more information on available magic commands, please type %help in any new cell.

Please view our Getting Started page to access the most up-to-date information on the Interactive Sessions kernel: x
Installed kernel version: 1.0.9
Setting Glue version to: 5.1
Previous worker type: None
Setting new worker type to: G.1X
Current idle_timeout is None minutes.
idle_timeout has been set to 15 minutes.
"""

SESSION = """Trying to create a Glue session for the kernel.
Session Type: glueetl
Worker Type: G.1X
Number of Workers: 2
Idle Timeout: 15
Session ID: 7f0c
Applying the following default arguments:
--glue_kernel_version 1.0.9
--enable-glue-datacatalog true
Waiting for session 7f0c to get into ready status...
Session 7f0c has been created.

"""

SPARK_TABLE = """+-----------+------+
|     reason|  rows|
+-----------+------+
|       kept|32,025|
| no_consent|40,292|
|   <script>|  NULL|
+-----------+------+
only showing top 3 rows
"""

CELL_TEXTS = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=8)


def a_step(name, status="SUCCEEDED", rows=None, **more):
    return {"name": name, "status": status, "seconds": 4.2, "notebook": None, "report": None, "rows": rows, **more}


def rows_of(read, kept, quarantined=0, duplicates=0, **excluded):
    return {
        "read": read,
        "kept": kept,
        "excluded": excluded,
        "quarantined": quarantined,
        "duplicates": duplicates,
    }


def a_run(*steps, status="SUCCEEDED", tables=None):
    return {
        "run_id": "20261123T235444Z",
        "profile": "stedi-local",
        "status": status,
        "started": "2026-11-23T23:54:44Z",
        "ended": "2026-11-23T23:55:40Z",
        "parameters": {"consent": "at_collection", "match": "customer_and_time"},
        "steps": list(steps),
        "tables": tables if tables is not None else {"customer_trusted": 482},
    }


def the_reference_run():
    return a_run(
        a_step("01_landing_tables"),
        a_step("02_customer_landing_to_trusted", rows=rows_of(956, 482, no_consent=474)),
        a_step(
            "03_accelerometer_landing_to_trusted",
            rows=rows_of(81273, 32025, no_consent=40292, before_consent=8956),
        ),
        a_step("04_customer_trusted_to_curated", rows=rows_of(482, 464, no_motion_data=18)),
        a_step("05_step_trainer_landing_to_trusted", rows=rows_of(28680, 11297, no_consent=14220, before_consent=3163)),
        a_step("06_machine_learning_curated", rows=rows_of(32025, 32025)),
        a_step("07_athena_checks"),
        a_step("08_explore_curated"),
        tables={"customer_trusted": 482, "accelerometer_trusted": 32025, "machine_learning_curated": 32025},
    )


def a_notebook(*cells):
    return new_notebook(cells=list(cells), metadata={"kernelspec": {"name": "glue_pyspark", "display_name": "Glue"}})


def stdout(text):
    return new_output("stream", name="stdout", text=text)


def printing(text, source="show()", **metadata):
    return new_code_cell(source, outputs=[stdout(text)], metadata=metadata)


@pytest.fixture
def report(tmp_path):
    """Write the report of one step with one notebook; gives the notebook's page as text."""

    def write(*cells, status="SUCCEEDED", **step):
        source = tmp_path / "executed.ipynb"
        nbformat.write(a_notebook(*cells), source)
        run = a_run(a_step("02_customer_landing_to_trusted", status=status, **step), status=status)
        index = write_run_report(run, {"02_customer_landing_to_trusted": source}, tmp_path / "report")
        return index.with_name("02_customer_landing_to_trusted.html").read_text("utf-8")

    return write


class PageReader(HTMLParser):
    """Collects tags, identifiers and links of a page, and whether its tags close in order."""

    VOID = {"meta", "link", "br", "wbr", "img", "hr", "input"}

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.links, self.open, self.torn = [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if "id" in attributes:
            self.ids.append(attributes["id"])
        self.links += [attributes[key] for key in ("href", "src") if key in attributes]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.torn.append(tag)


class TestAccount:
    def test_it_balances_when_every_row_has_a_way(self):
        assert account_of(rows_of(10, 5, 1, 1, no_consent=3)).balanced

    def test_it_names_the_rows_that_no_way_accounts_for(self):
        account = account_of(rows_of(10, 5))
        assert (account.balanced, account.gap) == (False, 5)
        assert account.branches()[-1].kind == "unaccounted"

    def test_a_missing_part_is_not_a_zero(self):
        with pytest.raises(KeyError):
            account_of({"read": 1, "kept": 1})

    def test_a_step_without_accounting_has_none(self):
        assert account_of(None) is None


class TestSparkTables:
    def test_a_table_is_read_with_its_note(self):
        (table,) = split_tables(SPARK_TABLE)
        assert table.header == ["reason", "rows"]
        assert table.rows[0] == ["kept", "32,025"]
        assert table.note == "only showing top 3 rows"
        assert table.numeric_columns == [False, True]

    def test_text_around_a_table_stays_text(self):
        before, table, after = split_tables("before\n+-+\n|a|\n+-+\n|1|\n+-+\nafter\n")
        assert (before, table.rows, after.strip()) == ("before", [["1"]], "after")

    def test_a_bar_inside_a_value_stays_in_it(self):
        (table,) = split_tables("+----+-+\n|   a|b|\n+----+-+\n|x|y |1|\n+----+-+\n")
        assert table.rows == [["x|y", "1"]]

    def test_full_width_characters_do_not_shift_cells(self):
        (table,) = split_tables("+----+-+\n|   a|b|\n+----+-+\n|漢字|1|\n+----+-+\n")
        assert table.rows == [["漢字", "1"]]

    def test_a_table_without_rows_is_a_table(self):
        (table,) = split_tables("+-+\n|a|\n+-+\n+-+\n")
        assert (table.header, table.rows) == (["a"], [])

    @pytest.mark.parametrize(
        "text",
        ["+-+\n|a|\n+-+\n|1|", "+-+\n|a|\n|b|\n+-+\n|1|\n+-+", "+-+\nnot a row\n+-+\n+-+", "+-+\n+-+\n+-+", "a + b"],
    )
    def test_what_is_no_whole_table_stays_text(self, text):
        assert list(split_tables(text)) == [text]

    @given(st.lists(st.tuples(CELL_TEXTS, CELL_TEXTS), max_size=5))
    def test_what_spark_prints_is_read_back(self, rows):
        header = ("first", "second")
        widths = [max(len(row[at]) for row in [header, *rows]) for at in (0, 1)]
        rule = "+" + "+".join("-" * width for width in widths) + "+"
        lines = [f"|{one.rjust(widths[0])}|{two.rjust(widths[1])}|" for one, two in [header, *rows]]
        (table,) = split_tables("\n".join([rule, lines[0], rule, *lines[1:], rule]))
        assert table == AsciiTable(list(header), [list(row) for row in rows])


class TestSessionLog:
    def test_the_kernels_talk_is_told_apart_from_the_analysis(self):
        parted = part_session_log(CHATTER + SESSION + "482 customers\n")
        assert parted.text.strip() == "482 customers"
        assert "Session ID: 7f0c" in parted.log
        assert "--enable-glue-datacatalog true" in parted.log

    def test_lines_like_the_kernels_are_kept_where_the_kernel_did_not_speak(self):
        text = "Status: fine\nTimeout: 3\n--flag yes"
        assert part_session_log(text).text == text

    @pytest.mark.parametrize(
        "complaint",
        [
            "Exception encountered while creating session: no role",
            "Session failed to reach READY instead reaching terminal state FAILED.",
        ],
    )
    def test_the_kernels_complaints_stay_in_sight(self, complaint):
        assert complaint in part_session_log(SESSION + complaint).text


class TestParameters:
    def test_plain_assignments_are_read(self):
        found = read_parameters('# Parameters\nconsent = "at_collection"\nlimit: int = 5\nnames = ["a"]\nempty = ""')
        assert found == [("consent", "at_collection"), ("limit", "5"), ("names", "['a']"), ("empty", "(empty)")]

    @pytest.mark.parametrize("source", ["import os", "a, b = 1, 2", "not python at all", "a = 1\nprint(a)"])
    def test_anything_else_is_left_to_the_code(self, source):
        assert read_parameters(source) == []


class TestOutputs:
    def test_pieces_of_one_stream_are_one_table(self):
        seen = read_outputs([stdout("+-+\n|a|\n+-+\n"), stdout("|1|\n+-+\n")], "topic")
        assert [block.kind for block in seen.blocks] == ["table"]

    def test_a_progress_bar_shows_its_last_state(self):
        (block,) = read_outputs([stdout("[Stage 1]\r[Stage 2]\rdone\n")], "topic").blocks
        assert block.html == "done"

    def test_ansi_colours_become_classes_and_text_is_escaped(self):
        (block,) = read_outputs([stdout("\x1b[31m<b>red</b>\x1b[0m\n")], "topic").blocks
        assert block.html == '<span class="ansi-red-fg">&lt;b&gt;red&lt;/b&gt;</span>'

    def test_a_picture_is_named_after_its_heading_or_by_itself(self):
        picture = new_output("display_data", data={"image/png": PIXEL})
        assert read_outputs([picture], "Motion").blocks[0].alt == "Picture: Motion"
        picture.metadata["alt"] = "Distances"
        assert read_outputs([picture], "Motion").blocks[0].alt == "Distances"

    def test_an_svg_picture_can_run_nothing(self):
        picture = new_output("display_data", data={"image/svg+xml": "<svg onload='x()'/>"})
        (block,) = read_outputs([picture], "topic").blocks
        assert base64.b64decode(block.uri.removeprefix("data:image/svg+xml;base64,")) == b"<svg onload='x()'/>"

    def test_a_pandas_table_loses_what_could_act(self):
        html = (
            "<style scoped>td {}</style><table border='1'><thead><tr><th>n</th></tr></thead>"
            "<tbody><tr><th>0</th><td onclick='x()'>1<script>x()</script><img src=http://a.b></td></tr></tbody></table>"
        )
        (block,) = read_outputs([new_output("execute_result", data={"text/html": html})], "topic").blocks
        assert block.html == (
            '<table><thead><tr><th scope="col">n</th></tr></thead>'
            '<tbody><tr><th scope="row">0</th><td>1</td></tr></tbody></table>'
        )

    def test_html_that_is_no_table_gives_way_to_text(self):
        data = {"text/html": "<iframe src=x></iframe>", "text/plain": "Figure()"}
        (block,) = read_outputs([new_output("execute_result", data=data)], "topic").blocks
        assert (block.kind, block.html) == ("text", "Figure()")

    def test_an_error_without_traceback_shows_name_and_value(self):
        (block,) = read_outputs([new_output("error", ename="E", evalue="a<b", traceback=[])], "topic").blocks
        assert block.html == "E: a&lt;b"


class TestMarkdown:
    def test_raw_html_is_text_and_scripts_have_no_link(self):
        html = markdown_to_html("<img src=x onerror=y()> [go](javascript:alert(1)) *fine*")
        assert "<img" not in html
        assert "javascript:" not in html
        assert "<em>fine</em>" in html


class TestFlowPicture:
    def test_each_source_has_a_lane_and_its_own_scale(self):
        lanes = lanes_of(the_reference_run()["steps"], {})
        assert [lane.title for lane in lanes] == ["Customers", "Accelerometer", "Step trainer", "Machine learning"]
        assert [lane.most_rows for lane in lanes] == [956, 81273, 28680, 32025]

    @pytest.mark.parametrize("frame", [WIDE, NARROW])
    def test_every_branch_is_drawn_with_its_count(self, frame):
        svg = flow_svg(lanes_of(the_reference_run()["steps"], {}), frame)
        for shown in ("474 no consent", "40,292 no consent", "8,956 before consent", "18 no motion data"):
            assert f">{shown}</text>" in svg

    def test_three_rows_beside_eight_million_are_still_drawn(self):
        steps = [a_step("03_accelerometer_landing_to_trusted", rows=rows_of(8_100_003, 8_100_000, quarantined=3))]
        svg = flow_svg(lanes_of(steps, {}), WIDE)
        assert ">3 quarantined</text>" in svg
        assert max(float(height) for height in re.findall(r'<rect [^>]*height="([\d.]+)"', svg)) <= FULL_HEIGHT + 2

    def test_rows_that_are_missing_are_drawn_as_unaccounted(self):
        svg = flow_svg(lanes_of([a_step("02_customer_landing_to_trusted", rows=rows_of(10, 7))], {}), WIDE)
        assert ">3 unaccounted</text>" in svg

    def test_a_step_that_did_not_run_is_a_dashed_line(self):
        svg = flow_svg(lanes_of([a_step("06_machine_learning_curated", status="SKIPPED")], {}), WIDE)
        assert 'class="ribbon absent"' in svg
        assert "no rows: 06_machine_learning_curated skipped" in svg

    def test_an_account_off_the_map_gets_a_lane_of_its_own(self):
        lanes = lanes_of([a_step("09_new_source", rows=rows_of(5, 5)), a_step("10_no_rows")], {})
        assert [lane.title for lane in lanes] == ["New source"]

    def test_a_step_that_read_nothing_can_be_drawn(self):
        assert "<svg" in flow_svg(lanes_of([a_step("02_customer_landing_to_trusted", rows=rows_of(0, 0))], {}), WIDE)


class TestRunPage:
    def test_it_tells_the_whole_run(self, tmp_path):
        page = write_run_report(the_reference_run(), {}, tmp_path / "deep" / "report").read_text("utf-8")
        assert "<title>Succeeded: run 20261123T235444Z" in page
        assert "56.0 s" in page
        assert page.count("✓ yes") == 5
        assert "at_collection" in page

    def test_a_failure_stands_on_top_and_leads_to_the_error(self, tmp_path):
        source = tmp_path / "n.ipynb"
        nbformat.write(a_notebook(new_code_cell("1/0")), source)
        step = a_step("02_customer_landing_to_trusted", status="FAILED", reason="audit <keys> failed")
        index = write_run_report(a_run(step, status="FAILED"), {step["name"]: source}, tmp_path / "r")
        page = index.read_text("utf-8")
        assert "audit &lt;keys&gt; failed" in page
        assert 'href="02_customer_landing_to_trusted.html#error"' in page
        assert 'id="error"' in (tmp_path / "r" / "02_customer_landing_to_trusted.html").read_text("utf-8")

    def test_a_step_that_does_not_add_up_is_crossed(self, tmp_path):
        run = a_run(a_step("02_customer_landing_to_trusted", rows=rows_of(10, 12)))
        page = write_run_report(run, {}, tmp_path).read_text("utf-8")
        assert "✕ off by 2" in page
        assert "does not add up" in page

    @pytest.mark.parametrize("content", [None, "", '{"cells": [', "[]", '{"nbformat": 4}'])
    def test_a_notebook_that_cannot_be_read_costs_only_its_own_page(self, tmp_path, content):
        source = tmp_path / "n.ipynb"
        if content is not None:
            source.write_text(content, "utf-8")
        index = write_run_report(a_run(a_step("01_landing_tables")), {"01_landing_tables": source}, tmp_path / "r")
        page = index.read_text("utf-8")
        assert "no executed notebook" in page or "damaged" in page
        assert [path.name for path in index.parent.iterdir()] == ["index.html"]

    def test_values_are_text_and_never_markup(self, tmp_path):
        hostile = "<script>x()</script>"
        step = a_step("02_customer_landing_to_trusted", rows=rows_of(3, 2, **{hostile: 1}), reason=hostile)
        run = {**a_run(step, tables={hostile: 1}), "parameters": {hostile: hostile}, "profile": hostile}
        page = write_run_report(run, {}, tmp_path).read_text("utf-8")
        assert hostile not in page
        assert "no notebook page" in page

    def test_a_cancelled_run_without_steps_is_a_page(self, tmp_path):
        run = {**a_run(status="CANCELLED", tables={}), "ended": None, "parameters": {}}
        assert "cancelled" in write_run_report(run, {}, tmp_path).read_text("utf-8")


class TestNotebookPage:
    def test_the_kernels_talk_is_folded_and_the_analysis_is_not(self, report):
        page = report(printing(CHATTER + SESSION + "482 customers", source="%glue_version 5.1"))
        assert re.search(r"<summary>Session log .*?Welcome to the Glue.*?</details>", page, re.DOTALL)
        assert '<pre class="text" tabindex="0">482 customers</pre>' in page

    def test_a_spark_table_is_a_table_and_its_values_are_escaped(self, report):
        page = report(printing("+--------+\n|       a|\n+--------+\n|<script>|\n+--------+\n"))
        assert '<th scope="col">a</th>' in page
        assert "<td>&lt;script&gt;</td>" in page

    def test_code_is_folded_without_any_script(self, report):
        page = report(printing("1", source="spark.sql('<x>')"))
        details = re.search(r'<details class="code fold">.*?</details>', page, re.DOTALL)[0]
        assert "&lt;x&gt;" in details

    def test_parameters_of_the_run_are_a_table(self, report):
        page = report(
            printing("", source='consent = "at_collection"', tags=["parameters"]),
            printing("", source='# Parameters\nconsent = "any_time"', tags=["injected-parameters"]),
        )
        assert "Parameters set for this run" in page
        assert "<td><code>any_time</code></td>" in page
        assert "Default parameters" in page

    def test_the_cell_that_failed_is_the_anchor_and_papermills_banner_is_gone(self, report):
        error = new_output("error", ename="ValueError", evalue="bad", traceback=["\x1b[31mValueError\x1b[0m: bad"])
        banner = new_markdown_cell("<span>An Exception</span>", metadata={"tags": ["papermill-error-cell-tag"]})
        page = report(banner, new_code_cell("1/0", outputs=[error]), status="FAILED", reason="bad")
        assert "An Exception" not in page
        assert '<section class="cell failed" id="error"' in page
        assert PageReader(page).ids.count("error") == 1

    def test_a_glue_error_has_only_papermills_mark(self, report):
        page = report(printing("KeyError: x", papermill={"exception": True, "status": "failed"}), status="FAILED")
        assert '<section class="cell failed" id="error"' in page

    def test_cells_after_the_failure_are_marked(self, report):
        assert "not run" in report(new_code_cell("later()", metadata={"papermill": {"status": "pending"}}))

    def test_a_notebook_without_title_is_named_after_its_step(self, report):
        assert PageReader(report(printing("1"))).tags.count(("h1", {})) == 1


class TestEveryPage:
    @pytest.fixture
    def pages(self, report, tmp_path) -> list[Path]:
        picture = new_output("display_data", data={"image/png": PIXEL, "text/plain": "<Figure>"})
        report(
            new_markdown_cell("# Customers\n\nText with `code`.\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
            printing(CHATTER + SESSION + SPARK_TABLE),
            new_code_cell("plot()", outputs=[picture]),
        )
        return sorted((tmp_path / "report").glob("*.html"))

    def test_it_needs_nothing_from_outside(self, pages):
        for page in pages:
            links = PageReader(page.read_text("utf-8")).links
            assert [link for link in links if not re.match(r"#|data:image/|[\w.#-]+$", link)] == []

    def test_its_links_lead_somewhere(self, pages):
        for page in pages:
            for link in PageReader(page.read_text("utf-8")).links:
                name, _, anchor = link.partition("#")
                if link.startswith("data:"):
                    continue
                target = page.with_name(name) if name else page
                assert not anchor or anchor in PageReader(target.read_text("utf-8")).ids

    def test_its_tags_close_in_order_and_its_headings_begin_with_one_h1(self, pages):
        for page in pages:
            reader = PageReader(page.read_text("utf-8"))
            assert (reader.torn, reader.open) == ([], [])
            assert len([tag for tag, _ in reader.tags if tag == "h1"]) == 1

    def test_its_policy_admits_its_own_script_alone(self, pages):
        for page in pages:
            text = page.read_text("utf-8")
            metas = [attributes for tag, attributes in PageReader(text).tags if tag == "meta"]
            policy = next(meta["content"] for meta in metas if meta.get("http-equiv") == "Content-Security-Policy")
            (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            assert policy.startswith("default-src 'none'; img-src data:; ")
            assert f"script-src 'sha256-{digest}'" in policy

    def test_its_pictures_have_alternative_texts(self, pages):
        for page in pages:
            images = [attributes for tag, attributes in PageReader(page.read_text("utf-8")).tags if tag == "img"]
            assert all(image["alt"] for image in images)


class TestWriting:
    def test_a_second_report_replaces_the_first_and_leaves_no_draft(self, tmp_path):
        write_run_report(a_run(), {}, tmp_path)
        write_run_report(a_run(status="FAILED"), {}, tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
        assert "failed" in (tmp_path / "index.html").read_text("utf-8")


class TestWording:
    @pytest.mark.parametrize(("seconds", "text"), [(None, "–"), (59.96, "1 min 00 s"), (3720, "1 h 02 min")])
    def test_durations(self, seconds, text):
        assert duration_text(seconds) == text

    @pytest.mark.parametrize(("part", "text"), [(0, "0.0 %"), (1, "< 0.1 %"), (9999999, "> 99.9 %")])
    def test_a_share_never_rounds_rows_away(self, part, text):
        assert share_text(part, 10_000_000) == text

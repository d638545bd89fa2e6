"""What says something of a table elsewhere is held against its declaration."""

import re

import pytest

from helpers.settings import Settings
from helpers.tables import CURATED, IDENTITY, LANDING, SHOWN, TABLES, TRUSTED, VERSIONED
from runner.paths import NOTEBOOKS, PROJECT, SQL
from runner.pipeline.parameters import tagged_cell
from runner.pipeline.steps import STEPS

RULESETS = PROJECT / "helpers" / "publishing" / "rulesets"
DESIGN = (PROJECT / "docs" / "design.md").read_text("utf-8")


@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if table.zone == LANDING])
def test_the_ddl_of_a_landing_table_has_its_columns_and_its_location(name):
    ddl = (SQL / f"{name}_table.sql").read_text("utf-8")
    assert re.findall(r"^ +`(\w+)` (\w+)", ddl, re.MULTILINE) == [(c.name, c.type) for c in TABLES[name].columns]
    assert f"LOCATION 's3://${{bucket}}/{TABLES[name].prefix}'" in ddl


@pytest.mark.parametrize("name", VERSIONED)
def test_a_ruleset_asks_for_columns_that_the_table_has(name):
    rules = (RULESETS / f"{TABLES[name].ruleset}.dqdl").read_text("utf-8")
    assert "RowCount = ${kept}" in rules
    assert set(re.findall(r'(?:IsComplete|IsUnique|ColumnValues) "(\w+)"', rules)) <= set(TABLES[name].names)
    assert set(re.findall(r'IsUnique "(\w+)"', rules)) == set(TABLES[name].key)
    for table, column in re.findall(r'ReferentialIntegrity "\w+" "(\w+)\.(\w+)"', rules):
        assert column in TABLES[table].names


@pytest.mark.parametrize("name", TABLES)
def test_the_design_says_where_a_table_is_and_what_a_row_is(name):
    table = TABLES[name]
    if name.startswith("quarantine_"):
        assert name in DESIGN
        return
    (line,) = re.findall(rf"^\| {name} \|.*$", DESIGN, re.MULTILINE)
    assert line.split(" | ")[1:3] == [table.prefix, table.grain]
    for column in table.names:
        assert re.search(rf"\b{column}\b", line) or "as customer_trusted" in line or "the landing columns" in line


@pytest.mark.parametrize("name", TABLES)
def test_a_notebook_names_the_tables_that_it_writes(name):
    step = TABLES[name].step
    assert name in STEPS[step].writes
    if not name.startswith("quarantine_"):
        assert name in (NOTEBOOKS / f"{step}.ipynb").read_text("utf-8")


@pytest.mark.parametrize("step", STEPS)
def test_a_notebook_names_the_tables_that_it_reads(step):
    text = (NOTEBOOKS / f"{step}.ipynb").read_text("utf-8")
    missing = {table for table in STEPS[step].reads if f"`{table}`" not in text}
    assert not missing or "*Reads* every table" in text


def test_no_column_is_both_shown_and_hidden():
    assert not IDENTITY & SHOWN
    assert {"email", "user", "serialnumber", "customername", "phone", "birthday", "record"} <= IDENTITY
    assert [name for name, table in TABLES.items() if table.for_research] == ["machine_learning_curated"]


def test_every_person_and_key_is_a_column():
    for table in TABLES.values():
        assert {table.person, *table.key} - {""} <= set(table.names)
    places = [Settings(bucket="lake", database="stedi").location(name) for name in TABLES]
    assert len(set(places)) == len(places)


def test_parameters_stand_in_the_cell_that_papermill_finds():
    assert all("bucket = " in tagged_cell(step, "parameters") for step in STEPS)


def test_the_zones_hold_the_tables_of_the_design():
    assert {name for name, table in TABLES.items() if table.zone in (TRUSTED, CURATED)} == {
        "customer_trusted",
        "accelerometer_trusted",
        "customers_curated",
        "step_trainer_trusted",
        "machine_learning_curated",
    }

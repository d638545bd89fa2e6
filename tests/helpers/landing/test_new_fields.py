"""New fields of a source flow into its table, and none of them is lost."""

import json

import pytest

from helpers.landing.contract import CONTRACTS
from helpers.landing.new_fields import MOST, NewFields, find_new_fields, inferred_types, name_columns


@pytest.fixture
def found(landing):
    """A function that lands objects and returns their new fields, and the rows of those columns."""

    def find(*objects, inferred=None):
        rows = landing("customer", *objects)
        fields = find_new_fields(rows, inferred or {}, CONTRACTS["customer"].fields)
        return fields, [row.asDict() for row in rows.select(*fields.columns()).collect()]

    return find


@pytest.mark.parametrize(
    ("sources", "columns"),
    [
        (["step count", "step.count"], ["step_count", "step_count_2"]),
        (["Battery", "battery"], ["Battery", "battery_2"]),
        (["", "Serialnumber_2", "serialNumber"], ["unnamed", "Serialnumber_2", "serialNumber_3"]),
        (["a.b", "a_b", "a_b_2"], ["a_b", "a_b_2", "a_b_2_2"]),
        (["größe", "日本"], ["größe", "日本"]),
        (["x" * 300, "x" * 301], ["x" * 200, "x" * 200 + "_2"]),
        (["tab\there", "\x00"], ["tab_here", "_"]),
    ],
)
def test_each_field_has_a_column_of_its_own(sources, columns):
    assert list(name_columns(sources, ["serialNumber"]).values()) == columns


def test_fields_that_fall_together_keep_their_values(found):
    fields, rows = found({"step count": 1, "step.count": 2, "Battery": 3, "battery": None, "": "x"})
    assert rows == [{"Battery": 3, "battery_2": None, "step_count": 1, "step_count_2": 2, "unnamed": "x"}]
    assert str(fields).startswith("new fields: unnamed (string), Battery (bigint)")


WORKING = "outcome moving copies reason file line known joins run_id regular record records text broken extra given"


def test_fields_may_be_called_what_working_columns_are(found):
    sent = {name: f"source's {name}" for name in [*WORKING.split(), "given email", "latest", "ambiguous", "customer"]}
    fields, rows = found(sent)
    assert {field.source: rows[0][field.column] for field in fields.fields} == sent


def test_a_new_field_keeps_its_inferred_type_only_if_no_value_is_lost(found):
    inferred = {"n": "int", "v": "int", "d": "double", "b": "boolean", "wide": "double", "part": "long"}
    fields, rows = found(
        {"n": 1, "v": 5, "d": 1, "b": True, "wide": 12345678901234567890, "part": 1},
        {"n": "2", "v": "five", "d": 2.5, "b": False, "part": 1.5},
        inferred=inferred,
    )
    assert {field.column: field.type for field in fields.fields} == {
        "b": "boolean",
        "d": "double",
        "n": "bigint",
        "part": "string",
        "v": "string",
        "wide": "string",
    }
    assert [row["wide"] for row in rows] == ["12345678901234567890", None]


def test_where_nothing_was_inferred_the_values_decide_and_a_text_stays_text(found):
    """Glue's reader stopped at a broken line, read the first lines only, or saw whole numbers beside fractions."""
    fields, rows = found(
        {
            "n": 1,
            "d": 1,
            "b": True,
            "text": "1.0",
            "mixed": 1,
            "wide": 2**63 - 1,
            "wider": 2**63,
            "exact": 12345678901234567890.5,
        },
        {
            "n": -2,
            "d": 2.5,
            "b": None,
            "text": "2",
            "mixed": "1",
            "nothing": None,
            "bt": "true",
            "nested": [1],
            "e": 1e3,
        },
        {"n": None, "mixed": True, "small": 0.1, "b": False, "nested": {"a": 1}},
        inferred={"mixed": "choice", "d": "choice"},
    )
    types = {field.source: field.type for field in fields.fields}
    assert types == {
        "n": "bigint",
        "d": "double",
        "b": "boolean",
        "text": "string",
        "mixed": "string",
        "wide": "bigint",
        "wider": "string",
        "exact": "double",
        "nothing": "string",
        "bt": "string",
        "nested": "string",
        "e": "double",
        "small": "double",
    }
    (first,) = [row for row in rows if row["text"] == "1.0"]
    assert (first["n"], first["d"], first["b"], first["wide"]) == (1, 1.0, True, 9223372036854775807)
    assert (first["wider"], first["mixed"]) == ("9223372036854775808", "1")


def test_no_name_is_taken_for_a_kind_and_no_value_for_a_name(found):
    _, rows = found({"number": "text", "text": "number", "boolean": 7})
    assert rows == [{"boolean": 7, "number": "text", "text": "number"}]


def test_more_fields_than_a_table_can_bear_go_into_one_column(found):
    sent = [{f"f{line}-{number}": number for number in range(200)} for line in range(3)]
    fields, rows = found(*sent)
    assert fields.together == 600
    assert "600 new fields" in str(fields)
    assert [json.loads(row["other_fields"]) for row in rows] == [{k: str(v) for k, v in one.items()} for one in sent]


@pytest.mark.usefixtures("compiled")
def test_a_hundred_fields_have_columns_still(found):
    fields, _ = found({f"f{number:03}": number for number in range(MOST)})
    assert (len(fields.fields), fields.together) == (MOST, 0)


def test_a_text_of_twenty_megabytes_is_kept(found):
    _, rows = found({"note": "x" * 20_971_520})
    assert len(rows[0]["note"]) == 20_971_520


def test_a_source_without_new_fields_has_none(found):
    assert found({"email": "a@example.com"})[0] == NewFields()


class Unreadable:
    def printSchema(self):
        raise RuntimeError("FatalException: Unable to parse file: ada@example.com")


def test_a_schema_that_cannot_be_inferred_is_no_reason_to_stop(capsys):
    assert inferred_types(Unreadable()) == {}
    said = capsys.readouterr().out
    assert "RuntimeError" in said
    assert "ada" not in said

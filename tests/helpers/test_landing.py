"""Lines of landing files: none vanishes, and what is not one JSON object is known as such."""

import bz2
import gzip

import pytest

from helpers.landing import count_copies, extra_fields, extra_of, read_records


def fields(records):
    return [row["fields"] for row in records.orderBy("line").collect()]


@pytest.mark.parametrize(
    "line",
    [
        '{"a": 1',
        '{"a": 1} {"a": 2}',
        '{"a": 1} trailing',
        '{"a": 1}, {"b": 2}',
        '{"a": 1}, "b": 2',
        '{"a": 1}, {"b": 2}]',
        '{"a": 1}]',
        '{"a": 1}}',
        "[1]",
        "null",
        "12",
        '"text"',
        "nothing",
        "{'a': 1}",
        '{"a": NaN}',
        '{"a": tru}',
    ],
)
def test_a_line_that_is_not_one_object_is_kept_as_malformed(landing, line):
    (record,) = landing(line).collect()
    assert record["line"] == line
    assert record["fields"] is None


def test_bytes_that_are_no_utf8_are_malformed(spark, tmp_path):
    (tmp_path / "a.json").write_bytes(b'{"a": "\xff"}\n{"a": "\xc3\xa9"}\n')
    assert fields(read_records(spark, tmp_path.as_uri())) == [{"a": "\u00e9"}, None]


def test_values_of_every_kind_are_read_as_text(landing):
    (record,) = landing('{"a": 1.0, "b": "x", "c": null, "d": true, "e": {"f": 1}, "g": ""}').collect()
    assert record["fields"] == {"a": "1.0", "b": "x", "c": None, "d": "true", "e": '{"f":1}', "g": ""}


def test_byte_order_mark_carriage_returns_and_blank_lines_do_no_harm(landing):
    records = landing('\ufeff{"a": 1}\r\n\r\n   \n{"a": 2}\r')
    assert fields(records) == [{"a": "1"}, {"a": "2"}]


def test_nested_and_compressed_files_are_read_and_hidden_ones_are_not(spark, tmp_path):
    (tmp_path / "2026" / "01").mkdir(parents=True)
    (tmp_path / "2026" / "01" / "a.json.gz").write_bytes(gzip.compress(b'{"n": 1}\n'))
    (tmp_path / "b.json.bz2").write_bytes(bz2.compress(b'{"n": 2}\n'))
    (tmp_path / "_c.json").write_text('{"n": 3}')
    (tmp_path / ".d.json").write_text('{"n": 4}')
    assert fields(read_records(spark, tmp_path.as_uri())) == [{"n": "1"}, {"n": "2"}]


def test_a_new_field_keeps_its_inferred_type_only_if_no_value_is_lost(landing):
    records = landing({"a": 1, "n": 1, "v": 5}, {"a": 2, "v": "five"}, {"a": 3, "A": 9})
    rows = records.select("fields", extra_of(["a"]).alias("extra"))
    inferred = {"a": "int", "n": "int", "v": "int"}
    assert [(field.column, field.type) for field in extra_fields(rows, inferred, ["a"])] == [
        ("n", "bigint"),
        ("v", "string"),
    ]


def test_equal_rows_are_counted(spark):
    rows = spark.createDataFrame([(1, "a"), (1, "a"), (2, None)], "n int, t string")
    assert sorted(tuple(row) for row in count_copies(rows).collect()) == [(1, "a", 2), (2, None, 1)]

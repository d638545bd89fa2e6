"""Landing files as rows: none vanishes, and every listed file is read."""

import bz2
import gzip
from pathlib import Path
from urllib.parse import unquote

import pytest

from helpers.errors import LandingIncomplete
from helpers.landing import lines
from helpers.landing.files import LandingFile, is_passed_over
from helpers.landing.lines import read_landing, read_records

GOOD = '{"user":"a","timestamp":1655564376361,"x":1.0,"y":1.0,"z":1.0}'


def numbers(records):
    return sorted(row["x"] for row in records.collect())


def test_byte_order_mark_carriage_returns_and_blank_lines_do_no_harm(landing):
    records = landing("accelerometer", '\ufeff{"x": 1}\r\n\r\n   \n{"x": 2}\r')
    assert numbers(records) == [1, 2]


def test_a_line_of_several_objects_is_several_rows(landing):
    rows = landing("accelerometer", GOOD + GOOD + '{"x":' + GOOD, GOOD).collect()
    assert [(row["reason"], row["line"]) for row in rows if row["reason"]] == [("malformed_json", '{"x":' + GOOD)]
    assert [row["x"] for row in rows if not row["reason"]] == [1.0] * 3


def test_nested_and_compressed_files_are_read_and_hidden_ones_are_not(spark, tmp_path):
    (tmp_path / "2026" / "01").mkdir(parents=True)
    (tmp_path / "2026" / "01" / "a.json.gz").write_bytes(gzip.compress(b'{"x": 1}\n'))
    (tmp_path / "b.json.bz2").write_bytes(bz2.compress(b'{"x": 2}\n'))
    (tmp_path / "_c.json").write_text('{"x": 3}')
    (tmp_path / ".d.json").write_text('{"x": 4}')
    (tmp_path / "e.json._COPYING_").write_text('{"x": 5}')
    assert numbers(read_records(spark, tmp_path.as_uri(), "accelerometer")) == [1, 2]


def test_every_file_that_is_listed_is_read_whatever_its_name(spark, tmp_path, monkeypatch):
    names = [
        "a b%41#.json",
        "customer[1].json",
        "{x,y}*?.json",
        "back\\slash.json",
        "märz-数据.json",
        "+.json",
        "'\".json",
    ]
    files = []
    for number, name in enumerate(names):
        (tmp_path / name).write_text(f'{{"x": {number}}}\nbroken\n')
        files.append(LandingFile(f"file://{tmp_path}/{name}", (tmp_path / name).stat().st_size))
    # Spark takes a name with = for a partition, and hides it not.
    (tmp_path / "_hidden=1").mkdir()
    (tmp_path / "_hidden=1" / "a.json").write_text('{"x": 99}\n')
    monkeypatch.setattr(lines, "list_landing_files", lambda _: files)
    found = read_landing(spark, tmp_path.as_uri(), "accelerometer")
    broken = found.where("reason = 'malformed_json'")
    assert numbers(found.where("x is not null")) == [float(number) for number in range(7)]
    assert sorted(Path(unquote(row["file"])).name for row in broken.collect()) == sorted(names)


@pytest.mark.parametrize("listed", [("gone.json", 9), ("a.json", 10)])
def test_a_listed_file_that_spark_does_not_see_whole_is_an_error(spark, tmp_path, monkeypatch, listed):
    (tmp_path / "a.json").write_text('{"x": 1}\n')
    files = [LandingFile(f"file://{tmp_path}/{listed[0]}", listed[1])]
    monkeypatch.setattr(lines, "list_landing_files", lambda _: files)
    with pytest.raises(Exception, match="would not be read whole|PATH_NOT_FOUND|does not exist") as error:
        read_landing(spark, tmp_path.as_uri(), "accelerometer")
    assert listed[0] in str(error.value) or "S3 lists 10 bytes, Spark 9" in str(error.value)
    assert listed[0] == "gone.json" or error.type is LandingIncomplete


@pytest.mark.parametrize(
    ("name", "passed_over"),
    [("a.json", False), ("_a.json", True), (".a", True), ("2026/_tmp/a.json", True), ("a._COPYING_", True)]
    + [("a_b.json", False), ("a.b.json", False), ("_a=1/b.json", True)],
)
def test_one_rule_says_what_is_hidden_or_in_transit(name, passed_over):
    assert is_passed_over(name) is passed_over

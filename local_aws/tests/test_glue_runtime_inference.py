"""The schema of JSON lines, as a DynamicFrame has it."""

import bz2
import gzip
import json
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_aws.glue.sessions.start import GLUE_RUNTIME

sys.path.insert(0, str(GLUE_RUNTIME))
from awsglue._inference import FatalException, infer_schema  # noqa: E402 - only now it can be imported
from awsglue.gluetypes import tree_lines  # noqa: E402
from awsglue.utils import GlueArgumentError, getResolvedOptions  # noqa: E402

SCALARS = {"int": st.integers(-(2**31), 2**31 - 1), "long": st.integers(2**31, 2**62), "string": st.text(max_size=5)}
SCALARS |= {"boolean": st.booleans(), "double": st.floats(allow_nan=False, allow_infinity=False)}


def schema_of(tmp_path: Path, *lines: str) -> list[str]:
    file = tmp_path / "rows.json"
    file.write_text("\n".join(lines), "utf-8")
    return list(tree_lines(infer_schema([str(file)])))


def test_types_that_differ_become_a_choice(tmp_path: Path):
    tree = schema_of(tmp_path, '{"a": 1}', '{"a": "s"}', '{"a": 1.5}', '{"a": 4294967296}', '{"a": null}')
    assert tree == ["|-- a: choice", "|    |-- double", "|    |-- int", "|    |-- long", "|    |-- string"]


def test_nested_and_odd_names(tmp_path: Path):
    tree = schema_of(tmp_path, '{"o\'/~k": {"i": 3}, "l": [1, 2.5], "n": null}')
    assert set(tree) == {
        "|-- o'/~k: struct", "|    |-- i: int", "|-- l: array", "|    |-- element: double", "|-- n: null",
    }  # fmt: skip


@pytest.mark.parametrize(
    "line", ["not json", "[1]", "5", '{"a": 1', '{"raw": "\0"}', '{"deep": ' + '{"a": [' * 3_000 + "]}" * 3_000 + "}"]
)
def test_a_line_that_is_no_object_stops_the_reader(tmp_path: Path, line: str):
    with pytest.raises(FatalException, match=r"glue\.util\.FatalException: Unable to parse file: rows\.json$"):
        schema_of(tmp_path, '{"a": true}', line, '{"a": true}')


def test_blank_lines_have_no_say(tmp_path: Path):
    assert schema_of(tmp_path, "", " ", '{"a": true}', "") == ["|-- a: boolean"]


def test_packed_files_and_no_files(tmp_path: Path):
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b'{"g": 1}'))
    (tmp_path / "a.json.bz2").write_bytes(bz2.compress(b'{"b": 1}'))
    files = [str(tmp_path / "a.json.gz"), str(tmp_path / "a.json.bz2")]
    assert sorted(tree_lines(infer_schema(files))) == ["|-- b: int", "|-- g: int"]
    assert list(infer_schema([])) == []


def test_odd_objects_are_objects(tmp_path: Path):
    tree = schema_of(
        tmp_path,
        '{"tags": ["vip", 7, {"a": 1}, [true], null]}',
        '{"less": ' + "[" * 800 + "]" * 800 + "}",
        '{"big": ' + "9" * 400 + "}",
        '{"big": 1e999, "twice": 1, "twice": "s", "": 0, "\\ud800": 1, "x\\u0000": 2}',
    )
    assert {"|-- tags: array", "|    |-- element: choice", "|    |    |-- long", "|    |    |-- struct"} <= set(tree)
    assert {"|-- big: double", "|-- twice: string", "|-- : int", "|-- ?: int"} <= set(tree)
    (tmp_path / "ends.json").write_bytes(b'{"n": 1}\r{"m": 1}\r\n')
    assert list(tree_lines(infer_schema([str(tmp_path / "ends.json")]))) == ["|-- n: int", "|-- m: int"]
    (tmp_path / "latin.json").write_bytes(b'{"name": "M\xfcller"}')
    with pytest.raises(FatalException, match="latin.json"):
        infer_schema([str(tmp_path / "latin.json")])


def test_memory_follows_the_bytes(tmp_path: Path):
    lines = ["{" + ", ".join(f'"{line}_{field}": 1' for field in range(5_000)) + "}" for line in range(10)]
    (tmp_path / "many.json").write_text("\n".join([*lines, '{"long": "' + "x" * 20_000_000 + '"}']))
    tracemalloc.start()
    try:
        assert len(infer_schema([str(tmp_path / "many.json")]).fields) == 50_001
        assert tracemalloc.get_traced_memory()[1] < 150 << 20
    finally:
        tracemalloc.stop()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(SCALARS)), min_size=1, max_size=6), st.data())
def test_a_field_has_exactly_the_types_that_were_seen(tmp_path: Path, words: list[str], data: st.DataObject):
    lines = [json.dumps({"f": data.draw(SCALARS[word])}) for word in words]
    tree = schema_of(tmp_path, *lines)
    seen = sorted(set(words))
    expected = [f"|-- f: {seen[0]}"] if len(seen) == 1 else ["|-- f: choice", *(f"|    |-- {word}" for word in seen)]
    assert tree == expected


def test_resolved_options():
    found = getResolvedOptions(["x.py", "--JOB_NAME", "j", "--bucket=b", "--other", "-1"], ["JOB_NAME", "bucket"])
    assert (found["JOB_NAME"], found["bucket"], found["job_bookmark_option"]) == ("j", "b", "job-bookmark-disable")
    with pytest.raises(GlueArgumentError, match="--bucket"):
        getResolvedOptions(["x.py", "--JOB_NAME", "j"], ["JOB_NAME", "bucket"])
    with pytest.raises(RuntimeError, match="reserved"):
        getResolvedOptions(["x.py"], ["JOB_ID"])

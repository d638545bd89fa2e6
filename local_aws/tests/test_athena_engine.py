"""What a query means: Trino's rules where DuckDB has others, and the formats of files."""

import bz2
import gzip
import threading
import zlib

import duckdb
import pyarrow
import pytest

from local_aws.athena.engine import Engine
from local_aws.athena.failure import QueryFailed
from local_aws.athena.reading.tables import OPENX, PARQUET
from local_aws.athena.translation.dialect import parse_query
from local_aws.errors import AwsError
from local_aws.lake import open_lake


class Catalog:
    """As much of the Glue Data Catalog as a query asks for."""

    def __init__(self):
        self.tables = {}

    def add(self, name, columns, serde=OPENX, **properties):
        storage = {
            "Columns": [{"Name": column, "Type": kind} for column, kind in columns.items()],
            "Location": f"s3://b/{name}/",
            "SerdeInfo": {"SerializationLibrary": serde, "Parameters": properties},
        }
        self.tables[name] = {"Name": name, "StorageDescriptor": storage}

    def call(self, action, payload):
        if action == "GetTable" and payload["Name"] in self.tables:
            return {"Table": self.tables[payload["Name"]]}
        if action == "GetDatabase":
            return {"Database": {}}
        raise AwsError("EntityNotFoundException", "Table not found.")


@pytest.fixture
def catalog():
    return Catalog()


@pytest.fixture
def bucket(tmp_path):
    folder = open_lake(tmp_path / "lake").bucket("b")
    folder.mkdir()
    return folder


@pytest.fixture
def query(bucket, catalog):
    engine = Engine(open_lake(bucket.parent), catalog)

    def run(sql):
        with engine.run(sql, parse_query(sql), "db", threading.Event()) as answer:
            return list(answer.rows)

    return run


def put(bucket, key, body):
    (bucket / key).parent.mkdir(parents=True, exist_ok=True)
    (bucket / key).write_bytes(body)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("7 / 2", "3"),
        ("-7 / 2", "-3"),
        ("7 / 2.0", "3.5"),
        ("1 / 3.0", "0.3"),
        ("-2.00 / 3", "-0.67"),
        ("100.0 * 2 / 3", "66.7"),
        ("7 / 2e0", "3.5"),
        ("1 / 0e0", "Infinity"),
        ("cast(2.5e0 as integer)", "3"),
        ("try_cast('1.5' as bigint)", None),
        ("try(1 / 0)", None),
        ("cast(timestamp '2020-01-01 10:00:00' as varchar)", "2020-01-01 10:00:00"),
        ("date '2020-01-31' + interval '1' month", "2020-02-29"),
        ("date_trunc('month', date '2020-05-05')", "2020-05-01"),
        ("date_diff('day', timestamp '2020-01-01 23:00:00', timestamp '2020-01-02 01:00:00')", "0"),
        ("date_format(from_unixtime(1655564376361 / 1000), '%Y-%m-%d %H:%i:%s')", "2022-06-18 14:59:36"),
        ("from_unixtime(1655564376361 / 1e3)", "2022-06-18 14:59:36.361 UTC"),
        ("greatest(1, null)", None),
        ("concat('a', null)", None),
        ("'a' || null", None),
        ("'a' = null", None),
        ("substr('hello', -3)", "llo"),
        ("split_part('a,b', ',', 3)", None),
        ("regexp_extract('abc', 'x')", None),
        ("regexp_replace('abcb', '(b)', '[$1]')", "a[b]c[b]"),
        ("json_extract_scalar('{\"a\":{\"b\":2}}', '$.a.b')", "2"),
        ("to_hex(md5(to_utf8('a')))", "0CC175B9C0F1B6A831C399E269772661"),
        ("width_bucket(5, 0, 10, 5)", "3"),
        ("element_at(array[1, 2], 5)", None),
        ("transform(array[1, 2], x -> x + 1)", "[2, 3]"),
        ("reduce(array[1, 2], 0, (total, n) -> total + n, total -> total * 10)", "30"),
        ("reduce(array[], 0, (total, n) -> total + n, total -> total)", "0"),
        ("row(1, 'a')", "{field0=1, field1=a}"),
        ("map(array['a'], array[1])", "{a=1}"),
        ("1655564376361e0", "1.655564376361E12"),
    ],
)
def test_expressions_mean_what_trino_means(query, expression, expected):
    assert query(f"select {expression}") == [[expected]]


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("select 1 / 0", "DIVISION_BY_ZERO"),
        ("select 1 % 0", "DIVISION_BY_ZERO"),
        ("select cast('1.5' as bigint)", "INVALID_CAST_ARGUMENT"),
        ("select '1' || 2", "TYPE_MISMATCH"),
        ("select '1' = 1", "TYPE_MISMATCH"),
        ("select array[1][2]", "INVALID_FUNCTION_ARGUMENT"),
        ("select nvl(1, 2)", "FUNCTION_NOT_FOUND"),
        ("select list_value(1)", "FUNCTION_NOT_FOUND"),
        ("select * from read_text('/etc/hosts')", "NOT_SUPPORTED"),
        ("select 1 from (select 1) as t tablesample bernoulli (101)", "NUMERIC_VALUE_OUT_OF_RANGE"),
        ("select 1 from (select 1) as t tablesample (10 rows)", "NOT_SUPPORTED"),
    ],
)
def test_what_fails_or_is_not_supported_says_so(query, sql, name):
    with pytest.raises(QueryFailed) as failure:
        query(sql)
    assert failure.value.name == name


def test_openx_values_are_read_by_their_columns(query, bucket, catalog):
    catalog.add("t", {"n": "bigint", "i": "int", "f": "double", "s": "string", "d": "date", "absent": "string"})
    lines = [
        b'\xef\xbb\xbf{"N": 1655564376361.0, "i": 3000000000, "f": "1.5", "s": {"a": [1, 2]}, "d": "1208-01-01"}\r',
        b'{"n": "12", "i": 1.9, "f": "NaN", "s": 7}',
        b'{"n": "", "f": "x", "s": null}',
        b'{"n": "0x1F"}',
        b"",
    ]
    put(bucket, "t/a.json", b"\n".join(lines) + b"\n")
    assert query("select * from t") == [
        ["1655564376361", None, "1.5", '{"a":[1,2]}', "1208-01-01", None],
        ["12", "1", "NaN", "7", None, None],
        [None, None, None, None, None, None],
        ["31", None, None, None, None, None],
        [None, None, None, None, None, None],
    ]


def test_json_files_of_every_kind_and_depth(query, bucket, catalog):
    catalog.add("t", {"user": "string"})
    put(bucket, "t/a.json.bz2", bz2.compress(b'{"user": "a"}\n'))
    put(bucket, "t/2020/01/b.json.gz", gzip.compress(b'{"USER": "b"}\n'))
    put(bucket, "t/2020/c", b'{"User": "c"}')
    put(bucket, "t/_temporary/d.json", b"{")
    put(bucket, "t/.e.json", b"{")
    put(bucket, "t/empty.json", b"")
    assert query('select "$path", user from t order by user') == [
        ["s3://b/t/a.json.bz2", "a"],
        ["s3://b/t/2020/01/b.json.gz", "b"],
        ["s3://b/t/2020/c", "c"],
    ]


def test_a_changed_file_has_its_keys_read_again(query, bucket, catalog):
    catalog.add("t", {"user": "string"})
    put(bucket, "t/a.json", b'{"user": "a"}')
    assert query("select user from t") == [["a"]]
    put(bucket, "t/a.json", b'{"uSeR": "bb"}')
    assert query("select user from t") == [["bb"]]


@pytest.mark.parametrize("sql", ["select user from t", "select count(*) from t"])
def test_a_malformed_line_fails_the_query_without_showing_it(query, bucket, catalog, sql):
    catalog.add("t", {"user": "string"})
    put(bucket, "t/a.json", b'{"user": "a"}\n{"user": "secret\n')
    with pytest.raises(QueryFailed, match="HIVE_CURSOR_ERROR") as failure:
        query(sql)
    assert "secret" not in str(failure.value)


def test_malformed_lines_are_null_rows_where_the_table_says_so(query, bucket, catalog):
    catalog.add("t", {"user": "string"}, **{"ignore.malformed.json": "true"})
    put(bucket, "t/a.json", b'{"user": "a"}\n{"user": \n')
    assert query("select user from t") == [["a"], [None]]


def test_maps_and_arrays_of_plain_values_are_read_from_objects_and_arrays(query, bucket, catalog):
    catalog.add("t", {"m": "map<string,bigint>", "a": "array<string>"})
    put(bucket, "t/a.json", b'{"m": {"b.c": 1, "D": "2", "e": null}, "a": ["x", 1, null]}\n{"m": {}, "a": []}\n{}\n')
    assert query("select * from t") == [["{b.c=1, D=2, e=null}", "[x, 1, null]"], ["{}", "[]"], [None, None]]
    assert query("select element_at(m, 'D') from t where cardinality(m) > 0") == [["2"]]
    put(bucket, "t/b.json", b'{"m": "none"}\n')
    with pytest.raises(QueryFailed, match="HIVE_BAD_DATA"):
        query("select m from t")


def test_an_array_as_a_line_is_read_by_the_position_of_the_columns(query, bucket, catalog):
    catalog.add("t", {"user": "string", "n": "bigint"})
    put(bucket, "t/a.json", b'["a", 1, true]\n["b"]\n{"n": 2}\n[]\n')
    assert query("select * from t") == [["a", "1"], ["b", None], [None, "2"], [None, None]]
    assert query("select n from t where n = 1") == [["1"]]


ODD_LINES = [
    (b'{"user": "a", "User": "b"}', ["b", None]),
    (b'{"n": 1, "user": "a", "n": 2, "n": "3"}', ["a", "3"]),
    (b'{"user": "M\xfcller"}', ["M\ufffdller", None]),
    (b'{"user": "a\\ud800b\\ud83d\\ude00"}', ["a?b\U0001f600", None]),
    (b'{"user": "a\\u0000b"}', ["a\0b", None]),
    (b'{"user": "a\0b", "n": 1}\0\x1a', ["a\0b", "1"]),
    (b"\0\0\0", [None, None]),
    (b'{"user": "a", "deep": ' + b'{"a": [' * 3_000 + b"]}" * 3_000 + b"}", ["a", None]),
    (b'{"user": [' + b"[" * 30_000 + b"]" * 30_000 + b'], "user": "a"}', ["a", None]),
    (b'{"n": 123456789012345678901234567890, "user": 1e400}', ["1e400", None]),
    (b'{"user": 1.0000000000000000000000001, "n": 7e0, "x": -1E-999}', ["1.0", "7"]),
    (b'{"us\\"er": 1, "u\\\\ser": 2, "n/~1": 3, "": 4, "user": "a", "n": 5}', ["a", "5"]),
    (b"{" + b", ".join(b'"new%d": %d' % (i, i) for i in range(3_000)) + b', "N": 8}', [None, "8"]),
    (b'{"user": "a"}{"user": "b"}', ["a", None]),
    (b"{'user': a; n = 1} // as Trino reads it", ["a", "1"]),
    (b'["a", 5, 6', None),
    (b'{"user": "a",}', None),
    (b'{"user": "a"', None),
    (b"\x1f\x8b\x08\x00 no text", [None, None]),
]


@pytest.mark.parametrize(("line", "expected"), ODD_LINES)
@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
def test_an_odd_line_is_read_as_trino_reads_it_beside_others(query, bucket, catalog, line, expected, ending):
    catalog.add("t", {"user": "string", "n": "bigint"})
    put(bucket, "t/a.json", ending.join([b'{"user": "first", "n": 1}', line, b'{"uSER": "last"}']))
    put(bucket, "t/b.json.gz", gzip.compress(b'{"user": "other"}\n'))
    if expected is None:
        with pytest.raises(QueryFailed, match="HIVE_CURSOR_ERROR: Row is not a valid JSON Object"):
            query("select user from t")
        catalog.add("t", {"user": "string", "n": "bigint"}, **{"ignore.malformed.json": "true"})
    found = query("select user, n from t")
    assert found == [["first", "1"], expected or [None, None], ["last", None], ["other", None]]
    assert query("select count(*) from t") == [["4"]]


def test_keys_that_differ_in_case_stay_apart_where_the_table_says_so(query, bucket, catalog):
    catalog.add("t", {"user": "string"}, **{"case.insensitive": "false"})
    put(bucket, "t/a.json", b'{"user": "a", "User": "b"}\n{"user": "c", "user": "d"}')
    assert query("select user from t") == [["a"], ["d"]]


def test_a_map_keeps_the_last_value_of_a_key(query, bucket, catalog):
    catalog.add("t", {"m": "map<string,bigint>"})
    put(bucket, "t/a.json", b'{"m": {"a": 1, "b": 2, "a": 3}}\n{"m": {"a": 4}}')
    assert query("select m from t") == [["{b=2, a=3}"], ["{a=4}"]]


@pytest.mark.parametrize("packed", [False, True])
def test_a_line_of_twenty_megabytes_is_a_line(query, bucket, catalog, packed):
    catalog.add("t", {"user": "string", "note": "string"})
    body = (b'{"note": "' + b"x" * 20_000_000 + b'", "user": "a"}\n{"user": "b"}\n') * 2
    put(bucket, "t/a.json" + ".gz" * packed, gzip.compress(body, 1) if packed else body)
    assert query("select user, length(note) from t where user = 'a'") == [["a", "20000000"]] * 2
    assert query("select user from t") == [["a"], ["b"], ["a"], ["b"]]


def test_a_line_beyond_athenas_limit_is_refused_by_its_file(query, bucket, catalog, monkeypatch):
    monkeypatch.setattr("local_aws.athena.reading.odd_lines.LONG_LINE", 1_000)
    monkeypatch.setattr("local_aws.athena.reading.odd_lines.LONGEST_LINE", 10_000)
    catalog.add("t", {"user": "string"})
    put(bucket, "t/a.json", b'{"note": "' + b"x" * 20_000 + b'"}\n')
    with pytest.raises(QueryFailed, match="HIVE_CURSOR_ERROR: Line too long in text file: s3://b/t/a.json"):
        query("select user from t")


NAMES = [
    "a[1]",
    "a]",
    "{a,b}",
    "*",
    "a?",
    "it's",
    'a"b',
    "50%",
    "a#b",
    "a\\b",
    "$HOME",
    "~",
    "a b",
    "m\u00e4rz-\u6570\u636e",
]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_of_an_object_or_a_lake_is_read(tmp_path, catalog, name, request):
    lake = open_lake(tmp_path / name / "lake")
    request.addfinalizer(lake.forget_plain_names)
    put(lake.bucket("b"), f"t/{name}/{name}.json", b'{"user": "a"}')
    put(lake.bucket("b"), f"t/{name}/{name}.json.gz", gzip.compress(b'{"user": "b"}'))
    put(lake.bucket("b"), f"t/{name}x.json", b'{"user": "c", "user": "d"}')
    parquet = str(lake.bucket("b") / f"p/{name}.parquet").replace("'", "''")
    (lake.bucket("b") / "p").mkdir()
    duckdb.execute(f"COPY (SELECT 'a' AS user) TO '{parquet}'")
    catalog.add("t", {"user": "string"})
    catalog.add("p", {"user": "string"}, PARQUET)
    engine = Engine(lake.plainly(), catalog)

    def rows(sql):
        with engine.run(sql, parse_query(sql), "db", threading.Event()) as answer:
            return list(answer.rows)

    assert sorted(rows('select "$path", user from t')) == sorted(
        [
            [f"s3://b/t/{name}/{name}.json", "a"],
            [f"s3://b/t/{name}/{name}.json.gz", "b"],
            [f"s3://b/t/{name}x.json", "d"],
        ]
    )
    assert rows('select "$path", user from p') == [[f"s3://b/p/{name}.parquet", "a"]]


@pytest.mark.parametrize("ending", [".gz", ".bz2", ".deflate", ".zst"])
def test_a_file_that_is_not_what_its_name_says_is_named(query, bucket, catalog, ending):
    catalog.add("t", {"user": "string"})
    put(bucket, f"t/a.json{ending}", b'{"user": "a"}\n')
    with pytest.raises(QueryFailed, match=f"HIVE_BAD_DATA: s3://b/t/a.json{ending} is no valid {ending} file"):
        query("select user from t")


def test_other_compressions_are_read_or_refused_by_name(query, bucket, catalog):
    catalog.add("t", {"user": "string"})
    put(bucket, "t/a.json.deflate", zlib.compress(b'{"user": "a"}\n'))
    put(bucket, "t/b.json.zst", pyarrow.compress(b'{"user": "b"}\n', "zstd", asbytes=True))
    put(bucket, "t/c.json", gzip.compress(b'{"user": "c"}\n'))
    assert query("select user from t where user is not null") == [["a"], ["b"]]
    put(bucket, "t/d.json.snappy", b"x")
    with pytest.raises(QueryFailed, match="NOT_SUPPORTED.*snappy"):
        query("select user from t")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("from_unixtime(1655564376361)", "+54432-09-29 17:26:01.000 UTC"),
        ("from_unixtime(-1e11)", "-1199-02-15 14:13:20.000 UTC"),
        ("date '0000-12-31'", "0000-12-31"),
        ("date '1208-01-01'", "1208-01-01"),
        ("date '9999-12-31' + interval '1' day", "+10000-01-01"),
        ("date_add('year', -2000, date '0001-03-01')", "-1999-03-01"),
        ("cast(date '9999-12-31' + interval '1' day as varchar)", "10000-01-01"),
        ("cast(date_add('year', -2000, date '0001-03-01') as varchar)", "-1999-03-01"),
        ("cast(timestamp '12020-01-01 00:00:00' as varchar)", "+12020-01-01 00:00:00"),
        ("timestamp '-0001-01-01 01:02:03.456'", "-0001-01-01 01:02:03.456"),
        ("array[date '12020-01-01', null]", "[+12020-01-01, null]"),
        ("row(date '0000-01-01', from_unixtime(1e11))", "{field0=0000-01-01, field1=+5138-11-16 09:46:40.000 UTC}"),
        (
            "map(array[date '12020-01-01'], array[timestamp '0000-01-01 00:00:00'])",
            "{+12020-01-01=0000-01-01 00:00:00.000}",
        ),
        ("(select max(d) from (values date '0000-01-01', date '12020-01-01') t(d))", "+12020-01-01"),
        ("(select min(d) from (values date '0000-01-01', date '12020-01-01') t(d))", "0000-01-01"),
    ],
)
def test_dates_of_any_year_print_as_trino_prints_them(query, expression, expected):
    assert query(f"select {expression}") == [[expected.replace("+5138", "5138")]]


def test_dates_of_any_year_are_read_from_json(query, bucket, catalog):
    catalog.add("t", {"d": "date", "t": "timestamp", "a": "array<date>", "m": "map<string,timestamp>"})
    lines = [
        b'{"d": "0000-12-31", "t": 253402300800000, "a": ["0000-01-01", 9000000], "m": {"x": 99999999999999}}',
        b'{"d": 20000000, "t": 9223372036854775807}',
        b'{"d": 99999999999999999999, "t": -1, "a": [99999999999]}',
    ]
    put(bucket, "t/a.json", b"\n".join(lines))
    assert query("select * from t") == [
        ["0000-12-31", "+10000-01-01 00:00:00.000", "[0000-01-01, +26611-03-02]", "{x=5138-11-16 09:46:39.999}"],
        ["+56728-02-22", None, None, None],
        [None, "1969-12-31 23:59:59.000", "[null]", None],
    ]
    assert query("select d from t where d is not null order by d desc") == [["+56728-02-22"], ["0000-12-31"]]


def test_dates_of_any_year_are_read_from_parquet(query, bucket, catalog):
    catalog.add("t", {"d": "date", "t": "timestamp"}, PARQUET)
    put(bucket, "t/x", b"")
    days = "date '0000-12-31'), (date '1208-01-01'), (date '12020-02-29'"
    target = bucket / "t/a.parquet"
    duckdb.execute(f"COPY (SELECT d, CAST(d AS TIMESTAMP) AS t FROM (VALUES ({days})) v(d)) TO '{target}'")
    assert query("select d, t from t order by d") == [
        ["0000-12-31", "0000-12-31 00:00:00.000"],
        ["1208-01-01", "1208-01-01 00:00:00.000"],
        ["+12020-02-29", "+12020-02-29 00:00:00.000"],
    ]


def test_parquet_columns_are_matched_by_name(query, bucket, catalog):
    catalog.add("t/run=1", {"username": "string", "n": "bigint", "added": "int"}, PARQUET)
    catalog.tables["t"] = catalog.tables.pop("t/run=1")
    put(bucket, "t/run=1/_SUCCESS", b"x")
    duckdb.execute(f"COPY (SELECT 'a' AS \"userName\", 1::INT AS n) TO '{bucket}/t/run=1/a.parquet'")
    duckdb.execute(f"COPY (SELECT 'b' AS \"userName\", 2::INT AS n, 3 AS added) TO '{bucket}/t/run=1/b.parquet'")
    assert query("select * from t order by n") == [["a", "1", None], ["b", "2", "3"]]


def test_a_parquet_type_that_does_not_fit_is_bad_data(query, bucket, catalog):
    catalog.add("t", {"n": "bigint"}, PARQUET)
    put(bucket, "t/x", b"")
    duckdb.execute(f"COPY (SELECT 'a' AS n) TO '{bucket}/t/a.parquet'")
    with pytest.raises(QueryFailed, match="HIVE_BAD_DATA"):
        query("select n from t")


def test_an_empty_location_gives_no_rows(query, catalog):
    catalog.add("t", {"n": "bigint"})
    assert query("select count(*), max(n) from t") == [["0", None]]


def test_named_subqueries_hide_tables_and_divide_by_their_types(query, bucket, catalog):
    catalog.add("t", {"n": "bigint"})
    put(bucket, "t/a.json", b'{"n": 7}\n{"n": 8}')
    assert query("with t as (select n / 2 as n from t) select sum(n) / count(*), avg(n) from t") == [["3", "3.5"]]
    assert query("select db.t.n from awsdatacatalog.db.t order by 1 desc") == [["8"], ["7"]]


@pytest.mark.parametrize("sql", ["select * from t limit 2", "select a as b from t limit 2"])
def test_a_look_at_some_rows_reads_no_more_files_than_it_needs(bucket, catalog, query, sql):
    catalog.add("t", {"a": "int"})
    put(bucket, "t/1.json", b'{"a": 1}\n\n')
    put(bucket, "t/2.json", b"not read: {")
    assert query(sql) == [["1"], [None]]


@pytest.mark.parametrize("ending", ["", ".json", ".gz", ".bz2", ".deflate", ".zst"])
def test_a_look_at_some_rows_knows_a_file_by_them_alone(bucket, catalog, query, ending):
    catalog.add("t", {"a": "int"}, **{"ignore.malformed.json": "true"})
    put(bucket, "t/1" + ending, packed(b'{"a": 1}\n{"a": 2}\n' + b'{"A": 3}\n{"A":\n' * 1000, ending))
    put(bucket, "t/2.json", b'{"a": 4}')
    assert query("select * from t limit 0") == []
    assert query("select * from t limit 2") == [["1"], ["2"]]
    assert query("select * from t limit 5") == [["1"], ["2"], ["3"], [None], ["3"]]
    assert query("select count(a) from t") == [["1003"]]
    assert len(query("select * from t limit 3000")) == 2003


def packed(content, ending):
    if ending in ("", ".json"):
        return content
    if ending == ".zst":
        return pyarrow.compress(content, "zstd", asbytes=True)
    return {".gz": gzip, ".bz2": bz2, ".deflate": zlib}[ending].compress(content)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select count(*) from t limit 1", [["2"]]),
        ("select a from t where a = 2 limit 1", [["2"]]),
        ("select a from t order by a desc limit 1", [["2"]]),
        ("select max(a) from t limit 1", [["2"]]),
        ("select distinct a from t where a > 1 limit 1", [["2"]]),
        ("select a from t limit 5", [["1"], ["2"]]),
    ],
)
def test_what_few_rows_do_not_tell_is_read_whole(bucket, catalog, query, sql, expected):
    catalog.add("t", {"a": "int"})
    put(bucket, "t/1.json", b'{"a": 1}\n')
    put(bucket, "t/2.json", b'{"a": 2}\n')
    assert query(sql) == expected

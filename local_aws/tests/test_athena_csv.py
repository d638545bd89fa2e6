"""Quoted CSV is read as OpenCSVSerde reads it ("Open CSV SerDe for processing CSV", Athena user guide)."""

import itertools

import pytest
from athena_query import Query

from local_aws.athena.reading.csv_files import split_line

SERDE = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
BUCKET = "athena-csv"
COUNTER = itertools.count()


@pytest.fixture(scope="module")
def query(aws):
    return Query.of_database(aws, "csv")


@pytest.fixture
def table(query, aws):
    """Make a table of CSV over one file of this content; gives its name."""

    def make(columns, content, characters="", more=""):
        name = f"csv{next(COUNTER)}"
        aws("s3").put_object(Bucket=BUCKET, Key=f"{name}/x.csv", Body=content)
        given = f"WITH SERDEPROPERTIES ({characters})" if characters else ""
        query.done(
            f"CREATE EXTERNAL TABLE {name} ({columns}) ROW FORMAT SERDE '{SERDE}' {given} "
            f"STORED AS TEXTFILE LOCATION 's3://{BUCKET}/{name}/' {more}"
        )
        return name

    return make


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("a,b,", ["a", "b", ""]),
        ('"a","b, c",d', ["a", "b, c", "d"]),
        ('"say ""hi""",b', ['say "hi"', "b"]),
        (r'"a\"b","c\\d",e\f', ['a"b', r"c\d", "ef"]),
        ('a, "b"', ["a", "b"]),
        ('abc"d"e,f', ['abc"d"e', "f"]),
        ('a,"b', ["a"]),
        ('""', [""]),
    ],
)
def test_a_line_is_taken_apart_as_opencsv_does(line, fields):
    assert split_line(line, ",", '"', "\\") == fields


def test_columns_have_their_values(query, table):
    content = b'id,name,share,on,day,at\n1,"Lovelace, ""Ada""",-1.5e3,TRUE,19000,1655564376361\n\n2,,0,no\n'
    columns = "id string, name string, share double, is_on boolean, day date, at timestamp"
    lenient = "TBLPROPERTIES ('skip.header.line.count' = '1', 'use.null.for.invalid.data' = 'true')"
    found = query.rows(f"SELECT * FROM {table(columns, content, more=lenient)} ORDER BY id")[1:]
    assert found == ['1|Lovelace, "Ada"|-1500.0|true|2022-01-08|2022-06-18 14:59:36.361', "2||0.0|||", "|||||"]


def test_other_characters_are_taken(query, table):
    name = table("a string, b int", b"'x;y';7\r\n", '"separatorChar" = ";", "quoteChar" = "\'", "escapeChar" = "\\\\"')
    assert query.rows(f"SELECT b, a FROM {name}")[1:] == ["7|x;y"]


def test_a_value_that_is_none_fails_the_query_in_athenas_words(query, table):
    name = table("a string, b int", b"x,1\ny,\n")
    assert query.rows(f"SELECT a FROM {name} ORDER BY a")[1:] == ["x", "y"]
    assert query.reason(f"SELECT b FROM {name}") == (
        "HIVE_BAD_DATA: Error parsing field value '' for field 1: For input string: \"\""
    )


def test_a_type_that_the_serde_does_not_read_is_refused_by_name(query, table):
    name = table("a decimal(10,2)", b"1.5\n")
    assert query.reason(f"SELECT a FROM {name}").startswith(
        "NOT_SUPPORTED: The local Athena does not support the column"
    )

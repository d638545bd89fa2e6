"""Delimited text is read as LazySimpleSerDe reads it (Athena user guide; Trino, ``SimpleDeserializer``)."""

import itertools

import pytest
from athena_query import Query

from local_aws.athena.reading.text_files import split_escaped

SERDE = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
BUCKET = "athena-delimited"
COUNTER = itertools.count()


@pytest.fixture(scope="module")
def query(aws):
    return Query.of_database(aws, "delimited")


@pytest.fixture
def place(aws):
    """Put a file into a new prefix; gives the name of both."""

    def put(content):
        name = f"text{next(COUNTER)}"
        aws("s3").put_object(Bucket=BUCKET, Key=f"{name}/x.txt", Body=content)
        return name

    return put


@pytest.fixture
def table(query, place):
    """Make a table of delimited text over one file of this content; gives its name."""

    def make(columns, content, form=""):
        name = place(content)
        query.done(
            f"CREATE EXTERNAL TABLE {name} ({columns}) ROW FORMAT DELIMITED {form} LOCATION 's3://{BUCKET}/{name}/'"
        )
        return name

    return make


@pytest.fixture
def glue_table(aws, place):
    """Make a table as a client of Glue does, with these parameters of the SerDe; gives its name."""

    def make(content, parameters):
        name = place(content)
        storage = {
            "Columns": [{"Name": "a", "Type": "string"}, {"Name": "b", "Type": "string"}],
            "Location": f"s3://{BUCKET}/{name}/",
            "SerdeInfo": {"SerializationLibrary": SERDE, "Parameters": parameters},
        }
        aws("glue").create_table(DatabaseName="delimited", TableInput={"Name": name, "StorageDescriptor": storage})
        return name

    return make


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("a,b", ["a", "b"]),
        (r"a\,b,c", [r"a\,b", "c"]),
        (r"a\\,b", [r"a\\", "b"]),
        ("a,", ["a", ""]),
        ("a\\", ["a\\"]),
        ("", [""]),
    ],
)
def test_a_line_is_taken_apart_where_no_escape_stands(line, fields):
    assert split_escaped(line, ",", "\\") == fields


def test_escapes_are_no_part_of_text(query, table):
    name = table(
        "a string, b int, c string",
        rb"x\,y,1,back\\slash" + b"\n" + rb"\N,\1,\\N" + b"\n",
        r"FIELDS TERMINATED BY ',' ESCAPED BY '\\'",
    )
    assert query.rows(f"SELECT a, b, c FROM {name} ORDER BY b") == ["a|b|c", "x,y|1|back\\slash", "||\\N"]


def test_text_is_cut_to_the_length_of_its_column(query, table):
    name = table("a varchar(3), b varchar(10)", "äbcdef,x\n".encode(), "FIELDS TERMINATED BY ','")
    assert query.rows(f"SELECT * FROM {name}")[1:] == ["äbc|x"]


def test_lines_end_as_they_do_for_hadoop(query, table):
    name = table("a string", b"\xef\xbb\xbfone\rtwo\r\nthree\n\nfour")
    assert query.rows(f"SELECT a FROM {name}")[1:] == ["one", "two", "three", "", "four"]


@pytest.mark.parametrize("form", [r"'\t'", r"'\011'", r"'\u0009'", "'\t'"])
def test_the_catalog_has_the_character_itself(query, aws, table, form):
    name = table("a string, b string", b"x\ty\n", f"FIELDS TERMINATED BY {form}")
    entry = aws("glue").get_table(DatabaseName="delimited", Name=name)["Table"]
    assert entry["StorageDescriptor"]["SerdeInfo"]["Parameters"]["field.delim"] == "\t"
    assert query.rows(f"SELECT * FROM {name}")[1:] == ["x|y"]


@pytest.mark.parametrize(
    ("delimiter", "content", "row"),
    [
        ("\t", b"x\ty\n", "x|y"),
        ("9", b"x\ty\n", "x|y"),
        ("||", b"x|y\n", "x|y"),
        ("\\t", b"x\\y\tz\n", "x|y\tz"),
        ("", b"x\x01y\n", "x|y"),
    ],
)
def test_a_character_of_glues_clients_is_taken_as_it_is(query, glue_table, delimiter, content, row):
    name = glue_table(content, {"field.delim": delimiter})
    assert query.rows(f"SELECT * FROM {name}")[1:] == [row]


def test_a_table_with_escapes_is_not_written(query, table):
    name = table("a string", b"x\n", r"FIELDS TERMINATED BY ',' ESCAPED BY '\\'")
    assert query.reason(f"INSERT INTO {name} VALUES ('x')").startswith("NOT_SUPPORTED")

"""A line that has its source's layout means what it means under the full rules; any other line is left to them."""

import re

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.landing.contract import CONTRACTS
from helpers.landing.layout import LAYOUTS
from helpers.landing.reader import Reader

TIME, MOTION = 1_655_564_444_103, '{"user":"%s","timestamp":%s,"x":%s,"y":0.5,"z":-1.0}'
STEP = '{"sensorReadingTime":%s,"serialNumber":"%s","distanceFromObject":%s}'
USERS = st.sampled_from(
    ["a@x.de", "A.B+c@X.de", " a@x.de", "ä@x.de", r"a\u0040x.de", "", " ", 'a"b', "a}b,c:d", "\x01"]
)
NUMBERS = st.sampled_from(
    ["1655564444103", "1655564444103.0", "1.655564444103E12", '"1655564444103"', "0", "-0", "-0.0", "01", "1.", ".5"]
    + ["1e3", "1E400", "NaN", "Infinity", "null", "true", "946684799999", "946684800000", "4102444800001", "12", "2.50"]
    + ["99999999999999999999", "2147483647", "2147483648", "-7", '"7"', " 7", "7 ", "[]", "{}", "0.1", "123456.789e-2"]
)
ENDS = st.sampled_from(["", " ", "\r", "}", "{}", ',"new":1}', "\t", "\x00"])


def read_both(source, lines):
    """The records of lines with the layout and without it."""
    lines = pa.array([line.encode("utf-8", "surrogateescape") for line in lines])
    batch = pa.RecordBatch.from_arrays([lines, pa.array([7] * len(lines))], ["line", "number"])
    readers = [Reader(CONTRACTS[source], layout, {7: "a.json"}) for layout in (LAYOUTS[source], None)]
    return [sorted(repr(row) for read in reader.read([batch]) for row in read.to_pylist()) for reader in readers]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.tuples(USERS, NUMBERS, NUMBERS, ENDS), min_size=40, max_size=80))
def test_motion_reads_the_same_with_the_layout_and_without(parts):
    lines = [MOTION % (user, time, x) + end for user, time, x, end in parts]
    with_layout, without = read_both("accelerometer", [*lines, MOTION % ("b", TIME, 1)])
    assert with_layout == without


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.tuples(NUMBERS, USERS, NUMBERS, ENDS), min_size=40, max_size=80))
def test_steps_read_the_same_with_the_layout_and_without(parts):
    lines = [STEP % (time, serial, distance) + end for time, serial, distance, end in parts]
    with_layout, without = read_both("step_trainer", [*lines, STEP % (TIME, "s", 7)])
    assert with_layout == without


ALL = '"user":"a@x.de","timestamp":1655564444103,"x":1,"y":0.5,"z":-1.0'
NEW = st.sampled_from(
    ['"2.1"', '" v 3 "', '""', '"ü"', r'"\\"', "7", "-0", "2.50", "1e5", "01", "true", "false", "null", "[]"]
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.permutations(["user", "timestamp", "x", "y", "z", "firmware", "Battery", "2nd"]),
    st.sampled_from([",", ", "]),
    st.lists(st.tuples(USERS, NUMBERS, NEW, NEW, NEW), min_size=20, max_size=40),
)
def test_a_variant_of_the_layout_reads_the_same_with_it_and_without(names, comma, rows):
    known = {"user": '"a@x.de"', "timestamp": f"{TIME}", "x": "1.0", "y": "-0.5", "z": "0"}
    first = known | {"firmware": '"2.1"', "Battery": "87.50", "2nd": "true"}
    lines = [first, first]
    for user, number, firmware, battery, second in rows:
        odd = {"user": f'"{user}"', "x": number} if number == "7" else {}
        lines.append(known | odd | {"firmware": firmware, "Battery": battery, "2nd": second})
    with_layout, without = read_both(
        "accelerometer", ["{" + comma.join(f'"{name}":{line[name]}' for name in names) + "}" for line in lines]
    )
    assert with_layout == without


@pytest.mark.parametrize(
    ("fields", "is_variant"),
    [
        ('"timestamp":1655564444103,"user":"a@x.de","z":1,"y":0.5,"x":-1.0', True),
        (ALL + ',"firmware":"2.1","worn":true,"battery":2.50', True),
        (ALL.removesuffix(',"z":-1.0'), False),
        (ALL + ',"X":1', False),
        (ALL + ',"n":1,"n":2', False),
        (ALL + ',"n":null', False),
        (ALL + ',"n":{"a":1}', False),
        (ALL + ',"n":"ü"', False),
        ('"user":"a@x.de","timestamp":"1655564444103","z":1,"y":0.5,"x":-1.0', False),
        (ALL + "".join(f',"n{number}":1' for number in range(1000)), False),
        ("\\xff", False),
    ],
)
def test_a_variant_has_all_fields_in_any_order_and_plain_new_ones(fields, is_variant):
    found = LAYOUTS["accelerometer"].variant(f"{{{fields}}}".encode("latin-1"))
    assert (found and list(found.fields)) == (re.findall(r'"(\w+)":', fields) if is_variant else None)


@pytest.mark.parametrize(
    ("line", "regular"),
    [
        (MOTION % ("a@x.de", TIME, "1.0"), True),
        ((MOTION % ("a@x.de", TIME, "1.0")).replace(":", ": ").replace(",", ", "), True),
        (MOTION % ("a@x.de", TIME, "1"), True),
        (MOTION % ("a@x.de", TIME, "1e0"), False),
        (MOTION % ("a@x.de", '"1655564444103"', "1.0"), False),
        (MOTION % ("a@x.de", "946684799999", "1.0"), False),
        (MOTION % ('a\\"x', TIME, "1.0"), False),
        (MOTION % ("ä@x.de", TIME, "1.0"), False),
        (MOTION % ("a@x.de", TIME, "1.0") + MOTION % ("a@x.de", TIME, "1.0"), False),
        ('{"timestamp":1655564444103,"user":"a@x.de","x":1.0,"y":0.5,"z":-1.0}', False),
        ('{"user":"a@x.de","user":"b@x.de","timestamp":1655564444103,"x":1.0,"y":0.5,"z":-1.0}', False),
    ],
)
def test_only_the_layout_to_the_letter_is_read_by_it(line, regular):
    assert LAYOUTS["accelerometer"].fits(pa.array([line.encode()])).to_pylist() == [regular]

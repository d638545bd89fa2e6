"""A line that has its source's layout means what it means under the full rules; any other line is left to them."""

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
TYPED = {"bigint": int, "int": int, "double": float, "string": str}


def read_both(source, lines):
    """The records of lines with the layout and without it: the values, new fields, reason, and what is told of that."""
    lines = pa.array([line.encode("utf-8", "surrogateescape") for line in lines])
    batch = pa.RecordBatch.from_arrays([lines, pa.array([7] * len(lines))], ["line", "number"])
    both, fields = [], LAYOUTS[source].fields
    for layout in (LAYOUTS[source], None):
        found = []
        for read in Reader(CONTRACTS[source], layout, {7: "a.json"}).read([batch]):
            for row in read.to_pylist():
                reason, text, *record = row["record"] or [None, None]
                given = zip(record, fields.values(), strict=False)  # new fields come after those of the contract
                values = [value if value is None else TYPED[kind](value) for value, kind in given]
                values = values or [row[name] for name in fields]
                found.append((values, record[len(fields) :], reason, text if reason else None, row["file"]))
        both.append(sorted(map(repr, found)))
    return both


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

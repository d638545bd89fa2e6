"""What objects a line holds: none vanishes, no line raises, and time goes with its length."""

import doctest
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.landing import parsing
from helpers.landing.parsing import find_objects, read_line


def fields(line):
    return [piece.fields for piece in read_line(line)]


def test_the_examples_hold():
    assert doctest.testmod(parsing).failed == 0


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
        '{"a": 01}',
        '{"a": "\x00"}',
        '{"a": "tab\there"}',
        "{" * 100_000,
        '{"a":' * 100_000,
        '{"a": ' + "[" * 5_000 + "}" * 5_000 + "}",
    ],
)
def test_a_line_that_is_not_one_object_is_kept_as_it_is(line):
    (piece,) = read_line(line.encode())
    assert (piece.text, piece.fields) == (line, None)


def test_values_of_every_kind_are_read_as_text():
    line = '{"a": 1.0, "b": "x", "c": null, "d": true, "e": {"f": [1e5, null, {"g": "ü"}]}, "g": "", "": -0}'
    assert dict(fields(line.encode())[0]) == {
        "a": "1.0",
        "b": "x",
        "c": None,
        "d": "true",
        "e": '{"f":[1e5,null,{"g":"ü"}]}',
        "g": "",
        "": "-0",
    }


@pytest.mark.parametrize("number", ["9" * 5_000, "0." + "1" * 50_000, "-1e-999999999", "1E+400"])
def test_numbers_of_any_size_are_read_as_they_are_spelled(number):
    assert fields(f'{{"n": {number}}}'.encode()) == [[("n", number)]]


def test_a_key_that_is_given_twice_is_there_twice():
    assert fields(b'{"a": 1, "b": {"c": 1, "c": 2}, "a": 2}') == [[("a", "1"), ("b", '{"c":1,"c":2}'), ("a", "2")]]


@pytest.mark.parametrize("depth", [50, 990, 3_000, 200_000])
def test_nesting_of_any_depth_is_kept(depth):
    nested = "[" * depth + '"}{"' + "]" * depth
    line = f'{{"email": "ada@example.com", "deep": {nested}, "last": "a]b"}}'
    assert fields(line.encode()) == [[("email", "ada@example.com"), ("deep", nested), ("last", "a]b")]]


def test_halves_of_surrogate_pairs_are_replaced_and_whole_ones_are_letters():
    assert fields(rb'{"a\ud800": "x\udfffy", "b": "\ud83d\ude00"}') == [[("a\ufffd", "x\ufffdy"), ("b", "\U0001f600")]]


def test_byte_order_marks_and_blanks_do_no_harm():
    assert fields(b'\xef\xbb\xbf  {"a": 1} \r') == [[("a", "1")]]
    assert read_line(b" \t\r") == read_line(b"\xef\xbb\xbf") == read_line(b"") == []


def test_bytes_that_are_no_utf8_are_shown_and_not_read():
    (piece,) = read_line(b'{"a": "J\xf6rg"}')
    assert (piece.text, piece.fields, piece.content) == ('{"a": "J\\xf6rg"}', None, b'{"a": "J\xf6rg"}')


def test_objects_without_line_ends_are_read_each():
    assert fields(b'{"a":1}{"a":{"b":[]}}{"a":"}{"}') == [[("a", "1")], [("a", '{"b":[]}')], [("a", "}{")]]


def test_a_broken_object_among_others_is_the_only_one_that_is_lost():
    pieces = read_line(b'{"a":1}{"a":}{"a":"\xff"}{"a":2}{"a":')
    assert [piece.fields for piece in pieces] == [[("a", "1")], None, None, [("a", "2")], None]
    assert b"".join(piece.content for piece in pieces) == b'{"a":1}{"a":}{"a":"\xff"}{"a":2}{"a":'


@given(st.binary(max_size=60) | st.text('{}[]":,a1\\ ', max_size=60).map(str.encode))
def test_no_line_raises_and_every_byte_is_in_a_piece(line):
    pieces = read_line(line)
    mark = line.removeprefix(b"\xef\xbb\xbf").strip(parsing.BLANKS.encode())
    assert b"".join(piece.content for piece in pieces) == mark


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=8) | st.integers(), max_size=4), min_size=1))
def test_what_was_written_is_read(objects):
    line = "".join(json.dumps(one) for one in objects).encode()
    texts = [
        {_encodable(k): _encodable(v if isinstance(v, str) else str(v)) for k, v in one.items()} for one in objects
    ]
    assert [dict(found) for found in fields(line)] == texts


def _encodable(text):
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@pytest.mark.parametrize(
    "line",
    [
        b'{"a": "' + b"x" * 20_000_000 + b'"}',
        b'{"a":1,"b":"x}{y"}' * 100_000,
        b"x" + b'}{"a":["' * 100_000,
        b'{"b":1}{"a":"' + b"}{" * 300_000 + b'"}',
        b"x}" + (b'{"a":' * 3_000 + b"}") * 100,
        b"{" + b",".join(b'"f%d": 1' % number for number in range(100_000)) + b"}",
    ],
    ids=["a long text", "many objects", "cut texts", "a text like ends", "deep and broken", "many fields"],
)
def test_hostile_lines_take_memory_by_their_length(line):
    pieces = read_line(line)
    assert sum(sys.getsizeof(piece.text) for piece in pieces) < 60 * len(line) + 1_000_000


def test_objects_of_a_file_in_another_form_are_found():
    people = [{"email": "ada@example.com", "n": {"x": [1]}}, {"email": "bo@example.com"}]
    pretty = json.dumps(people, indent=2)
    found = find_objects(pretty)
    assert [dict(fields)["email"] for _, _, fields in found] == ["ada@example.com", "bo@example.com"]
    assert json.loads(pretty[found[0][0] : found[0][1]]) == people[0]
    apart = "\n".join(json.dumps(one, indent=1) for one in people)
    assert len(find_objects(apart)) == 2
    assert find_objects("[1, 2]") == find_objects('{"a":') == find_objects("text") == []

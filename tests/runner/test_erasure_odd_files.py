"""``stedi erase`` proves only what was read: packed files, foreign forms, broken lines, odd spellings."""

import bz2
import gzip
import io
import json
import lzma
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from runner.errors import StepFailed, UserError
from tests.erasing import ADA, ADAS, BOB, BOBS, customer, erase, get, keys, lines, motion, parquet, put, read_parquet

ODD_ADA = "\u00a0" + ADA.upper() + "\u200b"


def nothing_is_left(lake):
    """Nothing of Ada is in any object, as a reader of bytes would look."""
    for key in keys(lake):
        body = get(lake, key)
        for text in (body, gzip.decompress(body) if body[:2] == b"\x1f\x8b" else b""):
            assert ADA.encode() not in text.lower(), key
            assert ADAS.encode() not in text, key
    return True


@pytest.mark.parametrize(("name", "pack"), [("x.json", gzip.compress), ("y", bz2.compress), ("z.json.gz", bytes)])
def test_what_is_packed_is_unpacked_by_content(lake, tmp_path, name, pack):
    key = f"accelerometer/landing/{name}"
    put(lake, key, pack(lines(motion(ADA), motion(BOB))))
    erase(lake, tmp_path)
    unpack = {gzip.compress: gzip.decompress, bz2.compress: bz2.decompress, bytes: bytes}[pack]
    assert unpack(get(lake, key)) == lines(motion(BOB))


def test_an_address_with_invisible_characters_is_the_same_address(lake, tmp_path):
    put(lake, "accelerometer/landing/x.json", lines(motion(ODD_ADA), motion(BOB)))
    put(lake, "accelerometer/trusted/run=1/x.parquet", parquet([motion(ODD_ADA), motion(BOB)]))
    put(lake, "customer/landing/b.json", json.dumps(customer(ODD_ADA, "Ada L", ADAS), ensure_ascii=False).encode())
    erase(lake, tmp_path)
    assert get(lake, "accelerometer/landing/x.json") == lines(motion(BOB))
    assert read_parquet(lake, "accelerometer/trusted/run=1/x.parquet") == [motion(BOB)]
    assert get(lake, "customer/landing/b.json") == b""


def test_of_objects_without_line_ends_only_theirs_go(lake, tmp_path):
    joined = b"".join(json.dumps(motion(who, at)).encode() for at, who in enumerate([BOB, ADA, BOB, ADA, BOB]))
    put(lake, "accelerometer/landing/x", joined)
    erase(lake, tmp_path)
    assert get(lake, "accelerometer/landing/x") == b"".join(json.dumps(motion(BOB, at)).encode() for at in (0, 2, 4))


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_json_array_loses_their_objects_and_stays_one(lake, tmp_path, indent, place):
    others = [customer(BOB, "Bob Lee", BOBS), customer("cy@example.com", "Cy Low", "c-1")]
    people = [*others[:place], customer(ADA, "Ada Lovelace", ADAS) | {"phone": "8015550000"}, *others[place:]]
    put(lake, "customer/landing/a.json", json.dumps(people, indent=indent).encode())
    erase(lake, tmp_path)
    assert json.loads(get(lake, "customer/landing/a.json")) == others
    assert nothing_is_left(lake)


@pytest.mark.parametrize("indent", [None, 2])
def test_several_of_theirs_at_the_end_of_an_array_leave_an_array(lake, tmp_path, indent):
    bob, ada = customer(BOB, "Bob Lee", BOBS), customer(ADA, "Ada Lovelace", ADAS)
    for name, people in {"a": [bob, ada, ada], "b": [ada, ada], "c": [ada, bob, ada]}.items():
        put(lake, f"customer/landing/{name}.json", json.dumps(people, indent=indent).encode())
    erase(lake, tmp_path)
    assert [json.loads(get(lake, f"customer/landing/{name}.json")) for name in "abc"] == [[bob], [], [bob]]


def test_pretty_printed_objects_lose_theirs(lake, tmp_path):
    people = [customer(BOB, "Bob Lee", BOBS), customer(ADA, "Ada Lovelace", ADAS)]
    put(lake, "customer/landing/a.json", "\n".join(json.dumps(one, indent=1) for one in people).encode())
    erase(lake, tmp_path)
    assert json.loads(get(lake, "customer/landing/a.json")) == people[0]


def test_lines_that_nobody_can_parse_go_where_anything_in_them_names_the_person(lake, tmp_path):
    put(lake, "customer/landing/a.json", lines(customer(ADA, "Ada Lovelace", ADAS) | {"phone": "801-555-0000"}))
    broken = ['"customerName": "Ada Lovelace",', '"phone": "801-555-0000",', f'"serialNumber": "{ADAS}"', "{", "}"]
    rows = [{"run_id": "r", "reason": "malformed_json", "file": "f", "record": text} for text in broken]
    put(lake, "quarantine/customer/run=1/x.parquet", parquet(rows))
    put(lake, "step_trainer/landing/x.json", "\n".join(broken).encode())
    erase(lake, tmp_path)
    assert [row["record"] for row in read_parquet(lake, "quarantine/customer/run=1/x.parquet")] == ["{", "}"]
    assert get(lake, "step_trainer/landing/x.json") == b"{\n}"


def test_who_stands_in_tables_alone_is_known_by_what_they_say(lake, tmp_path):
    put(lake, "customer/landing/a.json", lines(customer(BOB, "Bob Lee", BOBS)))
    born = pa.array([-719_529], pa.int32()).cast(pa.date32())  # 0000-12-31
    table = pa.Table.from_pylist([customer(ADA, "Ada Lovelace", ADAS)]).append_column("birthDay", born)
    body = io.BytesIO()
    pq.write_table(table, body)
    put(lake, "customer/trusted/run=1/x.parquet", body.getvalue())
    put(lake, "runs/r/log.txt", f"Ada Lovelace has the device {ADAS}".encode())
    erase(lake, tmp_path)
    assert nothing_is_left(lake)
    assert b"Lovelace" not in get(lake, "runs/r/log.txt")


@pytest.mark.parametrize("depth", [3_000, 100_000])
def test_deep_nesting_is_no_hiding_place(lake, tmp_path, depth):
    deep = f'{{"user": "{ADA}", "deep": {"[" * depth}{"]" * depth}}}\n'.encode()
    put(lake, "accelerometer/landing/x.json", deep + lines(motion(BOB)))
    erase(lake, tmp_path)
    assert get(lake, "accelerometer/landing/x.json") == lines(motion(BOB))


def recoded(encoding, body):
    return body.decode().encode(encoding)


def zipped(body):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.json", body)
    return archive.getvalue()


@pytest.mark.parametrize(
    "pack",
    [
        lambda body: body.decode().encode("utf-16"),
        lambda body: body.decode().encode("utf-16-be"),
        zipped,
        lzma.compress,
    ],
    ids=["UTF-16", "UTF-16-BE", "zip", "xz"],
)
@pytest.mark.parametrize("key", ["accelerometer/landing/x.json", "uploads/x"])
def test_what_cannot_be_rewritten_makes_the_proof_fail_by_name(lake, tmp_path, pack, key):
    put(lake, key, pack(lines(motion(ADA), motion(BOB))))
    with pytest.raises(StepFailed, match=f"left in: {key}. Remove it by hand"):
        erase(lake, tmp_path)


def test_what_cannot_be_looked_into_makes_it_fail_by_name(lake, tmp_path):
    put(lake, "uploads/x.zst", b"\x28\xb5\x2f\xfd rest")
    with pytest.raises(UserError, match=r"uploads/x\.zst .*zstd.*nobody can tell who is in it"):
        erase(lake, tmp_path)

"""What lands of a landing directory, under which names, and what is refused before anything is copied."""

import bz2
import gzip
import os

import boto3
import pytest

from runner.errors import UserError
from runner.pipeline.landing import PART, WHOLE, ZONES, copy_new_files, find_files, passed_over
from runner.pipeline.packing import landed_name, unpack


@pytest.fixture
def landing(tmp_path):
    """A landing directory with one file in each zone."""
    for zone in ZONES:
        (tmp_path / "in" / zone).mkdir(parents=True)
        (tmp_path / "in" / zone / "a.json").write_text('{"a": 1}\n')
    return tmp_path / "in"


def keys(landing, zone="accelerometer/landing"):
    return sorted(file.key.removeprefix(f"{zone}/") for file in find_files(landing) if file.key.startswith(zone))


def test_files_of_any_name_and_behind_links_land(landing, tmp_path):
    zone = landing / "accelerometer/landing"
    (tmp_path / "older" / "2020").mkdir(parents=True)
    (tmp_path / "older" / "2020" / "b.json").write_text("{}")
    (zone / "older").symlink_to(tmp_path / "older")
    (zone / "c.json").symlink_to(zone / "a.json")
    (zone / "older" / "loop").symlink_to(tmp_path / "older")
    for name in ("märz [1].json", "数据{x}*?.json", "100%#.json", 'it\'s "so".json', "back\\slash"):
        (zone / name).write_text("{}")
    names = ["100%#.json", "a.json", "back\\slash", "c.json", 'it\'s "so".json', "märz [1].json"]
    assert keys(landing) == sorted([*names, "older/2020/b.json", "数据{x}*?.json"])


def test_hidden_files_and_those_in_transit_do_not_land_and_are_told(landing):
    zone = landing / "accelerometer/landing"
    for name in ("_a.json", ".b.json", "c.json._COPYING_", "_tmp/d.json", "e/.f/g.json"):
        (zone / name).parent.mkdir(parents=True, exist_ok=True)
        (zone / name).write_text("{}")
    assert keys(landing) == ["a.json"]
    assert len(passed_over(landing)) == 5
    assert "accelerometer/landing/c.json._COPYING_" in passed_over(landing)


@pytest.mark.parametrize(
    ("name", "body", "key"),
    [
        ("b.json", gzip.compress(b"{}", mtime=0), "b.json.gz"),
        ("b.json.gz", gzip.compress(b"{}", mtime=0), "b.json.gz"),
        ("b.json.GZ", gzip.compress(b"{}", mtime=0), "b.json.GZ.gz"),
        ("b", bz2.compress(b"{}"), "b.bz2"),
        ("b.json.gz", bz2.compress(b"{}"), "b.json.gz.bz2"),
        ("b.json.gz", b"{}", "b.json.gz.json"),
        ("b.zst", b"{}", "b.zst.json"),
        ("b.deflate", b"{}", "b.deflate.json"),
        ("b.json", b"", "b.json"),
    ],
)
def test_a_name_says_how_the_file_is_packed(landing, name, body, key):
    (landing / "accelerometer/landing" / name).write_bytes(body)
    assert keys(landing) == sorted(["a.json", key])
    assert landed_name(key, {"gz": "gz", "bz2": "bz2"}.get(key.rpartition(".")[2])) == key
    assert unpack(body) in (b"{}", b"")


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"PK\x03\x04...", "zip"), (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd..", "zstd"), (b"PAR1....", "Parquet")],
)
def test_what_nobody_can_unpack_is_refused_by_name(landing, body, kind):
    (landing / "customer/landing/b.json").write_bytes(body)
    with pytest.raises(UserError, match=rf"b\.json is {kind}: unpack it"):
        find_files(landing)


def test_two_files_that_would_land_under_one_name_are_refused(landing):
    (landing / "customer/landing/b.json").write_bytes(gzip.compress(b"{}"))
    (landing / "customer/landing/b.json.gz").write_bytes(gzip.compress(b"{}"))
    with pytest.raises(UserError, match=r"both land as customer/landing/b\.json\.gz: rename"):
        find_files(landing)


def test_a_pipe_is_refused_and_nobody_waits_for_it(landing):
    os.mkfifo(landing / "customer/landing/pipe")
    with pytest.raises(UserError, match="pipe"):
        find_files(landing)


def test_a_name_that_is_no_utf8_is_refused(landing):
    with open(os.fsencode(landing / "customer/landing") + b"/gr\xf6\xdfe.json", "wb") as file:
        file.write(b"{}")
    with pytest.raises(UserError, match=r"gr\\xf6\\xdfe\.json is no UTF-8.*rename"):
        find_files(landing)


def test_a_name_that_is_too_long_for_a_key_is_refused(landing):
    deep = landing / "customer/landing" / "/".join(["d" * 200] * 5)
    deep.mkdir(parents=True)
    (deep / "a.json").write_text("{}")
    with pytest.raises(UserError, match="too long"):
        find_files(landing)


@pytest.mark.parametrize("size", [0, 10, PART, PART + 1, 2 * PART])
def test_what_awss_own_tools_have_copied_is_not_copied_again(landing, lake, size):
    path = landing / "customer" / "landing" / "large.json"
    path.write_bytes(b" " * size)
    boto3.client("s3").upload_file(str(path), lake.bucket, "customer/landing/large.json")
    assert copy_new_files([file for file in find_files(landing) if file.path == path], lake.bucket)[0] == 0
    path.write_bytes(b" " * size + b"\n")
    assert copy_new_files([file for file in find_files(landing) if file.path == path], lake.bucket)[0] == 1


@pytest.mark.parametrize("size", [PART + 1, WHOLE + 1])
def test_what_was_copied_is_not_copied_again(landing, lake, size):
    path = landing / "customer" / "landing" / "large.json"
    path.write_bytes(b" " * size)
    assert copy_new_files(find_files(landing), lake.bucket)[0] > 0
    assert copy_new_files(find_files(landing), lake.bucket)[0] == 0


@pytest.mark.parametrize("landed_before", [False, True])
def test_a_file_that_is_gone_when_its_turn_comes_is_named(landing, lake, landed_before):
    path = landing / "customer" / "landing" / "gone.json"
    path.write_text("{}")
    found = find_files(landing)
    if landed_before:
        copy_new_files(found, lake.bucket)
    path.unlink()
    with pytest.raises(UserError, match=r"gone\.json cannot be read: No such file"):
        copy_new_files(found, lake.bucket)

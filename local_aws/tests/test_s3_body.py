import errno
import hashlib
import os
import zlib
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug import Request
from werkzeug.test import EnvironBuilder

from local_aws.lake import open_lake
from local_aws.s3 import folders
from local_aws.s3.checksums import ALGORITHMS
from local_aws.s3.service import S3


@pytest.fixture
def lake(tmp_path):
    lake = open_lake(tmp_path / "lake")
    lake.bucket("bkt").mkdir()
    return lake


def ask(lake, method, path, body=b"", headers=None, **environ):
    builder = EnvironBuilder(method=method, path=path, data=body, headers=headers)
    return S3(lake).respond(Request({**builder.get_environ(), **environ}))


def chunked(*chunks, trailer=""):
    framed = [f"{len(chunk):x};chunk-signature=0\r\n".encode() + chunk + b"\r\n" for chunk in [*chunks, b""]]
    return b"".join(framed)[:-2] + trailer.encode() + b"\r\n"


def put_chunked(lake, body, length, **headers):
    wanted = {
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length": str(length),
        "Content-Encoding": "aws-chunked,gzip",
        **headers,
    }
    return ask(lake, "PUT", "/bkt/k", body, wanted)


def test_chunks_are_decoded_and_the_trailer_verified(lake):
    checksum = b64encode(zlib.crc32(b"hello world").to_bytes(4, "big")).decode()
    trailer = f"x-amz-checksum-crc32:{checksum}\r\n"
    answer = put_chunked(
        lake, chunked(b"hello", b" world", trailer=trailer), 11, **{"x-amz-trailer": "x-amz-checksum-crc32"}
    )
    assert answer.status_code == 200
    assert (lake.bucket("bkt") / "k").read_bytes() == b"hello world"
    assert ask(lake, "GET", "/bkt/k").headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    ("body", "length", "code"),
    [
        (chunked(b"hello"), 6, "IncompleteBody"),
        (chunked(b"hello")[:10], 5, "IncompleteBody"),
        (b"not chunks", 5, "IncompleteBody"),
    ],
)
def test_broken_chunks_leave_nothing(lake, body, length, code):
    assert code in put_chunked(lake, body, length).get_data(as_text=True)
    assert list(lake.bucket("bkt").iterdir()) == []


def test_wrong_and_missing_trailers_are_refused(lake):
    announced = {"x-amz-trailer": "x-amz-checksum-crc32"}
    wrong = put_chunked(lake, chunked(b"hello", trailer="x-amz-checksum-crc32:AAAAAA==\r\n"), 5, **announced)
    assert "BadDigest" in wrong.get_data(as_text=True)
    assert "MalformedTrailerError" in put_chunked(lake, chunked(b"hello"), 5, **announced).get_data(as_text=True)


def test_the_signed_digest_is_held_against_the_body(lake):
    digest = hashlib.sha256(b"hello").hexdigest()
    assert ask(lake, "PUT", "/bkt/k", b"hello", **{"local_aws.content_sha256": digest}).status_code == 200
    refused = ask(lake, "PUT", "/bkt/k", b"other", **{"local_aws.content_sha256": digest})
    assert "XAmzContentSHA256Mismatch" in refused.get_data(as_text=True)
    assert (lake.bucket("bkt") / "k").read_bytes() == b"hello"


def test_a_full_disk_is_said_clearly_and_leaves_no_draft(lake, monkeypatch):
    def full(source, target):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(folders.os, "replace", full)
    answer = ask(lake, "PUT", "/bkt/k", b"hello")
    assert (answer.status_code, "No space left on device" in answer.get_data(as_text=True)) == (507, True)
    assert list((lake.state / "s3" / "drafts").iterdir()) == []


@pytest.mark.parametrize(("name", "check"), [("crc32c", 0xE3069283), ("crc64nvme", 0xAE8B14860A799888)])
def test_crc_check_values(name, check):
    checksum = ALGORITHMS[name]()
    checksum.update(b"123456789")
    assert int.from_bytes(checksum.digest(), "big") == check


@given(data=st.binary(max_size=20_000), cut=st.integers(0, 20_000), repeat=st.integers(1, 40))
def test_crc_does_not_depend_on_how_the_data_is_cut(data, cut, repeat):
    data = data * repeat
    for name in ("crc32c", "crc64nvme"):
        whole, pieces, plain = ALGORITHMS[name](), ALGORITHMS[name](), ALGORITHMS[name]()
        whole.update(data)
        pieces.update(data[:cut])
        pieces.update(data[cut:])
        for start in range(0, len(data), 1000):
            plain.update(data[start : start + 1000])
        assert whole.digest() == pieces.digest() == plain.digest()

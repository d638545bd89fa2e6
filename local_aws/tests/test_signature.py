"""Signature Version 4, held against AWS's own worked examples and against botocore's signer."""

import hashlib
from datetime import datetime, timedelta, timezone
from urllib.parse import quote, urlencode

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Signer
from hypothesis import given
from hypothesis import strategies as st

from local_aws.endpoint.signature import RawRequest, Reason, SignatureRefused, claimed_signature, verify
from local_aws.profile import Credentials

EXAMPLE = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
EXAMPLE_TIME = datetime(2013, 5, 24, tzinfo=timezone.utc)
EXAMPLE_HOST = "examplebucket.s3.amazonaws.com"
EMPTY = hashlib.sha256(b"").hexdigest()
OURS = Credentials("STEDILOCALTESTACCESS", "a secret of the test")


def documented(path: str, query: str, signed: dict[str, str], digest: str) -> RawRequest:
    """An example of "Authenticating Requests: Using the Authorization Header" (Amazon S3 API Reference)."""
    headers = {"host": EXAMPLE_HOST, "x-amz-date": "20130524T000000Z", "x-amz-content-sha256": EMPTY, **signed}
    authorization = (
        f"AWS4-HMAC-SHA256 Credential={EXAMPLE.access_key}/20130524/us-east-1/s3/aws4_request,"
        f"SignedHeaders={';'.join(sorted(headers))},Signature={digest}"
    )
    return RawRequest("GET", path, query, {**headers, "authorization": authorization})


@pytest.mark.parametrize(
    ("path", "query", "signed", "digest"),
    [
        (
            "/test.txt",
            "",
            {"range": "bytes=0-9"},
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        ("/", "lifecycle", {}, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("/", "max-keys=2&prefix=J", {}, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ],
)
def test_aws_documented_requests_are_accepted(path, query, signed, digest):
    request = documented(path, query, signed, digest)
    verify(request, claimed_signature(request), EXAMPLE, EMPTY, EXAMPLE_TIME)


def test_aws_documented_presigned_url_is_accepted_for_its_day_only():
    query = (
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2F"
        "aws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )
    request = RawRequest("GET", "/test.txt", query, {"host": EXAMPLE_HOST})
    claimed = claimed_signature(request)
    verify(request, claimed, EXAMPLE, "UNSIGNED-PAYLOAD", EXAMPLE_TIME + timedelta(hours=23))
    assert refused_for(request, "UNSIGNED-PAYLOAD", EXAMPLE_TIME + timedelta(hours=25), EXAMPLE) is Reason.EXPIRED


def signed_by_botocore(auth, method="GET", path="/", query="", body=b"", headers=None) -> RawRequest:
    request = AWSRequest(method, f"http://127.0.0.1:4566{path}{query and '?' + query}", dict(headers or {}), data=body)
    auth.add_auth(request)
    prepared = request.prepare()
    path, _, query = prepared.url.removeprefix("http://127.0.0.1:4566").partition("?")
    received = {name.lower(): value for name, value in request.headers.items()}
    return RawRequest(method, path or "/", query, {**received, "host": "127.0.0.1:4566"})


def json_request(region: str = "us-east-1", body: bytes = b"{}", credentials: Credentials = OURS) -> RawRequest:
    auth = SigV4Auth(Signer(credentials.access_key, credentials.secret_key), "glue", region)
    return signed_by_botocore(auth, "POST", body=body, headers={"X-Amz-Target": "AWSGlue.GetDatabases"})


def refused_for(request, payload_hash, now=None, credentials=OURS) -> Reason:
    with pytest.raises(SignatureRefused) as caught:
        verify(request, claimed_signature(request), credentials, payload_hash, now)
    return caught.value.reason


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


@given(
    key=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1),
    query=st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1), st.text(st.characters(codec="utf-8"))),
)
def test_every_s3_key_and_query_that_botocore_signs_is_accepted(key, query):
    auth = S3SigV4Auth(Signer(OURS.access_key, OURS.secret_key), "s3", "us-east-1")
    request = signed_by_botocore(auth, "PUT", "/bucket/" + quote(key, safe="/~"), urlencode(query, quote_via=quote))
    verify(request, claimed_signature(request), OURS, request.headers["x-amz-content-sha256"])


def test_a_url_presigned_by_botocore_is_accepted():
    auth = S3SigV4QueryAuth(Signer(OURS.access_key, OURS.secret_key), "s3", "us-east-1", expires=60)
    request = signed_by_botocore(auth, path="/bucket/a%20key%2Bplus//%C3%BC")
    verify(request, claimed_signature(request), OURS, "UNSIGNED-PAYLOAD")


def test_a_json_request_signed_by_botocore_is_accepted():
    request = json_request(body=b'{"a": 1}')
    verify(request, claimed_signature(request), OURS, sha256(b'{"a": 1}'))


def test_another_body_is_a_mismatch():
    assert refused_for(json_request(), sha256(b"[]")) is Reason.MISMATCH


def test_another_secret_is_a_mismatch():
    stranger = Credentials(OURS.access_key, "a guess")
    assert refused_for(json_request(credentials=stranger), sha256(b"{}")) is Reason.MISMATCH


def test_another_access_key_is_unknown():
    stranger = Credentials("SOMEBODYELSE", OURS.secret_key)
    assert refused_for(json_request(credentials=stranger), sha256(b"{}")) is Reason.UNKNOWN_KEY


def test_another_region_is_refused():
    assert refused_for(json_request(region="eu-west-1"), sha256(b"{}")) is Reason.WRONG_REGION


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_clock_that_is_16_minutes_off_is_refused(minutes):
    now = datetime.now(timezone.utc) + timedelta(minutes=minutes)
    assert refused_for(json_request(), sha256(b"{}"), now) is Reason.SKEWED


def test_a_header_that_names_the_action_must_be_signed():
    request = json_request()
    added = RawRequest(request.method, request.path, request.query, {**request.headers, "x-amz-extra": "1"})
    assert refused_for(added, sha256(b"{}")) is Reason.UNSIGNED_HEADER


@pytest.mark.parametrize("name", ["x-amz-target", "host"])
def test_a_changed_header_is_a_mismatch(name):
    request = json_request()
    changed = RawRequest(request.method, request.path, request.query, {**request.headers, name: "else"})
    assert refused_for(changed, sha256(b"{}")) is Reason.MISMATCH


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic abc",
        "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=" + "0" * 64,
        "AWS4-HMAC-SHA256 Credential=a/20130524/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=xyz",
    ],
)
def test_an_authorization_that_cannot_be_read_is_malformed(authorization):
    with pytest.raises(SignatureRefused) as caught:
        claimed_signature(RawRequest("GET", "/", "", {"host": "h", "authorization": authorization}))
    assert caught.value.reason is Reason.MALFORMED


def test_a_request_without_a_signature_claims_none():
    assert claimed_signature(RawRequest("GET", "/bucket/key", "list-type=2", {"host": "h"})) is None

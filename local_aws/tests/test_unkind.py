"""What an AWS that is unkind refuses, in the words of each service, through its own clients."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local_aws.lake import LakeError
from local_aws.unkind import Unkind, parse_unkind, read_unkind, write_unkind

WHO = "User: arn:aws:iam::123456789012:user/stedi-local is not authorized to perform:"
BUCKET = "unkind-bucket"


@pytest.fixture
def play(endpoint: Any) -> Iterator[Callable[..., None]]:
    yield lambda **settings: write_unkind(endpoint.lake, Unkind(**settings))
    write_unkind(endpoint.lake, Unkind())


@pytest.fixture
def s3(aws: Callable[[str], Any]) -> Any:
    aws("s3").create_bucket(Bucket=BUCKET)
    aws("s3").put_object(Bucket=BUCKET, Key="a/b c", Body=b"1")
    return aws("s3")


def refusal(call: Callable[..., Any], **arguments: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    answer = refused.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def denied(action: str, resource: str) -> str:
    return f"{WHO} {action} on resource: {resource} because no identity-based policy allows the {action} action"


def test_s3_says_what_is_denied_on_which_object(s3: Any, play: Callable):
    play(deny=("s3:deleteobject",))
    told = denied("s3:DeleteObject", f'"arn:aws:s3:::{BUCKET}/a/b c"')
    assert refusal(s3.delete_object, Bucket=BUCKET, Key="a/b c") == ("AccessDenied", 403, told)
    answer = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "a/b c"}, {"Key": "other"}]})
    assert [error["Key"] for error in answer["Errors"]] == ["a/b c", "other"]
    assert answer["Errors"][0] == {"Key": "a/b c", "Code": "AccessDenied", "Message": told}
    assert s3.get_object(Bucket=BUCKET, Key="a/b c")["Body"].read() == b"1"
    play()
    assert s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "a/b c"}]})["Deleted"] == [{"Key": "a/b c"}]


def test_of_several_keys_those_are_deleted_that_may_be(s3: Any, play: Callable):
    s3.put_object(Bucket=BUCKET, Key="mine/1", Body=b"1")
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    mine = {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": f"arn:aws:s3:::{BUCKET}/a/*"}
    play(policies={"user": {"Statement": [everything, mine]}})
    keys = {"Objects": [{"Key": "a/b c"}, {"Key": "mine/1"}]}
    answer = s3.delete_objects(Bucket=BUCKET, Delete=keys, ChecksumAlgorithm="SHA256")
    assert [entry["Key"] for entry in answer["Deleted"]] == ["mine/1"]
    assert [(error["Key"], error["Code"]) for error in answer["Errors"]] == [("a/b c", "AccessDenied")]
    assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 1


@pytest.mark.parametrize(
    ("action", "operation", "arguments", "resource"),
    [
        ("s3:ListBucket", "list_objects_v2", {}, BUCKET),
        ("s3:ListBucketMultipartUploads", "list_multipart_uploads", {}, BUCKET),
        ("s3:GetBucketVersioning", "get_bucket_versioning", {}, BUCKET),
        ("s3:GetObject", "get_object", {"Key": "a/b c"}, f"{BUCKET}/a/b c"),
        ("s3:GetObjectVersion", "get_object", {"Key": "a/b c", "VersionId": "null"}, f"{BUCKET}/a/b c"),
        ("s3:PutObject", "put_object", {"Key": "k", "Body": b"2"}, f"{BUCKET}/k"),
        ("s3:PutObject", "create_multipart_upload", {"Key": "k"}, f"{BUCKET}/k"),
        ("s3:PutObject", "upload_part", {"Key": "k", "UploadId": "u", "PartNumber": 1}, f"{BUCKET}/k"),
        ("s3:AbortMultipartUpload", "abort_multipart_upload", {"Key": "k", "UploadId": "u"}, f"{BUCKET}/k"),
        ("s3:GetObject", "copy_object", {"Key": "k", "CopySource": f"{BUCKET}/a/b c"}, f"{BUCKET}/a/b c"),
        ("s3:PutObject", "copy_object", {"Key": "k", "CopySource": f"{BUCKET}/a/b c"}, f"{BUCKET}/k"),
    ],
)
def test_each_operation_of_s3_needs_its_action(
    s3: Any, play: Callable, action: str, operation: str, arguments: dict, resource: str
):
    play(deny=(action,))
    told = denied(action, f'"arn:aws:s3:::{resource}"')
    assert refusal(getattr(s3, operation), Bucket=BUCKET, **arguments) == ("AccessDenied", 403, told)


def test_a_head_is_forbidden_without_a_word(s3: Any, play: Callable):
    play(deny=("s3:Get*",))
    assert refusal(s3.head_object, Bucket=BUCKET, Key="a/b c") == ("403", 403, "Forbidden")


def test_who_may_not_list_does_not_learn_what_is_missing(s3: Any, play: Callable):
    assert refusal(s3.get_object, Bucket=BUCKET, Key="none")[:2] == ("NoSuchKey", 404)
    play(deny=("s3:ListBucket",))
    told = denied("s3:ListBucket", f'"arn:aws:s3:::{BUCKET}"')
    assert refusal(s3.get_object, Bucket=BUCKET, Key="none") == ("AccessDenied", 403, told)
    assert refusal(s3.head_object, Bucket=BUCKET, Key="none")[:2] == ("403", 403)
    assert s3.get_object(Bucket=BUCKET, Key="a/b c")["Body"].read() == b"1"


@pytest.mark.parametrize(
    ("service", "action", "arguments", "resource"),
    [
        ("glue", "GetTable", {"DatabaseName": "d", "Name": "t"}, "arn:aws:glue:us-east-1:123456789012:catalog"),
        ("glue", "GetSession", {"Id": "s"}, "arn:aws:glue:us-east-1:123456789012:session/s"),
        (
            "athena",
            "StartQueryExecution",
            {"QueryString": "1"},
            "arn:aws:athena:us-east-1:123456789012:workgroup/primary",
        ),
        (
            "secretsmanager",
            "GetSecretValue",
            {"SecretId": "x"},
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:x",
        ),
        ("secretsmanager", "ListSecrets", {}, "*"),
    ],
)
def test_the_others_say_it_alike(
    aws: Callable, play: Callable, service: str, action: str, arguments: dict, resource: str
):
    play(deny=(f"{service}:{action}",))
    client = aws(service)
    name = next(name for name, operation in client.meta.method_to_api_mapping.items() if operation == action)
    told = denied(f"{service}:{action}", resource)
    assert refusal(getattr(client, name), **arguments) == ("AccessDeniedException", 400, told)


@pytest.mark.parametrize(
    ("service", "call", "arguments", "code", "status"),
    [
        ("s3", "list_buckets", {}, "SlowDown", 503),
        ("glue", "get_databases", {}, "ThrottlingException", 400),
        ("athena", "get_work_group", {"WorkGroup": "primary"}, "ThrottlingException", 400),
        ("secretsmanager", "list_secrets", {}, "ThrottlingException", 400),
    ],
)
def test_every_third_request_is_too_much(
    endpoint: Any, play: Callable, client_for: Callable, service, call, arguments, code, status
):
    client = client_for(endpoint, service, config=Config(retries={"total_max_attempts": 1}))
    play(throttle=3)
    answers = []
    for _ in range(6):
        try:
            getattr(client, call)(**arguments)
            answers.append(None)
        except ClientError as error:
            answers.append((error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]))
    assert sorted(answers, key=str) == [(code, status)] * 2 + [None] * 4
    assert answers[:3].count(None) == 2


def test_a_number_that_is_too_large_is_refused(aws: Callable):
    code, status, message = refusal(aws("glue").list_sessions, MaxResults=1001)
    assert (code, status) == ("ValidationException", 400)
    assert "MaxResults" in message


def test_settings_are_parsed_and_kept(endpoint: Any, play: Callable):
    write_unkind(endpoint.lake, parse_unkind("throttle=20, deny=s3:Delete*,deny=glue:UpdateTable,sessions=1"))
    assert read_unkind(endpoint.lake) == Unkind(deny=("s3:Delete*", "glue:UpdateTable"), throttle=20, sessions=1)
    write_unkind(endpoint.lake, parse_unkind("none"))
    assert read_unkind(endpoint.lake) == Unkind()
    for text in ("rude", "deny=DeleteObject", "deny=ec2:RunInstances", "throttle=often"):
        with pytest.raises(LakeError, match="no unkind setting"):
            parse_unkind(text)

import stat

import pytest

from local_aws.errors import AwsError
from local_aws.lake import open_lake
from local_aws.secrets import Secrets

KEY = "some/key"


@pytest.fixture
def lake(tmp_path):
    return open_lake(tmp_path / "lake")


@pytest.fixture
def secrets(lake):
    """Secrets Manager with one secret."""
    opened = Secrets(lake)
    opened.call("CreateSecret", {"Name": KEY, "SecretString": "old"})
    return opened


def key_of(secrets: Secrets) -> str:
    return secrets.call("GetSecretValue", {"SecretId": KEY})["SecretString"]


def refusal(secrets: Secrets, action: str, **payload) -> str:
    with pytest.raises(AwsError) as caught:
        secrets.call(action, payload)
    assert caught.value.status in (400, 501)
    return caught.value.code


def test_a_new_lake_has_no_secret_and_keeps_its_own(lake, tmp_path):
    assert Secrets(lake).call("ListSecrets", {})["SecretList"] == []
    Secrets(lake).call("CreateSecret", {"Name": KEY, "SecretString": "mine"})
    assert key_of(Secrets(lake)) == "mine"
    other = Secrets(open_lake(tmp_path / "other"))
    assert refusal(other, "GetSecretValue", SecretId=KEY) == "ResourceNotFoundException"
    assert stat.S_IMODE((lake.state / "secrets.sqlite").stat().st_mode) == 0o600


def test_a_rotated_key_keeps_its_previous_value_over_a_restart(lake, secrets):
    old = key_of(secrets)
    secrets.call("PutSecretValue", {"SecretId": KEY, "SecretString": "new"})
    again = Secrets(lake)
    assert key_of(again) == "new"
    previous = again.call("GetSecretValue", {"SecretId": KEY, "VersionStage": "AWSPREVIOUS"})
    assert previous["SecretString"] == old
    assert again.call("DescribeSecret", {"SecretId": KEY}) == secrets.call("DescribeSecret", {"SecretId": KEY})


def test_a_deleted_key_does_not_come_back(lake, secrets):
    secrets.call("DeleteSecret", {"SecretId": KEY, "ForceDeleteWithoutRecovery": True})
    assert refusal(Secrets(lake), "GetSecretValue", SecretId=KEY) == "ResourceNotFoundException"


def test_a_secret_marked_for_deletion_is_neither_read_nor_listed(secrets):
    secrets.call("DeleteSecret", {"SecretId": KEY})
    assert refusal(secrets, "GetSecretValue", SecretId=KEY) == "InvalidRequestException"
    assert refusal(secrets, "CreateSecret", Name=KEY) == "InvalidRequestException"
    assert secrets.call("ListSecrets", {})["SecretList"] == []
    assert len(secrets.call("ListSecrets", {"IncludePlannedDeletion": True})["SecretList"]) == 1


def test_refusals_carry_aws_codes(secrets):
    assert refusal(secrets, "CreateSecret", Name=KEY, SecretString="x") == "ResourceExistsException"
    assert refusal(secrets, "PutSecretValue", SecretId=KEY) == "InvalidRequestException"
    assert refusal(secrets, "PutSecretValue", SecretId="nope", SecretString="x") == "ResourceNotFoundException"
    assert refusal(secrets, "CreateSecret", Name="bad name") == "ValidationException"
    assert refusal(secrets, "RotateSecret", SecretId=KEY) == "NotImplementedException"
    assert refusal(secrets, "UpdateSecret", SecretId=KEY, SecretString="x") == "NotImplementedException"
    for more in ({"KmsKeyId": "k"}, {"SecretBinary": "AA=="}):
        assert refusal(secrets, "CreateSecret", Name="x", **more) == "NotImplementedException"
    pending = {"SecretString": "x", "VersionStages": ["AWSPENDING"]}
    assert refusal(secrets, "PutSecretValue", SecretId=KEY, **pending) == "NotImplementedException"


def test_boto3_creates_and_reads_text(aws):
    client = aws("secretsmanager")
    arn = client.create_secret(Name="a/text", SecretString="one", Description="d")["ARN"]
    client.put_secret_value(SecretId=arn, SecretString="two")
    assert client.get_secret_value(SecretId="a/text")["SecretString"] == "two"
    assert "a/text" in {secret["Name"] for secret in client.list_secrets()["SecretList"]}
    assert client.describe_secret(SecretId="a/text")["Description"] == "d"


def test_stages_move_from_version_to_version(lake):
    secrets = Secrets(lake)
    secrets.call("CreateSecret", {"Name": "staged", "SecretString": "1", "ClientRequestToken": "a" * 32})
    for number, token in ("2", "b" * 32), ("3", "c" * 32), ("3", "c" * 32):  # the last one is a retry
        secrets.call("PutSecretValue", {"SecretId": "staged", "SecretString": number, "ClientRequestToken": token})

    def value(**version) -> str:
        return secrets.call("GetSecretValue", {"SecretId": "staged", **version})["SecretString"]

    assert [value(VersionStage=f"AWS{stage}") for stage in ("CURRENT", "PREVIOUS")] == ["3", "2"]
    assert (value(), value(VersionId="a" * 32)) == ("3", "1")
    again = {"SecretId": "staged", "SecretString": "other", "ClientRequestToken": "a" * 32}
    assert refusal(secrets, "PutSecretValue", **again) == "ResourceExistsException"
    assert refusal(secrets, "GetSecretValue", SecretId="staged", VersionStage="NONE") == "ResourceNotFoundException"
    wrong = {"VersionId": "a" * 32, "VersionStage": "AWSCURRENT"}
    assert refusal(secrets, "GetSecretValue", SecretId="staged", **wrong) == "InvalidRequestException"
    assert refusal(secrets, "GetSecretValue", SecretId="Staged") == "ResourceNotFoundException"

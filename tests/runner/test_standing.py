"""What stands in an account already is used where it protects the data, and refused with its fix where it does not."""

import pytest

from runner.errors import UserError
from runner.pipeline import scripts
from tests.runner.small_account import BUCKET, OF_OTHERS, close_to_the_public, make_a_table_elsewhere, refusal, stedi


def encrypt(account):
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}}
    account.client("s3").put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})


def open_up(account):
    account.client("s3").delete_public_access_block(Bucket=BUCKET)


def let_others_in(account):
    account.client("s3").put_bucket_policy(Bucket=BUCKET, Policy=OF_OTHERS)


def give_the_key_away(account):
    made = account.client("secretsmanager").create_secret(Name="stedi/participant-key", SecretString="x")
    account.client("secretsmanager").put_resource_policy(SecretId=made["ARN"], ResourcePolicy=OF_OTHERS)


@pytest.mark.parametrize(
    ("spoil", "told", "fix"),
    [
        (encrypt, "encrypted by aws:kms", "delete-bucket-encryption"),
        (open_up, "does not block public access", "put-public-access-block"),
        (let_others_in, r"a policy that is not the lake's \(Theirs\)", "delete-bucket-policy"),
        (give_the_key_away, r"a policy that is not the lake's \(Theirs\)", "delete-resource-policy"),
        (make_a_table_elsewhere, "holds the table sales of s3://shop/sales/", "--database"),
    ],
)
def test_what_would_not_protect_the_data_is_refused_with_its_fix_before_anything_is_made(account, spoil, told, fix):
    account.client("s3").create_bucket(Bucket=BUCKET)
    close_to_the_public(account)
    spoil(account)
    with pytest.raises(UserError, match=f"{told}.*{fix}"):
        stedi("deploy", "--bucket", BUCKET, "--yes")
    assert not account.client("cloudformation").describe_stacks()["Stacks"]
    assert "Contents" not in account.client("s3").list_objects_v2(Bucket=BUCKET)


@pytest.mark.parametrize(
    ("code", "told"),
    [("403", "is taken by another account"), ("301", "is in another region"), ("400", "is in another region")],
)
def test_a_bucket_of_somebody_else_or_of_another_region_is_one_line(account, monkeypatch, code, told):
    s3 = account.client("s3")
    monkeypatch.setattr(s3, "head_bucket", lambda **_: (_ for _ in ()).throw(refusal(code, operation="HeadBucket")))
    monkeypatch.setattr(scripts.boto3, "client", lambda name: s3 if name == "s3" else account.client(name))
    with pytest.raises(UserError, match=f"{BUCKET} {told}"):
        scripts.owns_bucket(BUCKET)


def test_a_bucket_in_another_region_is_refused(account):
    place = {"LocationConstraint": "eu-central-1"}
    account.client("s3", region_name="eu-central-1").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)
    with pytest.raises(UserError, match="is in eu-central-1, the profile in us-east-1"):
        stedi("deploy", "--bucket", BUCKET, "--yes")


def test_a_key_that_is_to_be_deleted_is_told(account):
    secrets = account.client("secretsmanager")
    secrets.create_secret(Name="stedi/participant-key", SecretString="x")
    secrets.delete_secret(SecretId="stedi/participant-key")
    with pytest.raises(UserError, match="restore-secret"):
        stedi("deploy", "--bucket", BUCKET, "--yes")

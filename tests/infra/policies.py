"""The IAM policies of ``infra/stack.yaml``, filled in: what the local AWS and the tests hold calls against."""

from runner.deploy.template import fill, read_stack, statements_of

ACCOUNT, REGION, STACK_NAME = "123456789012", "us-east-1", "stedi"
SESSION, RUNNER, SCIENTIST = "SessionRole", "RunnerRole", "ScientistPolicy"
PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::StackName": STACK_NAME,
} | {f"{role}.Arn": f"arn:aws:iam::{ACCOUNT}:role/{STACK_NAME}-{role}" for role in (SESSION, RUNNER)}


def policy_documents(
    bucket: str = "stedi-lakehouse",
    database: str = "stedi",
    secret: str = "stedi/participant-key",
    **more: str,
) -> dict[str, dict]:
    """The identity policies by the name of their resource, as IAM would see them.

    Parameters
    ----------
    bucket, database, secret : str
        The names that a stack would be given.
    more : str
        Further parameters of the template, such as ``UseStudio="true"``.

    Returns
    -------
    dict of str to dict
        ``SessionRole``, ``RunnerRole`` and ``ScientistPolicy``, each one policy document with the statements of all
        its policies, for account 123456789012 in us-east-1.
    """
    parameters = {name: str(one.get("Default", "")) for name, one in read_stack()["Parameters"].items()}
    values = PSEUDO | parameters | {"BucketName": bucket, "DatabaseName": database, "SecretName": secret} | more
    statements = {name: statements_of(name) for name in (SESSION, RUNNER, SCIENTIST)}
    if values["UseStudio"] == "true":
        statements[SESSION] += statements_of("StudioPolicy")
    return {name: {"Version": "2012-10-17", "Statement": fill(found, values)} for name, found in statements.items()}


def role_arns() -> dict[str, str]:
    """The roles' ARNs, as in the documents of `policy_documents`."""
    return {role: PSEUDO[f"{role}.Arn"] for role in (SESSION, RUNNER)}


def bucket_policy(bucket: str = "stedi-lakehouse") -> dict:
    """The policy of the bucket, filled in."""
    document = read_stack()["Resources"]["LakeBucketPolicy"]["Properties"]["PolicyDocument"]
    return fill(document, PSEUDO | {"BucketName": bucket})

"""The template as far as moto's CloudFormation can make it: what refers to the rest has its name instead."""

import json

from runner.deploy.template import read_stack

PLAYED = ("AWS::S3::Bucket", "AWS::IAM::", "AWS::Events::Rule", "AWS::SNS::Topic")
PLAYED += ("AWS::Logs::LogGroup",)


def small_stack() -> str:
    """The template as JSON, with the resources that moto plays."""
    template = dict(read_stack())
    template["Resources"] = {
        name: one
        for name, one in template["Resources"].items()
        if one["Type"].startswith(PLAYED) and one["Type"] != "AWS::S3::BucketPolicy"
    }
    known = set(template["Resources"]) | set(template["Parameters"])
    # moto knows no RetainExceptOnCreate, and would delete what CloudFormation keeps.
    return json.dumps(_named(template, known)).replace("RetainExceptOnCreate", "Retain")


def _named(value, known):
    if isinstance(value, list):
        return [_named(one, known) for one in value]
    if not isinstance(value, dict):
        return value
    if "Ref" in value and not value["Ref"].startswith("AWS::") and value["Ref"] not in known:
        return value["Ref"]
    if "Fn::GetAtt" in value and value["Fn::GetAtt"][0] not in known:
        return f"arn:aws:x:us-east-1:123456789012:{value['Fn::GetAtt'][0]}"
    return {key: _named(one, known) for key, one in value.items()}

"""The template is one that CloudFormation takes, and says what it promises."""

import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from botocore.stub import Stubber

from runner.deploy.template import STACK, read_stack
from runner.paths import PROJECT
from runner.pipeline.engine import session_magics
from runner.pipeline.jobs import AUDIT, SCRIPTS

RESOURCES = read_stack()["Resources"]


def of_type(kind):
    return {name: one["Properties"] for name, one in RESOURCES.items() if one["Type"] == kind}


def test_cfn_lint_finds_nothing():
    pytest.importorskip("cfnlint", reason="cfn-lint is not installed")
    lint = str(Path(sys.executable).parent / "cfn-lint")
    found = subprocess.run([lint, str(STACK)], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


@pytest.mark.deep
@pytest.mark.online
def test_checkov_finds_nothing(tmp_path):
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "env"], check=True)
    pip = [tmp_path / "env" / "bin" / "python", "-m", "pip", "install", "-q", "--require-hashes"]
    for lock in ("build", "checkov"):  # it needs packages of its own, which are not those of the project
        name = PROJECT / f"requirements-{lock}.lock"
        subprocess.run([*pip, "--no-build-isolation", "-r", name], check=True)
    checkov = [tmp_path / "env" / "bin" / "checkov", "--framework", "cloudformation", "--skip-download", "--compact"]
    found = subprocess.run([*checkov, "-f", STACK], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout
    assert "Failed checks: 0" in found.stdout


def test_every_exception_of_a_linter_says_why():
    for one in RESOURCES.values():
        for skip in one.get("Metadata", {}).get("checkov", {}).get("skip", []):
            assert len(skip["comment"]) > 15


def test_the_night_is_off_until_told_and_forgets_no_session():
    assert read_stack()["Parameters"]["Nightly"]["Default"] == "off"
    assert RESOURCES["NightlySchedule"]["Properties"]["State"] == {"Fn::If": ["NightlyIsOn", "ENABLED", "DISABLED"]}
    assert RESOURCES["WatchdogSchedule"]["Properties"]["State"] == "ENABLED"


def test_every_log_group_expires():
    assert all(one["RetentionInDays"] == 14 for one in of_type("AWS::Logs::LogGroup").values())


def test_the_jobs_are_the_scripts_on_the_glue_of_the_notebooks():
    jobs = of_type("AWS::Glue::Job").values()
    scripts = {one["Command"]["ScriptLocation"]["Fn::Sub"].rpartition("/")[2] for one in jobs}
    assert scripts == {*SCRIPTS.values(), AUDIT}
    for one in jobs:
        assert one["GlueVersion"] == session_magics()["glue_version"]
        assert one["WorkerType"] == session_magics()["worker_type"]
        assert one["DefaultArguments"]["--job-bookmark-option"] == "job-bookmark-disable"
        assert "--additional-python-modules" not in one["DefaultArguments"]


def test_all_jobs_run_in_the_order_of_the_notebooks_under_one_run_id():
    machine = of_type("AWS::StepFunctions::StateMachine")["JobsInOrder"]
    states, order = machine["Definition"]["States"], []
    assert machine["Definition"]["StartAt"] == "run_id"
    state = states["run_id"]["Next"]
    while state:
        task = states[state]
        assert task["Parameters"]["Arguments"] == {"--run_id.$": "$.run_id"}
        assert (
            task["ResultPath"] == "$.last"
        )  # beside the run id, which would else be lost; CloudFormation takes no null
        job = machine["DefinitionSubstitutions"][task["Parameters"]["JobName"][2:-1]]["Ref"]
        order.append(RESOURCES[job]["Properties"]["Command"]["ScriptLocation"]["Fn::Sub"].rpartition("/")[2])
        state = task.get("Next")
    assert order == [*SCRIPTS.values(), AUDIT]


def test_the_image_of_a_night_has_what_its_build_spec_asks_for():
    assert (PROJECT / RESOURCES["NightlyBatch"]["Properties"]["Source"]["BuildSpec"]).is_file()


def camel(value):
    """CloudFormation's names as CodeBuild's API has them: the first letter small."""
    if isinstance(value, list):
        return [camel(one) for one in value]
    if isinstance(value, dict):
        if any(key == "Ref" or key.startswith("Fn::") for key in value):
            return "arn:aws:iam::123456789012:role/x"
        return {key[0].lower() + key[1:]: camel(one) for key, one in value.items()}
    return value


def test_what_moto_has_no_stack_for_is_held_against_the_models_of_its_services():
    """A Stubber refuses a call whose parameters its service does not have."""

    def call(service, method, answer, **parameters):
        client = boto3.client(service, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
        with Stubber(client) as stub:
            stub.add_response(method, answer, parameters)
            getattr(client, method)(**parameters)

    batch = camel(RESOURCES["NightlyBatch"]["Properties"])
    batch["source"] = {"buildspec" if key == "buildSpec" else key: one for key, one in batch["source"].items()}
    call("codebuild", "create_project", {}, **batch)
    for group in of_type("AWS::Athena::WorkGroup").values():
        settings = dict(group["WorkGroupConfiguration"])
        settings["ResultConfiguration"] = settings["ResultConfiguration"] | {"OutputLocation": "s3://b/athena/"}
        call("athena", "create_work_group", {}, Name="stedi-x", Configuration=settings)
    alarm = RESOURCES["FailedNight"]["Properties"]
    alarm = alarm | {"AlarmName": "x", "Dimensions": [{"Name": "ProjectName", "Value": "x"}], "AlarmActions": []}
    call("cloudwatch", "put_metric_alarm", {}, **alarm)


def test_the_watchdog_stops_old_sessions_of_the_project_and_no_others(monkeypatch):
    from datetime import datetime, timedelta, timezone
    from unittest.mock import Mock

    now = datetime.now(timezone.utc)
    old, young = now - timedelta(hours=5), now - timedelta(hours=1)
    glue = Mock()
    glue.list_sessions.side_effect = [
        {"Sessions": [{"Id": "old", "Status": "READY", "CreatedOn": old}], "NextToken": "2"},
        {
            "Sessions": [
                {"Id": "young", "Status": "READY", "CreatedOn": young},
                {"Id": "over", "Status": "STOPPED", "CreatedOn": old},
                {"Id": "starting", "Status": "PROVISIONING", "CreatedOn": old},
            ]
        },
    ]
    glue.stop_session.side_effect = [RuntimeError("busy"), None]
    monkeypatch.setattr(boto3, "client", lambda name: glue)
    monkeypatch.setenv("MAX_HOURS", "3")
    code = {}
    exec(RESOURCES["Watchdog"]["Properties"]["Code"]["ZipFile"], code)
    assert code["handler"](None, None) == ["starting"]
    assert [one.kwargs["Id"] for one in glue.stop_session.call_args_list] == ["old", "starting"]
    assert glue.list_sessions.call_args_list[0].kwargs["Tags"] == {"project": "stedi-lakehouse"}

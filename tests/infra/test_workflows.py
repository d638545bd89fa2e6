"""The workflows of GitHub: pinned tools, no more rights than they use, commands that fail where a part of them does."""

import re

import pytest
import yaml

from runner.paths import PROJECT

WORKFLOWS = {path.name: path for path in (PROJECT / ".github" / "workflows").glob("*.yml")}


def read(name):
    return yaml.safe_load(WORKFLOWS[name].read_text("utf-8"))


def steps(name):
    return [step for job in read(name)["jobs"].values() for step in job["steps"]]


def test_there_are_checks_and_a_deployment():
    assert set(WORKFLOWS) == {"checks.yml", "deploy.yml"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_whatever_is_installed_has_a_version(name):
    for line in (line for step in steps(name) for line in step.get("run", "").splitlines() if "pip install" in line):
        packages = [word for word in line.partition("pip install")[2].split() if not word.startswith("-")]
        locked = {"requirements-conda.lock", "."} if "--constraint" in line else set()
        assert [one for one in packages if one not in locked and "==" not in one] == [], line
    for step in steps(name):
        assert re.fullmatch(r"actions/[\w-]+@v\d+", step.get("uses", "actions/x@v1"))


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_job_reads_and_only_the_deployment_asks_for_a_token(name):
    workflow = read(name)
    assert workflow["permissions"] == {"contents": "read"}
    more = {job: one["permissions"] for job, one in workflow["jobs"].items() if "permissions" in one}
    assert more == ({"deploy": {"contents": "read", "id-token": "write"}} if name == "deploy.yml" else {})


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_command_fails_where_a_part_of_it_does_and_no_job_runs_for_ever(name):
    workflow = read(name)
    assert workflow["defaults"] == {"run": {"shell": "bash"}}
    assert all(job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())
    for line in (step.get("run", "") for step in steps(name)):
        assert "${{" not in line  # what a title or a branch says would be run (actionlint, "Script injection")


def test_the_deployment_is_by_hand_in_one_environment_and_without_a_stored_key():
    workflow = read("deploy.yml")
    assert list(workflow[True]) == ["workflow_dispatch"]  # YAML 1.1 reads the key `on` as true
    assert workflow["jobs"]["deploy"]["environment"] == "production"
    assert "secrets." not in WORKFLOWS["deploy.yml"].read_text("utf-8")

"""A night as the build spec says it, in a clean folder with nothing but the package, against the local AWS."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import boto3
import pytest
import yaml

from local_aws.profile import PROFILE
from runner.aws import use_profile
from runner.deploy.template import read_stack
from runner.paths import PROJECT, SAMPLES
from runner.pipeline.scripts import zip_project

BUCKET = "night"
SPEC = yaml.safe_load((PROJECT / "infra" / "buildspec.yml").read_text("utf-8"))


def commands(phase):
    return SPEC["phases"][phase]["commands"]


def test_no_phase_is_unknown_and_the_install_asks_for_what_the_package_has(tmp_path):
    assert list(SPEC["phases"]) == ["install", "pre_build", "build", "post_build"]
    (tmp_path / "project.zip").write_bytes(zip_project())
    names = zipfile.ZipFile(tmp_path / "project.zip").namelist()
    needed = {"pyproject.toml", "requirements-conda.lock", "infra/buildspec.yml", "runner/cli.py", "README.md"}
    assert needed <= set(names)
    assert not [name for name in names if name.startswith(("tests/", "data_samples/", ".venv/"))]


def test_the_project_gives_the_build_spec_every_variable_that_it_reads():
    project = read_stack()["Resources"]["NightlyBatch"]["Properties"]["Environment"]["EnvironmentVariables"]
    given = {one["Name"] for one in project} | set(SPEC["env"]["variables"]) | {"AWS_REGION"}
    lines = [line for phase in SPEC["phases"] for line in commands(phase)]
    read = {name for line in lines for name in re.findall(r"\$([A-Z_]+)", line)}
    assert read - {"CODEBUILD_BUILD_SUCCEEDING"} <= given
    assert {"Name": "WORKGROUP", "Value": {"Ref": "PipelineWorkGroup"}} in project
    assert '--set "workgroup=$WORKGROUP"' in commands("build")[0]


@pytest.mark.deep
@pytest.mark.kernel
def test_a_night_walks_the_landing_files_of_the_bucket_to_a_published_report(tmp_path):
    home = tmp_path / "project"
    (tmp_path / "project.zip").write_bytes(zip_project())
    zipfile.ZipFile(tmp_path / "project.zip").extractall(home)
    # In the place of the install phase: this environment, with the package's own modules before the project's.
    (home / ".venv").symlink_to(Path(sys.executable).parent.parent)
    with use_profile(PROFILE, tmp_path / "lake"):
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        results = {"OutputLocation": f"s3://{BUCKET}/athena/"}
        group = {"ResultConfiguration": results, "EnforceWorkGroupConfiguration": True}
        boto3.client("athena").create_work_group(Name="stedi-pipeline", Configuration=group)
        for source in ("customer", "accelerometer", "step_trainer"):
            for path in sorted((SAMPLES / source / "landing").rglob("*.json")):
                if not path.name.startswith(("_", ".")):
                    key = path.relative_to(SAMPLES).as_posix()
                    s3.upload_file(str(path), BUCKET, key)
        config = tmp_path / "config"
        shutil.copy(os.environ["AWS_CONFIG_FILE"], config)
        environment = os.environ | {
            "AWS_CONFIG_FILE": str(config),
            "AWS_REGION": "us-east-1",
            "GLUE_ROLE_ARN": "arn:aws:iam::123456789012:role/stedi-SessionRole",
            "BUCKET": BUCKET,
            "DATABASE": "stedi",
            "PARTICIPANT_KEY": "stedi/participant-key",
            "WORKGROUP": "stedi-pipeline",
            "PROFILE": PROFILE,
            "CODEBUILD_BUILD_SUCCEEDING": "1",
            "PYTHONPATH": str(home),
            "STEDI_REPORTS": str(home / "reports"),
            "STEDI_STATE": str(home / ".stedi"),
            "PATH": f"{home / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        }
        for phase in ("pre_build", "build", "post_build"):
            for line in commands(phase):
                if line.startswith(".venv/bin/stedi") or ".venv/bin/stedi vacuum" in line:
                    line = line.replace('--profile "$PROFILE"', f'--profile "$PROFILE" --lake "{tmp_path / "lake"}"')
                ended = subprocess.run(["bash", "-c", line], cwd=home, env=environment, capture_output=True, text=True)
                assert ended.returncode == 0, f"{line}\n{ended.stdout[-3000:]}\n{ended.stderr[-3000:]}"
        asked = boto3.client("athena").list_query_executions(WorkGroup="stedi-pipeline")["QueryExecutionIds"]
        assert asked
        assert not boto3.client("athena").list_query_executions(WorkGroup="primary")["QueryExecutionIds"]
        keys = [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET, Prefix="reports/")["Contents"]]
    assert any(key.endswith("index.html") for key in keys)
    assert (home / "reports" / "latest" / "run.json").exists()

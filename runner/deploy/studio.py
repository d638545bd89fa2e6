"""The notebooks in Glue Studio's list, each opened with one click: `stedi deploy --studio`.

Studio lists jobs of the mode NOTEBOOK (AWS Glue API, "CreateJob") and looks for the notebook beside the job's script:
``…/scripts/NAME.py`` has it at ``…/notebooks/NAME.ipynb``, as public tools that move notebooks do it (gluekit).
"""

import hashlib
import json
from collections.abc import Callable

import boto3

from runner.deploy.standing import find
from runner.errors import UserError
from runner.glue.session import TAGS, engine_arguments, session_magics
from runner.lake.document import find_object
from runner.paths import NOTEBOOKS
from runner.pipeline.jobs import SCRIPTS, job_script

ROOM = "studio/"
HASH = "stedi-sha256"
"""Metadata of what was put here: its SHA-256. What Studio saves has other bytes, and no such metadata."""


def put_notebooks(
    outputs: dict[str, str], region: str, stack: str, overwrite: bool, say: Callable[[str], None]
) -> None:
    """Put each Glue notebook and its script into the bucket, and make or renew its job.

    What the project changed since it was put is renewed. What somebody saved in Studio is their work.

    Raises
    ------
    UserError
        If there is such work and it is not to be overwritten; then nothing was put.
    """
    bucket, role = outputs["Bucket"], outputs["SessionRoleArn"]
    documents, names = {}, {f"{stack}-{step}": step for step in SCRIPTS}
    for name, step in names.items():
        text = ready_notebook(step, bucket, region, role, outputs["PipelineWorkGroupName"])
        documents |= {f"{ROOM}notebooks/{name}.ipynb": text, f"{ROOM}scripts/{name}.py": job_script(step)}
    states = {key: _state(bucket, key, text) for key, text in documents.items()}
    saved = [key for key, state in states.items() if state == SAVED]
    if saved and not overwrite:
        raise UserError(
            f"Somebody has changed in Glue Studio: {', '.join(saved)}. Nothing was put there. Keep it with aws s3 cp "
            f"s3://{bucket}/{saved[0]} ., then call stedi deploy --studio --overwrite."
        )
    for key in (key for key, state in states.items() if state != SAME):
        body = documents[key].encode()
        digest = {HASH: hashlib.sha256(body).hexdigest()}
        boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=body, Metadata=digest)
    for name in names:
        _make_job(name, job_of(name, bucket, region, role))
        say(
            f"{'Found' if states[f'{ROOM}notebooks/{name}.ipynb'] == SAME else 'Put'} {name} in Glue Studio: "
            f"https://{region}.console.aws.amazon.com/gluestudio/home?region={region}#/editor/job/{name}/notebook"
        )


SAME, OURS, SAVED = "same", "ours", "saved"


def _state(bucket: str, key: str, text: str) -> str:
    """Whether an object says what would be put, is as it was put here before (or absent), or was saved in Studio."""
    found = find_object(bucket, key)
    if found is None:
        return OURS
    body = found["Body"].read()
    if body == text.encode():
        return SAME
    return OURS if found["Metadata"].get(HASH) == hashlib.sha256(body).hexdigest() else SAVED


def ready_notebook(step: str, bucket: str, region: str, role: str, workgroup: str) -> str:
    """A notebook whose session finds helpers, region and role, and whose parameters name bucket and workgroup."""
    notebook = json.loads((NOTEBOOKS / f"{step}.ipynb").read_text("utf-8"))
    arguments = engine_arguments(bucket, region)
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        source = "".join(cell["source"])
        if "session" in tags:
            source += (
                f"\n%region {region}\n%iam_role {role}\n%extra_py_files {arguments['--extra-py-files']}"
                f"\n%spark_conf {arguments['--conf']}"
            )
        if "parameters" in tags:
            source = source.replace('bucket = "stedi-lakehouse"', f'bucket = "{bucket}"')
            source = source.replace('workgroup = "primary"', f'workgroup = "{workgroup}"')
        cell["source"] = source.splitlines(keepends=True)
    return json.dumps(notebook, indent=1) + "\n"


def job_of(name: str, bucket: str, region: str, role: str) -> dict:
    """The job by which Studio lists a notebook."""
    magics = session_magics()
    own = {"--job-bookmark-option": "job-bookmark-disable", "--bucket": bucket}
    script = f"s3://{bucket}/{ROOM}scripts/{name}.py"
    return {
        "JobMode": "NOTEBOOK",
        "Role": role,
        "Command": {"Name": "glueetl", "PythonVersion": "3", "ScriptLocation": script},
        "GlueVersion": magics["glue_version"],
        "WorkerType": magics["worker_type"],
        "NumberOfWorkers": int(magics["number_of_workers"]),
        "Timeout": 60,
        "MaxRetries": 0,
        "DefaultArguments": engine_arguments(bucket, region) | own,
    }


def _make_job(name: str, job: dict) -> None:
    found = find("glue", "get_job", JobName=name)
    if not found:
        boto3.client("glue").create_job(Name=name, Tags=TAGS, **job)
    elif {key: found["Job"].get(key) for key in job} != job:
        boto3.client("glue").update_job(JobName=name, JobUpdate=job)

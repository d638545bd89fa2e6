"""The notebooks in Glue Studio's list, each opened with one click: `stedi deploy --studio`.

Studio lists jobs of the mode NOTEBOOK (AWS Glue API, "CreateJob") and looks for the notebook beside the job's script:
``…/scripts/NAME.py`` has it at ``…/notebooks/NAME.ipynb``, as public tools that move notebooks do it (gluekit).
"""

import hashlib
import json
from collections.abc import Callable

import boto3

from runner.glue.session import TAGS, session_arguments, session_magics
from runner.paths import NOTEBOOKS
from runner.pipeline.jobs import SCRIPTS, job_script
from runner.pipeline.parameters import GLUE, kernel_name
from runner.pipeline.steps import STEPS

ROOM = "studio/"
HASH = "stedi-sha256"


def put_notebooks(outputs: dict[str, str], region: str, stack: str, say: Callable[[str], None]) -> list[str]:
    """Put each Glue notebook and its script into the bucket, and make or renew its job.

    A notebook that somebody has changed in Studio is overwritten only where the project's own has changed since.
    """
    bucket, role = outputs["Bucket"], outputs["SessionRoleArn"]
    names = []
    for step in (one for one in STEPS if kernel_name(one) == GLUE):
        name = f"{stack}-{step}"
        fresh = _put(bucket, f"{ROOM}notebooks/{name}.ipynb", ready_notebook(step, bucket, region, role))
        _put(bucket, f"{ROOM}scripts/{name}.py", _script(step))
        _make_job(name, job_of(name, bucket, region, role))
        say(
            f"{'Put' if fresh else 'Found'} {name} in Glue Studio: https://{region}.console.aws.amazon.com/gluestudio/"
            f"home?region={region}#/editor/job/{name}/notebook"
        )
        names.append(name)
    return names


def ready_notebook(step: str, bucket: str, region: str, role: str) -> str:
    """A notebook whose session finds the helpers, the region and the role, and whose parameters name the bucket."""
    notebook = json.loads((NOTEBOOKS / f"{step}.ipynb").read_text("utf-8"))
    arguments = session_arguments(bucket, region)
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        source = "".join(cell["source"])
        if "session" in tags:
            source += (
                f"\n%region {region}\n%iam_role {role}\n%extra_py_files {arguments['--extra-py-files']}"
                f"\n%additional_python_modules {arguments['--additional-python-modules']}"
                f"\n%spark_conf {arguments['--conf']}"
            )
        if "parameters" in tags:
            source = source.replace('bucket = "stedi-lakehouse"', f'bucket = "{bucket}"')
        cell["source"] = source.splitlines(keepends=True)
    return json.dumps(notebook, indent=1) + "\n"


def _script(step: str) -> str:
    """What Studio runs as the job; a notebook that is no job of the seed's says so."""
    if step in SCRIPTS:
        return job_script(step)
    return f'raise SystemExit("{step} is to be opened as a notebook: a night runs it by `stedi run`.")\n'


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
        "DefaultArguments": session_arguments(bucket, region) | own,
    }


def _make_job(name: str, job: dict) -> None:
    glue = boto3.client("glue")
    try:
        glue.get_job(JobName=name)
    except glue.exceptions.EntityNotFoundException:
        glue.create_job(Name=name, Tags=TAGS, **job)
    else:
        glue.update_job(JobName=name, JobUpdate=job)


def _put(bucket: str, key: str, text: str) -> bool:
    s3, digest = boto3.client("s3"), hashlib.sha256(text.encode()).hexdigest()
    there = s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("Contents")
    if there and s3.head_object(Bucket=bucket, Key=key)["Metadata"].get(HASH) == digest:
        return False
    s3.put_object(Bucket=bucket, Key=key, Body=text.encode(), Metadata={HASH: digest})
    return True

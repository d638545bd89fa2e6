"""The notebooks in Glue Studio's list, each opened with one click: `stedi deploy --studio`.

Studio lists jobs of the mode NOTEBOOK (AWS Glue API, "CreateJob") and looks for the notebook beside the job's script:
``…/scripts/NAME.py`` has it at ``…/notebooks/NAME.ipynb``, as public tools that move notebooks do it (gluekit).
"""

import hashlib
import json
import re
from collections.abc import Callable

import boto3

from runner.aws_errors import find
from runner.errors import UserError
from runner.paths import NOTEBOOKS
from runner.pipeline.copies import SOURCE_SHA256, put_copy
from runner.pipeline.engine import TAGS, engine, engine_arguments
from runner.pipeline.jobs import SCRIPTS, job_script

ROOM = "studio/"
PARAMETERS = {"bucket": "Bucket", "database": "Database", "workgroup": "PipelineWorkGroupName"}
"""Parameter of the notebooks -> the stack's output that has its value."""


def put_notebooks(
    outputs: dict[str, str], region: str, stack: str, overwrite: bool, say: Callable[[str], None]
) -> None:
    """Put each Glue notebook and its script into the bucket, and make or renew its job.

    What the project changed since it was put is renewed. What somebody saved in Studio is their work: it has other
    bytes than those whose SHA-256 the metadata of what was put here tells.

    Raises
    ------
    UserError
        If there is such work and it is not to be overwritten; then nothing was put.
    """
    bucket, documents, new, saved = outputs["Bucket"], {}, {}, []
    for step in SCRIPTS:
        documents[f"{ROOM}notebooks/{stack}-{step}.ipynb"] = ready_notebook(step, outputs, region).encode()
        documents[f"{ROOM}scripts/{stack}-{step}.py"] = job_script(step).encode()
    for key, body in documents.items():
        found = find("s3", "get_object", Bucket=bucket, Key=key)
        there = found and found["Body"].read()
        if there != body:
            new[key] = body
            if found and found["Metadata"].get(SOURCE_SHA256) != hashlib.sha256(there).hexdigest():
                saved.append(key)
    if saved and not overwrite:
        raise UserError(
            f"Somebody has changed in Glue Studio: {', '.join(saved)}. Nothing was put there. Keep it with aws s3 cp "
            f"s3://{bucket}/{saved[0]} ., then call stedi deploy --studio --overwrite."
        )
    for key, body in new.items():
        put_copy(bucket, key, body)
    for name in (f"{stack}-{step}" for step in SCRIPTS):
        _make_job(name, job_of(name, outputs, region))
        done = "Put" if f"{ROOM}notebooks/{name}.ipynb" in new else "Found"
        place = f"{region}.console.aws.amazon.com/gluestudio/home?region={region}#/editor/job/{name}/notebook"
        say(f"{done} {name} in Glue Studio: https://{place}")


def ready_notebook(step: str, outputs: dict[str, str], region: str) -> str:
    """A notebook whose session finds helpers, region and role, and whose parameters name what the stack has."""
    notebook = json.loads((NOTEBOOKS / f"{step}.ipynb").read_text("utf-8"))
    arguments = engine_arguments(outputs["Bucket"], region)
    magics = {"region": region, "iam_role": outputs["SessionRoleArn"]}
    magics |= {"extra_py_files": arguments["--extra-py-files"], "spark_conf": arguments["--conf"]}
    for cell in notebook["cells"]:
        tags, source = cell["metadata"].get("tags", []), "".join(cell["source"])
        if "session" in tags:
            source += "".join(f"\n%{name} {value}" for name, value in magics.items())
        if "parameters" in tags:
            for name, output in PARAMETERS.items():
                source = re.sub(rf'(?m)^{name} = ".*?"', f'{name} = "{outputs[output]}"', source)
        cell["source"] = source.splitlines(keepends=True)
    return json.dumps(notebook, indent=1) + "\n"


def job_of(name: str, outputs: dict[str, str], region: str) -> dict:
    """The job by which Studio lists a notebook."""
    job = {"JobMode": "NOTEBOOK", "Role": outputs["SessionRoleArn"], "Timeout": 60, "MaxRetries": 0}
    job |= engine(outputs["Bucket"], region)
    job["Command"]["ScriptLocation"] = f"s3://{outputs['Bucket']}/{ROOM}scripts/{name}.py"
    job["DefaultArguments"] |= {f"--{parameter}": outputs[output] for parameter, output in PARAMETERS.items()}
    job["DefaultArguments"]["--job-bookmark-option"] = "job-bookmark-disable"
    return job


def _make_job(name: str, job: dict) -> None:
    found = find("glue", "get_job", JobName=name)
    if not found:
        boto3.client("glue").create_job(Name=name, Tags=TAGS, **job)
    elif {key: found["Job"].get(key) for key in job} != job:
        boto3.client("glue").update_job(JobName=name, JobUpdate=job)

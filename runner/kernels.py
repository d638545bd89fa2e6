"""The Jupyter kernels of the project: AWS's Glue kernel under the name that the notebooks ask for."""

import json
import os
import sys
from functools import lru_cache

from runner.files import write_whole
from runner.paths import NOTEBOOKS, STATE
from runner.session import role_arn

GLUE = "glue_pyspark"
"""The name by which notebooks ask for AWS's Glue kernel, here and in Glue Studio."""
GLUE_KERNEL = {
    "argv": [
        sys.executable,
        "-m",
        "aws_glue_interactive_sessions_kernel.glue_pyspark.GlueKernel",
        "-f",
        "{connection_file}",
    ],
    "display_name": "Glue PySpark",
    "language": "python",
}


def install_kernels() -> None:
    """Put AWS's Glue kernel where Jupyter finds it, for this process and its children only."""
    folder = STATE / "jupyter" / "kernels" / GLUE
    folder.mkdir(parents=True, exist_ok=True)
    # In one move: another run may be reading it.
    write_whole(folder / "kernel.json", json.dumps(GLUE_KERNEL, indent=1))
    os.environ["JUPYTER_PATH"] = os.pathsep.join(
        [str(STATE / "jupyter"), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    )


def glue_kernel_settings(profile: str, region: str) -> dict[str, str]:
    """The environment that tells AWS's Glue kernel which profile, region and role to use."""
    return {"glue_profile": profile, "region": region, "glue_role_arn": role_arn()}


@lru_cache
def kernel_name(step: str) -> str:
    """The kernel that a step's notebook asks for, such as ``glue_pyspark``."""
    return json.loads((NOTEBOOKS / f"{step}.ipynb").read_text("utf-8"))["metadata"]["kernelspec"]["name"]

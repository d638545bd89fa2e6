"""The Jupyter kernels of the project: AWS's Glue kernel under the name that the notebooks ask for."""

import json
import os
import sys
from functools import lru_cache

from runner.files import write_whole
from runner.glue.session import role_arn
from runner.paths import NOTEBOOKS, STATE

GLUE = "glue_pyspark"
"""The name by which notebooks ask for AWS's Glue kernel, here and in Glue Studio."""
LAB_KERNEL = "aws_glue_interactive_sessions_kernel.glue_pyspark.GlueKernel"
"""AWS's own, for who works at a notebook: where its session is gone it makes another."""
BATCH_KERNEL = "runner.glue.kernel"


def install_kernels(module: str) -> None:
    """Put a Glue kernel where Jupyter finds it, for this process and its children only.

    Parameters
    ----------
    module : str
        `LAB_KERNEL` or `BATCH_KERNEL`.
    """
    root = STATE / ("batch" if module == BATCH_KERNEL else "jupyter")
    folder = root / "kernels" / GLUE
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", module, "-f", "{connection_file}"]
    kernel = {"argv": command, "display_name": "Glue PySpark", "language": "python"}
    # In one move: another run may be reading it.
    write_whole(folder / "kernel.json", json.dumps(kernel, indent=1))
    os.environ["JUPYTER_PATH"] = os.pathsep.join([str(root), *filter(None, [os.environ.get("JUPYTER_PATH")])])


def glue_kernel_settings(profile: str, region: str) -> dict[str, str]:
    """The environment that tells AWS's Glue kernel which profile, region and role to use."""
    return {"glue_profile": profile, "region": region, "glue_role_arn": role_arn()}


@lru_cache
def kernel_name(step: str) -> str:
    """The kernel that a step's notebook asks for, such as ``glue_pyspark``."""
    return json.loads((NOTEBOOKS / f"{step}.ipynb").read_text("utf-8"))["metadata"]["kernelspec"]["name"]

"""JupyterLab on the project's notebooks, with the kernels and the AWS profile set."""

import json
import os
import subprocess
import sys

import boto3

from runner.files import write_whole
from runner.glue.session import session_tags
from runner.paths import NOTEBOOKS, STATE
from runner.pipeline import scripts
from runner.pipeline.engine import engine_arguments
from runner.pipeline.parameters import GLUE

KERNEL = "aws_glue_interactive_sessions_kernel.glue_pyspark.GlueKernel"
"""AWS's own: where its session is gone it makes another."""
START = "README.md"
"""The page that JupyterLab opens on, among the notebooks."""
SETTINGS = {
    "@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"markdown": "Markdown Preview"}},
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}
"""Defaults that the user's own settings win over."""


def _session_settings(bucket: str) -> dict[str, str]:
    """What AWS's Glue kernel reads from the environment, so that a notebook opened by hand finds the helpers.

    Its session carries the project's tags, so that `stedi clean-sessions` finds it.
    """
    arguments = engine_arguments(bucket, boto3.Session().region_name)
    return {
        "glue_extra_py_files": arguments["--extra-py-files"],
        "glue_spark_conf": arguments["--conf"],
        "glue_tags": json.dumps(session_tags()),
    }


def open_lab(bucket: str, arguments: list[str]) -> int:
    """Start JupyterLab on the page of the notebooks and wait for its end; return its exit code."""
    os.environ.update(_session_settings(bucket))
    scripts.ensure_bucket(bucket)
    scripts.upload_scripts(bucket)
    _install_kernel()
    settings = STATE / "lab"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "overrides.json").write_text(json.dumps(SETTINGS, indent=1), "utf-8")
    command = [sys.executable, "-m", "jupyterlab", f"--LabApp.default_url=/lab/tree/{START}"]
    command += [f"--LabApp.app_settings_dir={settings}"]
    if not any(argument.startswith("--notebook-dir") for argument in arguments):
        command += [f"--notebook-dir={NOTEBOOKS}"]
    if os.geteuid() == 0 and not any(argument.startswith("--allow-root") for argument in arguments):
        print("JupyterLab runs as root here, as in a container; it is told --allow-root.", file=sys.stderr)
        command += ["--allow-root"]
    process = subprocess.Popen([*command, *arguments])
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.terminate()  # it ends its kernels, and they their Glue sessions


def _install_kernel() -> None:
    """Put AWS's Glue kernel where Jupyter finds it, for this process and its children only."""
    command = [sys.executable, "-m", KERNEL, "-f", "{connection_file}"]
    kernel = {"argv": command, "display_name": "Glue PySpark", "language": "python"}
    folder = STATE / "jupyter" / "kernels" / GLUE
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "kernel.json", json.dumps(kernel, indent=1))  # in one move: another lab may be reading it
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(STATE / "jupyter"), os.environ.get("JUPYTER_PATH")]))

"""JupyterLab on the project's notebooks, with the kernels and the AWS profile set."""

import subprocess
import sys

from runner import scripts
from runner.kernels import install_kernels
from runner.paths import PROJECT
from runner.session import session_arguments


def lab_settings(bucket: str) -> dict[str, str]:
    """What AWS's Glue kernel reads from the environment, so that a notebook opened by hand finds the helpers."""
    arguments = session_arguments(bucket)
    return {
        "glue_extra_py_files": arguments["--extra-py-files"],
        "glue_additional_python_modules": arguments["--additional-python-modules"],
    }


def open_lab(bucket: str, arguments: list[str]) -> int:
    """Start JupyterLab and wait for its end; return its exit code."""
    scripts.ensure_bucket(bucket)
    scripts.upload_scripts(bucket)
    install_kernels()
    command = [sys.executable, "-m", "jupyterlab", "--notebook-dir", str(PROJECT / "notebooks"), *arguments]
    return subprocess.run(command, check=False).returncode

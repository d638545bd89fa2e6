"""AWS's own Glue kernel, headless under papermill, on the local endpoint."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

pytestmark = pytest.mark.kernel

MAGICS = "%glue_version 5.1\n%worker_type G.1X\n%number_of_workers 2\n%idle_timeout 15"


@pytest.fixture
def kernel(endpoint: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = {
        "argv": [
            sys.executable,
            "-m",
            "aws_glue_interactive_sessions_kernel.glue_pyspark.GlueKernel",
            "-f",
            "{connection_file}",
        ],
        "display_name": "Glue PySpark",
        "language": "python",
        "env": endpoint.environment()
        | {
            "glue_profile": "stedi-local",
            "glue_role_arn": "arn:aws:iam::123456789012:role/stedi-local",
            "region": "us-east-1",
        },
    }
    folder = tmp_path / "kernels" / "glue_pyspark"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))


def execute(tmp_path: Path, *cells: str, **parameters: Any) -> list[Any]:
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"name": "glue_pyspark", "language": "python", "display_name": "Glue PySpark"}},
    )
    notebook.cells[1].metadata["tags"] = ["parameters"]
    nbformat.write(notebook, tmp_path / "in.ipynb")
    done = papermill.execute_notebook(
        tmp_path / "in.ipynb", tmp_path / "out.ipynb", parameters=parameters, progress_bar=False, log_output=False
    )
    return [cell for cell in done.cells if cell.cell_type == "code"]


def printed(cell: Any) -> str:
    return "".join(output.get("text", "") for output in cell.outputs)


def test_a_notebook_runs_as_on_glue(kernel: None, tmp_path: Path, aws: Callable[[str], Any]):
    cells = execute(
        tmp_path,
        MAGICS,
        "rows = 1",
        "spark.range(rows).count()",
        "%%sql\nselect 7 as seven",
        "import matplotlib.pyplot as plt\nprint('drawn')\n%matplot plt",
        "import os; os._exit(1)",
        rows=3,
    )
    assert printed(cells[3]).strip() == "3"
    assert "seven" in printed(cells[4])
    images = [output for output in cells[5].outputs if "data" in output]
    assert "image/png" in images[0].data
    assert "drawn" in printed(cells[5])
    # The trap of the real kernel: a session that dies is an abort, which papermill takes for success.
    assert "SessionEnded" in printed(cells[6])


def test_an_error_in_a_cell_stops_the_notebook(kernel: None, tmp_path: Path):
    with pytest.raises(PapermillExecutionError):
        execute(tmp_path, MAGICS, "rows = 1", "1 / 0", "print('never')")
    cells = nbformat.read(tmp_path / "out.ipynb", 4).cells
    assert any("ZeroDivisionError: division by zero" in printed(cell) for cell in cells if cell.cell_type == "code")

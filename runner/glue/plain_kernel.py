"""IPython's kernel for a batch's plain Python notebooks: what its notebook imports is there before that one's turn.

It starts while the notebook before is running, and to import pandas, scikit-learn and awswrangler takes seconds.
"""

import ast
import json
import sys
from contextlib import suppress
from pathlib import Path

from ipykernel.kernelapp import launch_new_instance


def import_ahead(notebook: Path) -> None:
    """Import what a notebook imports; what cannot be is for the notebook itself to tell."""
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        with suppress(Exception):
            lines = ast.parse("".join(cell["source"])).body if cell["cell_type"] == "code" else []
            statements = [line for line in lines if isinstance(line, (ast.Import, ast.ImportFrom))]
            exec(compile(ast.Module(statements, []), notebook.name, "exec"), {})


if __name__ == "__main__":
    import_ahead(Path(sys.argv.pop()))
    launch_new_instance()

"""What the notebooks declare: their kernel and their parameters; what the user sets, and whether both fit."""

import ast
import json
from functools import lru_cache

from helpers.errors import BadParameter
from helpers.settings import check_parameter
from runner.errors import UserError
from runner.paths import NOTEBOOKS
from runner.pipeline.steps import STEPS

OWN = "run_id"
"""The parameter that the runner gives and nobody else sets."""
GLUE = "glue_pyspark"
"""The name by which notebooks ask for AWS's Glue kernel, here and in Glue Studio."""


@lru_cache
def kernel_name(step: str) -> str:
    """The kernel that a step's notebook asks for, such as ``glue_pyspark``."""
    return json.loads((NOTEBOOKS / f"{step}.ipynb").read_text("utf-8"))["metadata"]["kernelspec"]["name"]


def tagged_cell(step: str, tag: str) -> str:
    """The source of the first cell of a step's notebook that has a tag, such as ``parameters``.

    The notebook is read as plain JSON: nbformat takes seconds to import, and a wrong call should be answered at once.
    """
    cells = json.loads((NOTEBOOKS / f"{step}.ipynb").read_text("utf-8"))["cells"]
    return next("".join(cell["source"]) for cell in cells if tag in cell["metadata"].get("tags", []))


def declared_parameters(step: str) -> dict[str, str]:
    """The parameters that a step's notebook declares, with their defaults."""
    source = tagged_cell(step, "parameters")
    return {node.targets[0].id: ast.literal_eval(node.value) for node in ast.parse(source).body}


def all_parameters() -> dict[str, str]:
    """Every parameter of the project with its default."""
    return {name: value for step in STEPS for name, value in declared_parameters(step).items() if name != OWN}


def read_settings(pairs: list[str]) -> dict[str, str]:
    """Every parameter of a run: what the notebooks declare, and in its place what the user set as ``key=value`` pairs.

    Raises
    ------
    UserError
        For a pair without ``=``, an unknown parameter, one given twice or a value that does not fit.
    """
    parameters, given = all_parameters(), {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        name = name.strip()
        if not equals or not name:
            raise UserError(f"--set {pair!r} is no key=value pair, such as consent=any_time.")
        if name not in parameters:
            raise UserError(f"There is no parameter {name!r}. The parameters are: {', '.join(sorted(parameters))}.")
        if name in given:
            raise UserError(f"The parameter {name!r} is set twice: {given[name]!r} and {value!r}.")
        given[name] = value.strip()
    parameters.update(given)
    for name, value in parameters.items():
        try:
            check_parameter(name, value)
        except BadParameter as error:
            raise UserError(str(error)) from error
    return parameters

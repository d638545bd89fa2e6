"""The job scripts of jobs/ are what the notebooks say."""

import ast

import pytest

from runner.paths import JOBS
from runner.pipeline.jobs import AUDIT, SCRIPTS, export_jobs, job_script
from runner.pipeline.parameters import declared_parameters


def test_the_committed_scripts_do_not_lag_behind_the_notebooks(tmp_path):
    exported = {path.name: path.read_text("utf-8") for path in export_jobs(tmp_path)}
    committed = {path.name: path.read_text("utf-8") for path in JOBS.glob("*.py") if path.name != AUDIT}
    assert committed == exported, "run `make jobs` and commit what it writes"


@pytest.mark.parametrize("step", SCRIPTS)
def test_a_script_is_python_without_magics_and_takes_every_parameter(step):
    script = job_script(step)
    ast.parse(script)
    assert "%matplot" not in script
    assert "%glue_version" not in script
    for name in declared_parameters(step):
        assert f'{name} = args.get("{name}", ' in script
    assert ("job.commit()" in script) == ("Job(glueContext)" in script) == ("GlueContext(" in script)

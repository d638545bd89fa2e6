"""Runs with nothing new, and with a little: what need not be run is not run, and the report tells."""

import json
import shutil

import pytest

from runner.paths import SAMPLES
from tests.pipeline.conftest import BUCKET, query, stedi, table_files

pytestmark = pytest.mark.kernel


def numbers(run, done):
    """The numbers of a run's steps that were at work, or were taken over."""
    return [step["name"][:2] for step in run["steps"] if ("unchanged_since" not in step) is done]


def test_with_nothing_new_no_session_is_started_and_everything_is_told_as_before(sample_run, sample_lake):
    first, files = sample_run.outcome.run, table_files(sample_lake)
    logs = set((sample_lake / BUCKET / "sparkHistoryLogs").iterdir())
    again = stedi("run", "--lake", sample_lake)
    assert again.code == 0, again.out + again.err
    assert numbers(again.run, done=True) == ["au"]
    assert again.out.count(f"unchanged since {first['run_id']}") == 8
    assert set((sample_lake / BUCKET / "sparkHistoryLogs").iterdir()) == logs
    assert table_files(sample_lake) == files
    assert (again.run["status"], again.run["tables"]) == ("SUCCEEDED", first["tables"])
    assert again.run["cost"]["dpu_seconds"] == 0
    for name in ("audits", "checks", "columns"):
        assert again.run[name] == first[name] != []
    for then, now in zip(first["steps"][:8], again.run["steps"][:8], strict=True):
        assert then.keys() <= now.keys()
        assert (now["rows"], now["tables"]) == (then["rows"], then["tables"])
    steps = query(sample_lake, f"select step from runs where run_id = '{again.run['run_id']}'")
    assert len(steps) == 9
    page = (again.report / "index.html").read_text("utf-8")
    assert f"unchanged since {first['run_id']}" in page
    assert again.run["previous"]["run_id"] == first["run_id"]
    assert "Nothing: the same parameters and the same rows" in page


def test_a_file_more_reaches_the_steps_that_read_it_and_no_others(sample_lake, tmp_path):
    landing = shutil.copytree(SAMPLES, tmp_path / "landing")
    source = sorted((landing / "step_trainer" / "landing").glob("[a-z]*.json"))[0]
    readings = [json.loads(line) for line in source.read_text("utf-8").splitlines()[:20] if line.endswith("}")]
    later = [reading | {"sensorReadingTime": reading["sensorReadingTime"] + 1} for reading in readings]
    (source.parent / "more.json").write_text("".join(json.dumps(reading) + "\n" for reading in later))
    outcome = stedi("run", "--lake", sample_lake, "--landing", landing)
    assert outcome.code == 0, outcome.out + outcome.err
    # 06 and 08 too, where none of the new readings is covered by consent and so step_trainer_trusted is as it was.
    assert set(numbers(outcome.run, done=False)) - {"06", "08"} == {"02", "03", "04"}
    assert {"01", "05", "07", "au"} <= set(numbers(outcome.run, done=True))
    assert numbers(stedi("run", "--lake", sample_lake, "--landing", landing).run, done=True) == ["au"]

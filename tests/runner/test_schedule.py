"""The order of the steps follows from what they read and write."""

import pytest

from runner.pipeline.steps import STEPS, needed_steps
from runner.run.schedule import Schedule

NAMES = {step[:2]: step for step in STEPS}


def started(schedule):
    """The numbers of the steps that begin now."""
    found = []
    while step := schedule.next_step():
        found.append(step[:2])
    return found


def test_every_table_that_is_read_is_written_by_an_earlier_step():
    order = list(STEPS)
    written = {}
    for step, does in STEPS.items():
        for table in does.reads:
            assert order.index(written[table]) < order.index(step), (step, table)
        written.update(dict.fromkeys(does.writes, step))
    assert needed_steps(NAMES["06"]) == (NAMES["02"], NAMES["03"], NAMES["05"])


def test_in_one_session_notebooks_take_turns_and_plain_python_runs_beside_them():
    schedule = Schedule(list(STEPS), width=1)
    for number in ("01", "02", "03", "04", "05", "06"):
        assert started(schedule) == [number]
        schedule.succeeded(NAMES[number])
    assert started(schedule) == ["07", "08"]


def test_what_waits_for_a_failed_step_never_begins():
    schedule = Schedule(list(STEPS), width=2)
    assert started(schedule) == ["01"]
    schedule.succeeded(NAMES["01"])
    assert started(schedule) == ["02"]
    schedule.failed(NAMES["02"])
    assert started(schedule) == []


@pytest.mark.parametrize(("steps", "first"), [(["06"], ["06"]), (["07", "08"], ["07", "08"])])
def test_steps_that_are_not_of_the_run_count_as_done(steps, first):
    assert started(Schedule([NAMES[number] for number in steps], width=1)) == first

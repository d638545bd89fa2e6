"""kill -9 at random moments: whatever state a run is left in, ``stedi resume`` completes it."""

import json
import os
import random
import signal
import subprocess
import time

import psutil
import pytest

from runner.paths import PROJECT, SAMPLES
from tests.pipeline.conftest import STEDI, query, served, stedi

pytestmark = [pytest.mark.kernel, pytest.mark.deep]
KILLS = int(os.environ.get("KILLS", "4"))
"""How often; KILLS=20 looks longer."""
SEED = int(os.environ.get("KILL_SEED", "1"))
TRUTH = json.loads((SAMPLES / "truth.json").read_text("utf-8"))["expected"]["at_collection"]["customer_and_time"]


def run_until_killed(chance, *arguments):
    """Run the command and kill it at a random moment, alone or with all that it started; True where it was quicker."""
    run = subprocess.Popen([STEDI, *map(str, arguments)], stdout=subprocess.PIPE, text=True, cwd=PROJECT)
    assert run.stdout.readline().startswith("Run ")  # from here on there is a run to resume
    time.sleep(chance.uniform(0, 25))
    victims = psutil.Process(run.pid).children(recursive=True) if chance.random() < 0.5 else []
    for process in (psutil.Process(run.pid), *victims):
        try:
            process.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue
    run.stdout.close()
    return run.wait() == 0


def test_a_run_killed_again_and_again_is_completed(tmp_path):
    chance, lake = random.Random(SEED), tmp_path / "lake"
    run_until_killed(chance, "run", "--lake", lake)
    for _ in range(KILLS - 1):
        run_until_killed(chance, "resume")
    done = stedi("resume")
    assert done.code == 0, done.out + done.err
    assert [step["status"] for step in done.run["steps"]] == ["SUCCEEDED"] * 9
    with served(lake):
        for table, rows in TRUTH["tables"].items():
            assert query(lake, f"select count(*) from {table}") == [[str(rows)]], table
        runs = stedi("runs", "--lake", lake).out
        assert runs.count("SUCCEEDED") == 1
        assert "No session is left over" in stedi("clean-sessions", "--lake", lake).out

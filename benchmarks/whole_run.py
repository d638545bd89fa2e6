"""Whole runs against the bare transforms: what notebooks, audits, publishing, checks and reports cost together.

Usage: .venv/bin/python benchmarks/whole_run.py (LANDING | --readings N [N ...])

Each landing set is walked through by one bare Spark script, by DuckDB (the limit), and by `stedi run` three times: on a
new lake, with nothing new, and with one landing file more that holds 1 % more step readings. All but the first number
of a line is a ratio or a count that another machine shares. Of several sizes the growth is told: how many times as
much the largest costs as the smallest.
"""

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from datetime import datetime
from itertools import islice
from pathlib import Path

from measure import PROJECT, measure
from synthetic_landing import write_landing

HERE = Path(__file__).parent
STEDI = Path(sys.executable).with_name("stedi")
BUCKET = "stedi-lakehouse"


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("landing", type=Path, nargs="?", help="a landing directory, such as data_samples")
    parser.add_argument("--readings", type=int, nargs="+", metavar="N", help="synthetic sets of so many readings")
    arguments = parser.parse_args()
    if bool(arguments.landing) == bool(arguments.readings):
        parser.error("name a landing directory, or sizes with --readings")
    if arguments.landing:
        compare(arguments.landing.resolve(strict=True))
        return
    seconds = []
    for readings in arguments.readings:
        with tempfile.TemporaryDirectory() as landing:
            write_landing(Path(landing), readings)
            print(f"\n{readings:,} readings")
            seconds.append(compare(Path(landing)))
    if len(seconds) > 1:
        bare, stedi = (last / first for first, last in zip(seconds[0], seconds[-1], strict=True))
        print(f"\nfrom the first to the last size: bare {bare:.1f} x, stedi {stedi:.1f} x")


def compare(landing):
    """Print what every way takes; the seconds of the bare script and of the first run."""
    with tempfile.TemporaryDirectory() as scratch:
        # Not among the user's own reports and runs.
        os.environ.update(STEDI_REPORTS=f"{scratch}/reports", STEDI_STATE=f"{scratch}/state")
        lake, reports = Path(scratch, "lake"), Path(scratch, "reports")
        bare = measure([sys.executable, HERE / "bare_script.py", landing, f"{scratch}/bare"])
        duck = measure([sys.executable, HERE / "duckdb_script.py", landing, f"{scratch}/duck"])
        print(f"{'bare Spark script':<28}{bare.seconds:7.1f} s {bare.gigabytes:5.1f} GB")
        print(f"{'DuckDB':<28}{duck.seconds:7.1f} s {duck.gigabytes:5.1f} GB {duck.seconds / bare.seconds:6.2f} x bare")
        runs = {
            "stedi run, new lake": landing,
            "stedi run, nothing new": landing,
            "stedi run, one file more": with_one_file_more(landing, Path(scratch, "more")),
        }
        took = {}
        for name, source in runs.items():
            done = measure([STEDI, "run", "--landing", source, "--lake", lake])
            took[name] = done.seconds
            ratio = done.seconds / bare.seconds
            print(f"\n{name:<28}{done.seconds:7.1f} s {done.gigabytes:5.1f} GB {ratio:6.2f} x bare")
            print_steps(reports / "latest", lake)
    return bare.seconds, took["stedi run, new lake"]


def print_steps(report, lake):
    """A line a step that was run: its seconds, and how many Spark jobs it began; which steps were not run."""
    steps = json.loads((report / "run.json").read_text("utf-8"))["steps"]
    jobs = spark_jobs(report, lake)
    for step in steps:
        if "unchanged_since" not in step:
            print(f"  {step['name']:<40}{step['seconds']:7.1f} s {jobs[step['name']]:4} Spark jobs")
    skipped = [step["name"][:2] for step in steps if "unchanged_since" in step]
    print(f"  not run, since unchanged: {', '.join(skipped) or 'none'}")


def spark_jobs(report, lake):
    """How many jobs Spark ran while each notebook was at work, as its event logs say, the session's warm-up apart."""
    spans = {}
    for path in (report / "notebooks").glob("*.ipynb"):
        about = json.loads(path.read_text("utf-8"))["metadata"]["papermill"]
        spans[path.stem] = [datetime.fromisoformat(about[end]).timestamp() * 1000 for end in ("start_time", "end_time")]
    found = Counter(dict.fromkeys(spans, 0))
    for log in (lake / BUCKET / "sparkHistoryLogs").iterdir():
        for line in log.read_text("utf-8").splitlines():
            if '"SparkListenerJobStart"' in line:
                event = json.loads(line)
                if event.get("Properties", {}).get("spark.jobGroup.id") != "warm-up":
                    found.update(
                        step for step, (first, last) in spans.items() if first <= event["Submission Time"] <= last
                    )
    return found


def with_one_file_more(landing, target):
    """The landing directory by links, and 1 % of its step readings a second time, each a millisecond later."""
    for source in ("customer", "accelerometer", "step_trainer"):
        (target / source).mkdir(parents=True)
        (target / source / "landing").mkdir()
        for path in (landing / source / "landing").iterdir():
            (target / source / "landing" / path.name).symlink_to(path)
    files = [path for path in sorted((landing / "step_trainer" / "landing").rglob("*")) if path.is_file()]
    lines = sum(path.read_bytes().count(b"\n") for path in files)
    with (target / "step_trainer" / "landing" / "one_more.json").open("w") as more:
        for line in islice(_lines(files), lines // 100):
            reading = json.loads(line)
            more.write(json.dumps(reading | {"sensorReadingTime": reading["sensorReadingTime"] + 1}) + "\n")
    return target


def _lines(files):
    for path in files:
        with path.open() as lines:
            yield from lines


if __name__ == "__main__":
    sys.path.insert(0, str(PROJECT))
    main()

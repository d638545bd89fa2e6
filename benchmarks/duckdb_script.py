"""The same tables as `bare_script.py`, by DuckDB: what this machine could do at best.

Usage: duckdb_script.py LANDING OUT
"""

import sys
from pathlib import Path

import duckdb

LANDING, OUT = sys.argv[1:]
COLUMNS = {
    "customer": "customerName text, email text, phone text, birthDay text, serialNumber text, registrationDate bigint,"
    " lastUpdateDate bigint, shareWithResearchAsOfDate bigint",
    "accelerometer": '"user" text, timestamp bigint, x double, y double, z double',
    "step_trainer": "sensorReadingTime bigint, serialNumber text, distanceFromObject int",
}
TABLES = {
    "customer_trusted": "from customer where shareWithResearchAsOfDate > 0",
    "accelerometer_trusted": """
        select a.*, serialNumber, shareWithResearchAsOfDate from accelerometer a
        join customer_trusted c on c.email = a."user" where timestamp >= shareWithResearchAsOfDate""",
    "customers_curated": 'from customer_trusted where email in (select "user" from accelerometer_trusted)',
    "steps": """
        select s.*, shareWithResearchAsOfDate from step_trainer s join customers_curated using (serialNumber)
        where sensorReadingTime >= shareWithResearchAsOfDate""",
    "machine_learning_curated": """
        select s.*, x, y, z from steps s join accelerometer_trusted a
        on a.serialNumber = s.serialNumber and a.timestamp = s.sensorReadingTime""",
}

database = duckdb.connect()
for source, columns in COLUMNS.items():
    fields = ", ".join(f"{name}: '{kind}'" for name, kind in (column.rsplit(" ", 1) for column in columns.split(", ")))
    lines = f"'{LANDING}/{source}/landing/**', format = 'newline_delimited', ignore_errors = true"
    database.execute(f"create view {source} as from read_json({lines}, columns = {{{fields}}})")
Path(OUT).mkdir(parents=True)
for name, query in TABLES.items():
    database.execute(f"copy ({query}) to '{OUT}/{name}.parquet'")
    database.execute(f"create view {name} as from '{OUT}/{name}.parquet'")
print(database.execute("select count(*) from machine_learning_curated").fetchone()[0])

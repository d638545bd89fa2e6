"""One SQL query through Athena, as a table or as CSV."""

import csv
import logging
import sys

import boto3
from pyathena import connect
from pyathena.error import Error
from rich.markup import escape
from rich.table import Table

from helpers.athena import AnyDate
from runner.console import print_table
from runner.errors import UserError


def run_query(sql: str, as_csv: bool, bucket: str, database: str, workgroup: str) -> None:
    """Run a query and print its result; UserError with Athena's own reason, where it fails."""
    if not sql.strip():
        raise UserError('The query is empty: stedi query "select count(*) from accelerometer_trusted"')
    logging.getLogger("pyathena").setLevel(logging.CRITICAL)  # it logs a traceback before it raises
    connection = connect(
        s3_staging_dir=f"s3://{bucket}/athena/",
        schema_name=database,
        work_group=workgroup,
        region_name=boto3.Session().region_name,
        poll_interval=0.1,
    )
    try:
        cursor = connection.cursor(converter=AnyDate()).execute(sql)
    except Error as error:
        raise UserError(f"Athena: {' '.join(str(error).split())}") from error
    names = [column[0] for column in cursor.description or []]
    if as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(cursor)
        return
    table = Table(*map(escape, names))
    for row in cursor:
        table.add_row(*("" if value is None else escape(str(value)) for value in row))
    print_table(table)

"""One SQL query through Athena, as a table or as CSV."""

import csv
import logging
import sys
from typing import Any

import boto3
from pyathena import connect
from pyathena.converter import DefaultTypeConverter
from pyathena.error import Error
from rich.markup import escape
from rich.table import Table

from runner.console import print_table
from runner.errors import UserError


class AnyDate(DefaultTypeConverter):
    """PyAthena's own conversion, but a date or time outside the years 1 to 9999 stays Athena's text.

    Python has no such date, and PyAthena would raise. Milliseconds that are taken for seconds make them: everybody's
    first ``from_unixtime("timestamp")``.

    >>> AnyDate().convert("date", "+10000-01-01")
    '+10000-01-01'
    """

    def convert(self, type_: str, value: str | None, type_hint: str | None = None) -> Any:
        """The value of one field."""
        try:
            return super().convert(type_, value, type_hint)
        except (ValueError, OverflowError):
            return value


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

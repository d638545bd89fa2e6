"""Tables of the Glue Data Catalog and their versions."""

from contextlib import suppress

import boto3

from helpers.errors import LostRace

INPUT = ("Name", "Description", "Owner", "Retention", "StorageDescriptor", "PartitionKeys", "TableType", "Parameters")
"""What a table has that a TableInput may have (AWS Glue, "TableInput"), as far as this project sets it."""


def get_table(database: str, name: str) -> dict | None:
    """A table as GetTable describes it, or None where there is none."""
    glue = boto3.client("glue")
    try:
        return glue.get_table(DatabaseName=database, Name=name)["Table"]
    except glue.exceptions.EntityNotFoundException:
        return None


def find_tables(database: str, names: str) -> dict[str, dict]:
    """The tables whose names fit a regular expression (AWS Glue, "GetTables": Expression), by name."""
    pages = boto3.client("glue").get_paginator("get_tables").paginate(DatabaseName=database, Expression=names)
    return {table["Name"]: table for page in pages for table in page["TableList"]}


def get_versions(database: str, name: str) -> list[dict]:
    """Every version of a table that the catalog remembers, the newest first; none where there is no such table."""
    glue = boto3.client("glue")
    pages = glue.get_paginator("get_table_versions").paginate(DatabaseName=database, TableName=name)
    try:
        versions = [version["Table"] for page in pages for version in page["TableVersions"]]
    except glue.exceptions.EntityNotFoundException:
        return []
    return sorted(versions, key=lambda table: int(table["VersionId"]), reverse=True)


def put_table(database: str, definition: dict, expected: dict | None) -> None:
    """Create a table from its TableInput, or replace the version of it that was looked at.

    ``expected`` is the table as it was when the decision fell; None where there was none.

    Raises
    ------
    LostRace
        If the table is another one by now; nothing was overwritten (AWS Glue, "UpdateTable": VersionId).
    """
    glue = boto3.client("glue")
    try:
        if expected:
            glue.update_table(DatabaseName=database, TableInput=definition, VersionId=expected["VersionId"])
        else:
            glue.create_table(DatabaseName=database, TableInput=definition)
    except (glue.exceptions.ConcurrentModificationException, glue.exceptions.AlreadyExistsException) as error:
        raise LostRace(
            f"{definition['Name']} was changed by somebody else meanwhile; nothing was overwritten. Run again."
        ) from error


def table_input(table: dict) -> dict:
    """The TableInput that would make a table, or one of its versions, what it is."""
    return {name: table[name] for name in INPUT if name in table}


def delete_table(database: str, name: str) -> None:
    """Take a table out of the catalog; one that is gone is no error."""
    glue = boto3.client("glue")
    with suppress(glue.exceptions.EntityNotFoundException):
        glue.delete_table(DatabaseName=database, Name=name)


def location_of(table: dict) -> str:
    """The ``s3://`` prefix of a table's files, with a slash at its end."""
    return table["StorageDescriptor"]["Location"].rstrip("/") + "/"

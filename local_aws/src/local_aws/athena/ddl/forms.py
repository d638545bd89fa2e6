"""The texts of these statements, each with what runs it."""

import re
from collections.abc import Callable

from local_aws.athena.ddl import alter, databases, describe, partitions, views
from local_aws.athena.ddl.text import CATALOG, NAME, PARTITION, SPECS, TABLE
from local_aws.athena.ddl.utility import CatalogStatements, Listing

Act = Callable[[CatalogStatements, str], Listing]
Runner = Callable[[CatalogStatements, str, "re.Match[str]"], Listing]

_LIKE = r"(?:\s+(?:LIKE\s+)?'(?P<pattern>[^']*)')?"
_ALTER = rf"ALTER\s+TABLE\s+{TABLE}\s+"


def _on(run: Runner) -> Callable[["re.Match[str]"], Act]:
    """Run a statement in the database that it names, else in the query's own."""
    return lambda match: lambda on, database: run(on, (match["database"] or database).lower(), match)


def _create_view(match: "re.Match[str]") -> Act:
    tree = views.parsed(match["query"])

    def act(on: CatalogStatements, database: str) -> Listing:
        return views.create_view(on, (match["database"] or database).lower(), match, tree, database)

    return act


FORMS = (
    (
        rf"DESC(?:RIBE)?\s+(?:(?P<how>EXTENDED|FORMATTED)\s+)?{TABLE}(?:\s+{PARTITION})?"
        r"(?:\s+(?P<column>[`\"]?\w+[`\"]?(?:\.[`\"']?[\w$]+[`\"']?)*))?",
        "UTILITY",
        "DESCRIBE_TABLE",
        _on(describe.describe),
    ),
    (
        rf"ALTER\s+(?:DATABASE|SCHEMA)\s+{NAME.format('database')}\s+SET\s+DBPROPERTIES\s*\((?P<pairs>.+)\)",
        "DDL",
        "ALTER_DATABASE_SET_DBPROPERTIES",
        _on(databases.set_properties),
    ),
    (rf"SHOW\s+PARTITIONS\s+{TABLE}", "UTILITY", "SHOW_PARTITIONS", _on(partitions.show_partitions)),
    (rf"MSCK\s+REPAIR\s+TABLE\s+{TABLE}", "DDL", "MSCK_REPAIR_TABLE", _on(partitions.repair)),
    (
        rf"{_ALTER}ADD\s+(?P<keep>IF\s+NOT\s+EXISTS\s+)?{SPECS}",
        "DDL",
        "ALTER_TABLE_ADD_PARTITION",
        _on(partitions.add_partitions),
    ),
    (
        rf"{_ALTER}DROP\s+(?P<exists>IF\s+EXISTS\s+)?{SPECS}",
        "DDL",
        "ALTER_TABLE_DROP_PARTITION",
        _on(partitions.drop_partitions),
    ),
    (rf"{_ALTER}ADD\s+COLUMNS\s*\((?P<columns>.+)\)", "DDL", "ALTER_TABLE_ADD_COLUMNS", _on(alter.add_columns)),
    (
        rf"{_ALTER}REPLACE\s+COLUMNS\s*\((?P<columns>.+)\)",
        "DDL",
        "ALTER_TABLE_REPLACE_COLUMNS",
        _on(alter.replace_columns),
    ),
    (
        rf"{_ALTER}SET\s+TBLPROPERTIES\s*\((?P<pairs>.+)\)",
        "DDL",
        "ALTER_TABLE_SET_TBLPROPERTIES",
        _on(alter.set_properties),
    ),
    (
        rf"{_ALTER}{PARTITION}\s+SET\s+LOCATION\s+'(?P<location>s3://[^']+)'",
        "DDL",
        "ALTER_TABLE_SET_LOCATION",
        _on(partitions.set_location),
    ),
    (
        rf"{_ALTER}{PARTITION}\s+RENAME\s+TO\s+PARTITION\s*\((?P<new>[^()]+)\)",
        "DDL",
        "ALTER_TABLE_RENAME_PARTITION",
        _on(partitions.rename),
    ),
    (
        rf"{_ALTER}CHANGE\s+(?:COLUMN\s+)?{NAME.format('old')}\s+(?P<column>.+?)"
        rf"(?:\s+(?:(?P<first>FIRST)|AFTER\s+{NAME.format('after')}))?",
        "DDL",
        "ALTER_TABLE_CHANGE_COLUMN",
        _on(alter.change_column),
    ),
    (
        rf"{_ALTER}SET\s+LOCATION\s+'(?P<location>s3://[^']+)'",
        "DDL",
        "ALTER_TABLE_SET_LOCATION",
        _on(alter.set_location),
    ),
    (
        rf"SHOW\s+TBLPROPERTIES\s+{TABLE}(?:\s*\(\s*['\"](?P<key>[^'\"]+)['\"]\s*\))?",
        "UTILITY",
        "SHOW_TBLPROPERTIES",
        _on(alter.show_properties),
    ),
    (
        rf"CREATE\s+(?P<replace>OR\s+REPLACE\s+)?VIEW\s+{TABLE}(?:\s+COMMENT\s+'(?P<comment>(?:[^']|'')*)')?"
        r"\s+AS\s+(?P<query>.+)",
        "DDL",
        "CREATE_VIEW",
        _create_view,
    ),
    (rf"DROP\s+VIEW\s+(?P<exists>IF\s+EXISTS\s+)?{TABLE}", "DDL", "DROP_VIEW", _on(views.drop_view)),
    (rf"SHOW\s+CREATE\s+VIEW\s+{TABLE}", "UTILITY", "SHOW_CREATE_VIEW", _on(views.show_create_view)),
    (
        rf"SHOW\s+VIEWS(?:\s+(?:IN|FROM)\s+{CATALOG}{NAME.format('database')})?{_LIKE}",
        "UTILITY",
        "SHOW_VIEWS",
        _on(views.show_views),
    ),
)

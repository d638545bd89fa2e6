"""What kind of statement a query string is, and how it will be run."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from local_aws.athena.ddl import forms
from local_aws.athena.ddl.create_table import parse_create_table
from local_aws.athena.ddl.explain import Explain, parse_explain
from local_aws.athena.ddl.text import CATALOG, NAME, TABLE
from local_aws.athena.ddl.utility import CatalogStatements, Listing
from local_aws.athena.failure import unsupported
from local_aws.athena.translation.comments import comment_failure, without_comments
from local_aws.athena.translation.dialect import parse_query, syntax_error
from local_aws.athena.writes.parse import Write, parse_write

QUERY_STARTS = ("SELECT", "WITH", "VALUES", "TABLE", "(")
OPTIONS = re.IGNORECASE | re.DOTALL


@dataclass(frozen=True)
class Statement:
    """One statement: a query of DuckDB's (``tree``), or a change of the catalog or question to it (``act``)."""

    kind: str
    substatement: str
    tree: exp.Expression | None = None
    act: Callable[[CatalogStatements, str], Listing] | None = None
    write: Write | None = None
    explain: Explain | None = None


Maker = Callable[["re.Match[str]"], Callable[[CatalogStatements, str], Listing]]

FORMS: tuple[tuple[str, str, str, Maker], ...] = (
    (
        r"SHOW\s+(?:DATABASES|SCHEMAS)(?:\s+(?:IN|FROM)\s+[`\"]?awsdatacatalog[`\"]?)?(?:\s+(?:LIKE\s+)?'(?P<pattern>[^']*)')?",
        "UTILITY",
        "SHOW_DATABASES",
        lambda m: lambda on, _: on.show_databases(m["pattern"]),
    ),
    (
        rf"SHOW\s+TABLES(?:\s+(?:IN|FROM)\s+{CATALOG}{NAME.format('database')})?"
        r"(?:\s+(?:LIKE\s+)?'(?P<pattern>[^']*)')?",
        "UTILITY",
        "SHOW_TABLES",
        lambda m: lambda on, db: on.show_tables(_named(m, db), m["pattern"]),
    ),
    (
        rf"SHOW\s+COLUMNS\s+(?:IN|FROM)\s+{TABLE}(?:\s+(?:IN|FROM)\s+{NAME.format('outer')})?",
        "UTILITY",
        "SHOW_COLUMNS",
        lambda m: lambda on, db: on.show_columns((m["outer"] or _named(m, db)).lower(), m["table"].lower()),
    ),
    (
        rf"SHOW\s+CREATE\s+TABLE\s+{TABLE}",
        "UTILITY",
        "SHOW_CREATE_TABLE",
        lambda m: lambda on, db: on.show_create_table(_named(m, db), m["table"].lower()),
    ),
    (
        rf"CREATE\s+(?:DATABASE|SCHEMA)\s+(?P<keep>IF\s+NOT\s+EXISTS\s+)?{NAME.format('name')}"
        r"(?:\s+COMMENT\s+'(?P<comment>[^']*)')?(?:\s+LOCATION\s+'(?P<location>[^']*)')?"
        r"(?:\s+WITH\s+DBPROPERTIES\s*\((?P<pairs>.+)\))?",
        "DDL",
        "CREATE_DATABASE",
        lambda m: lambda on, _: on.create_database(m["name"].lower(), m),
    ),
    (
        rf"DROP\s+(?:DATABASE|SCHEMA)\s+(?P<exists>IF\s+EXISTS\s+)?{NAME.format('name')}"
        r"(?:\s+(?:(?P<cascade>CASCADE)|RESTRICT))?",
        "DDL",
        "DROP_DATABASE",
        lambda m: lambda on, _: on.drop_database(m["name"].lower(), bool(m["exists"]), bool(m["cascade"])),
    ),
    (
        rf"DROP\s+TABLE\s+(?P<exists>IF\s+EXISTS\s+)?{TABLE}",
        "DDL",
        "DROP_TABLE",
        lambda m: lambda on, db: on.drop_table(_named(m, db), m["table"].lower(), bool(m["exists"])),
    ),
)


def parse_statement(sql: str, parameters: list[str]) -> Statement:
    """Tell what a query string is.

    Raises
    ------
    AwsError
        ``InvalidRequestException`` for a malformed statement.
    QueryFailed
        ``NOT_SUPPORTED``, by name, for one that this engine does not run.
    """
    text = without_comments(sql).strip().rstrip(";").strip()
    if not text:
        raise syntax_error("The query string is empty.")
    if text.upper().startswith(QUERY_STARTS):
        return Statement("DML", "SELECT", tree=parse_query(sql, parameters))
    explain = parse_explain(text, parameters)
    if explain is not None:
        return Statement("UTILITY", "EXPLAIN", explain=explain)
    write = parse_write(text, parameters)
    if write is not None:
        return Statement("DDL" if write.kind.startswith("CREATE") else "DML", write.kind, write=write)
    failure = comment_failure(sql)
    for form, kind, substatement, make in (*FORMS, *forms.FORMS):
        match = re.fullmatch(form, text, OPTIONS)
        if match:
            return Statement(kind, substatement, act=_failing(failure) if failure else make(match))
    if re.match(r"CREATE\s+(EXTERNAL\s+)?TABLE\b", text, OPTIONS):
        if failure:
            return Statement("DDL", "CREATE_TABLE", act=_failing(failure))
        tree = parse_create_table(text)
        return Statement("DDL", "CREATE_TABLE", act=lambda on, database: on.create_table(tree, database))
    raise _refusal(text)


def _failing(failure: Exception) -> Callable[[CatalogStatements, str], Listing]:
    def act(_on: CatalogStatements, _database: str) -> Listing:
        raise failure

    return act


def _named(match: "re.Match[str]", database: str) -> str:
    return (match["database"] or database).lower()


def _refusal(text: str) -> Exception:
    words = text.upper().split()
    known = {"ALTER", "MSCK", "INSERT", "UNLOAD", "CREATE", "DROP", "EXPLAIN", "SHOW", "DESCRIBE", "DESC", "DELETE"}
    known |= {"MERGE", "UPDATE", "VACUUM", "OPTIMIZE", "PREPARE", "EXECUTE", "DEALLOCATE", "USING", "ANALYZE"}
    if words[0] in known:
        return unsupported(f"the statement {' '.join(words[:3])}")
    return syntax_error(f"line 1:1: mismatched input '{text.split()[0]}'")

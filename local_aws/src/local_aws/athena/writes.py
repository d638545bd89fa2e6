"""Statements that write what a query answers: CREATE TABLE AS, INSERT INTO and UNLOAD, taken apart.

Sources: "CREATE TABLE AS", "INSERT INTO" and "UNLOAD" (Athena user guide).
"""

import re
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.tokens import Token, TokenType

from local_aws.athena.dialect import parse_query, syntax_error, tokens

_NAME = r"(?:[`\"]?awsdatacatalog[`\"]?\s*\.\s*)?(?:[`\"]?(?P<database>\w+)[`\"]?\s*\.\s*)?[`\"]?(?P<table>\w+)[`\"]?"
_CREATE = re.compile(rf"\s*CREATE\s+TABLE\s+(?P<exists>IF\s+NOT\s+EXISTS\s+)?{_NAME}\s*", re.IGNORECASE)
_INSERT = re.compile(rf"\s*INSERT\s+INTO\s+{_NAME}\s*(?:\((?P<columns>[\w\s,\"`]+)\)\s*)?(?=\S)", re.IGNORECASE)
_NO_DATA = re.compile(r"\s+WITH\s+(?P<no>NO\s+)?DATA\s*\Z", re.IGNORECASE)
_QUERY = re.compile(r"\(?\s*(SELECT|WITH|VALUES|TABLE)\b|\(", re.IGNORECASE)


@dataclass(frozen=True)
class Write:
    """One such statement.

    Parameters
    ----------
    substatement : {"CREATE_TABLE_AS_SELECT", "INSERT", "UNLOAD"}
        Athena's name of its kind.
    sql : str
        The query alone, each character where it stands in the statement, so that messages tell its place.
    query : Expression
        The query, parsed.
    """

    substatement: str
    sql: str
    query: exp.Expression
    table: str = ""
    database: str | None = None
    tolerant: bool = False
    with_data: bool = True
    columns: tuple[str, ...] = ()
    location: str = ""
    properties: dict[str, str | list[str]] = field(default_factory=dict)


def parse_create_table_as(sql: str, parameters: list[str]) -> Write | None:
    """Take CREATE TABLE AS apart; None for a CREATE TABLE that names its columns."""
    head = _CREATE.match(sql)
    if head is None:
        return None
    properties, start = _with_clause(sql, head.end())
    word = re.compile(r"\s*AS\b\s*", re.IGNORECASE).match(sql, start)
    if word is None:
        return None
    tail = _NO_DATA.search(sql)
    query = _only(sql, word.end(), tail.start() if tail else len(sql))
    return Write(
        "CREATE_TABLE_AS_SELECT",
        query,
        parse_query(query, parameters),
        table=head["table"].lower(),
        database=(head["database"] or "").lower() or None,
        tolerant=bool(head["exists"]),
        with_data=not (tail and tail["no"]),
        properties=properties,
    )


def parse_insert(sql: str, parameters: list[str]) -> Write:
    """Take INSERT INTO apart."""
    head = _INSERT.match(sql)
    if head is None or not _QUERY.match(sql, head.end()):
        raise syntax_error("line 1:1: mismatched input 'INSERT'")
    query = _only(sql, head.end(), len(sql))
    columns = tuple(name.strip(' \t\n"`').lower() for name in (head["columns"] or "").split(",") if name.strip())
    database = (head["database"] or "").lower() or None
    tree = parse_query(query, parameters)
    return Write("INSERT", query, tree, table=head["table"].lower(), database=database, columns=columns)


def parse_unload(sql: str, parameters: list[str]) -> Write:
    """Take UNLOAD apart."""
    opening = sql.find("(")
    closing = _closing(sql, opening) if opening >= 0 else -1
    rest = re.compile(r"\s*TO\s+'(?P<location>(?:[^']|'')*)'\s*", re.IGNORECASE).match(sql, closing + 1)
    if closing < 0 or rest is None or sql[len("UNLOAD") : opening].strip():
        raise syntax_error("line 1:1: mismatched input 'UNLOAD': UNLOAD (query) TO 's3://…' WITH (format = …)")
    properties, end = _with_clause(sql, rest.end())
    if sql[end:].strip():
        raise syntax_error(f"line 1:{end + 1}: mismatched input '{sql[end:].split()[0]}'")
    query = _only(sql, opening + 1, closing)
    return Write(
        "UNLOAD",
        query,
        parse_query(query, parameters),
        location=rest["location"].replace("''", "'"),
        properties=properties,
    )


def _only(sql: str, start: int, end: int) -> str:
    """Blank all but the query, with its lines and columns kept."""
    return re.sub(r"[^\n]", " ", sql[:start]) + sql[start:end]


def _with_clause(sql: str, start: int) -> tuple[dict[str, str | list[str]], int]:
    """Read WITH (name = value, …) from ``start``, if it stands there; give where what follows begins."""
    opening = re.compile(r"\s*WITH\s*(?=\()", re.IGNORECASE).match(sql, start)
    if opening is None:
        return {}, start
    closing = _closing(sql, opening.end())
    inside = [token for token in tokens(sql) if opening.end() < token.start < closing]
    properties: dict[str, str | list[str]] = {}
    while inside:
        name, value, inside = _property(inside)
        properties[name] = value
    return properties, closing + 1


def _property(inside: list[Token]) -> tuple[str, str | list[str], list[Token]]:
    """Read ``name = value`` or ``name = ARRAY['a', 'b']``; give also the tokens after it and its comma."""
    texts = [token.text for token in inside]
    if texts[1:2] != ["="] or len(texts) < 3:
        raise syntax_error(f"line 1:{inside[0].start + 1}: mismatched input '{texts[0]}'")
    end = texts.index("]") + 1 if texts[2].upper() == "ARRAY" and "]" in texts else 3
    if texts[end : end + 1] not in ([], [","]):
        raise syntax_error(f"line 1:{inside[end].start + 1}: mismatched input '{texts[end]}'")
    value = texts[2] if end == 3 else [text for text in texts[4 : end - 1] if text != ","]
    return texts[0].lower(), value, inside[end + 1 :]


def _closing(sql: str, opening: int) -> int:
    """Find the parenthesis that closes the one at ``opening``."""
    depth = 0
    for token in _parentheses(sql):
        if token.start < opening:
            continue
        depth += 1 if token.token_type is TokenType.L_PAREN else -1
        if not depth:
            return token.start
    raise syntax_error("line 1:1: mismatched input '<EOF>'. Expecting: ')'")


def _parentheses(sql: str) -> list[Token]:
    return [token for token in tokens(sql) if token.token_type in {TokenType.L_PAREN, TokenType.R_PAREN}]

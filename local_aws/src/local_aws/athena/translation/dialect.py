"""Trino's SQL as Athena takes it: parsing, and the list of what a query may be made of."""

import re

import sqlglot
from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokens import Token, TokenType

from local_aws.athena.failure import unsupported
from local_aws.athena.functions.json import json_syntax
from local_aws.athena.types.trino import TrinoType
from local_aws.errors import AwsError

_MOMENTS = (exp.DType.DATE, exp.DType.TIME, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ)


class AthenaQueries(Trino):
    """Trino's grammar with every function call left as it was written.

    sqlglot knows the functions of all dialects, and would read another engine's function as one of Trino's.
    """

    INDEX_OFFSET = 0

    class Parser(Trino.Parser):
        """The parser of `AthenaQueries`."""

        FUNCTIONS: dict = {}
        SUBQUERY_TOKENS = {*Trino.Parser.SUBQUERY_TOKENS, TokenType.VALUES, TokenType.TABLE}
        FUNCTION_PARSERS = {
            **{name: Trino.Parser.FUNCTION_PARSERS[name] for name in ("CAST", "TRY_CAST")},
            **json_syntax.PARSERS,
            "EXTRACT": lambda self: extracted(self._parse_extract()),
            "POSITION": lambda self: positioned(self._parse_position()),
            "TRIM": lambda self: trimmed(self._parse_trim()),
            "SUBSTRING": lambda self: substring(self._parse_substring()),
        }
        TYPE_LITERAL_PARSERS = {
            **Trino.Parser.TYPE_LITERAL_PARSERS,
            **dict.fromkeys(_MOMENTS, lambda self, this, kind: typed_literal(this, kind)),
            exp.DType.DECIMAL: lambda self, this, kind: decimal_literal(this, kind),
        }
        NO_PAREN_FUNCTION_PARSERS = {"CASE": Trino.Parser.NO_PAREN_FUNCTION_PARSERS["CASE"]}


def typed_literal(text: exp.Expression, kind: exp.DataType) -> exp.Cast:
    """Mark a literal such as ``DATE '2020-01-01'``, which a CAST of the text would look like."""
    made = exp.Cast(this=text, to=kind)
    made.meta["literal"] = True
    return made


def extracted(node: exp.Extract) -> exp.Anonymous:
    """Write ``EXTRACT(HOUR FROM moment)`` as the call that it stands for."""
    return exp.Anonymous(this=node.this.name, expressions=[node.expression])


def positioned(node: exp.StrPosition) -> exp.Anonymous:
    """Write ``POSITION('l' IN text)`` as a call with commas."""
    return exp.Anonymous(this="strpos", expressions=[node.this, node.args["substr"]])


def trimmed(node: exp.Expression) -> exp.Anonymous:
    """Write ``TRIM(LEADING 'x' FROM text)`` as the call that it stands for."""
    name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(node.args.get("position") or "", "trim")
    given = [node.this, node.expression] if node.args.get("expression") is not None else [node.this]
    return exp.Anonymous(this=name, expressions=given)


def substring(node: exp.Expression) -> exp.Anonymous:
    """Write ``SUBSTRING(text FROM 2 FOR 3)`` as a call with commas."""
    given = [node.this, node.args.get("start"), node.args.get("length")]
    return exp.Anonymous(this="substring", expressions=[part for part in given if part is not None])


def decimal_literal(text: exp.Expression, kind: exp.DataType) -> exp.Cast:
    """Give ``DECIMAL '1.10'`` the digits that it is written with (Trino, "Decimal functions and operators")."""
    found = decimal_type(text.name)
    if found and not kind.expressions:
        kind = exp.DataType.build(str(found), dialect="trino")
    return exp.Cast(this=text, to=kind)


def decimal_type(digits: str) -> TrinoType | None:
    """Give the type of a decimal that is written with these digits."""
    found = re.fullmatch(r"[+-]?(\d*)\.?(\d*)", digits)
    if not found:
        return None
    scale = len(found[2])
    return TrinoType("decimal", (max(1, len(found[1].lstrip("0")) + scale), scale))


_NODES = """
    Add Alias All And Anonymous Any Array AtTimeZone Between Boolean Bracket CTE Case Cast Coalesce Column
    ColumnDef Cube CurrentDate CurrentTimestamp DPipe DataType DataTypeParam Distinct Div Dot EQ Escape Except
    Exists Fetch Filter From GT GTE Group GroupingSets Having HexString Identifier If IgnoreNulls In
    Intersect Interval IntervalSpan Is Join LT LTE Lambda Lateral Like Limit LimitOptions Literal Localtime
    Localtimestamp Mod Mul NEQ Neg Not Null NullSafeEQ NullSafeNEQ Offset Or Order Ordered Paren ParseJSON
    RespectNulls Rollup Select Star Sub Subquery Table TableAlias TableSample TryCast Tuple
    UnicodeString Union Unnest Values Var Where Window WindowSpec With WithinGroup
"""
ALLOWED = frozenset(_NODES.split())
"""sqlglot's node classes that this engine is known to run as Trino does; everything else is refused by name."""


def parse_query(sql: str, parameters: list[str] | None = None) -> exp.Expression:
    """Parse one SELECT, WITH, VALUES or TABLE statement.

    Parameters
    ----------
    sql : str
        The query.
    parameters : list of str, optional
        SQL literals for the query's ``?``, in their order.

    Raises
    ------
    AwsError
        ``InvalidRequestException`` with the position of a syntax error, as StartQueryExecution answers.
    QueryFailed
        ``NOT_SUPPORTED`` for a construct that this engine cannot run faithfully.
    """
    tree = _parse(_fill_placeholders(sql, parameters or []))
    if not isinstance(tree, exp.Query | exp.Values):
        raise syntax_error(f"line 1:1: mismatched input '{sql.split()[0]}'")
    for node in tree.walk():
        if type(node).__name__ not in ALLOWED:
            raise unsupported(f"{type(node).__name__} in a query")
    if any(not select.expressions for select in tree.find_all(exp.Select)):
        raise syntax_error("line 1:1: mismatched input: SELECT needs at least one expression")
    if any(lateral.args.get("view") for lateral in tree.find_all(exp.Lateral)):
        raise syntax_error("line 1:1: mismatched input 'view': Athena writes CROSS JOIN UNNEST")
    if any(isinstance(part.expression, exp.Neg) for part in tree.find_all(exp.Limit, exp.Offset)):
        raise syntax_error("line 1:1: mismatched input '-': LIMIT and OFFSET take whole numbers")
    if any(not isinstance(table.this, exp.Identifier) for table in tree.find_all(exp.Table)):
        raise unsupported("table functions")
    if any(group.args.get("all") for group in tree.find_all(exp.Group)):
        raise unsupported("GROUP BY ALL")
    return tree


def _parse(sql: str) -> exp.Expression:
    if any(token.token_type is TokenType.DCOLON for token in _tokens(sql)):
        raise syntax_error("line 1:1: mismatched input ':': Athena writes CAST(x AS type)")
    try:
        trees = [tree for tree in sqlglot.parse(sql, dialect=AthenaQueries) if tree is not None]
    except ParseError as error:
        raise _positioned(error) from error
    if len(trees) != 1:
        raise syntax_error(f"Only one sql statement is allowed. Got: {sql}" if trees else "The query is empty.")
    return trees[0]


def _positioned(error: ParseError) -> AwsError:
    """Say where the parser stopped; sqlglot counts a column at the end of a token, Trino at its start."""
    found = error.errors[0]
    wrong = found["highlight"] or "<EOF>"
    column = max(1, found["col"] - len(found["highlight"] or "") + 1)
    return syntax_error(f"line {found['line']}:{column}: mismatched input '{wrong}'")


def syntax_error(message: str) -> AwsError:
    """The refusal of a malformed query at its start (API reference, ``InvalidRequestException``)."""
    return AwsError("InvalidRequestException", message)


def _fill_placeholders(sql: str, parameters: list[str]) -> str:
    """Write the execution parameters, which must be literals, in the places of the ``?`` of a query."""
    places = [token.start for token in _tokens(sql) if token.token_type is TokenType.PLACEHOLDER]
    if len(places) != len(parameters):
        raise syntax_error(f"Incorrect number of parameters: expected {len(places)} but found {len(parameters)}")
    for text in parameters:
        value = _parse(f"SELECT {text}").expressions
        if len(value) != 1 or not isinstance(value[0], exp.Literal | exp.Neg | exp.Cast | exp.Null | exp.Boolean):
            raise syntax_error("Execution parameters must be SQL literals.")
    for place, text in sorted(zip(places, parameters, strict=True), reverse=True):
        sql = f"{sql[:place]}{text}{sql[place + 1 :]}"
    return sql


def _tokens(sql: str) -> list[Token]:
    try:
        return AthenaQueries().tokenize(sql)
    except TokenError as error:
        raise syntax_error(f"line 1:1: {error}") from error


def position(node: exp.Expression, sql: str) -> str:
    """Write where an identifier stands in the query, as ``line 1:8``."""
    start = min((part.meta["start"] for part in node.walk() if "start" in part.meta), default=0)
    before = sql[:start]
    return f"line {before.count(chr(10)) + 1}:{start - before.rfind(chr(10))}"

"""The clauses within the parentheses of SQL/JSON functions and LISTAGG, which are no plain arguments."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlglot import exp
from sqlglot.tokens import TokenType

_META = "clauses"
_JSON_TEXTS = {"json_object", "json_array", "json_query"}
"""The functions whose text is JSON where it is a value of another (Trino, "JSON functions and operators")."""


@dataclass(frozen=True)
class Clauses:
    """What stands beside the arguments of a call.

    ``on`` has the words before ``ON EMPTY``, ``ON ERROR`` and ``ON NULL``; a ``DEFAULT`` is one more argument, whose
    place ``defaults`` has. ``formatted`` has the places of the arguments that are JSON already.
    """

    on: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, int] = field(default_factory=dict)
    formatted: frozenset[int] = frozenset()
    variables: tuple[str, ...] = ()
    wrapper: str = "without"
    quotes: str = "keep"
    returning: Any = None
    unique: bool = False


def clauses(node: exp.Expression) -> Clauses:
    """Give the clauses of a parsed call."""
    return node.meta.get(_META, Clauses())


def _call(name: str, args: list[exp.Expression], found: Clauses) -> exp.Anonymous:
    made = exp.Anonymous(this=name, expressions=args)
    made.meta[_META] = found
    return made


def _value(parser: Any, args: list[exp.Expression], formatted: set[int]) -> None:
    value = parser._parse_disjunction()
    if parser._match_text_seq("FORMAT", "JSON") or (
        isinstance(value, exp.Anonymous) and value.name.lower() in _JSON_TEXTS
    ):
        formatted.add(len(args))
    args.append(value)


def parse_object(parser: Any) -> exp.Anonymous:
    """Parse ``JSON_OBJECT('a': 1, KEY 'b' VALUE 2 NULL ON NULL WITH UNIQUE KEYS)``."""
    return _members("json_object", parser, "NULL", _key)


def parse_array(parser: Any) -> exp.Anonymous:
    """Parse ``JSON_ARRAY(1, 'a' ABSENT ON NULL)``."""
    return _members("json_array", parser, "ABSENT", lambda *_: None)


def _members(
    name: str, parser: Any, on_null: str, parse_key: Callable[[Any, list[exp.Expression]], None]
) -> exp.Anonymous:
    """Parse members, each with a key before its value where there are keys, and the clauses after them."""
    args: list[exp.Expression] = []
    formatted: set[int] = set()
    found = Clauses(on={"NULL": on_null})
    while not parser._match(TokenType.R_PAREN, advance=False):
        closing = _closing(parser, found, args)
        if closing is not None:
            found = closing
            continue
        parse_key(parser, args)
        _value(parser, args, formatted)
        parser._match(TokenType.COMMA)
    return _call(name, args, replace(found, formatted=frozenset(formatted)))


def _key(parser: Any, args: list[exp.Expression]) -> None:
    if parser._curr.text.upper() == "KEY" and parser._next.text.upper() not in {":", "VALUE"}:
        parser._advance()
    args.append(parser._parse_bitwise())
    if not parser._match(TokenType.COLON) and not parser._match_text_seq("VALUE"):
        parser.raise_error("Expecting VALUE")


def parse_path_call(name: str) -> Any:
    """Make the parser of ``JSON_VALUE``, ``JSON_QUERY`` and ``JSON_EXISTS``."""

    def parse(parser: Any) -> exp.Anonymous:
        args = [parser._parse_disjunction()]
        parser._match_text_seq("FORMAT", "JSON")
        parser._match(TokenType.COMMA)
        args.append(parser._parse_disjunction())
        found = Clauses()
        if parser._match_text_seq("PASSING"):
            found = _passing(parser, args)
        while not parser._match(TokenType.R_PAREN, advance=False):
            closing = _closing(parser, found, args)
            if closing is None:
                parser.raise_error("Expecting )")
            found = closing
        return _call(name, args, found)

    return parse


def _passing(parser: Any, args: list[exp.Expression]) -> Clauses:
    names: list[str] = []
    formatted: set[int] = set()
    while True:
        _value(parser, args, formatted)
        parser._match_text_seq("AS")
        # An unquoted name is an upper-case one, as everywhere in the standard.
        names.append(
            parser._curr.text if parser._curr.token_type is TokenType.IDENTIFIER else parser._curr.text.upper()
        )
        parser._advance()
        if not parser._match(TokenType.COMMA):
            return Clauses(variables=tuple(names), formatted=frozenset(formatted))


def _closing(parser: Any, found: Clauses, args: list[exp.Expression]) -> Clauses | None:
    """Parse one of the clauses that may end a call, or give None where none is next."""
    if parser._match_text_seq("RETURNING"):
        target = parser._parse_types()
        parser._match_text_seq("FORMAT", "JSON")
        return replace(found, returning=target)
    for words in ("WITH", "WITHOUT"):
        if parser._match_text_seq(words):
            return _with(parser, found, words == "WITH")
    for words in ("KEEP", "OMIT"):
        if parser._match_text_seq(words, "QUOTES"):
            parser._match_text_seq("ON", "SCALAR", "STRING")
            return replace(found, quotes=words.lower())
    if parser._match_text_seq("DEFAULT"):
        args.append(parser._parse_disjunction())
        event = _event(parser)
        return replace(found, on={**found.on, event: "DEFAULT"}, defaults={**found.defaults, event: len(args) - 1})
    for words in ("EMPTY ARRAY", "EMPTY OBJECT", "NULL", "ABSENT", "ERROR", "TRUE", "FALSE", "UNKNOWN"):
        before = parser._index
        if parser._match_text_seq(*words.split()):
            if parser._curr is not None and parser._curr.text.upper() == "ON":
                return replace(found, on={**found.on, _event(parser): words})
            parser._retreat(before)
    return None


def _with(parser: Any, found: Clauses, wanted: bool) -> Clauses:
    if parser._match_text_seq("UNIQUE"):
        parser._match_text_seq("KEYS")
        return replace(found, unique=wanted)
    conditional = bool(parser._match_text_seq("CONDITIONAL"))
    parser._match_text_seq("UNCONDITIONAL")
    parser._match_text_seq("ARRAY")
    if not parser._match_text_seq("WRAPPER"):
        parser.raise_error("Expecting WRAPPER")
    return replace(found, wrapper="without" if not wanted else "conditional" if conditional else "with")


def _event(parser: Any) -> str:
    for event in ("EMPTY", "ERROR", "NULL"):
        if parser._match_text_seq("ON", event):
            return event
    parser.raise_error("Expecting ON")
    return ""


def parse_listagg(parser: Any) -> exp.Anonymous:
    """Parse ``LISTAGG([DISTINCT] x [, separator] [ON OVERFLOW …])``."""
    distinct = bool(parser._match(TokenType.DISTINCT))
    args = [parser._parse_disjunction()]
    if parser._match(TokenType.COMMA):
        args.append(parser._parse_disjunction())
    if parser._match_text_seq("ON", "OVERFLOW") and not parser._match_text_seq("ERROR"):
        if not parser._match_text_seq("TRUNCATE"):
            parser.raise_error("Expecting TRUNCATE")
        parser._parse_string()
        if not parser._match_text_seq("WITH", "COUNT") and not parser._match_text_seq("WITHOUT", "COUNT"):
            parser.raise_error("Expecting WITH COUNT or WITHOUT COUNT")
    if distinct:
        args[0] = exp.Distinct(expressions=[args[0]])
    return exp.Anonymous(this="listagg", expressions=args)


PARSERS = {
    "JSON_ARRAY": parse_array,
    "JSON_EXISTS": parse_path_call("json_exists"),
    "JSON_OBJECT": parse_object,
    "JSON_QUERY": parse_path_call("json_query"),
    "JSON_VALUE": parse_path_call("json_value"),
    "LISTAGG": parse_listagg,
}

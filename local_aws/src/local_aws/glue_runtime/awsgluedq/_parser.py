"""DQDL text to rules, by the part that is here of the grammar that AWS publishes (awslabs/dqdl, ``*.g4``)."""

import re
from functools import cache
from typing import NoReturn

from awsglue._step import refuse
from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from awsgluedq._rules import NONE, NOT_HERE, NUMBER, RULE_TYPES, Condition, Rule, RulesetNotValid, unquoted

_GRAMMAR = r"""
    start: "Rules" "=" "[" rule ("," rule)* "]"
    rule: name parameter* condition?
    name: WORD
    parameter: OF? (STRING | WORD | NUMBER)
    condition: RELATION operand
        | NOT? BETWEEN operand "and" operand
        | NOT? IN "[" operand ("," operand)* "]"
        | MATCHES STRING
    operand: STRING | MINUS? NUMBER

    NOT: "not"
    BETWEEN: "between"
    IN: "in"
    MATCHES: "matches"
    MINUS: "-"
    RELATION: ">=" | "<=" | "!=" | "=" | "<" | ">"
    OF.2: /(of|OF)(?![\w.])/
    NUMBER.2: /\d+(\.\d+)?(?![\w.])/
    STRING: /"(?:\\["\\]|[^"\\]|\\(?!["\\]))*"/
    WORD: /[A-Za-z0-9_.]+/
    %ignore /[ \t\r\n]+|#[^\n]*/
"""
_NOT_HERE = {"where", "with", "labels", "and", "or", "not", "matches", "null", "empty", "whitespaces_only"}
"""Words of DQDL that no ruleset of the lakehouse has: CustomSql says what they say."""
_DATE_OR_TIME = re.compile(r'"(\d{4}-\d\d-\d\d|\d{1,2}:\d\d [AP]M|\d\d:\d\d)"')
_ORDERED = (">", ">=", "<", "<=", "between", "not between")


def parse(document: str) -> list[Rule]:
    """The rules of a document ``Rules = [ rule, rule ... ]``.

    Raises `RulesetNotValid` with line and column, NotImplementedError naming what the local runtime has not.
    """
    try:
        return _parser().parse(document)
    except UnexpectedCharacters as error:
        if error.char in "()+*/$":
            refuse(f"A composite rule, arithmetic, a function or a constant ({error.char} in line {error.line})")
        what = "the string that begins here does not end" if error.char == '"' else f"unexpected {error.char!r}"
        _fail(error, what)
    except UnexpectedToken as error:
        _explain(error.token, error.accepts, document)


@cache
def _parser() -> Lark:
    # The rules are made while the text is read: an unknown type is told before what its parameters look like.
    return Lark(_GRAMMAR, parser="lalr", transformer=_Rules())


def _explain(token: Token, expected: set[str], document: str) -> NoReturn:
    """Refuse a token that AWS knows; say of another where it stands."""
    if token.type == "$END":
        raise RulesetNotValid(f"Parsing Error: line {document.count(chr(10)) + 1}: unexpected end of the ruleset")
    behind = document[token.end_pos :].lstrip()[:1]
    if expected & {"RULES", "$END"} and behind == "=" and token.lower() != "rules":
        refuse(f"The section or constant {token} of a ruleset")
    if token.type == "MINUS" or behind == "(":
        refuse(f"Arithmetic or a function ({token}) in a rule (line {token.line}:{token.column})")
    _refuse_words(token)
    _fail(token, f"unexpected {str(token)!r}")


def _refuse_words(token: Token) -> None:
    if token.lower() in _NOT_HERE:
        refuse(f"{token} in a rule (line {token.line}:{token.column})")


def _fail(place: Token | UnexpectedCharacters, message: str) -> NoReturn:
    raise RulesetNotValid(f"Parsing Error: line {place.line}:{place.column} {message}")


@v_args(inline=True)
class _Rules(Transformer):
    """What each part of the grammar becomes."""

    def start(self, *rules: Rule) -> list[Rule]:
        return list(rules)

    def name(self, name: Token) -> Token:
        if name in NOT_HERE:
            refuse(f"The rule type {name} (line {name.line}:{name.column})")
        if name not in RULE_TYPES:
            _fail(name, f"Rule Type: {name} is not valid")
        return name

    def parameter(self, *words: Token) -> tuple[Token, ...]:
        _refuse_words(words[-1])
        return words

    def condition(self, *parts: Token | str) -> Condition:
        words = [part for part in parts if isinstance(part, Token)]
        if words[-1].type == "STRING":  # AWS hands a pattern on as it is written, with its backslashes
            return Condition(words[0], (str(words[-1]),))
        return Condition(" ".join(words), tuple(part for part in parts if not isinstance(part, Token)))

    def operand(self, *words: Token) -> str:
        return "".join(words)

    def rule(self, name: Token, *parts: tuple | Condition) -> Rule:
        parameters = [part for part in parts if isinstance(part, tuple)]
        written = " ".join([name, *(word for words in parameters for word in words)])
        condition = parts[-1] if parts and isinstance(parts[-1], Condition) else None
        if fault := _fault(name, len(parameters), condition):
            _fail(name, fault)
        return Rule(str(name), tuple(unquoted(words[-1]) for words in parameters), written, condition)


def _fault(name: str, parameters: int, condition: Condition | None) -> str | None:
    """What is wrong with a rule of its type."""
    wanted_parameters, wanted = RULE_TYPES[name]
    if parameters != wanted_parameters:
        return f"{name} does not take {parameters} parameters"
    if name == "CustomSql" and condition is None:
        refuse("CustomSql for rows, without a condition,")
    if (condition is None) != (wanted == NONE):
        return f"{name} takes {wanted} as its condition"
    if condition is None:
        return None
    if any(map(_DATE_OR_TIME.fullmatch, condition.operands)):
        refuse(f"A date or a time in {name} {condition.text}")
    if condition.kinds == {str} and (wanted == NUMBER or condition.operator in _ORDERED):
        return f"{name} {condition.operator} takes numbers"
    return f"{name} mixes numbers and strings in one condition" if len(condition.kinds) > 1 else None

"""DQDL text to rules, by the part that is here of the grammar that AWS publishes (awslabs/dqdl, ``*.g4``)."""

import re
from functools import cache
from typing import NoReturn

from awsglue._step import refuse
from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from awsgluedq._rules import NONE, NOT_HERE, NUMBER, RULE_TYPES, Composite, Condition, Operand, Rule, RulesetNotValid
from awsgluedq._rules import unquoted as unquote

_GRAMMAR = r"""
    start: "Rules" "=" "[" top_rule ("," top_rule)* "]"
    ?top_rule: rule | bracketed
        | bracketed (AND bracketed)+ -> composite
        | bracketed (OR bracketed)+ -> composite
    ?bracketed: "(" top_rule ")"
    rule: name parameter* condition? (where | threshold)*
    name: WORD
    parameter: (OF | AND)? (STRING | WORD | NUMBER)
    where: "where" STRING
    threshold: "with" "threshold" condition
    condition: RELATION operand
        | NOT? BETWEEN operand AND operand
        | NOT? IN "[" operand ("," operand)* "]"
        | NOT? MATCHES pattern
    operand: STRING | MINUS? NUMBER | KEYWORD
    pattern: STRING

    NOT: "not"
    BETWEEN: "between"
    IN: "in"
    MATCHES: "matches"
    MINUS: "-"
    RELATION: ">=" | "<=" | "!=" | "=" | "<" | ">"
    AND.2: /(and|AND)(?![\w.])/
    OR.2: /(or|OR)(?![\w.])/
    OF.2: /(of|OF)(?![\w.])/
    KEYWORD.2: /(null|NULL|empty|EMPTY|whitespaces_only|WHITESPACES_ONLY)(?![\w.])/
    NUMBER.2: /\d+(\.\d+)?(?![\w.])/
    STRING: /"(?:\\["\\]|[^"\\]|\\(?!["\\]))*"/
    WORD: /[A-Za-z0-9_.]+/
    %ignore /[ \t\r\n]+|#[^\n]*/
"""
_ORDERED = (">", ">=", "<", "<=", "between", "not between")
_DATE = re.compile(r'"\d{4}-\d\d-\d\d"')
_TIME = re.compile(r'"(\d{1,2}:\d\d [AP]M|\d\d:\d\d)"')
_SECTIONS = {"Analyzers", "DataSources", "Metadata", "DefaultLabels"}
_OPERAND = "a number, a string in quotes, NULL, EMPTY or WHITESPACES_ONLY"
_WORDS = {"$END": "the end of the ruleset", "RULES": "Rules = [ ... ]", "EQUAL": "=", "LSQB": "[", "AND": "and"}
_WORDS |= {"RELATION": "a condition", "STRING": "a string in quotes", "LPAR": "a rule in brackets"}


def parse(document: str) -> list[Rule | Composite]:
    """The rules of a document ``Rules = [ rule, rule ... ]``.

    Raises
    ------
    RulesetNotValid
        Naming line and column, what was expected and what was found.
    NotImplementedError
        Naming a section, rule type or expression that the local runtime has not.
    """
    try:
        return _parser().parse(document)
    except UnexpectedCharacters as error:
        if error.char in "+*/$":
            refuse(f"Arithmetic or a constant ({error.char}) in a condition (line {error.line}:{error.column})")
        what = "the string that begins here does not end" if error.char == '"' else f"unexpected {error.char!r}"
        _fail(error.line, error.column, what)
    except UnexpectedToken as error:
        _explain(error.token, error.accepts, document)


@cache
def _parser() -> Lark:
    # The rules are made while the text is read: an unknown type is told before what its parameters look like.
    return Lark(_GRAMMAR, parser="lalr", transformer=_Rules())


def _explain(token: Token, expected: set[str], document: str) -> NoReturn:
    """Say what a token that does not fit is, if AWS knows it, or what should stand in its place."""
    at_end = token.type == "$END"
    line, column = (token.line, token.column) if not at_end else _end_of(document)
    behind = document[token.start_pos + len(token) :].lstrip()[:1] if not at_end else ""
    if expected & {"RULES", "$END"} and behind == "=" and token.lower() != "rules":
        refuse(f"The {'section' if token in _SECTIONS else 'constant'} {token} of a ruleset")
    if expected == {"THRESHOLD"} or token == "labels":
        refuse(f"{token} of a rule (line {line}:{column})")
    if token.type == "MINUS" or ("NUMBER" in expected and "(" in (token, behind)):
        refuse(f"Arithmetic or a function ({document[token.start_pos :][:9]}) in a condition (line {line}:{column})")
    if token.type in ("AND", "OR") and expected & {"COMMA", "RPAR"}:
        _fail(line, column, "and and or in one expression need brackets that say which comes first")
    if token == "]" and "WORD" in expected and "NUMBER" not in expected:
        _fail(line, column, "No rules provided.")
    _fail(line, column, f"expected {_words(expected)}, found {token or 'the end of the ruleset'}")


def _words(expected: set[str]) -> str:
    if "KEYWORD" in expected:
        return _OPERAND
    if expected & {"COMMA", "RSQB"}:
        return "a comma or ]"
    return "a rule" if "WORD" in expected else " or ".join(sorted(_WORDS.get(name, name) for name in expected))


def _end_of(document: str) -> tuple[int, int]:
    return document.count("\n") + 1, len(document) - document.rfind("\n")


def _fail(line: int, column: int, message: str) -> NoReturn:
    raise RulesetNotValid(f"Parsing Error: line {line}:{column} {message}")


@v_args(inline=True)
class _Rules(Transformer):
    """What each part of the grammar becomes."""

    def start(self, *rules: Rule | Composite) -> list[Rule | Composite]:
        return list(rules)

    def composite(self, *parts: Rule | Composite | Token) -> Composite:
        return Composite(parts[1].upper(), parts[::2])

    def name(self, name: Token) -> Token:
        if name in NOT_HERE:
            refuse(f"The rule type {name} (line {name.line}:{name.column})")
        if name not in RULE_TYPES:
            _fail(name.line, name.column, f"Rule Type: {name} is not valid")
        return name

    def parameter(self, *words: Token) -> tuple[Token, ...]:
        return words

    def where(self, text: Token) -> dict[str, str]:
        return {"where": unquote(text)}

    def threshold(self, condition: Condition) -> dict[str, Condition]:
        return {"threshold": condition}

    def condition(self, *parts: Token | Operand) -> Condition:
        words = [part for part in parts if isinstance(part, Token) and part.type != "AND"]
        return Condition(" ".join(words), tuple(part for part in parts if isinstance(part, Operand)))

    def operand(self, *words: Token) -> Operand:
        kind, text = words[-1].type, "".join(words)
        if kind == "STRING":
            return Operand("date" if _DATE.fullmatch(text) else "time" if _TIME.fullmatch(text) else "string", text)
        return Operand("keyword", text.upper()) if kind == "KEYWORD" else Operand("number", text)

    def pattern(self, text: Token) -> Operand:
        return Operand("string", str(text))

    def rule(self, name: Token, *parts: tuple | Condition | dict) -> Rule:
        parameters = [part for part in parts if isinstance(part, tuple)]
        written = " ".join([name, *(word for words in parameters for word in words)])
        further = {key: value for part in parts if isinstance(part, dict) for key, value in part.items()}
        condition = next((part for part in parts if isinstance(part, Condition)), None)
        rule = Rule(str(name), tuple(unquote(words[-1]) for words in parameters), written, condition, **further)
        if fault := _fault(rule):
            _fail(name.line, name.column, fault)
        return rule


def _fault(rule: Rule) -> str | None:
    """What is wrong with a rule of its type."""
    kind, condition, threshold = RULE_TYPES[rule.name], rule.condition, rule.threshold
    if not kind.least <= len(rule.parameters) <= kind.most:
        return f"{rule.name} does not take {len(rule.parameters)} parameters"
    if rule.name == "CustomSql" and not condition:
        refuse("CustomSql for rows, without a condition and with a threshold or not,")
    if rule.where is not None and not kind.where:
        refuse(f"where in {rule.name}")
    if threshold and rule.name == "CustomSql":
        return "A CustomSql rule has either an expression or a threshold."
    if threshold and not kind.threshold:
        return f"Threshold condition not supported for rule type: {rule.name}"
    if threshold and (threshold.kinds != {"number"} or threshold.keywords):
        return "expected a number as the threshold"
    return _fault_of_condition(rule.name, kind.condition, condition)


def _fault_of_condition(name: str, wanted: str, condition: Condition | None) -> str | None:
    if condition is None:
        return None if wanted == NONE else f"No condition provided for rule with non-boolean rule type: {name}"
    if wanted == NONE:
        return f"Unexpected condition for rule of type {name} with boolean return type"
    if wanted == NUMBER:
        is_number = condition.kinds == {"number"} and not condition.keywords
        return None if is_number else f"Unexpected condition for rule of type {name} with number return type"
    if len(condition.kinds) > 1:
        return f"{name} mixes {' and '.join(sorted(condition.kinds))} in one condition"
    if condition.operator in _ORDERED and (condition.kinds == {"string"} or condition.keywords):
        return f"{condition.operator} needs numbers or dates"
    return None

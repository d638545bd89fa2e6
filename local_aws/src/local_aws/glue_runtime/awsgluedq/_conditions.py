"""Expressions of rules: ``> 0``, ``between 1 and 5``, ``in ["a", NULL]`` (AWS: "DQDL syntax", Expressions)."""

import re

from awsglue._step import refuse

from awsgluedq._rule_types import RuleType
from awsgluedq._ruleset import RELATIONS, Condition, Operand
from awsgluedq._tokens import Token

_WORDS = ("between", "in", "matches")
_ORDERED = (">", ">=", "<", "<=", "between", "not between")
_NULLS = {"null", "NULL", "empty", "EMPTY", "whitespaces_only", "WHITESPACES_ONLY"}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d{1,2}:\d\d [AP]M|\d\d:\d\d")


class ConditionParser:
    """A place in the tokens, and the reading of a condition from there.

    Parameters
    ----------
    tokens : list of Token
        The document; the last token is its end.
    """

    def __init__(self, tokens: list[Token]):
        self._tokens, self._place = tokens, 0

    @property
    def next(self) -> Token:
        """The token to be read."""
        return self._tokens[self._place]

    @property
    def after(self) -> Token:
        """The token behind it."""
        return self._tokens[min(self._place + 1, len(self._tokens) - 1)]

    def advance(self) -> Token:
        """Read a token."""
        token = self.next
        self._place = min(self._place + 1, len(self._tokens) - 1)
        return token

    def accept(self, text: str) -> bool:
        """Read a token if it is this one."""
        found = self.next.kind != "string" and self.next.text == text
        if found:
            self.advance()
        return found

    def take(self, text: str, expected: str = "") -> None:
        """Read this token, or reject what is there."""
        if not self.accept(text):
            self.next.reject(expected or text)

    def unquoted(self, token: Token) -> str:
        r"""The text of a token without quotes, ``\"`` and ``\\`` undone."""
        return re.sub(r"\\(.)", r"\1", token.text[1:-1]) if token.kind == "string" else token.text

    def at_condition(self) -> bool:
        """Whether a condition begins here."""
        return self.next.kind != "string" and self.next.text in (*RELATIONS, *_WORDS, "not")

    def condition(self) -> Condition:
        """Read a condition."""
        negated = self.accept("not")
        word = self.advance()
        if word.text in _WORDS:
            operator = f"not {word.text}" if negated else word.text
            return Condition(operator, getattr(self, f"_{word.text}")())
        if negated or word.text not in RELATIONS:
            word.reject("between, in or matches" if negated else "an expression")
        return Condition(word.text, (self._operand(),))

    def _between(self) -> tuple[Operand, ...]:
        lower = self._operand()
        if not self.accept("AND"):
            self.take("and")
        return lower, self._operand()

    def _in(self) -> tuple[Operand, ...]:
        self.take("[")
        operands = [self._operand()]
        while self.accept(","):
            operands.append(self._operand())
        self.take("]", "a comma or ]")
        return tuple(operands)

    def _matches(self) -> tuple[Operand, ...]:
        if self.next.kind != "string":
            self.next.reject("a regular expression in quotes")
        # AWS hands the expression on as it is written: a backslash in it is the regular expression's own.
        text = self.advance().text
        return (Operand("string", text, text[1:-1]),)

    def _operand(self) -> Operand:
        token = self.advance()
        if token.kind == "string":
            value = self.unquoted(token)
            kind = "date" if _DATE.fullmatch(value) else "time" if _TIME.fullmatch(value) else "string"
            return Operand(kind, token.text, value)
        if token.text in _NULLS:
            return Operand("keyword", token.text.upper(), token.text.upper())
        if token.text == "(" or (token.kind == "word" and self.next.text == "("):
            name = self.next.text if token.text == "(" else token.text
            refuse(f"Arithmetic or a function ({name}) in a condition (line {token.line}:{token.column})")
        sign = "-" if token.text == "-" else ""
        token = self.advance() if sign else token
        if token.kind != "number":
            token.reject("a number, a string in quotes, NULL, EMPTY or WHITESPACES_ONLY")
        if self.next.kind == "symbol" and self.next.text in "+-*/":
            refuse(f"Arithmetic in a condition (line {self.next.line}:{self.next.column})")
        return Operand("number", sign + token.text, sign + token.text)

    def check_condition(self, start: Token, name: str, kind: RuleType, condition: Condition | None) -> None:
        """Reject a condition that the rule type does not take."""
        if condition is None:
            if kind.condition not in ("none", "optional"):
                start.fail(f"No condition provided for rule with non-boolean rule type: {name}")
        elif kind.condition == "none":
            start.fail(f"Unexpected condition for rule of type {name} with boolean return type")
        elif kind.condition in ("number", "optional"):
            if {operand.kind for operand in condition.operands} != {"number"}:
                start.fail(f"Unexpected condition for rule of type {name} with number return type")
        elif kind.condition == "type":
            if condition.operator not in ("=", "!=") or condition.kinds != {"string"}:
                start.fail(f'{name} takes = "type" or != "type"')
        elif len(condition.kinds) > 1:
            start.fail(f"{name} mixes {' and '.join(sorted(condition.kinds))} in one condition")
        elif condition.operator in _ORDERED and (condition.kinds == {"string"} or _has_keyword(condition)):
            start.fail(f"{condition.operator} needs numbers or dates")


def _has_keyword(condition: Condition) -> bool:
    return any(operand.kind == "keyword" for operand in condition.operands)

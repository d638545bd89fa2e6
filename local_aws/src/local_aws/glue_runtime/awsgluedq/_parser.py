"""DQDL text to rules (AWS: "Data Quality Definition Language (DQDL) reference", DQDL syntax)."""

from awsglue._step import refuse

from awsgluedq._conditions import ConditionParser
from awsgluedq._rule_types import NOT_HERE, RULE_TYPES, RuleType
from awsgluedq._ruleset import Composite, Condition, Rule
from awsgluedq._tokens import Token, tokens

_KEYWORDS = {"between", "in", "not", "matches", "where", "with"}
_CONNECTORS = {"of", "OF", "and", "AND"}


def parse(document: str) -> list[Rule | Composite]:
    """The rules of a document ``Rules = [ rule, rule ... ]``.

    Raises
    ------
    RulesetNotValid
        Naming line and column, what was expected and what was found.
    NotImplementedError
        Naming a section, rule type or expression that the local runtime has not.
    """
    return _Parser(list(tokens(document))).document()


class _Parser(ConditionParser):
    """A recursive descent over the tokens."""

    def document(self) -> list[Rule | Composite]:
        """``Rules = [ ... ]`` and nothing else."""
        self._refuse_section()
        self.take("Rules", "Rules = [ ... ]")
        self.take("=")
        self.take("[")
        if self.next.text == "]":
            self.next.fail("No rules provided.")
        rules = [self.rule()]
        while self.accept(","):
            rules.append(self.rule())
        self.take("]", "a comma or ]")
        self._refuse_section()
        if self.next.kind != "end":
            self.next.reject("the end of the ruleset")
        return rules

    def _refuse_section(self) -> None:
        name = self.next
        if name.kind == "word" and name.text.lower() != "rules" and self.after.text == "=":
            sections = {"Analyzers", "DataSources", "Metadata", "DefaultLabels"}
            refuse(f"The {'section' if name.text in sections else 'constant'} {name.text} of a ruleset")

    def rule(self) -> Rule | Composite:
        """A rule, or ``(rule) and (rule)``."""
        if self.next.text != "(":
            return self._plain_rule()
        rules, operators = [self._bracketed()], []
        while self.next.text in ("and", "AND", "or", "OR"):
            operators.append(self.advance())
            if operators[-1].text.upper() != operators[0].text.upper():
                operators[-1].fail("and and or in one expression need brackets that say which comes first")
            rules.append(self._bracketed())
        return Composite(operators[0].text.upper(), tuple(rules)) if operators else rules[0]

    def _bracketed(self) -> Rule | Composite:
        self.take("(", "a rule in brackets")
        rule = self.rule()
        self.take(")")
        return rule

    def _plain_rule(self) -> Rule:
        name = self.next
        if name.kind != "word":
            name.reject("a rule")
        if name.text in NOT_HERE:
            refuse(f"The rule type {name.text} (line {name.line}:{name.column})")
        if name.text not in RULE_TYPES:
            name.fail(f"Rule Type: {name.text} is not valid")
        self.advance()
        kind, written, parameters = RULE_TYPES[name.text], [name.text], []
        while self._at_parameter():
            if self.next.text in _CONNECTORS:
                written.append(self.advance().text)
            parameter = self.advance()
            if parameter.kind not in ("word", "string", "number"):
                parameter.reject("a column")
            written.append(parameter.text)
            parameters.append(self.unquoted(parameter))
        if not kind.least <= len(parameters) <= kind.most:
            name.fail(f"{name.text} does not take {len(parameters)} parameters")
        condition, where, threshold = self._tail(name, kind)
        return Rule(name.text, tuple(parameters), " ".join(written), condition, threshold, where)

    def _at_parameter(self) -> bool:
        return self.next.kind == "string" or (self.next.kind in ("word", "number") and self.next.text not in _KEYWORDS)

    def _tail(self, name: Token, kind: RuleType) -> tuple[Condition | None, str | None, Condition | None]:
        """What stands behind the parameters: the expression, the filter and the threshold."""
        start, where, threshold = self.next, None, None
        condition = self.condition() if self.at_condition() else None
        while self.next.text in ("where", "with"):
            word = self.advance()
            if word.text == "where":
                where = self._where(word, name, kind)
            elif self.next.text == "threshold":
                threshold = self._threshold(name, kind)
            else:
                refuse(f"with {self.next.text} (line {word.line}:{word.column})")
        if self.next.text == "labels":
            refuse("labels of a rule")
        self.check_condition(start, name.text, kind, condition)
        if name.text == "CustomSql" and condition and threshold:
            start.fail("A CustomSql rule has either an expression or a threshold.")
        return condition, where, threshold

    def _where(self, word: Token, name: Token, kind: RuleType) -> str:
        if not kind.where:
            refuse(f"where in {name.text} (line {word.line}:{word.column})")
        if self.next.kind != "string":
            self.next.reject("a filter in quotes")
        return self.unquoted(self.advance())

    def _threshold(self, name: Token, kind: RuleType) -> Condition:
        self.advance()
        if not kind.threshold:
            name.fail(f"Threshold condition not supported for rule type: {name.text}")
        if not self.at_condition():
            self.next.reject("a threshold")
        place, threshold = self.next, self.condition()
        if threshold.kinds != {"number"} or any(operand.kind == "keyword" for operand in threshold.operands):
            place.reject("a number as the threshold")
        return threshold

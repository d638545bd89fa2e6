"""What can be wrong with a ruleset, and what makes one rule fail before anything is counted."""


class RulesetNotValid(ValueError):
    """The ruleset is not DQDL; AWS raises its InvalidDataQualityRulesetException."""


class RuleFails(Exception):
    """A rule that cannot be evaluated over this data: its outcome is Failed, for this reason."""

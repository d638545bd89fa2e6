"""EvaluateDataQuality (AWS: "EvaluateDataQuality class", "Data Quality for ETL jobs in AWS Glue Studio notebooks")."""

from collections.abc import Mapping
from typing import Any

from awsglue._step import check_options, exact_names, refuse
from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection
from awsglue.transforms import GlueTransform

from awsgluedq._measures import evaluate
from awsgluedq._outcome import outcomes_frame
from awsgluedq._parser import parse
from awsgluedq._table import Table

__all__ = ["EvaluateDataQuality"]

_PUBLISHING = {
    "enableDataQualityCloudWatchMetrics": "publishing metrics to CloudWatch",
    "enableDataQualityResultsPublishing": "publishing results to AWS Glue's Data Quality tab",
    "resultsS3Prefix": "writing results to resultsS3Prefix",
}
_DEFAULTS = {
    "compositeRuleEvaluation.method": {"COLUMN"},
    "observations.scope": {"NONE"},
    "performanceTuning.caching": {"CACHE_INPUT", "CACHE_NOTHING"},
    "dataQualityResultsPublishing.strategy": {"BEST_EFFORT"},
}
"""Values that change no outcome: the default way of composite rules, no observations, and hints."""


class EvaluateDataQuality(GlueTransform):
    """Hold a frame against a DQDL ruleset: one row a rule, in the ruleset's order.

    Examples
    --------
    >>> EvaluateDataQuality.apply(frame=readings, ruleset='Rules = [ IsComplete "user" ]')  # doctest: +SKIP
    """

    def __call__(
        self, frame: DynamicFrame, ruleset: str, publishing_options: Mapping[str, Any] | None = None
    ) -> DynamicFrame:
        """Evaluate the ruleset now, over this frame alone; see `process_rows`."""
        return _evaluated(frame, ruleset, publishing_options, {})

    def process_rows(
        self,
        frame: DynamicFrame,
        ruleset: str,
        publishing_options: Mapping[str, Any] | None = None,
        additional_options: Mapping[str, Any] | None = None,
        additional_data_sources: Mapping[str, DynamicFrame] | None = None,
    ) -> DynamicFrameCollection:
        """Evaluate the ruleset now, over this frame and with other frames by the alias that rules know them by.

        Parameters
        ----------
        frame : DynamicFrame
            The data; ``primary`` in a CustomSql rule.
        ruleset : str
            A DQDL document.
        publishing_options, additional_options : Mapping, optional
            Nothing is published from a local session, and nothing but caching can be chosen: what would is refused.
        additional_data_sources : Mapping, optional
            Alias -> DynamicFrame.

        Returns
        -------
        DynamicFrameCollection
            ``originalData``, ``rowLevelOutcomes``, which are refused when asked, and ``ruleOutcomes`` (see `SCHEMA`).
        """
        _check_additional_options(additional_options or {})
        outcomes = _evaluated(frame, ruleset, publishing_options, additional_data_sources or {})
        return _Outcomes({"rowLevelOutcomes": None, "ruleOutcomes": outcomes, "originalData": frame}, frame.glue_ctx)


class _Outcomes(DynamicFrameCollection):
    def __getitem__(self, key: str) -> DynamicFrame:
        if key == "rowLevelOutcomes":
            refuse("rowLevelOutcomes of EvaluateDataQuality.process_rows")
        return super().__getitem__(key)


def _evaluated(
    frame: DynamicFrame,
    ruleset: str,
    publishing_options: Mapping[str, Any] | None,
    sources: Mapping[str, DynamicFrame],
) -> DynamicFrame:
    _check_publishing_options(publishing_options or {})
    rules = parse(ruleset)
    with exact_names():
        return outcomes_frame(rules, evaluate(Table(frame, sources), rules), frame.glue_ctx)


def _check_publishing_options(options: Mapping[str, Any]) -> None:
    """Take ``dataQualityEvaluationContext``, which is a name, and switches that are off; refuse the rest.

    Absent, ``enableDataQualityResultsPublishing`` is on in an AWS job (AWS: "EvaluateDataQuality class"); a local
    session has no tab to show results in, so that absent means off here.
    """
    check_options("publishing_options", options, {*_PUBLISHING, "dataQualityEvaluationContext"})
    for name, what in _PUBLISHING.items():
        if options.get(name) and str(options[name]).lower() != "false":
            refuse(f"publishing_options {name}={options[name]!r} ({what})")


def _check_additional_options(options: Mapping[str, Any]) -> None:
    """Refuse every option that would change an outcome or add one."""
    check_options("additional_options", options, _DEFAULTS)
    for name, value in options.items():
        if value not in _DEFAULTS[name]:
            refuse(f"additional_options {name}={value!r}")

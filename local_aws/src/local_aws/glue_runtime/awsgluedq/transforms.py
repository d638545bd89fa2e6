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

_PUBLISHING = ("enableDataQualityCloudWatchMetrics", "enableDataQualityResultsPublishing", "resultsS3Prefix")
_HINTS = {("performanceTuning.caching", "CACHE_INPUT"), ("performanceTuning.caching", "CACHE_NOTHING")}
"""Additional options that change no outcome."""


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
        return self.process_rows(frame, ruleset, publishing_options)["ruleOutcomes"]

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
        _check_options(publishing_options or {}, additional_options or {})
        rules = parse(ruleset)
        with exact_names():
            found = evaluate(Table(frame, additional_data_sources or {}), rules)
            outcomes = outcomes_frame(rules, found, frame.glue_ctx)
        return _Outcomes({"rowLevelOutcomes": None, "ruleOutcomes": outcomes, "originalData": frame}, frame.glue_ctx)


class _Outcomes(DynamicFrameCollection):
    def __getitem__(self, key: str) -> DynamicFrame:
        if key == "rowLevelOutcomes":
            refuse("rowLevelOutcomes of EvaluateDataQuality.process_rows")
        return super().__getitem__(key)


def _check_options(publishing: Mapping[str, Any], additional: Mapping[str, Any]) -> None:
    """Take ``dataQualityEvaluationContext``, which is a name, hints, and switches that are off; refuse the rest.

    Absent, ``enableDataQualityResultsPublishing`` is on in an AWS job (AWS: "EvaluateDataQuality class"); a local
    session has no tab to show results in, so that absent means off here.
    """
    check_options("publishing_options", publishing, {*_PUBLISHING, "dataQualityEvaluationContext"})
    for name in _PUBLISHING:
        if publishing.get(name) and str(publishing[name]).lower() != "false":
            refuse(f"publishing_options {name}={publishing[name]!r}")
    for name, value in additional.items():
        if (name, value) not in _HINTS:
            refuse(f"additional_options {name}={value!r}")

"""EvaluateDataQuality (AWS: "EvaluateDataQuality class", "Data Quality for ETL jobs in AWS Glue Studio notebooks")."""

from collections.abc import Mapping
from typing import Any

from awsglue._step import glue_step
from awsglue.dynamicframe import DynamicFrame
from awsglue.transforms import GlueTransform

from awsgluedq._collection import DynamicFrameCollection
from awsgluedq._evaluation import evaluate
from awsgluedq._options import check_additional_options, check_publishing_options
from awsgluedq._outcome import outcomes_frame
from awsgluedq._parser import parse
from awsgluedq._table import Table

__all__ = ["EvaluateDataQuality"]


class EvaluateDataQuality(GlueTransform):
    """Hold a frame against a DQDL ruleset: one row a rule, in the ruleset's order.

    Examples
    --------
    >>> EvaluateDataQuality.apply(frame=readings, ruleset='Rules = [ IsComplete "user" ]')  # doctest: +SKIP
    """

    @glue_step
    def __call__(
        self,
        frame: DynamicFrame,
        ruleset: str,
        publishing_options: Mapping[str, Any] | None = None,
        additional_data_sources: Mapping[str, DynamicFrame] | None = None,
        additional_options: Mapping[str, Any] | None = None,
    ) -> DynamicFrame:
        """Evaluate the ruleset now.

        Parameters
        ----------
        frame : DynamicFrame
            The data; ``primary`` in a CustomSql rule.
        ruleset : str
            A DQDL document.
        publishing_options : Mapping, optional
            Nothing is published from a local session: an option that asks for it is refused.
        additional_data_sources : Mapping, optional
            Other frames by the alias that rules know them by.
        additional_options : Mapping, optional
            ``performanceTuning.caching`` and the defaults of the others.

        Returns
        -------
        DynamicFrame
            Rule string, Outcome string (``Passed`` or ``Failed``), FailureReason string, EvaluatedMetrics
            map<string,double>, EvaluatedRule string.

        Raises
        ------
        RulesetNotValid
            Where the ruleset is not DQDL; the message names line and column.
        NotImplementedError
            Naming what Glue has and the local runtime has not.
        """
        check_publishing_options(publishing_options or {})
        check_additional_options(additional_options or {})
        rules = parse(ruleset)
        return outcomes_frame(evaluate(Table.of(frame, additional_data_sources or {}), rules), frame.glue_ctx)

    @glue_step
    def process_rows(
        self,
        frame: DynamicFrame,
        ruleset: str,
        publishing_options: Mapping[str, Any] | None = None,
        additional_data_sources: Mapping[str, DynamicFrame] | None = None,
        additional_options: Mapping[str, Any] | None = None,
    ) -> DynamicFrameCollection:
        """Evaluate as ``apply`` does; the frames ``originalData`` and ``ruleOutcomes`` come back.

        Parameters
        ----------
        frame, ruleset, publishing_options, additional_data_sources, additional_options
            As ``apply`` takes them.

        Returns
        -------
        DynamicFrameCollection
            Its ``rowLevelOutcomes`` are refused.
        """
        outcomes = self(frame, ruleset, publishing_options, additional_data_sources, additional_options)
        return DynamicFrameCollection({"originalData": frame, "ruleOutcomes": outcomes})

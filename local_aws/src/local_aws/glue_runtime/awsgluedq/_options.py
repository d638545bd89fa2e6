"""Options of EvaluateDataQuality: what would publish somewhere is refused, what only names or steers is taken."""

from collections.abc import Mapping
from typing import Any

from awsglue._step import check_options, refuse

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


def check_publishing_options(options: Mapping[str, Any]) -> None:
    """Take ``dataQualityEvaluationContext``, which is a name, and switches that are off; refuse the rest.

    Absent, ``enableDataQualityResultsPublishing`` is on in an AWS job (AWS: "EvaluateDataQuality class"); a local
    session has no tab to show results in, so that absent means off here.
    """
    check_options("publishing_options", options, {*_PUBLISHING, "dataQualityEvaluationContext"})
    for name, what in _PUBLISHING.items():
        if options.get(name) and str(options[name]).lower() != "false":
            refuse(f"publishing_options {name}={options[name]!r} ({what})")


def check_additional_options(options: Mapping[str, Any]) -> None:
    """Refuse every option that would change an outcome or add one."""
    check_options("additional_options", options, _DEFAULTS)
    for name, value in options.items():
        if value not in _DEFAULTS[name]:
            refuse(f"additional_options {name}={value!r}")

"""The rule types that there are (AWS: "DQDL rule type reference")."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RuleType:
    """What a rule of the type may look like.

    Parameters
    ----------
    least, most : int
        How many parameters it takes.
    condition : str
        ``none``, ``number``, ``values`` (of any kind), ``type`` (a quoted type) or ``optional`` (a number, or none).
    where, threshold : bool
        Whether it takes ``where "..."`` and ``with threshold ...``.
    """

    least: int = 1
    most: int = 1
    condition: str = "number"
    where: bool = True
    threshold: bool = False


ANY_NUMBER = 100
RULE_TYPES = {
    "ColumnCount": RuleType(0, 0, where=False),
    "ColumnDataType": RuleType(condition="type", threshold=True),
    "ColumnExists": RuleType(condition="none", where=False),
    "ColumnLength": RuleType(),
    "ColumnValues": RuleType(condition="values", threshold=True),
    "Completeness": RuleType(),
    "CustomSql": RuleType(condition="optional", where=False, threshold=True),
    "DistinctValuesCount": RuleType(),
    "IsComplete": RuleType(condition="none"),
    "IsPrimaryKey": RuleType(1, ANY_NUMBER, condition="none"),
    "IsUnique": RuleType(1, ANY_NUMBER, condition="none"),
    "Mean": RuleType(),
    "ReferentialIntegrity": RuleType(2, 2, where=False),
    "RowCount": RuleType(0, 0),
    "StandardDeviation": RuleType(),
    "Sum": RuleType(),
    "UniqueValueRatio": RuleType(),
    "Uniqueness": RuleType(1, ANY_NUMBER),
}

NOT_HERE = {
    "AggregateMatch", "AllStatistics", "ColumnCorrelation", "ColumnNamesMatchPattern", "DataFreshness", "DatasetMatch",
    "DetectAnomalies", "DuplicateRowCount", "Entropy", "FileFreshness", "FileMatch", "FileSize", "FileUniqueness",
    "InterquartileRange", "Kurtosis", "Range", "RowCountMatch", "SchemaMatch", "Skewness", "Variance", "ZerosCount",
}  # fmt: skip

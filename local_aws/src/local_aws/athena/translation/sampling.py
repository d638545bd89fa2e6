"""TABLESAMPLE: BERNOULLI takes each row, SYSTEM each segment, with a probability.

Source: "TABLESAMPLE" (Trino, "SELECT").
"""

from sqlglot import exp

from local_aws.athena.failure import QueryFailed, unsupported

METHODS = {"BERNOULLI", "SYSTEM"}


def check_samples(query: exp.Expression) -> None:
    """Refuse what is no sample of Trino's.

    Raises
    ------
    QueryFailed
        ``NUMERIC_VALUE_OUT_OF_RANGE`` for what is no percentage; ``NOT_SUPPORTED`` for another dialect's sample.
    """
    for sample in query.find_all(exp.TableSample):
        percent = sample.args.get("percent")
        known = {name for name, value in sample.args.items() if value} == {"method", "percent"}
        if not known or sample.args["method"].name.upper() not in METHODS:
            raise unsupported(f"the sample {sample.sql('trino')}")
        if not isinstance(percent, exp.Literal) or percent.is_string:
            raise unsupported(f"a sample of {percent.sql('trino')} percent: a number is needed")
        if float(percent.this) > 100:
            raise QueryFailed("NUMERIC_VALUE_OUT_OF_RANGE", "Sample percentage must be less than or equal to 100")

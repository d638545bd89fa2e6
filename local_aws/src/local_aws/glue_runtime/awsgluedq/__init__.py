"""The part of AWS's ``awsgluedq`` library that local sessions have: DQDL rulesets evaluated over plain Spark.

On Glue the real library is used. What a rule means is taken from AWS's pages ("Data Quality Definition Language (DQDL)
reference", "DQDL rule type reference") and, where these are silent, from AWS's own open evaluator (awslabs/deequ,
package ``com.amazon.deequ.dqdl``, and awslabs/dqdl); what is not here raises ``NotImplementedError`` by name.
"""

"""The names of functions that Athena has and this engine has not.

They are refused as ``NOT_SUPPORTED``: ``FUNCTION_NOT_FOUND`` would say that Athena lacks them too.
Source: Trino, "List of functions and operators".
"""

_NAMES = """
    approx_set bar beta_cdf bing_tile checksum cosine_similarity empty_approx_set from_iso8601_timestamp_nanos
    from_unixtime_nanos inverse_beta_cdf merge parse_presto_data_size qdigest_agg quantile_at_value
    spooky_hash_v2_32 spooky_hash_v2_64 st_area st_contains st_distance st_geometryfromtext st_point
    tdigest_agg timestamp_objectid value_at_quantile values_at_quantiles word_stem
"""
UNTRANSLATED = frozenset(_NAMES.split())

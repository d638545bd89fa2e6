"""The names of functions that Athena has and this engine has not.

They are refused as ``NOT_SUPPORTED``: ``FUNCTION_NOT_FOUND`` would say that Athena lacks them too.
Source: Trino, "List of functions and operators".
"""

_NAMES = """
    all_match any_match none_match approx_most_frequent approx_set array_distinct array_except array_histogram
    array_intersect array_remove array_union arrays_overlap at_timezone bar bing_tile bit_count
    bitwise_and_agg bitwise_left_shift bitwise_not bitwise_or_agg bitwise_right_shift
    bitwise_right_shift_arithmetic bitwise_xor_agg checksum combinations concat_ws
    cosh cosine_similarity crc32 current_timezone empty_approx_set entropy format format_datetime format_number
    from_base from_base32 from_base64url from_big_endian_32 from_big_endian_64 from_ieee754_32 from_ieee754_64
    from_iso8601_timestamp from_iso8601_timestamp_nanos from_unixtime_nanos geometric_mean hamming_distance
    hmac_md5 hmac_sha1 hmac_sha256 hmac_sha512 human_readable_seconds inverse_beta_cdf inverse_normal_cdf
    beta_cdf normal_cdf is_json_scalar json_array json_array_contains json_array_get json_exists json_extract
    json_format json_object json_parse json_query json_size json_value kurtosis last_day_of_month listagg log luhn_check
    map_agg map_concat map_entries map_filter map_from_entries map_union map_zip_with merge multimap_agg
    multimap_from_entries murmur3 ngrams normalize numeric_histogram parse_data_size parse_datetime parse_duration
    parse_presto_data_size qdigest_agg quantile_at_value reduce_agg regexp_count regexp_extract_all regexp_position
    regexp_split repeat sha512 shuffle sinh skewness slice soundex split_to_map split_to_multimap
    spooky_hash_v2_32 spooky_hash_v2_64 st_area st_contains st_distance st_geometryfromtext st_point tanh
    tdigest_agg timestamp_objectid timezone_hour timezone_minute to_base to_base32 to_base64url to_big_endian_32
    to_big_endian_64 to_ieee754_32 to_ieee754_64 to_iso8601 to_milliseconds
    transform_keys transform_values translate trim_array typeof url_decode url_encode url_extract_fragment
    url_extract_host url_extract_parameter url_extract_path url_extract_port url_extract_protocol
    url_extract_query value_at_quantile values_at_quantiles wilson_interval_lower wilson_interval_upper
    with_timezone word_stem xxhash64 zip zip_with
"""
UNTRANSLATED = frozenset(_NAMES.split())

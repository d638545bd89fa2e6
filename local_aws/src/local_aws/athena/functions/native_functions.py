"""The functions that DuckDB or one of the macros here answers, each with Trino's signatures.

Source: "Functions and operators" (Trino documentation).
"""

from local_aws.athena.functions.signatures import Signature, parse_signatures
from local_aws.athena.reading.json_lines import fail

_TABLE = """
length(varchar) -> bigint = length
lower(varchar(x)) -> varchar(x) = lower
upper(varchar(x)) -> varchar(x) = trino_upper
trim(varchar(x)) -> varchar(x) = trino_trim
ltrim(varchar(x)) -> varchar(x) = trino_ltrim
rtrim(varchar(x)) -> varchar(x) = trino_rtrim
trim(varchar(x), varchar) -> varchar(x) = trim
ltrim(varchar(x), varchar) -> varchar(x) = ltrim
rtrim(varchar(x), varchar) -> varchar(x) = rtrim
substr(varchar(x), bigint) -> varchar(x) = trino_substr
substr(varchar(x), bigint, bigint) -> varchar(x) = trino_substr
substring(varchar(x), bigint) -> varchar(x) = trino_substr
substring(varchar(x), bigint, bigint) -> varchar(x) = trino_substr
replace(varchar(x), varchar) -> varchar(x) = trino_replace
replace(varchar, varchar, varchar) -> varchar = trino_replace
strpos(varchar, varchar) -> bigint = trino_strpos
starts_with(varchar, varchar) -> boolean = starts_with
split(varchar(x), varchar) -> array(varchar(x)) = trino_split
split_part(varchar(x), varchar, bigint) -> varchar(x) = trino_split_part
lpad(varchar, bigint, varchar) -> varchar = trino_lpad
rpad(varchar, bigint, varchar) -> varchar = trino_rpad
concat_ws(varchar, array(varchar)) -> varchar = trino_concat_list
to_utf8(varchar) -> varbinary = encode
to_hex(varbinary) -> varchar = hex
to_base64(varbinary) -> varchar = to_base64
md5(varbinary) -> varbinary = trino_md5
sha1(varbinary) -> varbinary = trino_sha1
sha256(varbinary) -> varbinary = trino_sha256
sqrt(double) -> double = trino_sqrt
cbrt(double) -> double = trino_cbrt
exp(double) -> double = exp
ln(double) -> double = trino_ln
log2(double) -> double = trino_log2
log10(double) -> double = trino_log10
log(double, double) -> double = trino_log
degrees(double) -> double = degrees
radians(double) -> double = radians
sin(double) -> double = trino_sin
cos(double) -> double = trino_cos
tan(double) -> double = trino_tan
asin(double) -> double = trino_asin
acos(double) -> double = trino_acos
atan(double) -> double = atan
atan2(double, double) -> double = atan2
sinh(double) -> double = sinh
cosh(double) -> double = cosh
tanh(double) -> double = tanh
power(double, double) -> double = pow
pow(double, double) -> double = pow
pi() -> double = pi
e() -> double = trino_e
nan() -> double = trino_nan
infinity() -> double = trino_infinity
is_nan(double) -> boolean = isnan
is_finite(double) -> boolean = isfinite
is_infinite(double) -> boolean = isinf
width_bucket(double, double, double, bigint) -> bigint = trino_width_bucket
width_bucket(double, array(double)) -> bigint = trino_width_bins
bitwise_and(bigint, bigint) -> bigint = trino_bitwise_and
bitwise_or(bigint, bigint) -> bigint = trino_bitwise_or
bitwise_xor(bigint, bigint) -> bigint = trino_bitwise_xor
bitwise_not(bigint) -> bigint = trino_bitwise_not
uuid() -> uuid = uuid
"""

TARGETS: dict[Signature, str] = {}
FORMS: dict[str, list[Signature]] = {}
for _line in filter(None, _TABLE.splitlines()):
    _text, _, _target = _line.partition(" = ")
    for _name, (_form,) in parse_signatures(_text).items():
        TARGETS[_form] = _target
        FORMS.setdefault(_name, []).append(_form)

_SPACES = [*range(9, 14), *range(28, 33), 0x1680, *range(0x2000, 0x2007), 0x2008, 0x2009, 0x200A, 0x2028, 0x2029]
_BLANKS = f"'{''.join(map(chr, [*_SPACES, 0x205F, 0x3000]))}'"
"""What Java calls white space."""


def _invalid(message: str) -> str:
    return fail(f"INVALID_FUNCTION_ARGUMENT: {message}")


_START = _invalid("Index must be greater than zero")
_DELIMITER = _invalid("The delimiter may not be the empty string")
_PADDING = _invalid("Padding string must not be empty")
_LENGTH = _invalid("Target length must be in the range [0..2147483647]")
_NAN = "'NaN'::DOUBLE"


def _pad(name: str) -> str:
    return (
        f"trino_{name}(s, n, p) AS CASE WHEN n < 0 OR n > 2147483647 THEN {_LENGTH}::VARCHAR "
        f"WHEN p = '' THEN {_PADDING}::VARCHAR ELSE {name}(s, CAST(n AS INTEGER), p) END"
    )


MACROS = (
    *(f"trino_{name}(s) AS {name}(s, {_BLANKS})" for name in ("trim", "ltrim", "rtrim")),
    # Java changes each character by itself: there is no capital for one sharp s, and utf8proc has one.
    "trino_upper(s) AS CASE WHEN contains(s, 'ß') THEN array_to_string(list_transform(string_split(s, 'ß'), "
    "lambda part: upper(part)), 'ß') ELSE upper(s) END",
    "trino_strpos(s, f) AS CASE WHEN f = '' AND s IS NOT NULL THEN 1 ELSE strpos(s, f) END",
    *map(_pad, ("lpad", "rpad")),
    "trino_concat_list(d, a) AS CASE WHEN d IS NOT NULL AND a IS NOT NULL THEN "
    "coalesce(array_to_string(list_filter(a, lambda x: x IS NOT NULL), d), '') END",
    # Java's cube root of a cube is whole, the C library's may miss it by a bit.
    "trino_cbrt(x) AS CASE WHEN round(cbrt(x)) ** 3 = x THEN round(cbrt(x)) ELSE cbrt(x) END",
    f"trino_sqrt(x) AS CASE WHEN x < 0 THEN {_NAN} ELSE sqrt(x) END",
    *(f"trino_{name}(x) AS CASE WHEN isinf(x) THEN {_NAN} ELSE {name}(x) END" for name in ("sin", "cos", "tan")),
    *(
        f"trino_{name}(x) AS CASE WHEN x BETWEEN -1 AND 1 THEN {name}(x) WHEN x IS NOT NULL THEN {_NAN} END"
        for name in ("asin", "acos")
    ),
    *(
        f"trino_{name}(x) AS CASE WHEN x < 0 THEN {_NAN} WHEN x = 0 THEN '-Infinity'::DOUBLE ELSE {name}(x) END"
        for name in ("ln", "log10")
    ),
    "trino_log2(x) AS trino_ln(x) / ln(2)",
    "trino_log(b, x) AS trino_ln(x) / trino_ln(b)",
    f"trino_nan() AS {_NAN}",
    "trino_infinity() AS 'Infinity'::DOUBLE",
    "trino_e() AS 2.718281828459045::DOUBLE",
    "trino_bitwise_and(a, b) AS CAST(a & b AS BIGINT)",
    "trino_bitwise_or(a, b) AS CAST(a | b AS BIGINT)",
    "trino_bitwise_xor(a, b) AS CAST(xor(a, b) AS BIGINT)",
    "trino_bitwise_not(a) AS CAST(~a AS BIGINT)",
    "trino_sha256(b) AS unhex(sha256(b))",
    "trino_sha1(b) AS unhex(sha1(b))",
    "trino_md5(b) AS unhex(md5(b))",
    f"trino_split(s, d) AS CASE WHEN d = '' THEN [{_DELIMITER}::VARCHAR] ELSE string_split(s, d) END",
    f"trino_split_part(s, d, n) AS CASE WHEN n <= 0 THEN {_START}::VARCHAR "
    "WHEN d = '' THEN CASE WHEN n <= length(s) THEN s[n] END ELSE string_split(s, d)[n] END",
    f"trino_width_bucket(x, a, b, n) AS CAST(CASE WHEN n <= 0 THEN {_invalid('bucketCount must be greater than 0')} "
    f"WHEN isnan(x) THEN {_invalid('operand must not be NaN')} "
    f"WHEN NOT isfinite(a) THEN {_invalid('first bound must be finite')} "
    f"WHEN NOT isfinite(b) THEN {_invalid('second bound must be finite')} "
    f"WHEN a = b THEN {_invalid('bounds cannot equal each other')} "
    "WHEN a < b THEN CASE WHEN x < a THEN 0 WHEN x >= b THEN n + 1 "
    "ELSE floor(n * (x - a) / (b - a)) + 1 END ELSE CASE WHEN x > a THEN 0 WHEN x <= b THEN n + 1 "
    "ELSE floor(n * (a - x) / (a - b)) + 1 END END AS BIGINT)",
    f"trino_width_bins(x, a) AS CASE WHEN len(a) = 0 THEN {_invalid('Bins cannot be an empty array')} "
    f"WHEN isnan(x) THEN {_invalid('Operand cannot be NaN')} "
    f"WHEN a <> list_sort(a) THEN {_invalid('Bin values are not sorted in ascending order')} "
    "WHEN len(list_filter(a, lambda bound: NOT isfinite(bound))) > 0 "
    f"THEN {_invalid('Bin value must be finite')} "
    "ELSE CAST(len(list_filter(a, lambda bound: bound <= x)) AS BIGINT) END",
    "trino_substr(s, b) AS CASE WHEN b = 0 OR b > length(s) OR b < -length(s) THEN '' ELSE substr(s, b) END, "
    "(s, b, n) AS CASE WHEN b = 0 OR b > length(s) OR b < -length(s) OR n <= 0 THEN '' ELSE substr(s, b, n) END",
    # An empty text stands before each character and at the end.
    "trino_replace(s, f) AS replace(s, f, ''), (s, f, t) AS CASE WHEN f = '' THEN t || array_to_string("
    "list_transform(range(1, length(s) + 1), lambda place: s[place] || t), '') ELSE replace(s, f, t) END",
    "trino_regexp_extract(s, p, g) AS CASE WHEN regexp_matches(s, p) THEN regexp_extract(s, p, g) END",
)

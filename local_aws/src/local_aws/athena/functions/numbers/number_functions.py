"""Functions of numbers that DuckDB lacks (Trino, "Mathematical functions and operators", "Bitwise functions")."""

import math
import re
import statistics

from local_aws.athena.failure import QueryFailed
from local_aws.athena.functions.python_functions import trino
from local_aws.athena.functions.text.text_functions import invalid

_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def _radix(radix: int) -> int:
    if not 2 <= radix <= 36:
        raise invalid("Radix must be between 2 and 36")
    return radix


@trino("to_base(bigint, bigint) -> varchar(64)")
def _to_base(value: int, radix: int) -> str:
    rest, digits = abs(value), ""
    while rest or not digits:
        rest, digit = divmod(rest, _radix(radix))
        digits = _DIGITS[digit] + digits
    return f"-{digits}" if value < 0 else digits


@trino("from_base(varchar, bigint) -> bigint")
def _from_base(text: str, radix: int) -> int:
    digits = text.lower().removeprefix("-") if text.startswith("-") else text.lower().removeprefix("+")
    allowed = _DIGITS[: _radix(radix)]
    value = int(digits, radix) if digits and all(digit in allowed for digit in digits) else None
    value = -value if value is not None and text.startswith("-") else value
    if value is None or not _LOWEST <= value <= _HIGHEST:
        raise invalid(f"Not a valid base-{radix} number: {text}")
    return value


@trino("bit_count(bigint, bigint) -> bigint")
def _bit_count(value: int, bits: int) -> int:
    if not 2 <= bits <= 64:
        raise invalid(f"Bits specified in bit_count must be between 2 and 64, got {bits}")
    if not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
        raise invalid(
            f"Number must be representable with the bits specified. {value} cannot be represented with {bits} bits"
        )
    return (value & (2**bits - 1)).bit_count()


def _shifts(kind: str, bits: int) -> None:
    def signed(value: int) -> int:
        value &= 2**bits - 1
        return value - 2**bits if value >> (bits - 1) else value

    @trino(f"bitwise_left_shift({kind}, bigint) -> {kind}")
    def left(value: int, by: int) -> int:
        return 0 if by >= bits else signed(value << _distance(by))

    @trino(f"bitwise_right_shift({kind}, bigint) -> {kind}")
    def right(value: int, by: int) -> int:
        return 0 if by >= bits else signed((value & (2**bits - 1)) >> _distance(by))

    @trino(f"bitwise_right_shift_arithmetic({kind}, bigint) -> {kind}")
    def arithmetic(value: int, by: int) -> int:
        return value >> min(_distance(by), bits - 1)


def _distance(by: int) -> int:
    if by < 0:
        raise invalid("Specified shift must be positive")
    return by


for _kind, _bits in (("tinyint", 8), ("smallint", 16), ("integer", 32), ("bigint", 64)):
    _shifts(_kind, _bits)


@trino("normal_cdf(double, double, double) -> double")
def _normal_cdf(mean: float, deviation: float, value: float) -> float:
    if not deviation > 0:
        raise invalid("standardDeviation must be > 0")
    return 0.5 * (1 + math.erf((value - mean) / (deviation * math.sqrt(2))))


@trino("inverse_normal_cdf(double, double, double) -> double")
def _inverse_normal_cdf(mean: float, deviation: float, probability: float) -> float:
    if not 0 < probability < 1:
        raise invalid("p must be 0 > p > 1")
    if not deviation > 0:
        raise invalid("sd must be > 0")
    return statistics.NormalDist(mean, deviation).inv_cdf(probability)


def _wilson(successes: int, trials: int, score: float, sign: int) -> float:
    for name, wrong in (
        ("number of successes must not be negative", successes < 0),
        ("number of trials must be positive", trials <= 0),
    ):
        if wrong:
            raise invalid(name)
    if successes > trials:
        raise invalid("number of successes must not be larger than number of trials")
    if score < 0:
        raise invalid("z-score must not be negative")
    share = successes / trials
    spread = score * math.sqrt(share * (1 - share) / trials + score * score / (4 * trials * trials))
    return (share + score * score / (2 * trials) + sign * spread) / (1 + score * score / trials)


@trino("wilson_interval_lower(bigint, bigint, double) -> double")
def _wilson_interval_lower(successes: int, trials: int, score: float) -> float:
    return _wilson(successes, trials, score, -1)


@trino("wilson_interval_upper(bigint, bigint, double) -> double")
def _wilson_interval_upper(successes: int, trials: int, score: float) -> float:
    return _wilson(successes, trials, score, 1)


_SIZES = {unit: 1024**power for power, unit in enumerate(("B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"))}


@trino("parse_data_size(varchar) -> decimal(38,0)")
def _parse_data_size(text: str) -> int:
    found = re.fullmatch(r"(\d+\.?\d*|\.\d+)(\D+)", text, re.ASCII)
    if not found or found[2] not in _SIZES:
        raise invalid(f"Invalid data size: '{text}'")
    whole, _, fraction = found[1].partition(".")
    size = int(whole + fraction) * _SIZES[found[2]] // 10 ** len(fraction)
    if size >= 10**38:
        raise QueryFailed("NUMERIC_VALUE_OUT_OF_RANGE", f"Value out of range: '{text}' ('{size}B')")
    return size


def overflow(kind: str, what: str) -> QueryFailed:
    """The failure of a number that its type cannot hold."""
    return QueryFailed("NUMERIC_VALUE_OUT_OF_RANGE", f"{kind} {what}")

"""Decimals beyond 128 bits, in Python (Trino, "Decimal functions and operators")."""

from local_aws.athena.failure import QueryFailed
from local_aws.athena.functions.python_functions import trino

_BITS = 127
"""What Trino keeps of a rescaled operand of a sum, beside its sign."""


def _unscaled(text: str) -> tuple[int, int]:
    digits, _, fraction = text.partition(".")
    return int(digits + fraction), len(fraction)


def _checked(value: int, limit: int) -> int:
    if abs(value) >= limit:
        raise QueryFailed("NUMERIC_VALUE_OUT_OF_RANGE", "Decimal overflow")
    return value


@trino("decimal_text_of(varchar, varchar, varchar, bigint) -> varchar")
def decimal_text_of(sign: str, left: str, right: str, places: int) -> str:
    """Compute ``left sign right`` in whole numbers and write it with so many places."""
    (one, scale), (other, other_scale) = _unscaled(left), _unscaled(right)
    if sign in "/%" and not other:
        raise QueryFailed("DIVISION_BY_ZERO", "Division by zero")
    if sign == "/":
        dividend, divisor = abs(one) * 10 ** (places - scale + other_scale), abs(other)
        # Half up, away from zero.
        found = (2 * dividend + divisor) // (2 * divisor)
        return _text(found if (one < 0) == (other < 0) else -found, places)
    one, other = one * 10 ** (places - scale), other * 10 ** (places - other_scale)
    if sign == "%":
        found = abs(one) % abs(other)
        return _text(-found if one < 0 else found, places)
    one, other = _checked(one, 2**_BITS), _checked(other, 2**_BITS)
    return _text(one + other if sign == "+" else one - other, places)


def _text(value: int, places: int) -> str:
    digits = str(abs(_checked(value, 10**38))).rjust(places + 1, "0")
    whole = len(digits) - places
    return f"{'-' if value < 0 else ''}{digits[:whole]}.{digits[whole:]}"

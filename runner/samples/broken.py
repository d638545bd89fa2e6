"""Lines that cannot be used, for each zone, with the reason for which each is quarantined."""

from collections.abc import Iterator

# Whole records; every value is its text in JSON.
TIME = "1680000000000"  # 2023-03-28, epoch ms
USER = '"nobody.in.particular@example.com"'
SERIAL = '"00000000-0000-4000-8000-000000000000"'
CUSTOMER = {
    **{"customerName": '"Nobody Fixture"', "email": USER, "serialNumber": SERIAL},
    **dict.fromkeys(("registrationDate", "lastUpdateDate", "shareWithResearchAsOfDate"), TIME),
}
MOTION = {"user": USER, "timestamp": TIME, "x": "0.5", "y": "-0.25", "z": "1.0"}
STEP = {"sensorReadingTime": TIME, "serialNumber": SERIAL, "distanceFromObject": "212"}

LEFT_OUT = ""  # the text of a field that the record does not have
BLANKS = ("null", '""', '"  "')
NO_DATES = (
    '"yesterday"',
    "true",
    "1680000000",  # seconds
    "1680000000000.5",
    "-1680000000000",
    "4102444800001",  # after 2100-01-01
)
NO_TIMES = (LEFT_OUT, NO_DATES[0], "null", '""', *NO_DATES[1:])  # of a reading; a customer may lack a date
NO_NUMBERS = ('"n/a"', "null", '""', "true", "[1.0]", "1e400", '"Infinity"')
NO_DISTANCES = (LEFT_OUT, '"far"', "null", "true", "-1", "212.5", '"-7"', "[212]")


def _line(record: dict[str, str]) -> str:
    return "{" + ",".join(f'"{name}":{value}' for name, value in record.items() if value != LEFT_OUT) + "}"


def _each(reason: str, record: dict[str, str], field: str, *values: str) -> Iterator[tuple[str, str]]:
    """Yield the record with each of the values in a field, none of which can be used."""
    return ((_line(record | {field: value}), reason) for value in values)


def _malformed(record: dict[str, str]) -> Iterator[tuple[str, str]]:
    whole = _line(record)
    # with nothing between the two whole ones they would be two records
    lines = (whole[: len(whole) // 2], whole[:-1], f"{whole} and more", f"{whole} {whole}", f"[{whole}]")
    no_records = ('"a string"', "42", "null", "not JSON at all", whole.replace(TIME, "NaN", 1))
    return ((line, "malformed_json") for line in lines + no_records)


BROKEN = {
    "customer": (
        *_malformed(CUSTOMER),
        (f'{{"customerName":"Nobody Fixture","serialNumber":{SERIAL}}}', "missing_key"),
        *_each("missing_key", CUSTOMER, "email", *BLANKS),
        *_each("missing_key", CUSTOMER, "serialNumber", *BLANKS),
        *_each("bad_timestamp", CUSTOMER, "registrationDate", *NO_DATES),
    ),
    "accelerometer": (
        *_malformed(MOTION),
        *_each("missing_key", MOTION, "user", LEFT_OUT, *BLANKS),
        *_each("bad_timestamp", MOTION, "timestamp", *NO_TIMES),
        *_each("bad_measurement", MOTION, "z", LEFT_OUT),
        *_each("bad_measurement", MOTION, "x", *NO_NUMBERS),
        # the first rule that fails names the reason
        *_each("missing_key", MOTION | {"user": "null", "timestamp": "null"}, "x", "null"),
        *_each("bad_timestamp", MOTION | {"timestamp": "null"}, "x", "null"),
    ),
    "step_trainer": (
        *_malformed(STEP),
        *_each("missing_key", STEP, "serialNumber", LEFT_OUT, *BLANKS),
        *_each("bad_timestamp", STEP, "sensorReadingTime", *NO_TIMES),
        *_each("bad_measurement", STEP, "distanceFromObject", *NO_DISTANCES),
    ),
}
"""Zone -> its lines, each with its reason."""

"""Lines that cannot be used, for each zone, with the reason for which each is quarantined."""

from runner.samples.fates import BAD_MEASUREMENT, BAD_TIMESTAMP, MALFORMED_JSON, MISSING_KEY, Fate

TIME = 1_680_000_000_000  # 2023-03-28, epoch ms
USER = "nobody.in.particular@example.com"
SERIAL = "00000000-0000-4000-8000-000000000000"

Broken = tuple[tuple[str, Fate], ...]

_NO_TIMES = (
    '"yesterday"',
    "null",
    '""',
    "true",
    "1680000000",  # seconds
    "1680000000000.5",
    "-1680000000000",
    "4102444800001",  # after 2100-01-01
)
_NO_NUMBERS = ('"n/a"', "null", '""', "true", "[1.0]", "1e400", '"Infinity"')
_NO_DISTANCES = ('"far"', "null", "true", "-1", "212.5", '"-7"', "[212]")


def _motion(user: str = f'"{USER}"', time: str = str(TIME), x: str = "0.5") -> str:
    return f'{{"user":{user},"timestamp":{time},"x":{x},"y":-0.25,"z":1.0}}'


def _step(time: str = str(TIME), serial: str = f'"{SERIAL}"', distance: str = "212") -> str:
    return f'{{"sensorReadingTime":{time},"serialNumber":{serial},"distanceFromObject":{distance}}}'


def _customer(email: str = f'"{USER}"', serial: str = f'"{SERIAL}"', registered: str = str(TIME)) -> str:
    return (
        f'{{"customerName":"Nobody Fixture","email":{email},"serialNumber":{serial},"registrationDate":{registered},'
        f'"lastUpdateDate":{TIME},"shareWithResearchAsOfDate":{TIME}}}'
    )


def _malformed(whole: str) -> Broken:
    lines = (
        whole[: len(whole) // 2],
        whole[:-1],
        f"{whole} and more",
        f"{whole} {whole}",  # with nothing between them they would be two records
        f"[{whole}]",
        '"a string"',
        "42",
        "null",
        "not JSON at all",
        whole.replace(str(TIME), "NaN", 1),
    )
    return tuple((line, MALFORMED_JSON) for line in lines)


MOTIONS: Broken = (
    *_malformed(_motion()),
    (f'{{"timestamp":{TIME},"x":0.5,"y":-0.25,"z":1.0}}', MISSING_KEY),
    *((_motion(user=blank), MISSING_KEY) for blank in ("null", '""', '"  "')),
    (f'{{"user":"{USER}","x":0.5,"y":-0.25,"z":1.0}}', BAD_TIMESTAMP),
    *((_motion(time=time), BAD_TIMESTAMP) for time in _NO_TIMES),
    (f'{{"user":"{USER}","timestamp":{TIME},"x":0.5,"y":-0.25}}', BAD_MEASUREMENT),
    *((_motion(x=number), BAD_MEASUREMENT) for number in _NO_NUMBERS),
    # the first rule that fails names the reason
    (_motion(user="null", time="null", x="null"), MISSING_KEY),
    (_motion(time="null", x="null"), BAD_TIMESTAMP),
)

STEPS: Broken = (
    *_malformed(_step()),
    (f'{{"sensorReadingTime":{TIME},"distanceFromObject":212}}', MISSING_KEY),
    *((_step(serial=blank), MISSING_KEY) for blank in ("null", '""', '"  "')),
    (f'{{"serialNumber":"{SERIAL}","distanceFromObject":212}}', BAD_TIMESTAMP),
    *((_step(time=time), BAD_TIMESTAMP) for time in _NO_TIMES),
    (f'{{"sensorReadingTime":{TIME},"serialNumber":"{SERIAL}"}}', BAD_MEASUREMENT),
    *((_step(distance=distance), BAD_MEASUREMENT) for distance in _NO_DISTANCES),
)

# A blank date of a customer is null and no error, other than that of a reading.
CUSTOMERS: Broken = (
    *_malformed(_customer()),
    (f'{{"customerName":"Nobody Fixture","serialNumber":"{SERIAL}"}}', MISSING_KEY),
    *((_customer(email=blank), MISSING_KEY) for blank in ("null", '""', '"  "')),
    *((_customer(serial=blank), MISSING_KEY) for blank in ("null", '""', '"  "')),
    *((_customer(registered=time), BAD_TIMESTAMP) for time in _NO_TIMES if time not in ("null", '""')),
)

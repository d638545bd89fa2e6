"""Every table, declared once: where it is, what a row is, its columns, and which of them tell who somebody is.

The location of a table, the contract of a source, its quarantine reasons, what a notebook may print, what erasure and
audit look for, which step writes it and how the report draws it all follow from here. ``sql/*.sql``, the rulesets and
the table of docs/design.md are held against it by a test.
"""

from dataclasses import dataclass

LANDING, REGISTER, TRUSTED, CURATED, QUARANTINE = "landing", "register", "trusted", "curated", "quarantine"

MALFORMED, DUPLICATE_KEY = "malformed_json", "duplicate_key"
REASONS = (MALFORMED, DUPLICATE_KEY, "missing_key", "bad_timestamp", "bad_consent", "bad_measurement")
"""Why a record goes to quarantine, in the order in which the rules are asked."""


@dataclass(frozen=True)
class Column:
    """One column.

    Parameters
    ----------
    name : str
        In the spelling of the source; the catalog has it in lower case.
    type : str
        As in the Glue Data Catalog.
    unit : str
        Such as ``epoch ms`` (UTC) or ``cm``.
    rule : str
        The reason of ``REASONS`` for which a record is in quarantine whose value is none; blank where none is one.
    optional : bool
        Whether the value may be absent, and is only wrong where one is given that is none.
    identity : bool
        Whether its values tell who somebody is, so that nobody prints them.
    """

    name: str
    type: str
    unit: str = ""
    rule: str = ""
    optional: bool = False
    identity: bool = False


@dataclass(frozen=True)
class Table:
    """One table.

    Parameters
    ----------
    name : str
        In the Glue Data Catalog.
    prefix : str
        Where it stands in the bucket, with a slash at its end.
    zone : str
        ``landing``, ``register``, ``trusted``, ``curated`` or ``quarantine``.
    step : str
        The notebook that writes it (of a landing table: that declares it).
    grain : str
        What a row is.
    columns : tuple of Column
        In their order.
    key : tuple of str
        The columns that no two rows share; empty where equal keys are no mistake.
    person : str
        The column that says whose row it is; blank where the rows are nobody's.
    for_research : bool
        Whether it may be read by who may not know who anybody is.
    """

    name: str
    prefix: str
    zone: str
    step: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    person: str = ""
    for_research: bool = False

    @property
    def names(self) -> list[str]:
        """The names of the columns, in their order."""
        return [column.name for column in self.columns]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why a record of this source can be in quarantine, in the order in which the rules are asked."""
        rules = {MALFORMED, DUPLICATE_KEY, *(column.rule for column in self.columns)}
        return tuple(reason for reason in REASONS if reason in rules)

    @property
    def ruleset(self) -> str:
        """The name of what audits it, ``publishing/rulesets/<name>.dqdl``."""
        return QUARANTINE if self.zone == QUARANTINE else self.name


_MS = "epoch ms"
_KEY, _TIME, _MEASURE = "missing_key", "bad_timestamp", "bad_measurement"
_EMAIL = Column("email", "string", rule=_KEY, identity=True)
_USER = Column("user", "string", rule=_KEY, identity=True)
_SERIAL = Column("serialNumber", "string", rule=_KEY, identity=True)
_CONSENT = Column("shareWithResearchAsOfDate", "bigint", _MS, "bad_consent", optional=True)
_READ_AT = Column("sensorReadingTime", "bigint", _MS, _TIME)
_DISTANCE = Column("distanceFromObject", "int", "cm", _MEASURE)
_MOTION = tuple(Column(axis, "double", "units of the app", _MEASURE) for axis in ("x", "y", "z"))
_READING = (_USER, Column("timestamp", "bigint", _MS, _TIME), *_MOTION)
_STEP = (_READ_AT, _SERIAL, _DISTANCE)
_LANDED, _READ = "one JSON line a reading", "one row a reading"


def _customer(birthday: str) -> tuple[Column, ...]:
    """The columns of a customer; ``birthday`` is the type of that column."""
    return (
        Column("customerName", "string", identity=True),
        _EMAIL,
        Column("phone", "string", identity=True),
        Column("birthDay", birthday, identity=True),
        _SERIAL,
        Column("registrationDate", "bigint", _MS, _TIME, optional=True),
        Column("lastUpdateDate", "bigint", _MS, _TIME, optional=True),
        _CONSENT,
        Column("shareWithPublicAsOfDate", "bigint", _MS),
        Column("shareWithFriendsAsOfDate", "bigint", _MS),
    )


_01, _02, _03 = "01_landing_tables", "02_customer_landing_to_trusted", "03_accelerometer_landing_to_trusted"
_04, _05, _06 = "04_customer_trusted_to_curated", "05_step_trainer_landing_to_trusted", "06_machine_learning_curated"


def _quarantine(source: str, step: str) -> Table:
    columns = (
        Column("run_id", "string"),
        Column("reason", "string"),
        Column("file", "string", identity=True),
        Column("record", "string", identity=True),
    )
    grain = "one row a record that could not be read"
    return Table(f"quarantine_{source}", f"quarantine/{source}/", QUARANTINE, step, grain, columns)


_ALL = (
    Table(
        "customer_landing",
        "customer/landing/",
        LANDING,
        _01,
        "one JSON line a registration event",
        _customer("string"),
        person="email",
    ),
    Table("accelerometer_landing", "accelerometer/landing/", LANDING, _01, _LANDED, _READING, person="user"),
    Table("step_trainer_landing", "step_trainer/landing/", LANDING, _01, _LANDED, _STEP, person="serialNumber"),
    Table(
        "customer_register",
        "customer/register/",
        REGISTER,
        _02,
        "one row a customer, consenting or not, by the latest event",
        (_EMAIL, _SERIAL, _CONSENT, Column("ambiguous", "boolean")),
        key=("email",),
        person="email",
    ),
    Table(
        "customer_trusted",
        "customer/trusted/",
        TRUSTED,
        _02,
        "one row a customer",
        _customer("date"),
        key=("email",),
        person="email",
    ),
    Table(
        "accelerometer_trusted",
        "accelerometer/trusted/",
        TRUSTED,
        _03,
        _READ,
        (*_READING, _SERIAL, _CONSENT),
        person="user",
    ),
    Table(
        "customers_curated",
        "customer/curated/",
        CURATED,
        _04,
        "one row a customer with motion data",
        _customer("date"),
        key=("email",),
        person="email",
    ),
    Table("step_trainer_trusted", "step_trainer/trusted/", TRUSTED, _05, _READ, _STEP, person="serialNumber"),
    Table(
        "machine_learning_curated",
        "step_trainer/curated/",
        CURATED,
        _06,
        "one row a matched pair of readings",
        (Column("participantId", "string"), _READ_AT, _DISTANCE, *_MOTION),
        person="participantId",
        for_research=True,
    ),
    _quarantine("customer", _02),
    _quarantine("accelerometer", _03),
    _quarantine("step_trainer", _05),
)
TABLES = {table.name: table for table in _ALL}
"""Name -> table, in the order in which a run makes them."""


def tables_of(*zones: str) -> tuple[str, ...]:
    """The names of the tables of some zones."""
    return tuple(name for name, table in TABLES.items() if table.zone in zones)


VERSIONED = tuple(name for name in TABLES if name not in tables_of(LANDING))
"""The tables whose rows a run publishes, so that they have versions."""

IDENTITY = frozenset(column.name.lower() for table in TABLES.values() for column in table.columns if column.identity)
"""The names of the columns that tell who somebody is, in lower case, as the catalog has them."""

SHOWN = frozenset(column.name.lower() for table in TABLES.values() for column in table.columns if not column.identity)
"""The names of the columns that may be printed, in lower case. Every other one is masked, a new field of the source
too: nobody knows yet what it holds."""

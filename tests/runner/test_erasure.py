"""``stedi erase`` on a bucket written by hand: every place and every kind of file in which somebody may stand."""

import bz2
import gzip
import io
import json
import os
import re
import signal
import subprocess

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from helpers.publishing.catalog import get_table, location_of
from helpers.publishing.versions import FINGERPRINT, ROWS, list_versions, roll_back
from helpers.settings import Settings
from local_aws.lake import open_lake
from local_aws.unkind import Unkind, write_unkind
from runner.errors import StepFailed, UserError
from runner.pipeline.landing import copy_new_files, find_files
from runner.privacy import erase_file
from runner.privacy.people import People, find_people, read_addresses
from runner.privacy.places import Copies
from runner.privacy.search import Index, words_of
from runner.privacy.traces import Traces
from tests.erasing import (
    ADA,
    ADAS,
    BOB,
    BOBS,
    KEY,
    NADA,
    SHARED,
    adas_id,
    certificates,
    customer,
    erase,
    get,
    keys,
    lines,
    motion,
    parquet,
    publish,
    put,
    read_parquet,
    step,
)
from tests.killing import write_killer
from tests.pipeline.conftest import STEDI

# -- landing files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "packed", "unpacked"),
    [
        ("a.json", bytes, bytes),
        ("deep/er/a.json.gz", gzip.compress, gzip.decompress),
        ("a.bz2", bz2.compress, bz2.decompress),
        ("_hidden", bytes, bytes),
    ],
)
def test_their_lines_go_and_the_others_stay_byte_for_byte(lake, tmp_path, key, packed, unpacked):
    odd = b'\xef\xbb\xbf{ "user" :"bob@example.com", "x":1e0 }\r\n\r\n  \n{"user": broken\n\xff\xfe\n'
    own = [
        lines(motion(ADA), motion(f"  {ADA.upper()} ")),
        b'{"user": "ada.l\\u0040example.com"}\n',
        b'{"\\u0075ser": "\\u0061da.l@example.com"}\n',
        b'{"user": "ada.l@example.com", broken\n',
    ]
    last = b'{"user": "bob@example.com", "z": 3}'
    put(lake, f"accelerometer/landing/{key}", packed(odd + b"".join(own) + last))
    found, _ = erase(lake, tmp_path)
    assert found[f"accelerometer/landing/{key}"].tally.gone == 5
    assert unpacked(get(lake, f"accelerometer/landing/{key}")) == odd + last


def test_readings_go_by_the_device_and_those_of_a_device_of_two_with_them(lake, tmp_path):
    put(lake, "customer/landing/b.json", lines(customer(ADA, "Ada Lovelace", SHARED), customer(BOB, "Bob Lee", SHARED)))
    put(lake, "step_trainer/landing/s.json", lines(step(ADAS), step(BOBS), step(SHARED)))
    erase(lake, tmp_path)
    # Of the shared device nobody can say whose the readings are: left behind, they would become Bob's.
    assert get(lake, "step_trainer/landing/s.json") == lines(step(BOBS))
    assert get(lake, "customer/landing/b.json") == lines(customer(BOB, "Bob Lee", SHARED))


def test_a_device_that_was_handed_on_stays_the_new_holders(lake, tmp_path):
    put(lake, "customer/landing/b.json", lines(customer(ADA, "Ada Lovelace", BOBS, updated=1_500_000_000_000)))
    put(lake, "step_trainer/landing/s.json", lines(step(ADAS), step(BOBS)))
    erase(lake, tmp_path)
    assert get(lake, "step_trainer/landing/s.json") == lines(step(BOBS))


def test_a_mention_in_somebody_elses_line_is_masked_and_the_line_stays(lake, tmp_path):
    put(lake, "accelerometer/landing/m.json", lines(motion(BOB) | {"note": f"with Ada Lovelace <{ADA}>"}))
    found, _ = erase(lake, tmp_path)
    assert found["accelerometer/landing/m.json"].tally.masked == 1
    assert json.loads(get(lake, "accelerometer/landing/m.json")) == motion(BOB) | {"note": "with ••• <•••>"}


def test_whose_address_or_name_contains_theirs_is_somebody_else(lake, tmp_path):
    others = [customer(NADA, "Ada Lovelace Jr", "other-serial"), customer(f"{ADA}.au", "X Ada Lovelace", "serial-au")]
    put(lake, "customer/landing/n.json", lines(*others))
    put(lake, "accelerometer/landing/n.json", lines(motion(NADA), motion(ADA), motion(f"{ADA}.au")))
    (tmp_path / "page.html").write_text(f"{NADA} {ADA} Ada Lovelace Jr, Ada Lovelace {ADA}.au", "utf-8")
    erase(lake, tmp_path)
    assert get(lake, "customer/landing/n.json") == lines(*others)
    assert get(lake, "accelerometer/landing/n.json") == lines(motion(NADA), motion(f"{ADA}.au"))
    assert (tmp_path / "page.html").read_text("utf-8") == f"{NADA} ••• Ada Lovelace Jr, ••• {ADA}.au"


def test_an_address_of_nobody_known_may_contain_theirs(lake, tmp_path):
    unknown = lines(motion("x" + ADA), motion(f"{ADA}x") | {"note": BOB})
    put(lake, "accelerometer/landing/u.json", unknown + lines(motion(ADA)))
    key = publish(lake, "accelerometer_trusted", "r1", [{"user": "x" + ADA}, {"user": ADA}])
    erase(lake, tmp_path)
    assert get(lake, "accelerometer/landing/u.json") == unknown
    assert read_parquet(lake, key) == [{"user": "x" + ADA}]


@pytest.mark.parametrize("email", [{}, {"email": None}, {"email": "  "}])
def test_a_registration_without_an_address_is_whose_device_it_names(lake, tmp_path, email):
    put(lake, "customer/landing/x.json", lines({"serialNumber": ADAS} | email, {"serialNumber": BOBS} | email))
    erase(lake, tmp_path)
    assert get(lake, "customer/landing/x.json") == lines({"serialNumber": BOBS} | email)


def test_a_name_that_two_people_have_is_not_sought_by_itself(lake, tmp_path):
    put(lake, "customer/landing/n.json", lines(customer("ada2@example.com", "Ada Lovelace", "serial-2")))
    put(lake, "runs/r/1.json", b'{"note": "Ada Lovelace"}')
    found, _ = erase(lake, tmp_path)
    assert set(found) == {"customer/landing/a.json"}


def test_what_was_erased_is_not_copied_from_the_source_again(lake, tmp_path):
    source = tmp_path / "source"
    for zone, record in (
        ("customer", customer(ADA, "Ada", ADAS)),
        ("accelerometer", motion(BOB)),
        ("step_trainer", step(BOBS)),
    ):
        (source / zone / "landing").mkdir(parents=True)
        (source / zone / "landing" / "a.json").write_bytes(lines(record))
    copy_new_files(find_files(source), lake.bucket)
    erase(lake, tmp_path / "reports")
    erase(lake, tmp_path / "reports", BOB)
    assert copy_new_files(find_files(source), lake.bucket)[0] == 0
    assert get(lake, "customer/landing/a.json") == b""
    (source / "accelerometer" / "landing" / "a.json").write_bytes(lines(motion(NADA)))
    assert copy_new_files(find_files(source), lake.bucket)[0] == 1


# -- tables ----------------------------------------------------------------------------------------------------------


def test_every_version_of_every_table_is_rewritten_and_the_catalog_says_what_is_left(lake, tmp_path):
    rows = [
        {"user": ADA, "serialNumber": ADAS},
        {"user": BOB, "serialNumber": BOBS},
        {"user": BOB, "serialNumber": None},
    ]
    old = publish(lake, "accelerometer_trusted", "r1", rows[:2])
    new = publish(lake, "accelerometer_trusted", "r2", rows)
    pairs = publish(lake, "machine_learning_curated", "r2", [{"participantId": i} for i in (adas_id(), "0" * 64)])
    steps = publish(lake, "step_trainer_trusted", "r2", [{"serialNumber": ADAS}, {"serialNumber": BOBS}])
    staged = "customer/trusted/run=r3/part-0.parquet"
    put(lake, staged, parquet([{"email": ADA}]))
    erase(lake, tmp_path)
    assert read_parquet(lake, new) == rows[1:]
    assert read_parquet(lake, old) == rows[1:2]
    assert read_parquet(lake, pairs) == [{"participantId": "0" * 64}]
    assert read_parquet(lake, steps) == [{"serialNumber": BOBS}]
    assert read_parquet(lake, staged) == []
    parameters = get_table(lake.database, "accelerometer_trusted")["Parameters"]
    assert parameters[ROWS] == "2"
    assert FINGERPRINT not in parameters
    earlier = next(version for version in list_versions(lake.database, "accelerometer_trusted") if version.run == "r1")
    roll_back(lake.database, "accelerometer_trusted", earlier)
    assert FINGERPRINT not in get_table(lake.database, "accelerometer_trusted")["Parameters"]
    assert location_of(get_table(lake.database, "accelerometer_trusted")).endswith("run=r1/")


def test_every_version_of_the_register_loses_them_though_they_never_consented(lake, tmp_path):
    ada, bob = (
        {"email": email, "serialNumber": serial, "shareWithResearchAsOfDate": since, "ambiguous": False}
        for email, serial, since in ((ADA, ADAS, None), (BOB, BOBS, 1_600_000_000_000))
    )
    old = publish(lake, "customer_register", "r1", [bob, ada])
    new = publish(lake, "customer_register", "r2", [ada, bob, ada | {"email": NADA, "serialNumber": BOBS}])
    found, _ = erase(lake, tmp_path)
    assert {finding.place for finding in found.values()} == {"customer_landing", "customer_register"}
    assert read_parquet(lake, old) == [bob]
    assert read_parquet(lake, new) == [bob, ada | {"email": NADA, "serialNumber": BOBS}]
    parameters = get_table(lake.database, "customer_register")["Parameters"]
    assert parameters[ROWS] == "2"
    assert FINGERPRINT not in parameters


def test_who_stands_in_the_register_alone_is_known_by_what_it_says(lake, tmp_path):
    put(lake, "customer/landing/a.json", lines(customer(BOB, "Bob Lee", BOBS)))
    put(lake, "customer/register/run=r1/p.parquet", parquet([{"email": ADA, "serialNumber": ADAS}]))
    put(lake, "step_trainer/landing/s.json", lines(step(ADAS), step(BOBS)))
    erase(lake, tmp_path)
    assert get(lake, "step_trainer/landing/s.json") == lines(step(BOBS))


def test_an_event_of_an_impossible_time_does_not_say_whose_a_device_is_now(lake, tmp_path):
    events = [customer(ADA, "Ada Lovelace", SHARED), customer(ADA, "Ada Lovelace", ADAS, updated=9_000_000_000_000)]
    put(lake, "customer/landing/b.json", lines(*events, customer(BOB, "Bob Lee", SHARED, updated=1_700_000_000_000)))
    put(lake, "customer/landing/a.json", b"")
    put(lake, "step_trainer/landing/s.json", lines(step(SHARED), step(BOBS)))
    erase(lake, tmp_path)
    assert get(lake, "step_trainer/landing/s.json") == lines(step(BOBS))


def test_a_file_of_a_table_keeps_its_schema_its_types_and_the_other_rows(lake, tmp_path):
    schema = pa.schema(
        [("email", pa.string()), ("n", pa.decimal128(9, 2)), ("d", pa.date32()), ("l", pa.list_(pa.string()))],
        metadata={"org.apache.spark.sql.parquet.row.metadata": "{}"},
    )
    rows = [
        {"email": email, "n": None, "d": None, "l": near} for email, near in ((BOB, ["x"]), (ADA, []), (BOB, [ADA]))
    ]
    body = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema), body, row_group_size=2)
    put(lake, "customer/trusted/run=r1/p.parquet", body.getvalue())
    put(lake, "customer/trusted/run=r1/q.parquet", untouched := parquet([{"email": BOB}]))
    erase(lake, tmp_path)
    left = pq.ParquetFile(io.BytesIO(get(lake, "customer/trusted/run=r1/p.parquet")))
    assert left.schema_arrow.equals(pq.ParquetFile(body).schema_arrow)
    assert left.schema_arrow.metadata[b"org.apache.spark.sql.parquet.row.metadata"] == b"{}"
    assert left.read().to_pylist() == [rows[0], rows[2] | {"l": None}]
    assert get(lake, "customer/trusted/run=r1/q.parquet") == untouched


def test_a_line_in_quarantine_is_judged_as_it_is_in_the_landing_file(lake, tmp_path):
    raw = [
        json.dumps(motion(BOB)),
        json.dumps(motion(ADA)),
        "{broken ada.l@example.com",
        "{broken",
        json.dumps(step(ADAS)),
    ]
    key = publish(lake, "quarantine_accelerometer", "r1", [{"reason": "bad", "record": line} for line in raw])
    erase(lake, tmp_path)
    assert [row["record"] for row in read_parquet(lake, key)] == [raw[0], raw[3]]


# -- everything else -------------------------------------------------------------------------------------------------


def test_results_are_deleted_and_texts_masked(lake, tmp_path):
    for name, text in {
        "athena/1.csv": f'"email"\n"{ADA}"\n',
        "athena/2.csv": f'"email"\n"{BOB}"\n',
        "runs/r/02.json": f'{{"note": "Ada Lovelace {adas_id()}"}}\n',
        "sparkHistoryLogs/app": 'a line\n{"sql": "where user = \\\\u0061da.l\\\\u0040example.com"}\n',
        "sparkHistoryLogs/other": "nobody\n",
    }.items():
        put(lake, name, text.encode(), ContentType="text/x-odd", Metadata={"mine": "yes"})
    pages = {
        "r/index.html": "<p>ada.l&#64;example.com</p>\n<p>Ada&#32;Lovelace</p>\n<p>bob@example.com</p>",
        "r/notebooks/02.ipynb": f'{{"text": ["x\\n{ADA}"], "url": "?u=ada.l%40example.com"}}',
        "r/other.html": "<p>Ada</p>",
    }
    for name, text in pages.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    before = (tmp_path / "r/other.html").stat().st_mtime_ns
    (tmp_path / "latest").symlink_to("r")
    found, said = erase(lake, tmp_path)
    assert sorted(found) == sorted(
        ["athena/1.csv", "customer/landing/a.json", "runs/r/02.json", "sparkHistoryLogs/app"]
        + ["reports/r/index.html", "reports/r/notebooks/02.ipynb"]
    )
    assert "athena/1.csv" not in keys(lake)
    assert get(lake, "athena/2.csv").decode() == f'"email"\n"{BOB}"\n'
    assert get(lake, "runs/r/02.json").decode() == '{"note": "••• •••"}\n'
    assert get(lake, "sparkHistoryLogs/app").decode() == 'a line\n{"sql": "where user = •••"}\n'
    assert (tmp_path / "r/index.html").read_text("utf-8") == "<p>•••</p>\n<p>•••</p>\n<p>bob@example.com</p>"
    assert (tmp_path / "r/notebooks/02.ipynb").read_text("utf-8") == '{"text": ["x\\n•••"], "url": "?u=•••"}'
    assert (tmp_path / "r/other.html").stat().st_mtime_ns == before
    head = boto3.client("s3").head_object(Bucket=lake.bucket, Key="runs/r/02.json")
    assert (head["ContentType"], head["Metadata"]["mine"]) == ("text/x-odd", "yes")
    assert (tmp_path / "latest").is_symlink()
    assert not any(word in line for line in said for word in (ADA, "Lovelace", ADAS, adas_id()))


@pytest.mark.parametrize(
    "text",
    [
        "ada.l@example.com",
        "ada.l&#64;example.com",
        "ada_l at example&period;com",
        r'{"email": "ada.l\u0040example.com"}',
        "<td>Ada</td><td>Lovelace</td>",
        "Dear Ada\n  Lovelace,",
        r'"Dear\nAda\tLovelace"',
        r"'\x41da Lovelace'",
        "Ada&nbsp;Love&shy;lace",
        "ada_lovelace.csv",
        "A\u200bda Lovelace",
        f"?device={ADAS.upper()}",
        "李 明, 李明",
    ],
)
def test_what_the_audit_finds_erasure_finds_and_masks(text):
    values = {ADA, ADAS, "Ada Lovelace", "李明"} | {"ada l at example com"}
    index = Index(tuple(words_of(value)) for value in values)
    traces = Traces(People({ADA, "ada l at example com"}, serials={ADAS}, names={"Ada Lovelace", "李明"}))
    assert index.find(text)
    assert traces.stands_in(text)
    masked = traces.mask(f"before\n{text}\nafter")
    assert not index.find(masked)
    assert not traces.stands_in(masked)
    assert masked.startswith("before\n")
    assert masked.endswith("\nafter")


@pytest.mark.parametrize("key", [f"exports/{ADA}.txt", "exports/picture.png"])
def test_what_cannot_be_rewritten_is_named_and_nothing_is_certified(lake, tmp_path, key):
    put(lake, key, b"\x89PNG\0\xff" + ADA.encode())
    with pytest.raises(StepFailed) as error:
        erase(lake, tmp_path)
    assert key.replace(ADA, "•••") in str(error.value)
    assert ADA not in str(error.value)
    assert [entry["status"] for entry in certificates(lake)] == ["IN_PROGRESS"]
    boto3.client("s3").delete_object(Bucket=lake.bucket, Key=key)
    erase(lake, tmp_path)
    assert [entry["status"] for entry in certificates(lake)] == ["DONE"]


def test_a_dry_run_says_what_it_found_and_changes_nothing(lake, tmp_path, capsys):
    put(lake, "accelerometer/landing/m.json", lines(motion(ADA), motion(ADA), motion(BOB)))
    before = {key: get(lake, key) for key in keys(lake)}
    erase(lake, tmp_path, yes=False)
    assert {key: get(lake, key) for key in keys(lake)} == before
    assert not certificates(lake)
    assert re.search(r"accelerometer_landing\W+1\W+2\W+0\W+rewritten", capsys.readouterr().out)


def test_the_certificate_counts_and_names_nobody(lake, tmp_path):
    erase(lake, tmp_path, ADA, BOB)
    ours, theirs = certificates(lake)
    assert ours["status"] == theirs["status"] == "DONE"
    assert ours["found"] == {"customer_landing": {"files": 1, "rows": 2, "masked": 0}}
    assert ours["proof"] == {"objects": 1, "reports": 0, "left": 0}
    text = json.dumps([ours, theirs])
    assert not any(word in text for word in (ADA, BOB, "Lovelace", ADAS, adas_id()))


def test_a_killed_erasure_loses_nothing_and_goes_on_where_it_stopped(lake, lake_folder, tmp_path):
    put(lake, "accelerometer/landing/m.json", lines(motion(ADA), motion(BOB)))
    put(lake, "step_trainer/landing/s.json", lines(step(ADAS), step(BOBS)))
    put(lake, "runs/r/02.json", f"Ada Lovelace {ADAS}".encode())
    put(lake, "athena/1.csv", ADA.encode())
    key = publish(lake, "step_trainer_trusted", "r1", [{"serialNumber": ADAS}, {"serialNumber": BOBS}])
    wanted = {
        "customer/landing/a.json": lines(customer(BOB, "Bob Lee", BOBS)),
        "accelerometer/landing/m.json": lines(motion(BOB)),
        "step_trainer/landing/s.json": lines(step(BOBS)),
        "runs/r/02.json": "••• •••".encode(),
    }
    before = {name: get(lake, name) for name in wanted}
    write_killer(tmp_path)
    call = [STEDI, "erase", ADA, "--yes", "--bucket", lake.bucket, "--database", lake.database, "--lake", lake_folder]
    codes, temporary = [], tmp_path / "temporary"
    temporary.mkdir()
    while not codes or codes[-1]:
        environment = os.environ | {"PYTHONPATH": str(tmp_path), "KILL_AT": str(len(codes) + 1)}
        environment["TMPDIR"] = str(temporary)
        done = subprocess.run(call, env=environment, capture_output=True, text=True, check=False)
        codes.append(done.returncode)
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        assert all(get(lake, name) in (before[name], wanted[name]) for name in wanted)
        assert {"serialNumber": BOBS} in read_parquet(lake, key)
    assert len(codes) > 3
    assert {name: get(lake, name) for name in wanted} == wanted
    assert not list(temporary.rglob("*"))  # the copies of her data that the killed ones had
    assert "athena/1.csv" not in keys(lake)
    assert read_parquet(lake, key) == [{"serialNumber": BOBS}]
    assert get_table(lake.database, "step_trainer_trusted")["Parameters"][ROWS] == "1"
    (certificate,) = certificates(lake)
    assert (certificate["status"], sum(place["files"] for place in certificate["found"].values())) == ("DONE", 6)


def test_an_object_that_changed_meanwhile_is_not_overwritten(lake, tmp_path, monkeypatch):
    really = erase_file._replace

    def race(thing, *arguments):
        put(lake, thing.key, lines(customer(ADA, "Ada Lovelace", ADAS), customer(NADA, "N", "n")))
        really(thing, *arguments)

    monkeypatch.setattr(erase_file, "_replace", race)
    with pytest.raises(UserError, match="changed by somebody else"):
        erase(lake, tmp_path)
    assert NADA.encode() in get(lake, "customer/landing/a.json")


@pytest.fixture
def versioned(lake_folder):
    """A lakehouse in a versioned bucket."""
    write_unkind(open_lake(lake_folder), Unkind(versioning=True))
    boto3.client("s3").create_bucket(Bucket="versioned")
    boto3.client("glue").create_database(DatabaseInput={"Name": "versioned"})
    yield Settings(bucket="versioned", database="versioned")
    write_unkind(open_lake(lake_folder), Unkind())


def test_earlier_object_versions_of_a_versioned_bucket_go_too(versioned, tmp_path):
    s3 = boto3.client("s3")
    put(versioned, "customer/landing/a.json", lines(customer(ADA, "Ada Lovelace", ADAS)))
    put(versioned, "customer/landing/a.json", lines(customer(BOB, "Bob Lee", BOBS)))
    put(versioned, "step_trainer/landing/s.json", lines(step(ADAS), step(BOBS)))
    put(versioned, "step_trainer/landing/s.json", lines(step(ADAS)))
    put(versioned, "step_trainer/landing/t.json", lines(step(BOBS)))
    put(versioned, "step_trainer/landing/t.json", lines(step(BOBS, at=1_700_000_000_000)))
    put(versioned, "athena/1.csv", ADA.encode())
    s3.delete_object(Bucket="versioned", Key="athena/1.csv")
    erase(versioned, tmp_path)
    left = [
        s3.get_object(Bucket="versioned", Key=item["Key"], VersionId=item["VersionId"])["Body"].read()
        for item in s3.list_object_versions(Bucket="versioned")["Versions"]
        if not item["Key"].startswith("erasures/")
    ]
    assert sorted(left) == sorted(
        [
            lines(customer(BOB, "Bob Lee", BOBS)),
            b"",
            *(lines(step(BOBS, at=at)) for at in (1_600_000_000_000, 1_700_000_000_000)),
        ]
    )


# -- wrong calls -----------------------------------------------------------------------------------------------------


def test_nobody_is_erased_while_somebody_may_be_writing(lake, tmp_path):
    upload = boto3.client("s3").create_multipart_upload(Bucket=lake.bucket, Key="customer/landing/big.json")
    with pytest.raises(UserError, match="upload has begun.*stedi vacuum --older-than 0"):
        erase(lake, tmp_path)
    boto3.client("s3").abort_multipart_upload(Bucket=lake.bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    erase(lake, tmp_path)


@pytest.mark.parametrize(
    "key", ["customer/landing/x.json.gz", "accelerometer/landing/x.bz2", "customer/trusted/x.parquet"]
)
def test_a_damaged_file_is_named_and_nothing_is_changed(lake, tmp_path, key):
    put(lake, key, b"PAR1 no archive")
    before = {key: get(lake, key) for key in keys(lake)}
    with pytest.raises(UserError, match=f"{key} is damaged.*mend or delete it first"):
        erase(lake, tmp_path)
    assert {key: get(lake, key) for key in keys(lake)} == before


def test_an_unknown_person_is_an_error_and_one_erased_before_is_none(lake, tmp_path):
    with pytest.raises(UserError, match="Nothing of this person"):
        erase(lake, tmp_path, "nobody@example.com")
    erase(lake, tmp_path)
    _, said = erase(lake, tmp_path)
    assert "Proved: nothing of 1 person is left" in said[-1]


def test_a_file_of_addresses_is_read_whole_before_anything_happens(tmp_path):
    path = tmp_path / "people.txt"
    path.write_text(f"# asked for in May\n {ADA.upper()} \n\n{BOB}\n{ADA}\n", "utf-8")
    assert read_addresses(str(path)) == [ADA, BOB]
    path.write_text(f"{ADA}\nBob Lee\n", "utf-8")
    with pytest.raises(UserError, match="Line 2 of .* is no e-mail address; nothing was changed"):
        read_addresses(str(path))
    path.write_text("\n", "utf-8")
    with pytest.raises(UserError, match="holds no e-mail address"):
        read_addresses(str(path))
    with pytest.raises(UserError, match="neither an e-mail address nor a file"):
        read_addresses("Ada Lovelace")


def test_the_id_under_the_key_before_is_sought_too(lake, tmp_path):
    before = adas_id()
    boto3.client("secretsmanager").put_secret_value(SecretId=KEY, SecretString="another key " * 4)
    people = find_people(lake, [ADA], Copies(tmp_path))
    assert people.ids == {before, adas_id()}
    assert before != adas_id()
    assert Traces(people).stands_in(f"id {before}.")

"""awsglue in a job script, run as a plain Python process over the lake of a real endpoint."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from local_aws.glue.sessions.job import job_environment

BUCKET = "runtime-bucket"
LINES = ['{"k":1,"camelCase":"x","c":null}', '{"k":"s"}', "", '{"k":2,"n":1.5}']
DEEP = '{"d":' * 3_000 + "1" + "}" * 3_000
ODD = [
    '{"k":"a","tags":["vip","b"],"n":1}',
    '{"k":"b","k":"c","big":' + "9" * 400 + "}",
    '{"k":"\\ud800","\\ud800":1,"":2,"big":1e999}',
    '{"k":"' + "x" * 1_000_000 + '"}',
    '{"k":"f","less deep":' + DEEP[-300:].replace("}", "[") + DEEP[-300:].replace("}", "]") + "}",
    "{" + ",".join(f'"new {number}":{number}' for number in range(300)) + "}",
    '{"k":"g","K":"G","record":1,"line":2,"bad":true,"value":[],"_malformed":"x"}',
]
MIXED = '{"k":"h","tags":["vip",7,{"a":[1,"b"]},[null],2.5],"n":"1","s":{"c":1}}\n{"s":{"c":"d"},"k":{"l":1}}'

SCRIPT = """
import json, sys
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.job import Job
from awsglue.transforms import ApplyMapping, DropFields, Filter, Join, Map, SelectFields
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from pyspark.sql import functions as F

args = getResolvedOptions(sys.argv, ["JOB_NAME", "bucket", "answers"])
glueContext = GlueContext(SparkContext.getOrCreate())
job = Job(glueContext)
job.init(args["JOB_NAME"], args)
root, told = f"s3://{args['bucket']}", {}

def rows(frame):
    return [json.loads(line) for line in frame.toDF().toJSON().collect()]

def refused(call):
    try:
        call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"

def read(path, format="json", **options):
    return glueContext.create_dynamic_frame.from_options("s3", {"paths": [root + path], **options}, format)

def sink(path, table, **options):
    made = glueContext.getSink(connection_type="s3", path=root + path, enableUpdateCatalog=True, **options)
    made.setCatalogInfo(catalogDatabase="runtime", catalogTableName=table)
    made.setFormat("glueparquet")
    return made

frame = read("/in/", recurse=True)
told["flat"] = read("/in/").count()
told["schema"] = str([(field.name, field.dataType.typeName()) for field in frame.schema()])
told["rows"], told["errors"] = rows(frame), frame.errorsCount()
told["cast"] = rows(frame.resolveChoice(specs=[("k", "cast:string")]).select_fields(["k"]))
told["cols"] = frame.resolveChoice(choice="make_cols").toDF().columns
told["kept choice"] = SelectFields.apply(frame, ["k"]).schema().fields[0].dataType.typeName()
told["filter"] = rows(Filter.apply(frame=frame, f=lambda r: r["n"] > 1))
failing = Filter.apply(frame=frame, f=lambda r: r.nope)
told["filter errors"] = [failing.count(), failing.errorsCount()]
told["filter null"] = Filter.apply(frame=frame, f=lambda r: r["c"] is None).count()
mapped = Map.apply(frame=frame, f=lambda r: {"twice": r["k"] * 2, "n": r["n"]})
told["map"] = [rows(mapped), mapped.errorsCount()]
told["mapping"] = rows(ApplyMapping.apply(frame, [("k", "int", "id", "bigint"), ("none", "int", "x", "int")]))
for kind in ("plain", "mixed"):
    odd = read(f"/odd/{kind}/")
    told[f"odd {kind}"] = [odd.count(), odd.errorsCount(), len(odd.schema().fields), len(odd.toDF().collect())]
    told[f"odd {kind} keys"] = [str(row[0]) for row in odd.toDF().select("`n`").collect()]
    told[f"odd {kind} filter"] = Filter.apply(frame=odd, f=lambda r: len(r["k"]) == 1).count()
told["tags"] = [row.tags for row in odd.toDF().collect() if row.tags]
told["join"] = Join.apply(frame, frame, ["camelCase"], ["camelCase"]).count()

sink("/out/", "numbers").writeFrame(DropFields.apply(frame, ["k"]))
more = DynamicFrame.fromDF(frame.toDF().select("camelCase", F.lit(1).alias("late")), glueContext, "more")
sink("/out/", "numbers", updateBehavior="LOG").writeFrame(more)
told["logged"] = glueContext.create_dynamic_frame.from_catalog("runtime", "numbers").count()
sink("/out/", "numbers", updateBehavior="UPDATE_IN_DATABASE").writeFrame(more)
sink("/empty/", "nothing").writeFrame(DynamicFrame.fromDF(frame.toDF().select("camelCase").limit(0), glueContext, "e"))
told["empty"] = read("/empty/", "parquet").count()
told["broken"] = [refused(getattr(read("/broken/"), use)) for use in ("printSchema", "count", "toDF", "errorsCount")]
told["hidden"] = refused(read("/hidden/", recurse=True).schema)
told["void"] = read("/not/there/").count()
told["json"] = glueContext.write_dynamic_frame.from_options(more, "s3", {"path": root + "/json/"}, "json") and (
    read("/json/").count()
)
lost = glueContext.getSink(connection_type="s3", path=root + "/lost/", enableUpdateCatalog=True)
lost.setCatalogInfo("no_such_database", "t")
lost.setFormat("glueparquet")
told["refused"] = [
    refused(lambda: lost.writeFrame(more)),
    refused(lambda: glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://no-such-b/"]}, "json")),
    refused(lambda: glueContext.create_dynamic_frame.from_options("mysql", {}, "json")),
    refused(lambda: read("/in/", "csv")),
    refused(lambda: read("/in/", exclusions="x")),
    refused(lambda: frame.relationalize("r", "s3://x")),
    refused(lambda: glueContext.purge_table("d", "t")),
    refused(lambda: frame.drop_fields(["k"], stageThreshold=1)),
]
told["lost files"] = read("/lost/", "parquet").count()
glueContext.purge_s3_path(root + "/json/", {"retentionPeriod": 0})
glueContext.purge_s3_path(root + "/out/")
job.commit()
with open(args["answers"], "w") as stream:
    json.dump(told, stream)
"""


@pytest.fixture(scope="module")
def told(endpoint: Any, aws: Callable[[str], Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    s3, folder = aws("s3"), tmp_path_factory.mktemp("job")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="in/deep/a.json", Body="\n".join(LINES).encode())
    s3.put_object(Bucket=BUCKET, Key="in/deep/b.json", Body=b"")
    s3.put_object(Bucket=BUCKET, Key="broken/a.json", Body=b'{"k":1}\nbroken')
    s3.put_object(Bucket=BUCKET, Key="hidden/a.json", Body=b'{"k":1}')
    s3.put_object(Bucket=BUCKET, Key="hidden/_x/.in_transit.json", Body=b"half a li")
    odd = "\n".join(ODD).encode()
    s3.put_object(Bucket=BUCKET, Key="odd/plain/[1].json", Body=odd)
    s3.put_object(Bucket=BUCKET, Key="odd/mixed/[1].json", Body=odd)
    s3.put_object(Bucket=BUCKET, Key="odd/mixed/b.json", Body=MIXED.encode())
    aws("glue").create_database(DatabaseInput={"Name": "runtime"})
    script, answers, scratch = folder / "x.py", folder / "answers.json", folder / "scratch"
    script.write_text(SCRIPT)
    scratch.mkdir()
    subprocess.run(
        [sys.executable, script, "--JOB_NAME", "x", "--bucket", BUCKET, "--answers", answers],
        env=job_environment(endpoint.lake, endpoint.environment(), scratch),
        cwd=folder,
        check=True,
        timeout=180,
    )
    return json.loads(answers.read_text())


def test_json_is_read_with_its_choices(told: dict):
    assert "('k', 'choice')" in told["schema"]
    assert told["rows"] == [
        {"k": {"int": 1}, "camelCase": "x"},
        {"k": {"string": "s"}},
        {"k": {"int": 2}, "n": 1.5},
    ]
    assert (told["errors"], told["flat"], told["void"]) == (0, 0, 0)


def test_a_broken_line_stops_the_reader_in_hidden_files_too(told: dict):
    said = "com.amazonaws.services.glue.util.FatalException: Unable to parse file: "
    assert all(answer.endswith(f"{said}a.json") for answer in told["broken"])
    assert told["hidden"].endswith(f"{said}.in_transit.json")


def test_odd_lines_are_rows(told: dict):
    for kind, lines in (("plain", len(ODD)), ("mixed", len(ODD) + 2)):
        count, errors, fields, collected = told[f"odd {kind}"]
        assert (count, collected, errors) == (lines, lines, 0)
        assert fields > 300
        assert told[f"odd {kind} filter"] >= 5
    assert told["odd plain keys"][0] == "1"
    assert told["odd mixed keys"].count("Row(int=None, string='1')") == 1
    # The members of the entries' choice: array, double, string, struct.
    assert told["tags"][1][:2] == [[None, None, "vip", None], [None, 7.0, None, None]]


def test_choices_are_settled(told: dict):
    assert told["cast"] == [{"k": "1"}, {"k": "s"}, {"k": "2"}]
    assert {"k_int", "k_string"} <= set(told["cols"])
    assert told["kept choice"] == "choice"
    assert told["mapping"] == [{"id": 1}, {}, {"id": 2}]


def test_functions_over_records_fail_as_in_the_real_library(told: dict):
    # An absent key is a KeyError and drops the row without a word; a null is a value.
    assert told["filter"] == [{"k": {"int": 2}, "n": 1.5}]
    assert told["filter null"] == 1
    assert told["filter errors"] == [0, 3]
    assert told["map"] == [[{"n": 1.5, "twice": 4}], 2]
    assert told["join"] == 1


def test_a_sink_appends_and_keeps_the_catalog(told: dict, aws: Callable[[str], Any]):
    table = aws("glue").get_table(DatabaseName="runtime", Name="numbers")["Table"]
    storage = table["StorageDescriptor"]
    columns = {column["Name"].lower(): column["Type"] for column in storage["Columns"]}
    assert columns == {"camelcase": "string", "n": "double", "late": "int"}
    assert [column["Name"] for column in storage["Columns"]][-1] == "late"
    assert storage["Location"] == f"s3://{BUCKET}/out/"
    assert "ParquetHiveSerDe" in storage["SerdeInfo"]["SerializationLibrary"]
    assert table["Parameters"]["classification"] == "parquet"
    assert (told["logged"], told["empty"], told["json"]) == (6, 0, 3)
    assert aws("glue").get_table(DatabaseName="runtime", Name="nothing")


def test_purging_heeds_the_retention_period(told: dict, aws: Callable[[str], Any]):
    listed = aws("s3").list_objects_v2
    assert listed(Bucket=BUCKET, Prefix="json/")["KeyCount"] == 0
    assert listed(Bucket=BUCKET, Prefix="out/")["KeyCount"] > 0


def test_what_is_not_there_is_refused_by_name(told: dict):
    parts = ["EntityNotFoundException", "no-such-b", "mysql", "csv", "exclusions", "relationalize", "purge_table"]
    for answer, part in zip(told["refused"], [*parts, "threshold"], strict=True):
        assert part in answer
    assert told["lost files"] == 0

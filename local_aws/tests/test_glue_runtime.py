"""awsglue in a job script, run as a plain Python process over the lake of a real endpoint."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from glue_job import job_environment

BUCKET = "runtime-bucket"
LINES = ['{"k":1,"camelCase":"x","c":null}', '{"k":3}', "", '{"k":2,"n":1.5}']
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
from awsglue.transforms import *
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
told["rows"] = rows(frame)
told["mixed"] = len(read("/odd/mixed/").schema().fields)
odd = read("/odd/plain/")
told["odd"] = [odd.count(), len(odd.schema().fields), len(odd.toDF().collect()), odd.toDF().select("n").first()[0]]

sink("/out/", "numbers").writeFrame(frame)
more = DynamicFrame.fromDF(frame.toDF().select("camelCase", F.lit(1).alias("late")), glueContext, "more")
sink("/out/", "numbers", updateBehavior="UPDATE_IN_DATABASE").writeFrame(more)
told["read back"] = glueContext.create_dynamic_frame.from_catalog("runtime", "numbers").count()
sink("/empty/", "nothing").writeFrame(DynamicFrame.fromDF(frame.toDF().select("camelCase").limit(0), glueContext, "e"))
told["empty"] = read("/empty/", "parquet").count()
told["broken"] = [refused(getattr(read("/broken/"), use)) for use in ("printSchema", "count", "toDF", "show")]
told["hidden"] = refused(read("/hidden/", recurse=True).schema)
told["void"] = read("/not/there/").count()
lost = glueContext.getSink(connection_type="s3", path=root + "/lost/", enableUpdateCatalog=True)
lost.setCatalogInfo("no_such_database", "t")
lost.setFormat("glueparquet")
told["refused"] = {
    name: refused(call)
    for name, call in {
        "EntityNotFoundException": lambda: lost.writeFrame(more),
        "no-such-b": lambda: glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://no-such-b"]}, "json"),
        "mysql": lambda: glueContext.create_dynamic_frame.from_options("mysql", {}, "json"),
        "csv": lambda: read("/in/", "csv"),
        "exclusions": lambda: read("/in/", exclusions="x"),
        "field k has several types": read("/odd/mixed/").toDF,
        "push_down_predicate": lambda: glueContext.create_dynamic_frame.from_catalog("d", "t", push_down_predicate="x"),
        "updateBehavior LOG": lambda: sink("/out/", "numbers", updateBehavior="LOG"),
        "partitionKeys": lambda: sink("/out/", "numbers", partitionKeys=["k"]),
        "format json": lambda: sink("/out/", "numbers").setFormat("json"),
        "DynamicFrame.resolveChoice": lambda: frame.resolveChoice(choice="make_cols"),
        "DynamicFrameReader.from_rdd": lambda: glueContext.create_dynamic_frame.from_rdd(None, "x"),
        "GlueContext.write_dynamic_frame": lambda: glueContext.write_dynamic_frame.from_options(more, "s3"),
        "GlueContext.purge_s3_path": lambda: glueContext.purge_s3_path(root + "/out/"),
        "transform Filter": lambda: Filter.apply(frame=frame, f=lambda row: row["n"] > 1),
        "transform ApplyMapping": lambda: ApplyMapping.apply(frame, [("k", "int", "id", "bigint")]),
    }.items()
}
told["lost files"] = read("/lost/", "parquet").count()
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


def test_json_is_read_as_it_is_typed(told: dict):
    assert told["schema"] == "[('k', 'int'), ('camelCase', 'string'), ('c', 'null'), ('n', 'double')]"
    assert told["rows"] == [{"k": 1, "camelCase": "x"}, {"k": 3}, {"k": 2, "n": 1.5}]
    assert (told["flat"], told["void"]) == (0, 0)


def test_a_broken_line_stops_the_reader_in_hidden_files_too(told: dict):
    said = "com.amazonaws.services.glue.util.FatalException: Unable to parse file: "
    assert all(answer.endswith(f"{said}a.json") for answer in told["broken"])
    assert told["hidden"].endswith(f"{said}.in_transit.json")


def test_odd_lines_are_rows(told: dict):
    count, fields, collected, first = told["odd"]
    assert (count, collected, first) == (len(ODD), len(ODD), 1)
    assert fields > 300
    assert told["mixed"] > 300


def test_a_sink_appends_and_keeps_the_catalog(told: dict, aws: Callable[[str], Any]):
    table = aws("glue").get_table(DatabaseName="runtime", Name="numbers")["Table"]
    storage = table["StorageDescriptor"]
    columns = {column["Name"].lower(): column["Type"] for column in storage["Columns"]}
    assert columns == {"k": "int", "camelcase": "string", "n": "double", "late": "int"}
    assert [column["Name"] for column in storage["Columns"]][-1] == "late"
    assert storage["Location"] == f"s3://{BUCKET}/out/"
    assert "ParquetHiveSerDe" in storage["SerdeInfo"]["SerializationLibrary"]
    assert table["Parameters"]["classification"] == "parquet"
    assert (told["read back"], told["empty"]) == (6, 0)
    assert aws("glue").get_table(DatabaseName="runtime", Name="nothing")


def test_what_is_not_there_is_refused_by_name(told: dict):
    assert {part for part, answer in told["refused"].items() if part not in (answer or "")} == set()
    assert told["lost files"] == 0

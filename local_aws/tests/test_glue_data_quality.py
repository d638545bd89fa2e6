"""awsgluedq: DQDL rulesets as AWS Glue judges them, over frames that are built by hand."""

import os
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from pyspark.sql import SparkSession

from local_aws.glue.sessions.java import find_java_home
from local_aws.glue.sessions.start import GLUE_RUNTIME

sys.path.insert(0, str(GLUE_RUNTIME))
from awsglue.dynamicframe import DynamicFrame  # noqa: E402 - only now it can be imported
from awsglue.transforms import SelectFromCollection  # noqa: E402
from awsgluedq.transforms import EvaluateDataQuality  # noqa: E402

PEOPLE_SCHEMA = "id int, email string, age int, score double, code string, `odd name` string"
PEOPLE = [
    (1, "a@x", 30, 0.5, "ab", "A"),
    (2, "b@x", 41, 1.5, "ba", ""),
    (3, "b@x", None, 2.5, "aa", "  "),
    (4, None, 50, 3.5, "bb", None),
]
COUNTRIES = [("a@x", 1), ("b@x", 2), ("b@x", 3), (None, 4)]
NOT_NEEDED = (
    "ColumnDataType", "ColumnExists", "ColumnLength", "DistinctValuesCount", "IsPrimaryKey", "Mean", "Sum",
)  # fmt: skip
"""Rule types of Glue that no ruleset of the lakehouse has."""
UNMET = "Value: {} does not meet the constraint requirement!"


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    # Another room's tests may have a Spark in this process: it is shared, and left as it is.
    shared = SparkSession.getActiveSession()
    os.environ["JAVA_HOME"] = find_java_home(os.environ)
    session = shared or (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.driver.memory", "512m")
        .config("spark.driver.extraJavaOptions", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1")
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .config("spark.sql.adaptive.enabled", "false")
        .getOrCreate()
    )
    yield session
    if shared is None:
        session.stop()


@pytest.fixture(scope="module")
def frame_of(spark: SparkSession) -> Callable[..., DynamicFrame]:
    context = SimpleNamespace(spark_session=spark)
    return lambda rows, schema: DynamicFrame.fromDF(spark.createDataFrame(rows, schema).coalesce(1), context, "f")


@pytest.fixture(scope="module")
def frames(frame_of: Callable) -> dict[str, DynamicFrame]:
    return {
        "people": frame_of(PEOPLE, PEOPLE_SCHEMA),
        "nobody": frame_of([], PEOPLE_SCHEMA),
        "countries": frame_of(COUNTRIES, "mail string, number int"),
    }


@pytest.fixture(scope="module")
def judge(frames: dict[str, DynamicFrame]) -> Callable[..., list[Any]]:
    def evaluate(*rules: str, frame: str = "people", **options: Any) -> list[Any]:
        options.setdefault("additional_data_sources", {"ref": frames["countries"]})
        ruleset = f"Rules = [ {', '.join(rules)} ]"
        found = EvaluateDataQuality().process_rows(frame=frames[frame], ruleset=ruleset, **options)
        return SelectFromCollection.apply(dfc=found, key="ruleOutcomes", transformation_ctx="x").toDF().collect()

    return evaluate


@pytest.fixture(scope="module")
def holds(judge: Callable) -> Callable[..., dict[str, Any]]:
    """Rules with what is expected of each, in one evaluation; the rows come back by rule."""

    def check(expected: dict[str, bool], frame: str = "people") -> dict[str, Any]:
        rows = dict(zip(expected, judge(*expected, frame=frame), strict=True))
        assert {rule: row.Outcome == "Passed" for rule, row in rows.items()} == expected
        return rows

    return check


# Nothing at all


def test_an_empty_frame_is_neither_complete_nor_unique_nor_within_bounds(judge: Callable):
    rules = [
        'IsComplete "id"', 'Completeness "id" >= 0', 'IsUnique "id"', 'Uniqueness "id" = 1',
        'ColumnValues "id" > 0', 'ColumnValues "email" in ["x"]',
        'ColumnValues "email" matches ".*"', 'ReferentialIntegrity "email" "ref.mail" = 1.0',
    ]  # fmt: skip
    rows = judge(*rules, frame="nobody")
    assert {row.Rule: row.Outcome for row in rows} == dict.fromkeys(rules, "Failed")
    assert all(row.FailureReason and not row.EvaluatedMetrics for row in rows)


def test_what_an_empty_frame_can_meet(judge: Callable):
    rules = ["RowCount = 0", "ColumnCount = 6", 'CustomSql "select count(*) from primary" = 0']
    rows = judge(*rules, frame="nobody")
    assert [row.Outcome for row in rows] == ["Passed"] * 3
    assert rows[0].EvaluatedMetrics == {"Dataset.*.RowCount": 0.0}


def test_a_column_of_nulls_alone(frame_of: Callable):
    frame = frame_of([(None, 1), (None, 2)], "n int, i int")
    rules = 'Rules = [IsComplete "n", IsUnique "n", ColumnValues "n" > 0]'
    outcomes = [row.Outcome for row in EvaluateDataQuality.apply(frame, rules).toDF().collect()]
    assert outcomes == ["Failed"] * 3


# What comes back


def test_the_schema_and_the_order_of_the_rules(frames: dict):
    result = EvaluateDataQuality.apply(frames["people"], 'Rules=[IsComplete "id",RowCount>4,IsComplete "no"]')
    assert isinstance(result, DynamicFrame)
    assert result.toDF().schema.simpleString() == (
        "struct<Rule:string,Outcome:string,FailureReason:string,EvaluatedMetrics:map<string,double>,EvaluatedRule:string>"
    )
    assert [tuple(row) for row in result.toDF().collect()] == [
        ('IsComplete "id"', "Passed", None, {"Column.id.Completeness": 1.0}, 'IsComplete "id"'),
        ("RowCount > 4", "Failed", UNMET.format(4), {"Dataset.*.RowCount": 4.0}, "RowCount > 4"),
        ('IsComplete "no"', "Failed", "Input data does not include column no!", {}, 'IsComplete "no"'),
    ]


def test_process_rows_gives_the_outcomes_and_refuses_those_of_rows(frames: dict):
    found = EvaluateDataQuality().process_rows(
        frame=frames["people"],
        ruleset="Rules = [RowCount = 4]",
        publishing_options={"dataQualityEvaluationContext": "x", "enableDataQualityResultsPublishing": False},
        additional_options={"performanceTuning.caching": "CACHE_NOTHING"},
    )
    assert set(found.keys()) == {"originalData", "ruleOutcomes", "rowLevelOutcomes"}
    assert found.select("ruleOutcomes").toDF().collect()[0].Outcome == "Passed"
    assert found["originalData"].count() == 4
    with pytest.raises(NotImplementedError, match="rowLevelOutcomes"):
        found.select("rowLevelOutcomes")


@pytest.mark.parametrize("argument", ["additional_data_sources", "additional_options", "transformation_ctx"])
def test_apply_takes_what_is_documented_for_it(frames: dict, argument: str):
    with pytest.raises(TypeError, match=argument):
        EvaluateDataQuality.apply(frames["people"], "Rules = [RowCount = 4]", **{argument: {}})


def test_the_outcomes_need_no_python_to_be_read(frames: dict):
    outcomes = EvaluateDataQuality.apply(frames["people"], "Rules = [RowCount = 4, RowCount = 5]").toDF()
    plan = outcomes._jdf.queryExecution().executedPlan().toString()
    assert "Python" not in plan
    assert "RDD" not in plan


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"publishing_options": {"enableDataQualityCloudWatchMetrics": True}}, "CloudWatch"),
        ({"publishing_options": {"enableDataQualityResultsPublishing": True}}, "enableDataQualityResultsPublishing"),
        ({"publishing_options": {"resultsS3Prefix": "s3://b"}}, "resultsS3Prefix"),
        ({"publishing_options": {"nonsense": False}}, "nonsense"),
        ({"additional_options": {"compositeRuleEvaluation.method": "ROW"}}, "compositeRuleEvaluation"),
        ({"additional_options": {"observations.scope": "ALL"}}, "observations"),
    ],
)
def test_options_that_would_do_something_elsewhere_are_refused(judge: Callable, options: dict, named: str):
    with pytest.raises(NotImplementedError, match=named):
        judge("RowCount = 4", **options)


def test_more_rules_do_not_make_more_jobs(spark: SparkSession, judge: Callable):
    def jobs(group: str, *rules: str) -> int:
        spark.sparkContext.setJobGroup(group, group)
        judge(*rules)
        spark.sparkContext.setLocalProperty("spark.jobGroup.id", None)
        return len(spark.sparkContext.statusTracker().getJobIdsForGroup(group))

    more = [
        'ColumnValues "age" > 1',
        'IsUnique "id"',
        'IsUnique "email"',
        'CustomSql "select 1" = 1',
        "RowCount = 4",
    ]
    assert jobs("few", 'IsComplete "id"') == jobs("many", 'IsComplete "id"', *more)


# Nulls, and each rule type


def test_completeness(holds: Callable):
    rows = holds({
        'Completeness "email" = 0.75': True,
        'Completeness "email" > 0.75': False,
        'IsComplete "odd name"': False,
        'IsComplete "email"': False,
        "IsComplete of id": True,
    })  # fmt: skip
    row = rows['IsComplete "email"']
    assert row.FailureReason == UNMET.format(0.75)
    assert row.EvaluatedMetrics == {"Column.email.Completeness": 0.75}


def test_null_keys_do_not_count_as_duplicates(judge: Callable):
    rows = judge('Uniqueness "email" between 0.3 and 0.34', 'IsUnique "age"')
    assert [row.Outcome for row in rows] == ["Passed", "Passed"]


def test_a_key_that_occurs_twice_is_not_unique(judge: Callable):
    (row,) = judge('IsUnique "email"')
    assert (row.Outcome, row.EvaluatedMetrics) == ("Failed", {"Column.email.Uniqueness": 1 / 3})


def test_null_fails_column_values_but_for_the_negative_ones(holds: Callable):
    rows = holds({
        'ColumnValues "age" > 1': False,
        'ColumnValues "age" in [30, 41, 50]': False,
        'ColumnValues "age" != 7': True,
        'ColumnValues "age" not in [7, 8]': True,
        'ColumnValues "age" not between 60 and 70': False,
        'ColumnValues "age" >= 31': False,
    })  # fmt: skip
    row = rows['ColumnValues "age" >= 31']
    assert row.FailureReason == f"{UNMET.format('30.0')}\n{UNMET.format('NULL')}"
    assert row.EvaluatedMetrics == {"Column.age.Minimum": 30.0}


def test_bounds(holds: Callable):
    rows = holds({
        'ColumnValues "id" between 1 and 4': False,  # the bounds are left out
        'ColumnValues "id" between 0 and 5': True,
        'ColumnValues "id" not between 1 and 4': False,
        'ColumnValues "id" between -1 and 4.5': True,
        'ColumnValues "score" >= 0.5': True,
        'ColumnValues "score" > 0.5': False,
        'ColumnValues "score" <= 3.5': True,
        'ColumnValues "id" = 1': False,
        'ColumnValues "id" in [1,2]': False,
    })  # fmt: skip
    assert rows['ColumnValues "id" = 1'].EvaluatedMetrics == {"Column.id.Minimum": 1.0, "Column.id.Maximum": 4.0}
    assert rows['ColumnValues "id" = 1'].FailureReason == UNMET.format("4.0")
    assert rows['ColumnValues "id" in [1,2]'].EvaluatedMetrics == {"Column.id.ColumnValues.Compliance": 0.5}


def test_large_and_small_numbers_are_written_as_java_does(frame_of: Callable):
    frame = frame_of([(1606400000000, 0.00025, Decimal("1.5"))], "t bigint, s double, d decimal(9,2)")
    rules = 'Rules = [ColumnValues "t" < 5, ColumnValues "s" > 5, ColumnValues "d" = 1.5, ColumnValues "d" in [1.50]]'
    rows = EvaluateDataQuality.apply(frame, rules).toDF().collect()
    assert [row.FailureReason for row in rows] == [UNMET.format("1.6064E12"), UNMET.format("2.5E-4"), None, None]


def test_strings_and_patterns(holds: Callable):
    rows = holds({
        'ColumnValues "odd name" not in ["B", "C"]': True,
        'ColumnValues "odd name" in ["A", ""]': False,
        'ColumnValues "email" = "b@x"': False,
        'ColumnValues "email" != "c@x"': True,
        'ColumnValues "email" matches "[ab]@x"': False,
        'ColumnValues "code" matches "[ab]{2}"': True,
        'ColumnValues "code" matches "[ab]"': False,  # the whole value has to match
        r'ColumnValues "code" matches "\w\w"': True,
        'ColumnValues "odd name" matches ".*"': False,  # an empty string matches nothing
        'ColumnValues "id" matches "1"': False,
        'ColumnValues "id" in ["1", "2", "3", "4"]': True,
    })  # fmt: skip
    row = rows['ColumnValues "email" matches "[ab]@x"']
    assert row.EvaluatedMetrics == {"Column.email.PatternMatch": 0.75}
    assert row.FailureReason == f"{UNMET.format(0.75)}\n{UNMET.format('NULL')}"


def test_references(holds: Callable):
    rows = holds({
        'ReferentialIntegrity "email" "ref.mail" = 0.75': True,  # null refers to nothing
        'ReferentialIntegrity "id" "ref.number" = 1.0': True,
        'ReferentialIntegrity "email, id" "ref.{mail,number}" = 0.75': True,
        'ReferentialIntegrity "id" "ref.{number,mail}" = 1.0': False,
        'ReferentialIntegrity "no" "ref.number" = 1.0': False,
        'ReferentialIntegrity "email" "ref.mail" = 1.0': False,
        'ReferentialIntegrity "id" "nowhere.id" = 1.0': False,
    })  # fmt: skip
    row = rows['ReferentialIntegrity "email" "ref.mail" = 1.0']
    assert row.EvaluatedMetrics == {"Column.ref.ReferentialIntegrity": 0.75}
    assert row.FailureReason == "Value: 0.75 does not meet the constraint requirement."
    assert (
        rows['ReferentialIntegrity "id" "nowhere.id" = 1.0'].FailureReason == "nowhere not found in additional sources"
    )


def test_a_frame_can_refer_to_itself(frames: dict):
    ruleset = 'Rules = [ReferentialIntegrity "id" "same.id" = 1.0, ReferentialIntegrity "id" "same.{age}" = 0]'
    found = EvaluateDataQuality().process_rows(
        frames["people"], ruleset, additional_data_sources={"same": frames["people"]}
    )
    assert [row.Outcome for row in found.select("ruleOutcomes").toDF().collect()] == ["Passed", "Passed"]


def test_sql_for_a_number(spark: SparkSession, holds: Callable):
    rows = holds({
        'CustomSql "select count(*) from primary where age is null" = 1': True,
        'CustomSql "select count(*) from primary p join ref r on p.id = r.number" between 3 and 5': True,
        'CustomSql "select id from primary" = 1': False,
        'CustomSql "select id, age from primary" = 1': False,
        'CustomSql "select nope from primary" = 1': False,
        'CustomSql "select count(*) from primary where email = \'a@x\'" = 1': True,
        'CustomSql "select count(*) from primary where email = \\"a@x\\"" = 1': True,
        'CustomSql "select 3" = 1': False,
    })  # fmt: skip
    row = rows['CustomSql "select 3" = 1']
    assert row.FailureReason == "Custom SQL response failed to satisfy the threshold"
    assert row.EvaluatedMetrics == {"Dataset.*.CustomSQL": 3.0}
    assert not spark.catalog.tableExists("primary")


# The language


def test_comments_space_and_quotes(frames: dict):
    ruleset = """# a ruleset
    Rules=[IsComplete id,   # a column without quotes
        ColumnValues "code" not in ["#", "A", "a, b]", "q\\"q"] , # and
        IsComplete\t"code"
    ]  # the end"""
    rows = EvaluateDataQuality.apply(frames["people"], ruleset).toDF().collect()
    assert [row.Outcome for row in rows] == ["Passed"] * 3
    assert rows[1].Rule == r'ColumnValues "code" not in ["#","A","a, b]","q\"q"]'


def test_names_are_taken_as_they_are_written(frame_of: Callable):
    frame = frame_of([(1, 2)], "`a.b` int, `ti``ck` int")
    rules = 'Rules = [IsComplete "a.b", ColumnValues "ti`ck" = 2, IsUnique "ti`ck", IsComplete "A.B", IsComplete "c"]'
    outcomes = [row.Outcome for row in EvaluateDataQuality.apply(frame, rules).toDF().collect()]
    assert outcomes == ["Passed", "Passed", "Passed", "Failed", "Failed"]


@pytest.mark.parametrize(
    ("ruleset", "said"),
    [
        ("", "line 1: unexpected end of the ruleset"),
        ("rules = [ RowCount = 1 ]", "line 1:1 unexpected 'rules'"),
        ("Rules = [ ]", r"line 1:11 unexpected '\]'"),
        ("Rules = [\n  RowCount = 1\n  ColumnCount = 2\n]", "line 3:3 unexpected 'ColumnCount'"),
        ("Rules = [ RowCount = 1", "line 1: unexpected end"),
        ("Rules = [ RowCount = 1 ] x", "line 1:26 unexpected 'x'"),
        ("Rules = [ RowCounts = 1 ]", "line 1:11 Rule Type: RowCounts is not valid"),
        ("Rules = [ RowCount ]", "line 1:11 RowCount takes a number"),
        ('Rules = [ RowCount "id" > 1 ]', "line 1:11 RowCount does not take 1 parameters"),
        ("Rules = [ RowCount = one ]", "line 1:22 unexpected 'one'"),
        ('Rules = [ IsComplete "a" = 1 ]', "line 1:11 IsComplete takes nothing"),
        ('Rules = [ IsComplete "a ]', "line 1:22 the string that begins here does not end"),
        ('Rules = [ Completeness "a" > "b" ]', "Completeness > takes numbers"),
        ('Rules = [ ColumnValues "a" > "b" ]', "> takes numbers"),
        ('Rules = [ ColumnValues "a" between 1 to 2 ]', "line 1:38 unexpected 'to'"),
        ('Rules = [ ColumnValues "a" in [1, "b"] ]', "mixes numbers and strings"),
        ('Rules = [ ColumnValues "a" in [] ]', r"line 1:32 unexpected '\]'"),
        ("Rules = [ RowCount = 1; ]", "line 1:23 unexpected ';'"),
    ],
)
def test_what_is_no_dqdl_is_said_with_its_place(frames: dict, ruleset: str, said: str):
    with pytest.raises(ValueError, match=said):
        EvaluateDataQuality.apply(frames["people"], ruleset)


@pytest.mark.parametrize(
    ("ruleset", "named"),
    [
        ("Analyzers = [ RowCount ]", "section or constant Analyzers"),
        ("Rules = [ RowCount = 1 ] Analyzers = [ RowCount ]", "section or constant Analyzers"),
        ('limit = "1" Rules = [ RowCount = $limit ]', "constant limit"),
        ("Rules = [ RowCount > avg(last(10)) ]", "avg"),
        ("Rules = [ RowCount > 2 * 3 ]", "arithmetic"),
        ("Rules = [ RowCount > (2 + 3) ]", "arithmetic"),
        ('Rules = [ ColumnValues "born" > (now() - 3 days) ]', "function"),
        ('Rules = [ ColumnValues "born" > "9:30 AM" ]', "time"),
        ('Rules = [ ColumnValues "born" > "2020-01-01" ]', "date"),
        ("Rules = [ (RowCount = 1) and (ColumnCount = 2) ]", "composite rule"),
        ('Rules = [ IsComplete "a" where "b > 1" ]', "where in a rule"),
        ('Rules = [ ColumnValues "a" > 1 with threshold > 0.5 ]', "with in a rule"),
        ('Rules = [ ColumnValues "a" in [1, NULL] ]', "NULL in a rule"),
        ('Rules = [ ColumnValues "a" != EMPTY ]', "EMPTY in a rule"),
        ('Rules = [ ColumnValues "a" not matches "b" ]', "matches in a rule"),
        ('Rules = [ DataFreshness "born" <= 24 hours ]', "DataFreshness"),
        ('Rules = [ DetectAnomalies "RowCount" ]', "DetectAnomalies"),
        ('Rules = [ RowCountMatch "ref" = 1.0 ]', "RowCountMatch"),
        *((f'Rules = [ {name} "score" = 2.0 ]', name) for name in NOT_NEEDED),
        ('Rules = [ ColumnValues "email" in [1, 2] ]', "string"),
        ('Rules = [ CustomSql "select count(*) from some.table" = 0 ]', "some.table"),
        ('Rules = [ CustomSql "select max(id) from primary where id > 9" = 0 ]', "NULL"),
        ('Rules = [ CustomSql "select id from primary" with threshold > 3 ]', "with in a rule"),
        ('Rules = [ CustomSql "select id from primary" ]', "CustomSql for rows"),
    ],
)
def test_what_glue_has_and_we_have_not_is_refused_by_name(frames: dict, ruleset: str, named: str):
    with pytest.raises(NotImplementedError, match=named):
        EvaluateDataQuality.apply(frames["people"], ruleset)


def test_a_broken_pattern_is_said(judge: Callable):
    with pytest.raises(ValueError, match=r"\^\[\$ is not a regular expression"):
        judge('ColumnValues "email" matches "["')


def test_only_frames_are_taken(frames: dict):
    with pytest.raises(TypeError, match="DynamicFrame"):
        EvaluateDataQuality.apply(frames["people"].toDF(), "Rules = [RowCount = 1]")
    with pytest.raises(ValueError, match="primary"):
        EvaluateDataQuality().process_rows(
            frames["people"], "Rules = [RowCount = 1]", additional_data_sources={"primary": frames["countries"]}
        )

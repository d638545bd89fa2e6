"""The Data Catalog: its rules through a Catalog over a lake, its use through boto3 and the endpoint."""

import threading

import pytest
from botocore.exceptions import ClientError

from local_aws.errors import AwsError
from local_aws.glue.catalog.service import Catalog
from local_aws.lake import open_lake


@pytest.fixture
def lake(tmp_path):
    return open_lake(tmp_path / "lake")


@pytest.fixture
def catalog(lake):
    catalog = Catalog(lake)
    catalog.call("CreateDatabase", {"DatabaseInput": {"Name": "stedi", "Description": "balance"}})
    return catalog


def table_input(name: str = "customer_trusted", location: str = "s3://b/run=1/", **more) -> dict:
    columns = [{"Name": "customerName", "Type": "string"}]
    return {"Name": name, "StorageDescriptor": {"Columns": columns, "Location": location}, **more}


def create(catalog: Catalog, *names: str, **more) -> None:
    for name in names:
        catalog.call("CreateTable", {"DatabaseName": "stedi", "TableInput": table_input(name, **more)})


def update(catalog: Catalog, location: str, **more) -> None:
    details = {"DatabaseName": "stedi", "TableInput": table_input(location=location), **more}
    catalog.call("UpdateTable", details)


def table(catalog: Catalog, name: str = "customer_trusted") -> dict:
    return catalog.call("GetTable", {"DatabaseName": "stedi", "Name": name})["Table"]


def refusal(catalog: Catalog, action: str, **payload) -> tuple[str, str]:
    with pytest.raises(AwsError) as caught:
        catalog.call(action, payload)
    return caught.value.code, caught.value.message


def test_names_are_folded_to_lower_case_and_columns_are_not(catalog):
    catalog.call("CreateTable", {"DatabaseName": "STEDI", "TableInput": table_input("Customer_Trusted")})
    found = catalog.call("GetTable", {"DatabaseName": "Stedi", "Name": "CUSTOMER_trusted"})["Table"]
    assert (found["DatabaseName"], found["Name"]) == ("stedi", "customer_trusted")
    assert found["StorageDescriptor"]["Columns"][0]["Name"] == "customerName"


def test_a_new_table_has_version_0_and_what_aws_adds(catalog):
    create(catalog, "customer_trusted")
    found = table(catalog)
    assert found["VersionId"] == "0"
    assert found["CatalogId"] == "123456789012"
    assert found["PartitionKeys"] == []
    assert found["UpdateTime"] == found["CreateTime"]
    assert found["StorageDescriptor"]["Compressed"] is False


@pytest.mark.parametrize(
    ("action", "payload", "code", "message"),
    [
        ("GetDatabase", {"Name": "nope"}, "EntityNotFoundException", "Database nope not found."),
        ("GetTables", {"DatabaseName": "nope"}, "EntityNotFoundException", "Database nope not found."),
        ("GetTable", {"DatabaseName": "stedi", "Name": "t"}, "EntityNotFoundException", "Table t not found."),
        ("DeleteTable", {"DatabaseName": "stedi", "Name": "t"}, "EntityNotFoundException", "Table t not found."),
        (
            "UpdateTable",
            {"DatabaseName": "stedi", "TableInput": {"Name": "t"}},
            "EntityNotFoundException",
            "Table t not found.",
        ),
        ("CreateDatabase", {"DatabaseInput": {"Name": "Stedi"}}, "AlreadyExistsException", "Database already exists."),
        (
            "CreateTable",
            {"DatabaseName": "stedi", "TableInput": {"Name": "HELD"}},
            "AlreadyExistsException",
            "Table already exists.",
        ),
    ],
)
def test_refusals_carry_aws_codes_and_messages(catalog, action, payload, code, message):
    create(catalog, "held")
    assert refusal(catalog, action, **payload) == (code, message)


def test_an_update_archives_the_version_before(catalog):
    create(catalog, "customer_trusted")
    update(catalog, "s3://b/run=2/", VersionId="0")
    assert table(catalog)["VersionId"] == "1"
    assert table(catalog)["StorageDescriptor"]["Location"] == "s3://b/run=2/"
    assert table(catalog)["UpdateTime"] > table(catalog)["CreateTime"]
    key = {"DatabaseName": "stedi", "TableName": "customer_trusted"}
    versions = catalog.call("GetTableVersions", key)["TableVersions"]
    assert [version["VersionId"] for version in versions] == ["1", "0"]
    assert versions[1]["Table"]["StorageDescriptor"]["Location"] == "s3://b/run=1/"
    assert versions[1]["Table"]["UpdateTime"] == versions[1]["Table"]["CreateTime"]


def test_an_update_of_another_version_is_refused_and_changes_nothing(catalog):
    create(catalog, "customer_trusted")
    update(catalog, "s3://b/run=2/")
    before = table(catalog)
    stale = {"DatabaseName": "stedi", "TableInput": table_input(location="s3://b/run=3/"), "VersionId": "0"}
    assert refusal(catalog, "UpdateTable", **stale) == (
        "ConcurrentModificationException",
        "Update table failed due to concurrent modifications.",
    )
    assert table(catalog) == before


def test_skip_archive_keeps_no_older_version(catalog):
    create(catalog, "customer_trusted")
    update(catalog, "s3://b/run=2/", SkipArchive=True)
    versions = catalog.call("GetTableVersions", {"DatabaseName": "stedi", "TableName": "customer_trusted"})
    assert [version["VersionId"] for version in versions["TableVersions"]] == ["1"]


def test_pages_of_tables_survive_a_change_in_between(catalog):
    create(catalog, "a", "b", "c", "d")
    first = catalog.call("GetTables", {"DatabaseName": "stedi", "MaxResults": 2})
    catalog.call("DeleteTable", {"DatabaseName": "stedi", "Name": "a"})
    second = catalog.call("GetTables", {"DatabaseName": "stedi", "MaxResults": 2, "NextToken": first["NextToken"]})
    assert [found["Name"] for page in (first, second) for found in page["TableList"]] == ["a", "b", "c", "d"]
    assert "NextToken" not in second
    assert refusal(catalog, "GetTables", DatabaseName="stedi", NextToken="?")[0] == "InvalidInputException"


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("customer", ["customer"]),
        ("customer*", ["customer", "customer_trusted"]),
        ("customer.*", ["customer", "customer_trusted"]),
        ("*trusted", ["customer_trusted"]),
        ("step|Customer", ["customer", "step"]),
        ("ste+p", ["step"]),
        ("none", []),
    ],
)
def test_tables_are_listed_by_expression(catalog, expression, names):
    create(catalog, "customer", "customer_trusted", "step")
    found = catalog.call("GetTables", {"DatabaseName": "stedi", "Expression": expression})["TableList"]
    assert [entry["Name"] for entry in found] == names


def test_partitions_are_kept_and_found_by_expression(catalog, lake):
    create(catalog, "readings", PartitionKeys=[{"Name": "day", "Type": "string"}])
    key = {"DatabaseName": "stedi", "TableName": "readings"}
    inputs = [{"Values": [day], "StorageDescriptor": {"Columns": [], "Location": f"s3://b/{day}"}} for day in "31"]
    catalog.call("CreatePartition", {**key, "PartitionInput": inputs[0]})
    answer = catalog.call("BatchCreatePartition", {**key, "PartitionInputList": inputs})
    assert [error["ErrorDetail"]["ErrorCode"] for error in answer["Errors"]] == ["AlreadyExistsException"]
    assert refusal(catalog, "CreatePartition", **key, PartitionInput={"Values": []})[0] == "InvalidInputException"
    before = catalog.call("GetPartitions", key)["Partitions"]
    assert [partition["Values"] for partition in before] == [["1"], ["3"]]
    again = Catalog(lake)
    assert again.call("GetPartitions", key)["Partitions"] == before
    found = again.call("GetPartitions", {**key, "Expression": "day > '1'", "ExcludeColumnSchema": True})["Partitions"]
    assert [partition["StorageDescriptor"] for partition in found] == [{"Location": "s3://b/3"}]
    again.call("UpdatePartition", {**key, "PartitionValueList": ["1"], "PartitionInput": {"Values": ["2"]}})
    renamed = again.call("GetPartition", {**key, "PartitionValues": ["2"]})["Partition"]
    assert renamed["CreationTime"] == before[0]["CreationTime"]
    answer = again.call("BatchDeletePartition", {**key, "PartitionsToDelete": [{"Values": ["1"]}, {"Values": ["2"]}]})
    assert [error["ErrorDetail"]["ErrorCode"] for error in answer["Errors"]] == ["EntityNotFoundException"]
    assert len(again.call("GetPartitions", key)["Partitions"]) == 1


def test_everything_is_the_same_after_a_restart(catalog, lake):
    create(catalog, "customer_trusted", "dropped")
    update(catalog, "s3://b/run=2/")
    catalog.call("DeleteTable", {"DatabaseName": "stedi", "Name": "dropped"})
    catalog.call("CreateDatabase", {"DatabaseInput": {"Name": "gone"}})
    catalog.call("CreateTable", {"DatabaseName": "gone", "TableInput": {"Name": "with_it"}})
    catalog.call("DeleteDatabase", {"Name": "gone"})
    questions = [
        ("GetDatabases", {}),
        ("GetTables", {"DatabaseName": "stedi"}),
        ("GetTableVersions", {"DatabaseName": "stedi", "TableName": "customer_trusted"}),
    ]
    again = Catalog(lake)
    for action, payload in questions:
        assert again.call(action, payload) == catalog.call(action, payload)
    again.call("CreateDatabase", {"DatabaseInput": {"Name": "gone"}})
    assert again.call("GetTables", {"DatabaseName": "gone"})["TableList"] == []


def test_what_cannot_be_written_down_is_not_done(catalog, monkeypatch):
    create(catalog, "customer_trusted")
    before = table(catalog)

    def full(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(catalog._state._store, "put", full)
    with pytest.raises(OSError, match="no space"):
        update(catalog, "s3://b/run=2/")
    assert table(catalog) == before


def test_an_answer_is_a_copy(catalog):
    create(catalog, "customer_trusted")
    table(catalog)["StorageDescriptor"]["Columns"].clear()
    assert table(catalog)["StorageDescriptor"]["Columns"]


@pytest.mark.parametrize(
    ("action", "payload", "named"),
    [
        ("CreateCrawler", {"Name": "c"}, "glue:CreateCrawler"),
        *((action, {}, f"glue:{action}") for action in ("BatchDeleteTable", "DeleteTableVersion", "BatchGetPartition")),
        ("GetTable", {"DatabaseName": "stedi", "Name": "t", "QueryAsOfTime": 0}, "GetTable with QueryAsOfTime"),
        ("CreateTable", {"DatabaseName": "stedi", "TableInput": {"Name": "t", "TargetTable": {}}}, "TargetTable"),
    ],
)
def test_what_is_not_here_is_refused_by_name(catalog, action, payload, named):
    code, message = refusal(catalog, action, **payload)
    assert code == "NotImplementedException"
    assert named in message


def test_of_two_clients_that_race_exactly_one_wins(aws):
    glue = aws("glue")
    glue.create_database(DatabaseInput={"Name": "race"})
    glue.create_table(DatabaseName="race", TableInput=table_input("contested"))
    for attempt in range(10):
        outcomes: list[str] = []
        together = threading.Barrier(4)

        def publish(run: int, version: str, outcomes=outcomes, together=together):
            together.wait()
            try:
                glue.update_table(
                    DatabaseName="race", TableInput=table_input("contested", f"s3://b/{run}"), VersionId=version
                )
                outcomes.append("won")
            except ClientError as error:
                outcomes.append(error.response["Error"]["Code"])

        threads = [threading.Thread(target=publish, args=(run, str(attempt))) for run in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["ConcurrentModificationException"] * 3 + ["won"]


def test_a_time_comes_back_through_boto3_as_a_time(aws):
    aws("glue").create_database(DatabaseInput={"Name": "times"})
    database = aws("glue").get_database(Name="times")["Database"]
    assert database["CreateTime"].tzinfo is not None


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("number > 9", ["10", "11"]),
        ("number = '9'", ["9"]),
        ("place LIKE 'n%' AND number BETWEEN 9 AND 10", ["9"]),
        ("place IN ('South') OR NOT number < 11", ["10", "11"]),
        ("nowhere = 1", None),
        ("number >", None),
        ("number IN (select 1)", None),
    ],
)
def test_an_expression_filters_partitions(catalog, expression, found):
    keys = [{"Name": "number", "Type": "int"}, {"Name": "place", "Type": "string"}]
    create(catalog, "places", PartitionKeys=keys)
    key = {"DatabaseName": "stedi", "TableName": "places"}
    inputs = [{"Values": values} for values in (["9", "north"], ["10", "South"], ["11", "North"])]
    assert catalog.call("BatchCreatePartition", {**key, "PartitionInputList": inputs}) == {"Errors": []}
    if found is None:
        code, message = refusal(catalog, "GetPartitions", **key, Expression=expression)
        assert (code, message[:22]) == ("InvalidInputException", "Unsupported expression")
    else:
        answer = catalog.call("GetPartitions", {**key, "Expression": expression})["Partitions"]
        assert sorted((entry["Values"][0] for entry in answer), key=int) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("customer", ["customer_trusted", "readings"]),
        ("CUSTOMER trust", ["customer_trusted"]),
        ("who bought", ["readings"]),
        ('"bought who"', []),
        ("stedi", []),
        ("", ["customer_trusted", "readings"]),
    ],
)
def test_tables_are_searched_by_what_describes_them(catalog, text, found):
    create(catalog, "customer_trusted")
    create(catalog, "readings", Description="who has bought")
    answer = catalog.call("SearchTables", {"SearchText": text, "MaxResults": 50})
    assert [entry["Name"] for entry in answer["TableList"]] == found

"""The Athena API (JSON 1.1, target ``AmazonAthena``): queries are started, watched and read."""

from collections.abc import Callable
from typing import Any

from local_aws.athena.failure import QueryFailed
from local_aws.athena.queries.execution import FINAL, Execution
from local_aws.athena.queries.executions import Executions
from local_aws.athena.queries.metadata import Metadata
from local_aws.athena.queries.named import NamedQueries
from local_aws.athena.queries.prepared import PreparedStatements
from local_aws.athena.queries.prepared_text import parse_call, prepared_statement
from local_aws.athena.queries.records import AthenaRecords
from local_aws.athena.queries.results import read_page, result_path
from local_aws.athena.queries.reuse import reuse_of
from local_aws.athena.queries.workgroups import WorkGroups
from local_aws.athena.statements import Statement, parse_statement
from local_aws.athena.translation.dialect import syntax_error
from local_aws.endpoint.service import Service
from local_aws.errors import AwsError, not_supported
from local_aws.lake import Lake
from local_aws.unkind import read_unkind

MOST_ROWS = 1_000
MOST_LISTED = 50
LONG_POLL_SECONDS = 1.0
"""How long GetQueryExecution waits for a query to end: clients look once a second, most queries take less."""

NO_OUTPUT = (
    "No output location provided. An output location is required either through the Workgroup result configuration "
    "setting or as an API input."
)
START_FIELDS = {
    "QueryString",
    "ClientRequestToken",
    "QueryExecutionContext",
    "ResultConfiguration",
    "WorkGroup",
    "ExecutionParameters",
    "ResultReuseConfiguration",
}


class Athena:
    """Amazon Athena over the lake's files.

    Parameters
    ----------
    lake : Lake
        Where the objects of tables and results are.
    catalog : Service
        The Glue Data Catalog.
    """

    def __init__(self, lake: Lake, catalog: Service):
        self._lake = lake
        self._executions = Executions(lake, catalog)
        metadata = Metadata(catalog)
        records = AthenaRecords(lake)
        self._workgroups = WorkGroups(records)
        self._prepared = PreparedStatements(records)
        named = NamedQueries(records, self._workgroups)
        self._actions: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "StartQueryExecution": self._start,
            "GetQueryExecution": self._get,
            "BatchGetQueryExecution": self._batch_get,
            "ListQueryExecutions": self._list,
            "StopQueryExecution": self._stop,
            "GetQueryResults": self._results,
            "GetQueryRuntimeStatistics": self._runtime_statistics,
            "CreateWorkGroup": self._workgroups.create,
            "GetWorkGroup": self._workgroups.get,
            "ListWorkGroups": self._workgroups.list,
            "UpdateWorkGroup": self._workgroups.update,
            "DeleteWorkGroup": self._workgroups.delete,
            **{
                f"{verb}PreparedStatement{ending}": self._in_workgroup(act)
                for verb, ending, act in (
                    ("Create", "", self._prepared.create),
                    ("Update", "", self._prepared.update),
                    ("Get", "", self._prepared.get),
                    ("BatchGet", "", self._prepared.batch_get),
                    ("List", "s", self._prepared.list),
                    ("Delete", "", self._prepared.delete),
                )
            },
            "CreateNamedQuery": named.create,
            "GetNamedQuery": named.get,
            "BatchGetNamedQuery": named.batch_get,
            "ListNamedQueries": named.list,
            "UpdateNamedQuery": named.update,
            "DeleteNamedQuery": named.delete,
            "ListDataCatalogs": metadata.list_data_catalogs,
            "GetDataCatalog": metadata.get_data_catalog,
            "ListDatabases": metadata.list_databases,
            "GetDatabase": metadata.get_database,
            "ListTableMetadata": metadata.list_table_metadata,
            "GetTableMetadata": metadata.get_table_metadata,
        }

    def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer one action of the Athena API.

        Raises
        ------
        AwsError
            With Athena's code and message; ``not_supported`` for an action that is not here.
        """
        handler = self._actions.get(action)
        if handler is None:
            raise not_supported("athena", action)
        return handler(payload)

    def _start(self, payload: dict[str, Any]) -> dict[str, Any]:
        request = {key: value for key, value in payload.items() if key != "ClientRequestToken"}
        token = payload.get("ClientRequestToken")
        known = self._executions.history.find_started(token, request)
        if known is not None:
            return {"QueryExecutionId": known}
        execution = self._accept(request)
        self._executions.start(execution, token, request)
        return {"QueryExecutionId": execution.identifier}

    def _accept(self, request: dict[str, Any]) -> Execution:
        """Check a request and parse its statement."""
        unknown = sorted(set(request) - START_FIELDS)
        if unknown:
            raise not_supported("athena", f"StartQueryExecution with {unknown[0]}")
        group = self._workgroups.find(request.get("WorkGroup"))["Name"]
        context = request.get("QueryExecutionContext") or {}
        if context.get("Catalog", "AwsDataCatalog").lower() != "awsdatacatalog":
            raise AwsError("InvalidRequestException", f"Data catalog {context['Catalog']} was not found")
        asked = (request.get("ResultConfiguration") or {}).get("OutputLocation", "")
        folder = self._output_folder(self._workgroups.output_location(group, asked))
        parameters = request.get("ExecutionParameters") or []
        try:
            statement = self._parse(request["QueryString"], parameters, group)
        except QueryFailed as refusal:
            raise AwsError("InvalidRequestException", str(refusal)) from refusal
        except RecursionError as error:
            raise syntax_error("line 1:1: statement is too large (stack overflow while parsing)") from error
        # awswrangler quotes it as Hive's DDL does.
        database = (context.get("Database") or "default").lower().strip("`")
        execution = Execution(request["QueryString"], statement, database, folder, group, parameters)
        execution.cutoff = self._workgroups.cutoff(group)
        execution.reuse = reuse_of(request)
        return execution

    def _parse(self, sql: str, parameters: list[str], group: str) -> Statement:
        """Parse a statement, or what it says of a prepared one."""
        call = parse_call(sql)
        if call is None:
            return parse_statement(sql, parameters)
        if call.kind == "EXECUTE":
            return parse_statement(self._prepared.text(group, call.name), call.arguments or parameters)
        return prepared_statement(call, self._prepared, group)

    def _in_workgroup(self, act: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        """Refuse a workgroup that is not there before an action on what it holds."""

        def checked(payload: dict[str, Any]) -> dict[str, Any]:
            self._workgroups.find(payload["WorkGroup"])
            return act(payload)

        return checked

    def _output_folder(self, folder: str) -> str:
        if not folder:
            raise AwsError("InvalidRequestException", NO_OUTPUT)
        bucket, _, key = folder.removeprefix("s3://").partition("/")
        if not folder.startswith("s3://") or not bucket or {"..", "."} & set(key.split("/")):
            raise AwsError("InvalidRequestException", f"outputLocation is not a valid S3 path: {folder}")
        # AWS re:Post, "How do I resolve the error 'unable to verify/create output bucket' in Athena?"
        unseen = "s3:GetBucketLocation" in read_unkind(self._lake).deny
        if unseen or bucket.startswith(".") or not self._lake.bucket(bucket).is_dir():
            raise AwsError("InvalidRequestException", f"Unable to verify/create output bucket {bucket}")
        return folder

    def _get(self, payload: dict[str, Any]) -> dict[str, Any]:
        execution = self._executions.get(payload["QueryExecutionId"])
        execution.done.wait(LONG_POLL_SECONDS)
        return {"QueryExecution": execution.describe()}

    def _batch_get(self, payload: dict[str, Any]) -> dict[str, Any]:
        found, unprocessed = [], []
        for identifier in payload["QueryExecutionIds"]:
            try:
                found.append(self._executions.get(identifier).describe())
            except AwsError as error:
                unprocessed.append(
                    {"QueryExecutionId": identifier, "ErrorCode": error.code, "ErrorMessage": error.message}
                )
        return {"QueryExecutions": found, "UnprocessedQueryExecutionIds": unprocessed}

    def _list(self, payload: dict[str, Any]) -> dict[str, Any]:
        group = self._workgroups.find(payload.get("WorkGroup"))["Name"]
        listed, token = self._executions.history.page(
            group, payload.get("NextToken"), payload.get("MaxResults") or MOST_LISTED
        )
        return {"QueryExecutionIds": listed, **({"NextToken": token} if token else {})}

    def _stop(self, payload: dict[str, Any]) -> dict[str, Any]:
        self._executions.stop(self._executions.get(payload["QueryExecutionId"]))
        return {}

    def _results(self, payload: dict[str, Any]) -> dict[str, Any]:
        execution = self._succeeded(payload["QueryExecutionId"])
        count = payload.get("MaxResults", MOST_ROWS)
        if not 1 <= count <= MOST_ROWS:
            raise AwsError("InvalidRequestException", f"MaxResults is more than maximum allowed length {MOST_ROWS}.")
        token = payload.get("NextToken", "0")
        if not token.isdecimal():
            raise AwsError("InvalidRequestException", "Invalid NextToken")
        offset = int(token)
        if execution.statement.substatement != "SELECT":
            rows: list[Any] = [[row] for row in execution.rows[offset : offset + count]]
            following = offset + count if offset + count < len(execution.rows) else None
        else:
            path = result_path(self._lake, execution.output_location)
            rows, following = read_page(path, offset, count, len(execution.columns))
        answer = {
            "UpdateCount": execution.update_count,
            "ResultSet": {
                "Rows": [{"Data": [_datum(value) for value in row]} for row in rows],
                "ResultSetMetadata": {"ColumnInfo": execution.columns},
            },
        }
        return answer if following is None else {**answer, "NextToken": str(following)}

    def _runtime_statistics(self, payload: dict[str, Any]) -> dict[str, Any]:
        execution = self._succeeded(payload["QueryExecutionId"])
        times = execution.statistics()
        timeline = {key: times[key] for key in times if key.endswith("InMillis")}
        rows = {"InputBytes": execution.scanned_bytes}
        return {"QueryRuntimeStatistics": {"Timeline": timeline, "Rows": rows}}

    def _succeeded(self, identifier: str) -> Execution:
        execution = self._executions.get(identifier)
        if execution.state not in FINAL:
            raise AwsError("InvalidRequestException", f"Query has not yet finished. Current state: {execution.state}")
        if execution.state != "SUCCEEDED":
            raise AwsError(
                "InvalidRequestException",
                f"Query did not finish successfully. Final query state: {execution.state}",
            )
        return execution


def _datum(value: str | None) -> dict[str, str]:
    return {} if value is None else {"VarCharValue": value}

"""Athena as a script of a user asks it."""

from local_aws.athena.queries.execution import FINAL


class Query:
    """Runs statements as a script of a user does."""

    def __init__(self, client, output, database):
        self.client = client
        self._place = {
            "ResultConfiguration": {"OutputLocation": output},
            "QueryExecutionContext": {"Database": database},
        }

    @classmethod
    def of_database(cls, aws, name):
        """In a new database, with a bucket of its own, ``athena-NAME``."""
        aws("s3").create_bucket(Bucket=f"athena-{name}")
        aws("glue").create_database(DatabaseInput={"Name": name})
        return cls(aws("athena"), f"s3://athena-{name}/results/", name)

    def run(self, sql, **more):
        identifier = self.client.start_query_execution(QueryString=sql, **{**self._place, **more})["QueryExecutionId"]
        while True:
            execution = self.client.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]
            if execution["Status"]["State"] in FINAL:
                return execution

    def done(self, sql, **more):
        execution = self.run(sql, **more)
        assert execution["Status"]["State"] == "SUCCEEDED", (sql, execution["Status"])
        return execution

    def rows(self, sql, **more):
        identifier = self.done(sql, **more)["QueryExecutionId"]
        answer = self.client.get_query_results(QueryExecutionId=identifier)["ResultSet"]["Rows"]
        return ["|".join(datum.get("VarCharValue", "") for datum in row["Data"]) for row in answer]

    def reason(self, sql):
        execution = self.run(sql)
        assert execution["Status"]["State"] == "FAILED", sql
        return execution["Status"]["StateChangeReason"]

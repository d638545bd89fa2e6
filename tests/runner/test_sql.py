"""The SQL files of the project, as Athena gets them."""

from helpers.athena import connect, read_sql
from helpers.settings import Settings
from runner.paths import SQL
from runner.pipeline.scripts import upload_scripts


def test_no_statement_that_is_sent_holds_a_comment(lake: Settings) -> None:
    """A comment in DDL swallows what follows it: aws/aws-cdk#21416."""
    upload_scripts(lake.bucket)
    connection, sent = connect(lake), []
    connection.client.meta.events.register(
        "provide-client-params.athena.StartQueryExecution", lambda params, **_: sent.append(params["QueryString"])
    )
    tables = sorted(path.name for path in SQL.glob("*.sql"))
    checks = sorted(path.name for path in SQL.glob("checks/*.sql"))
    for name in tables:
        connection.cursor().execute(read_sql(lake, name))
    created = {row[0] for row in connection.cursor().execute("show tables").fetchall()}
    assert created == {name.removesuffix("_table.sql").removesuffix(".sql") for name in tables}
    sent += [read_sql(lake, f"checks/{name}") for name in checks]
    assert len(sent) == len(tables) + 1 + len(checks)
    assert not [statement for statement in sent if "--" in statement or "/*" in statement]

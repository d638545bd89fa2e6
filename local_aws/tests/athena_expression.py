"""One expression as Athena answers it, in the text of GetQueryResults."""

import tempfile
import threading
from functools import cache
from pathlib import Path

from local_aws.athena.engine import Engine
from local_aws.athena.translation.dialect import parse_query
from local_aws.lake import open_lake


@cache
def _engine() -> tuple[Engine, tempfile.TemporaryDirectory]:
    folder = tempfile.TemporaryDirectory(prefix="athena-expression-")
    return Engine(open_lake(Path(folder.name) / "lake"), catalog=None), folder


def text_of(expression: str) -> str:
    """Run ``SELECT expression``; a null is nothing."""
    sql = f"select {expression}"
    engine, _ = _engine()
    with engine.run(sql, parse_query(sql), "db", threading.Event()) as answer:
        ((value,),) = answer.rows
    return "" if value is None else value

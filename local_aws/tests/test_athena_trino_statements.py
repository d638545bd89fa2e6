"""Statements as a data scientist types them, each with the text that Athena answers or the words of its refusal.

The statements stand in ``trino_statements/*.txt``, by the family of Trino's functions: after each statement its rows,
in any order, behind ``->`` (columns joined by ``|``, a null as nothing), or the error's name or words behind ``!!``.
"""

import threading
from pathlib import Path

import pytest

from local_aws.athena.engine import Engine
from local_aws.athena.failure import QueryFailed
from local_aws.athena.translation.dialect import parse_query
from local_aws.errors import AwsError
from local_aws.lake import open_lake

STATEMENTS = Path(__file__).parent / "trino_statements"


def _read():
    for path in sorted(STATEMENTS.glob("*.txt")):
        statement, answers = None, []
        for line in [*path.read_text(encoding="utf-8").splitlines(), "#"]:
            if line.startswith("    "):
                answers.append(line.strip())
                continue
            if statement is not None:
                yield pytest.param(statement, answers, id=f"{path.stem}: {statement[:60]}")
            statement, answers = (line, []) if line and not line.startswith("#") else (None, [])


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    return Engine(open_lake(tmp_path_factory.mktemp("statements") / "lake"), catalog=None)


def _rows(engine, statement):
    with engine.run(statement, parse_query(statement), "db", threading.Event()) as answer:
        return ["|".join("" if value is None else value for value in row) for row in answer.rows]


@pytest.mark.parametrize(("statement", "answers"), list(_read()))
def test_statement_is_answered_as_athena_answers(engine, statement, answers):
    assert answers, "a statement without an answer tests nothing"
    if answers[0].startswith("!!"):
        with pytest.raises((QueryFailed, AwsError)) as failure:
            _rows(engine, statement)
        assert answers[0].removeprefix("!! ").lower() in str(failure.value).lower()
    else:
        wanted = [] if answers == ["-> no rows"] else [answer.removeprefix("->").strip() for answer in answers]
        assert sorted(_rows(engine, statement)) == sorted(wanted)

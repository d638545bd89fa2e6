"""Statements as a session runs them, without Spark."""

import base64
import pickle
import sys
from collections.abc import Iterator

import pytest

from local_aws.glue.sessions.shell import Shell


@pytest.fixture
def shell() -> Iterator[Shell]:
    main = sys.modules["__main__"]
    yield Shell({"given": 1})
    sys.modules["__main__"] = main


def text_of(shell: Shell, code: str) -> str:
    output = shell.run(code)
    assert output["Status"] == "ok", output
    return output["Data"]["TextPlain"]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("", ""),
        ("# only a comment", ""),
        ("given", "1\n"),
        ("print('a')\n'b'", "a\n'b'\n"),
        ("None", ""),
        ("x = 1", ""),
        ("if given:\n    print('yes')", "yes\n"),
        ("@staticmethod\ndef f():\n    return 2\n\nf()", "2\n"),
        ("class C:\n    y: int = 3\n\nC.y", "3\n"),
        ("import asyncio\nasync def g():\n    return 4\n\nasyncio.run(g())", "4\n"),
        ("'ü' * 2", "'üü'\n"),
    ],
)
def test_printed_text_and_the_last_expression_come_back(shell: Shell, code: str, text: str):
    assert text_of(shell, code) == text


def test_names_live_on_and_are_those_of_main(shell: Shell):
    text_of(shell, "class Kept:\n    pass\n\nimport pickle\ncopy = pickle.loads(pickle.dumps(Kept()))")
    assert text_of(shell, "type(copy) is Kept") == "True\n"
    assert pickle.loads(pickle.dumps(1)) == 1


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("1 +", "SyntaxError"),
        ("%nonsense", "SyntaxError"),
        ("%matplot plt\nx = 1", "SyntaxError"),
        ("display(1)", "NameError"),
        ("import sys; sys.exit(3)", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("await given", "SyntaxError"),
        ("%matplot nope", "NameError"),
    ],
)
def test_a_failing_statement_is_told_by_name(shell: Shell, code: str, name: str):
    output = shell.run(code)
    assert (output["Status"], output["ErrorName"]) == ("error", name)
    assert text_of(shell, "given") == "1\n"


def test_a_traceback_shows_the_lines_of_the_statement_and_no_others(shell: Shell):
    shell.run("def broken():\n    return 1 / 0")
    output = shell.run("print('before')\nbroken()")
    told = "\n".join(output["Traceback"])
    assert output["Data"]["TextPlain"] == "before\n"
    assert "return 1 / 0" in told
    assert '"<statement 2>", line 2' in told
    assert "shell.py" not in told
    assert output["ErrorValue"] == "division by zero"


def test_a_chained_error_keeps_its_cause(shell: Shell):
    output = shell.run("try:\n    {}['k']\nexcept KeyError as e:\n    raise ValueError('no k') from e")
    told = "\n".join(output["Traceback"])
    assert "KeyError: 'k'" in told
    assert "direct cause" in told


def test_matplot_gives_a_png_beside_the_text(shell: Shell):
    code = "import matplotlib\nmatplotlib.use('Agg')\nimport matplotlib.pyplot as plt\nprint('drawn')\n%matplot plt"
    data = shell.run(code)["Data"]
    assert data["MimeType"] == "image/png"
    assert base64.b64decode(data["Result"]).startswith(b"\x89PNG")
    assert data["StdOut"] == "drawn\n"


def test_a_cancellation_before_the_first_line_is_heeded(shell: Shell):
    output = shell.run("ran = True", cancelled=lambda: True)
    assert output["ErrorName"] == "KeyboardInterrupt"
    assert shell.run("ran")["ErrorName"] == "NameError"

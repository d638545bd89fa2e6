"""Running statements as a Glue session does: one namespace, the printed text, the last expression, a picture."""

import ast
import base64
import contextlib
import io
import linecache
import re
import sys
import types
from collections.abc import Callable
from typing import Any

from local_aws.glue.sessions.failure import error_output

_MATPLOT = re.compile(r"\A%matplot[ \t]+(\w+)[ \t]*\Z")


class Shell:
    """The Python half of a session, in which some ``names`` (``spark``, ``sc``) are defined beforehand."""

    def __init__(self, names: dict[str, Any]):
        module = types.ModuleType("__main__")
        module.__dict__.update(names)
        # Pickle looks classes up in the module that they name, so the statements' namespace is the real __main__.
        sys.modules["__main__"] = module
        self._names = module.__dict__
        self._count = 0
        self.interruptible = False

    def run(self, code: str, cancelled: Callable[[], bool] = lambda: False) -> dict[str, Any]:
        """Run one statement and give the Output of AWS's GetStatement.

        Anything that the code raises becomes an output of status ``error``; ``sys.exit()`` too, which on Glue ends
        the statement and not the session. While ``interruptible`` is set a signal handler may raise KeyboardInterrupt;
        ``cancelled`` tells of a cancellation that came before that.
        """
        self._count += 1
        printed = io.StringIO()
        output: dict[str, Any] = {"ExecutionCount": self._count}
        try:
            with contextlib.redirect_stdout(printed):
                try:
                    self.interruptible = True
                    if cancelled():
                        raise KeyboardInterrupt
                    picture = self._execute(code)
                finally:
                    self.interruptible = False
        except BaseException as error:  # noqa: BLE001 - a statement may raise anything, and its author is told
            return output | {"Status": "error", "Data": {"TextPlain": printed.getvalue()}} | error_output(error)
        return output | {"Status": "ok", "Data": _data(printed.getvalue(), picture)}

    def _execute(self, code: str) -> str | None:
        code, figure_module = _split_matplot(code)
        file = f"<statement {self._count}>"
        # The entry lets tracebacks and inspect.getsource show the statement's own lines.
        linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
        tree = compile(code, file, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
        last = [tree.body.pop()] if tree.body and isinstance(tree.body[-1], ast.Expr) else []
        exec(compile(tree, file, "exec", dont_inherit=True), self._names)
        # Mode "single" hands the value to sys.displayhook: its repr is printed, None is not.
        exec(compile(ast.Interactive(last), file, "single", dont_inherit=True), self._names)
        return self._picture(figure_module) if figure_module else None

    def _picture(self, name: str) -> str:
        """The current figure of the module that ``%matplot`` names, as base64 PNG."""
        if name not in self._names:
            raise NameError(f"name '{name}' is not defined")
        image = io.BytesIO()
        self._names[name].gcf().savefig(image, format="png")
        return base64.b64encode(image.getvalue()).decode()


def _split_matplot(code: str) -> tuple[str, str | None]:
    """Take ``%matplot plt`` off the end of the code; anywhere else it stays, and is a SyntaxError."""
    body, _, last = code.rstrip().rpartition("\n")
    found = _MATPLOT.match(last.strip())
    return (body, found.group(1)) if found else (code, None)


def _data(text: str, picture: str | None) -> dict[str, str]:
    """The Data of an output; for pictures in the members that the service model inside AWS's Glue kernel reads."""
    if picture is None:
        return {"TextPlain": text}
    return {"TextPlain": text, "StdOut": text, "MimeType": "image/png", "Result": picture}

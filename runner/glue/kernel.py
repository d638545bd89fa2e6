"""AWS's Glue kernel as a batch starts it: it joins the batch's session, one notebook after the other, and makes none.

In Glue Studio and JupyterLab the kernel makes a new session where the one it had is gone. In a batch the cells that
follow would run there, without what the cells before them had defined, and hide why the first session ended.
"""

from collections.abc import Callable
from functools import cache

from aws_glue_interactive_sessions_kernel.glue_pyspark.GlueKernel import GlueKernel
from botocore.exceptions import ClientError

SESSION_CELL = "%glue_version"
"""What the first cell of each notebook begins with."""


class BatchKernel(GlueKernel):
    """A Glue kernel that only joins sessions."""

    def __init__(self, **arguments: object):
        super().__init__(**arguments)
        self.should_print_startup_text = False  # it asks PyPI for a newer version
        gateway = self.kernel_gateway
        # Each %reconnect would make its four AWS clients anew.
        gateway.initialize_clients = cache(gateway.initialize_clients)
        gateway.run_statement = self._noting_refusals(gateway.run_statement)
        gateway.get_statement = self._noting_refusals(gateway.get_statement)
        self._refusal: ClientError | None = None

    async def do_execute(
        self, code: str, silent: bool, store_history: bool = True, user_expressions=None, allow_stdin: bool = False
    ) -> dict:
        """Run a cell; the first one of a notebook finds no session yet, whatever notebook was here before.

        AWS's kernel reports a cell as done whose statement was refused, and would go on with the next one.
        """
        if code.startswith(SESSION_CELL):
            self.set_session_id(None)
        self._refusal = None
        reply = await super().do_execute(code, silent, store_history, user_expressions, allow_stdin)
        if self._refusal is None:
            return reply
        said = str(self._refusal)
        self._send_error_output(said)
        return {"status": "error", "ename": type(self._refusal).__name__, "evalue": said, "traceback": [said]}

    def _noting_refusals(self, call: Callable[..., dict]) -> Callable[..., dict]:
        def noting(*arguments: object) -> dict:
            try:
                return call(*arguments)
            except ClientError as error:
                self._refusal = error
                raise

        return noting

    def create_session(self) -> None:
        """Refuse: the kernel then runs no code, and the runner tells what became of the session."""
        raise RuntimeError("the Glue session of this batch is gone, and a batch makes no other for its notebooks")


if __name__ == "__main__":
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance(kernel_class=BatchKernel)

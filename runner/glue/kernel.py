"""AWS's Glue kernel as a batch starts it: it joins the batch's session, one notebook after the other, and makes none.

In Glue Studio and JupyterLab the kernel makes a new session where the one it had is gone. In a batch the cells that
follow would run there, without what the cells before them had defined, and hide why the first session ended.
"""

from functools import cache

from aws_glue_interactive_sessions_kernel.glue_pyspark.GlueKernel import GlueKernel

SESSION_CELL = "%glue_version"
"""What the first cell of each notebook begins with."""


class BatchKernel(GlueKernel):
    """A Glue kernel that only joins sessions."""

    def __init__(self, **arguments: object):
        super().__init__(**arguments)
        self.should_print_startup_text = False  # it asks PyPI for a newer version
        # Each %reconnect would make its four AWS clients anew.
        self.kernel_gateway.initialize_clients = cache(self.kernel_gateway.initialize_clients)

    async def do_execute(
        self, code: str, silent: bool, store_history: bool = True, user_expressions=None, allow_stdin: bool = False
    ) -> dict:
        """Run a cell; the first one of a notebook finds no session yet, whatever notebook was here before."""
        if code.startswith(SESSION_CELL):
            self.set_session_id(None)
        return await super().do_execute(code, silent, store_history, user_expressions, allow_stdin)

    def create_session(self) -> None:
        """Refuse: the kernel then runs no code, and the runner tells what became of the session."""
        raise RuntimeError("the Glue session of this batch is gone, and a batch makes no other for its notebooks")


if __name__ == "__main__":
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance(kernel_class=BatchKernel)

"""AWS's Glue kernel as a batch starts it: it joins the batch's session, and makes none of its own.

In Glue Studio and JupyterLab the kernel makes a new session where the one it had is gone. In a batch the cells that
follow would run there, without what the cells before them had defined, and hide why the first session ended.
"""

from aws_glue_interactive_sessions_kernel.glue_pyspark.GlueKernel import GlueKernel


class BatchKernel(GlueKernel):
    """A Glue kernel that only joins sessions."""

    def create_session(self) -> None:
        """Refuse: the kernel then runs no code, and the runner tells what became of the session."""
        raise RuntimeError("the Glue session of this batch is gone, and a batch makes no other for its notebooks")


if __name__ == "__main__":
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance(kernel_class=BatchKernel)

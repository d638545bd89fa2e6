"""The one error of the sample generator."""

from runner.errors import UserError


class SampleError(UserError, ValueError):
    """A request for samples that cannot be met: what was asked, why not, and what would do."""

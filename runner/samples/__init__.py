"""Synthetic STEDI landing data of any size, with planted cases and the truth of what must come out."""

from runner.samples.errors import SampleError
from runner.samples.write import write_samples

__all__ = ["SampleError", "write_samples"]

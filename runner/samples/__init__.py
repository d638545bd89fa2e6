"""Synthetic STEDI landing data of any size, with planted cases and the truth of what must come out."""

from runner.samples.write import SampleError, write_samples

__all__ = ["SampleError", "write_samples"]

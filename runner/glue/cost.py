"""What a step and a run cost: DPU-seconds of Glue and bytes scanned by Athena, at the prices of one table."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Prices:
    """List prices in US dollars, us-east-1 (AWS: "AWS Glue pricing" and "Amazon Athena pricing", November 2026)."""

    dpu_hour: float = 0.44
    session_minimum_seconds: float = 60.0
    """An interactive session is billed by the second, for a minute at the least."""
    athena_terabyte: float = 5.00
    athena_minimum_bytes: int = 10_000_000
    """A query is billed for 10 MB at the least; DDL and failed queries are free."""


PRICES = Prices()
TERABYTE = 10**12


@dataclass(frozen=True)
class Cost:
    """What was used: data processing units times seconds, and the bytes that Athena scanned and bills."""

    dpu_seconds: float = 0.0
    athena_bytes: int = 0
    billed_bytes: int = 0

    @property
    def usd(self) -> float:
        """The price in US dollars."""
        return self.dpu_seconds / 3600 * PRICES.dpu_hour + self.billed_bytes / TERABYTE * PRICES.athena_terabyte

    def document(self) -> dict:
        """The cost as run.json has it."""
        return {
            "dpu_seconds": round(self.dpu_seconds, 1),
            "athena_bytes": self.athena_bytes,
            "billed_bytes": self.billed_bytes,
            "usd": round(self.usd, 6),
        }


def step_cost(seconds: float, dpus: float, scanned: Sequence[int]) -> Cost:
    """The cost of a step: the seconds for which it had a session of a size, and the bytes that each query scanned."""
    billed = sum(max(size, PRICES.athena_minimum_bytes) for size in scanned)
    return Cost(seconds * dpus, sum(scanned), billed)


def run_cost(steps: Sequence[dict], dpu_seconds: float, dpus: float) -> Cost:
    """The cost of a run: its sessions of a size from their start to their end, and the queries of its steps.

    The steps' costs are as run.json has them. A session is billed for a minute at the least.
    """
    used = max(dpu_seconds, dpus * PRICES.session_minimum_seconds) if dpu_seconds else 0.0
    return Cost(used, sum(cost["athena_bytes"] for cost in steps), sum(cost["billed_bytes"] for cost in steps))

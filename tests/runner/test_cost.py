"""What a run costs, by hand."""

import pytest

from runner.glue.cost import run_cost, step_cost


def test_a_step_is_billed_for_its_session_and_ten_megabytes_a_query_at_the_least():
    cost = step_cost(seconds=30, dpus=2, scanned=[0, 5_000, 20_000_000])
    assert (cost.dpu_seconds, cost.athena_bytes, cost.billed_bytes) == (60, 20_005_000, 40_000_000)
    assert cost.usd == pytest.approx(60 / 3600 * 0.44 + 40e6 / 1e12 * 5)


def test_a_session_is_billed_for_a_minute_at_the_least():
    assert run_cost([], dpu_seconds=10, dpus=2).dpu_seconds == 120
    assert run_cost([], dpu_seconds=1000, dpus=2).dpu_seconds == 1000


def test_a_run_without_a_session_costs_its_queries_alone():
    step = step_cost(0, 2, [1]).document()
    assert run_cost([step, step], dpu_seconds=0, dpus=2).usd == pytest.approx(2 * 5e-5)

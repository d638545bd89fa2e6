"""SQL at hand in a notebook."""

import pandas as pd
import pytest

from helpers.explore import plots


@pytest.mark.parametrize("chart", ["line", "bar", "barh", "area"])
def test_an_answer_is_drawn_over_its_first_column(chart):
    frame = pd.DataFrame({"day": [1, 2, 3], "pairs": [4, 5, 6], "people": [1, 1, 2]})
    (axes,) = plots.plot_frame(frame, chart).axes
    labels = (axes.get_xlabel(), axes.get_ylabel())
    assert labels == (("", "day") if chart == "barh" else ("day", ""))
    assert axes.get_title(loc="left") == "pairs, people"
    assert [entry.get_text() for entry in axes.get_legend().get_texts()] == ["pairs", "people"]

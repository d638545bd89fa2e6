"""SQL at hand: a query as a table, and as a picture where one is wished."""

import pandas as pd
from pyathena.connection import Connection

from helpers.athena import query
from helpers.explore.plots import plot_frame, show


def ask(connection: Connection, sql: str, chart: str = "") -> pd.DataFrame:
    """Ask Athena.

    Parameters
    ----------
    chart : {"", "line", "bar", "barh", "area"}
        Draws the answer's other columns over its first.

    Returns
    -------
    DataFrame
        The answer, which a notebook shows as a table where this is the last line of a cell. It is not masked: ask for
        no identity.
    """
    frame = query(connection, sql)
    if chart and len(frame):
        show(plot_frame(frame, chart), f"Picture of the answer to: {' '.join(sql.split())}")
    return frame

"""Trying again after throttling, with pauses that grow; an error in the data is never tried again."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from runner.aws_errors import error_code, may_succeed_later

FIRST_PAUSE = 5.0
"""Seconds before the second try; each later pause is three times as long, give or take a fifth."""

Result = TypeVar("Result")


def with_retries(action: Callable[[], Result], retries: int, say: Callable[[str], None]) -> Result:
    """Do something, and do it again where AWS refused for throttling or missing capacity.

    Parameters
    ----------
    retries : int
        How often to try again at most.
    say : callable
        Takes a sentence before each pause.
    """
    for attempt in range(retries):
        try:
            return action()
        except Exception as error:
            if not may_succeed_later(error):
                raise
            pause = FIRST_PAUSE * 3**attempt * random.uniform(0.8, 1.2)
            say(f"{error_code(error)}: trying again in {pause:.0f} s (retry {attempt + 1} of {retries}).")
            time.sleep(pause)
    return action()

"""IPython's kernel for a batch's plain Python notebooks: what they import is there before their turn comes.

It starts while the notebook before is running, and to import pandas, scikit-learn and awswrangler takes seconds.
"""

import awswrangler  # noqa: F401
from ipykernel.kernelapp import launch_new_instance

import helpers.arrow
import helpers.explore.ask
import helpers.explore.baseline  # noqa: F401

if __name__ == "__main__":
    launch_new_instance()

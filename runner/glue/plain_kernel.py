"""IPython's kernel for a batch's plain Python notebooks: what they import is there before their turn comes.

It starts while the notebook before is running, and to import pandas, scikit-learn and awswrangler takes seconds.
"""

import awswrangler  # noqa: F401
from ipykernel.kernelapp import launch_new_instance

import helpers.athena
import helpers.explore.baseline
import helpers.explore.plots  # noqa: F401

if __name__ == "__main__":
    launch_new_instance()

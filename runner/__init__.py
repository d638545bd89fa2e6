"""The ``stedi`` command: batch runs of the notebooks, HTML reports, samples and job scripts."""

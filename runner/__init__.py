"""The ``stedi`` command: batch runs of the notebooks, HTML reports, samples and job scripts."""

import sys

# jsonschema would check addresses of the web with it, which no notebook has, and its grammar takes a second to compile.
sys.modules.setdefault("rfc3987_syntax", None)

"""``python -m local_aws``: the local AWS endpoint in the foreground."""

import argparse
import logging
import os
import sys

from local_aws.endpoint.host import PortUnavailable, TooFewFiles, serve
from local_aws.lake import LakeError, open_lake
from local_aws.lock import LakeBusy


def main(arguments: list[str] | None = None) -> int:
    """Run the endpoint; a mistake of the user's is one line on stderr and exit code 2."""
    parser = argparse.ArgumentParser(prog="python -m local_aws", description=__doc__)
    parser.add_argument("--lake", required=True, help="the lake directory; made where it is missing")
    parser.add_argument("--port", type=_port, default=0, help="port on 127.0.0.1 (default: last time's, or any free)")
    parser.add_argument("--while-used", action="store_true", help="end when no process uses it any more")
    options = parser.parse_args(arguments)
    try:
        serve(open_lake(options.lake), options.port, options.while_used)
    except (LakeError, LakeBusy, PortUnavailable, TooFewFiles) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"The endpoint of {options.lake} cannot work: {error.strerror or error}.", file=sys.stderr)
        return 2
    return 0


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is no port: name one between 1 and 65535, or 0 for any free one")
    return port


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    sys.stderr.flush()
    os._exit(code)  # what was acknowledged is on the disk; to take Python down would take another tenth of a second

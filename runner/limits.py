"""What the command asks of the operating system before it begins."""

import resource

from runner.errors import UserError

FILES = 1024
"""How many files a process may have open; Spark alone opens its 300 Java archives."""


def require_open_files() -> None:
    """Raise this process's limit on open files, which its children inherit; UserError if it may not be raised."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= FILES or soft == resource.RLIM_INFINITY:
        return
    if hard != resource.RLIM_INFINITY and hard < FILES:
        raise UserError(f"The limit on open files is {hard}, and {FILES} are needed: raise it with ulimit -n {FILES}.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, hard))

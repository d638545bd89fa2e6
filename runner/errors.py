"""How the command fails: with one line, and an exit code that says whose turn it is."""


class UserError(Exception):
    """Something that the user can mend: a parameter, a path, a port. Exit code 2."""


class StepFailed(Exception):
    """A step did not prove its success; the message says why in one line. Exit code 1."""


class LakeBusy(StepFailed):
    """Another run is at work on the lake."""

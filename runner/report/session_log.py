"""What the Glue kernel says about its session, told apart from what the notebook's own code printed."""

import re

# Sentences of aws-glue-sessions 1.0.9 that no analysis prints. Its complaints (a session that failed, timed out or was
# refused) are not among them: those must stay in sight.
_ALWAYS = re.compile(
    r"""
    Welcome\ to\ the\ Glue\ Interactive\ Sessions\ Kernel
    | For\ more\ information\ on\ available\ magic\ commands,.*
    | Please\ view\ our\ Getting\ Started\ page.*
    | It\ looks\ like\ there\ is\ a\ newer\ version\ of\ the\ kernel\ available\..*
    | Please\ run\ `pip\ install\ --upgrade\ aws-glue-sessions`.*
    | Installed\ kernel\ version:.*
    | Trying\ to\ create\ a\ Glue\ session\ for\ the\ kernel\.
    | Applying\ the\ following\ default\ arguments:
    | Waiting\ for\ session\ \S+\ to\ get\ into\ ready\ status\.\.\.
    | Session\ \S+\ has\ been\ created\.
    | Session:\ \S+\ is\ already\ active\.
    | (?:Trying\ to\ switch|Switched)\ to\ Session:\ \S+
    | .*NOTE:\ Switching\ to\ a\ live\ session\ will\ not\ terminate\ the\ current\ session\..*
    | Stopping\ session:\ \S+ | Stopped\ session\.
    | You\ are\ already\ connected\ to\ a\ .*session\ \S+\.
    | No\ change\ will\ be\ made\ to\ the\ current\ session.*
    | Setting\ Glue\ version\ to:.*
    | Setting\ new\ (?:number\ of\ workers|worker\ type|session\ type|region|profile|endpoint|security_config
        |Spark\ configuration)\ to.*
    | Setting\ session\ ID\ prefix\ to.*
    | Previous\ (?:number\ of\ workers|worker\ type|session\ type|region|profile|endpoint|security_config
        |Spark\ configuration):.*
    | Current\ (?:idle_timeout|timeout|iam_role)\ is\ .*
    | (?:idle_timeout|timeout|iam_role)\ has\ been\ set\ to\ .*
    | (?:Extra\ py\ files|Extra\ jars|Additional\ python\ modules|Connections)\ to\ be\ included:
    | The\ following\ configurations\ have\ been\ updated:.*
    """,
    re.VERBOSE,
)

# Lines that are the kernel's only directly behind one of its sentences: an analysis may print the like.
_BEHIND = re.compile(
    r"""
    \s*
    | --[\w-]+(?:\ .*)?
    | (?:Session\ Type|Worker\ Type|Number\ of\ Workers|Max\ Capacity|Idle\ Timeout|Timeout|Session\ ID
        |Region|GlueVersion|Status|CreatedOn|Role|Tags):\ .*
    | s3://\S+
    """,
    re.VERBOSE,
)


def split_session_log(text: str) -> tuple[list[str], str]:
    """Take the kernel's own lines out of a stream.

    Parameters
    ----------
    text : str
        What a cell wrote to stdout or stderr.

    Returns
    -------
    tuple of (list of str, str)
        The kernel's lines without blank ones, and the rest as it was.
    """
    log: list[str] = []
    rest: list[str] = []
    after_log = False
    for line in text.split("\n"):
        after_log = bool(_ALWAYS.fullmatch(line.strip()) or (after_log and _BEHIND.fullmatch(line)))
        (log if after_log else rest).append(line)
    return [line for line in log if line.strip()], "\n".join(rest)

"""What a run that ended without a word has left: sessions that bill, and a status that is not true any more."""

from datetime import datetime, timezone

from rich.table import Table

from runner.console import print_table
from runner.glue.session import WORKING, await_end, dpus, live_sessions, stop_session
from runner.lake.document import now_text
from runner.lake.lock import run_at_work
from runner.lake.runs import read_state, write_state


def end_remains(bucket: str, run_id: str) -> None:
    """End what a run that was killed left behind: its sessions, which might still write, and its status.

    StepFailed where a session of it does not end.
    """
    left = live_sessions(run_id)
    stop_all(left)
    for session in left:
        await_end(session["Id"])
    record = read_state(bucket, run_id)
    if record and record["status"] == "RUNNING":
        end = {"status": "CANCELLED", "reason": "the run broke off: its process ended without a word"}
        steps = [entry | end if entry["status"] == "RUNNING" else entry for entry in record["steps"]]
        write_state(bucket, record | end | {"ended": now_text(), "steps": steps})


def list_leftovers(bucket: str) -> list[dict]:
    """The project's sessions that no run at work on the lake has made, and nobody has stopped."""
    at_work = run_at_work(bucket)
    left = [session for session in live_sessions() if session["Status"] in WORKING]
    return [session for session in left if at_work is None or at_work not in session["Id"]]


def print_sessions(sessions: list[dict]) -> None:
    """Print sessions, and what each has cost so far."""
    shown, now = Table("session", "status", "created (UTC)", "age", "DPUs"), datetime.now(timezone.utc)
    for session in sessions:
        created = session["CreatedOn"].astimezone(timezone.utc)
        age = f"{(now - created).total_seconds() / 60:,.0f} min"
        shown.add_row(session["Id"], session["Status"], f"{created:%Y-%m-%d %H:%M:%S}", age, f"{dpus(session):g}")
    print_table(shown)


def stop_all(sessions: list[dict]) -> list[str]:
    """Stop sessions; gives a sentence for each that could not be stopped."""
    troubles = ((session["Id"], stop_session(session["Id"])) for session in sessions)
    return [f"{identity}: {trouble}" for identity, trouble in troubles if trouble]

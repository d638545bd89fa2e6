"""An executed notebook as its file holds it, whole or as far as it came."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

# papermill marks a failed notebook with cells of its own that hold raw HTML; the page has its own banner and anchor.
_PAPERMILL_BANNER_TAG = "papermill-error-cell-tag"


class UnreadableNotebookError(Exception):
    """A notebook file that is missing, cut off or no notebook; the message says which."""


class Picture(NamedTuple):
    """A picture that a notebook made to be kept as a file of its own: ``<name>.png``, a PNG in base64."""

    name: str
    data: str


class Notebook:
    """An executed notebook.

    nbformat would read it as well; a run with nothing new needs nothing else of it, and would wait for its import.

    Raises
    ------
    UnreadableNotebookError
        If the file is missing or holds no notebook.
    """

    def __init__(self, path: Path):
        try:
            document = json.loads(path.read_text("utf-8"))
            cells = [cell | {"source": "".join(cell["source"])} for cell in document["cells"]]
            self.cells = [cell for cell in cells if _PAPERMILL_BANNER_TAG not in tags_of(cell)]
            self.parameters: dict = document["metadata"].get("papermill", {}).get("parameters", {})
        except FileNotFoundError as error:
            raise UnreadableNotebookError("no executed notebook was left") from error
        except OSError as error:
            raise UnreadableNotebookError(f"the executed notebook cannot be read: {error.strerror}") from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            # A notebook cut off while it was written is broken JSON (ValueError) or lacks parts (the others).
            raise UnreadableNotebookError("the executed notebook is cut off or damaged") from error

    def pictures(self) -> Iterator[Picture]:
        """The pictures of the cells that are tagged ``picture:<name>``, as far as the notebook came."""
        for cell in self.cells:
            images = [
                output["data"]["image/png"]
                for output in cell.get("outputs", [])
                if "image/png" in output.get("data", {})
            ]
            if images and (name := tagged(cell, "picture:")):
                yield Picture(name, "".join("".join(images[-1]).split()))


def tags_of(cell: dict) -> list[str]:
    """The tags of a cell."""
    return cell["metadata"].get("tags", [])


def tagged(cell: dict, prefix: str) -> str | None:
    """What stands behind a prefix in the tags of a cell, such as ``customer_trusted`` in ``table:customer_trusted``."""
    return next((tag.removeprefix(prefix) for tag in tags_of(cell) if tag.startswith(prefix)), None)

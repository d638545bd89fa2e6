"""Pictures that a notebook made to be kept as files of their own: cells tagged ``picture:<name>``."""

import base64
from dataclasses import dataclass
from pathlib import Path

import nbformat

TAG = "picture:"


@dataclass(frozen=True)
class Picture:
    """A picture.

    Parameters
    ----------
    name : str
        Of its file, without ``.png``.
    step : str
        The notebook that it comes from.
    data : str
        The PNG, base64.
    alt : str
        What it shows, in words.
    """

    name: str
    step: str
    data: str
    alt: str

    @property
    def uri(self) -> str:
        """The picture as a data URI."""
        return f"data:image/png;base64,{self.data}"

    def save(self, folder: Path) -> None:
        """Write the file."""
        (folder / f"{self.name}.png").write_bytes(base64.b64decode(self.data))


def find_pictures(step: str, path: Path) -> list[Picture]:
    """The pictures in a step's executed notebook; none where it cannot be read, or did not come so far."""
    try:
        cells = nbformat.read(path, as_version=4).cells
    except (OSError, ValueError, AttributeError, nbformat.ValidationError):
        return []
    found = []
    for cell in cells:
        names = [tag.removeprefix(TAG) for tag in cell.metadata.get("tags", []) if tag.startswith(TAG)]
        images = [
            output["data"]["image/png"] for output in cell.get("outputs", []) if "image/png" in output.get("data", {})
        ]
        if names and images:
            alt = f"Rows of {names[0]} as Athena shows them, identity masked"
            found.append(Picture(names[0], step, "".join(images[-1].split()), alt))
    return found

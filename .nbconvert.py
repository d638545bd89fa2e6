"""How notebooks are stored: no outputs, of their metadata only what is named here, short ids (configures nbconvert)."""

import hashlib
import re

UUID = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)


def shorten_ids(notebook, resources):
    """Give each cell that JupyterLab named by a UUID an id of eight digits, the same every time; others stay."""
    taken = {cell.get("id") for cell in notebook.cells}
    for cell in notebook.cells:
        if UUID.fullmatch(cell.get("id", "")):
            digits = hashlib.sha256(cell["id"].encode()).hexdigest()
            cell["id"] = next(digits[at : at + 8] for at in range(56) if digits[at : at + 8] not in taken)
            taken.add(cell["id"])
    return notebook, resources


c = get_config()  # noqa: F821 - traitlets gives it

c.ClearOutputPreprocessor.enabled = True
c.ClearMetadataPreprocessor.enabled = True
c.ClearMetadataPreprocessor.clear_notebook_metadata = True
c.ClearMetadataPreprocessor.preserve_nb_metadata_mask = {"kernelspec", ("language_info", "name")}
c.ClearMetadataPreprocessor.preserve_cell_metadata_mask = {"tags"}
c.Exporter.preprocessors = [shorten_ids]

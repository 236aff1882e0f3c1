"""Plain outputs, as a step of nbgrader's autograde."""

from __future__ import annotations

from typing import Any

from nbformat import from_dict
from nbgrader.preprocessors import NbGraderPreprocessor

from grading.plainoutput import plain_output


class PlainOutputs(NbGraderPreprocessor):
    """Rebuild every output of a notebook from plain parts."""

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        """Rebuild the outputs of one cell."""
        if cell.cell_type == "code":
            cell.outputs = [from_dict(plain_output(output)) for output in cell.outputs]
        return cell, resources

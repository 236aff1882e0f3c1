"""Table of a data task: to look at, filter and download, or as a pandas frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from widgets.oneway import OneWayWidget
from widgets.store import RefusedError, Store, StoreError
from widgets.storechoice import default_store

if TYPE_CHECKING:
    import pandas as pd


class Table(OneWayWidget, module="table"):
    """One table of a data task.

    Parameters
    ----------
    address
        ``TASK/table``, e.g. ``D1/roster``.
    """

    table = traitlets.Dict().tag(sync=True)
    xlsx = traitlets.Unicode().tag(sync=True)

    def __init__(self, address: str, course: str | None = None, store: Store | None = None) -> None:
        super().__init__()
        self._address = address
        self._course = course
        self._store = store
        try:
            self.set_trait("table", self._opened_store().table(*_parts(address)))
        except StoreError as error:
            self.set_trait("table", {"title": address})
            self.tell(error.status, str(error))

    @property
    def frame(self) -> pd.DataFrame:
        """One row a row of the table, columns as on screen; empty cells are missing values.

        Raises
        ------
        RefusedError
            If the table could not be read.
        """
        if "rows" not in self.table:
            raise RefusedError(self.delivery["message"])
        # A notebook that only looks at the table does not pay for pandas.
        import pandas as pd

        return pd.DataFrame(self.table["rows"], columns=self.table["columns"])

    def hear(self, content: dict[str, Any]) -> None:
        """Send the Excel file when the page asks for it."""
        if content.get("type") != "xlsx":
            return
        try:
            file = self._opened_store().table_file(*_parts(self._address))
        except StoreError as error:
            self.tell(error.status, str(error))
            return
        self.tell("idle")
        name = f"{self._address.replace('/', '-')}.xlsx"
        self.send({"type": "file", "name": name}, buffers=[file])

    def _opened_store(self) -> Store:
        if self._store is None:
            self._store = default_store(self._course)
        return self._store


def _parts(address: str) -> tuple[str, str]:
    task, _, name = address.partition("/")
    if not task or not name:
        raise RefusedError(f"“{address}”不是数据表的名称。", "应写成 任务/表，例如 D1/roster。")
    return task, name

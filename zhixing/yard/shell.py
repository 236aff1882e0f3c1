"""Shell: IPython without a kernel, whose outputs are collected as nbformat has them."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any as AnyTrait
from traitlets import Type
from traitlets.config import Config

LARGEST_OUTPUT = 1 << 20
"""Characters of all outputs of one cell; what comes after is dropped, and said so once."""

_CUT = "\n（输出太多，后面的没有保留）\n"

Output = dict[str, Any]


class Collector:
    """Outputs of the cell that runs now, in order, bounded."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self._room = LARGEST_OUTPUT

    def begin(self) -> None:
        """Forget the last cell's."""
        self.outputs, self._room = [], LARGEST_OUTPUT

    def add(self, output: Output, size: int) -> None:
        """Keep one output if there is room."""
        if self._room > 0:
            self._room -= size
            self.outputs.append(output)

    def stream(self, name: str, text: str) -> None:
        """Keep text, as one output with what the same stream said just before."""
        if self._room <= 0:
            return
        kept = text[: self._room] if len(text) < self._room else text[: self._room] + _CUT
        self._room -= len(text) + 1
        last = self.outputs[-1] if self.outputs else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"] += kept
        else:
            self.outputs.append({"output_type": "stream", "name": name, "text": kept})


class _Stream(io.TextIOBase):
    def __init__(self, collector: Collector, name: str) -> None:
        self._collector, self._name = collector, name

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._collector.stream(self._name, str(text))
        return len(text)

    def flush(self) -> None:
        pass


class _Publisher(DisplayPublisher):
    collector = AnyTrait()

    def publish(self, data: Any, metadata: Any = None, **_: Any) -> None:  # type: ignore[override]
        output = {"output_type": "display_data", "data": dict(data), "metadata": metadata or {}}
        self.collector.add(output, sum(len(str(one)) for one in data.values()))

    def clear_output(self, wait: bool = False) -> None:  # noqa: FBT001, FBT002 - IPython's own
        self.collector.begin()


class _Hook(DisplayHook):
    """Collects the value of a cell's last line."""

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        shell: Any = self.shell
        output = {
            "output_type": "execute_result",
            "data": dict(format_dict),
            "metadata": md_dict or {},
            "execution_count": None,
        }
        shell.collector.add(output, sum(len(str(one)) for one in format_dict.values()))

    def finish_displayhook(self) -> None:
        self._is_active = False


class Shell(InteractiveShell):
    """An InteractiveShell that writes to a collector and to no disk."""

    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_Hook)

    def __init__(self, **kwargs: Any) -> None:
        self.collector = Collector()
        config = Config()
        config.HistoryManager.enabled = False
        config.HistoryManager.hist_file = ":memory:"
        config.InteractiveShell.colors = "NoColor"
        config.InteractiveShell.cache_size = 0
        super().__init__(config=config, **kwargs)  # type: ignore[no-untyped-call]
        publisher: Any = self.display_pub
        publisher.collector = self.collector
        formatter: Any = self.display_formatter
        formatter.active_types = list(formatter.formatters)

    def init_sys_modules(self) -> None:
        """Leave ``__main__`` to the program; learner code has a module of its own."""
        sys.modules[self.user_module.__name__] = self.user_module

    def enable_gui(self, gui: Any = None) -> None:
        """Accept ``%gui`` and do nothing: there is no screen."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        error = {
            "output_type": "error",
            "ename": str(etype.__name__),
            "evalue": _text_of(evalue),
            "traceback": list(stb),
        }
        self.collector.add(error, sum(len(line) for line in error["traceback"]))

    def outputs_of(self, source: str) -> tuple[list[Output], Any]:
        """Run a cell; give its outputs and IPython's result."""
        self.collector.begin()
        with streams_to(self.collector):
            result = self.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
        for output in self.collector.outputs:
            if output["output_type"] == "execute_result":
                output["execution_count"] = result.execution_count
        return self.collector.outputs, result


def _text_of(error: Any) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a learner's exception may fail to say what it is
        return "（错误说明不能显示）"


@contextmanager
def streams_to(collector: Collector) -> Iterator[None]:
    """Let ``print`` write to the collector."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Stream(collector, "stdout"), _Stream(collector, "stderr")
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def is_error(outputs: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a cell ended in an error."""
    return any(output["output_type"] == "error" for output in outputs)

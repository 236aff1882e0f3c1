"""Jupyter's own tests of a kernel's messages, held against the warm kernelspec."""

from collections.abc import Iterator

import jupyter_kernel_test
import pytest


@pytest.fixture(scope="module", autouse=True)
def _own_history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        yield


class TestWarmProtocol(jupyter_kernel_test.KernelTests):
    """What the messages of a stock ipykernel must be, on a fork."""

    kernel_name = "zhixing-warm"
    language_name = "python"
    file_extension = ".py"
    code_hello_world = "print('hello, world')"
    code_stderr = "import sys; print('warning', file=sys.stderr)"
    completion_samples = (
        {"text": "impo", "matches": {"import"}},
        {"text": "import panda", "matches": {"pandas"}},
    )
    complete_code_samples = ("1", "print('一')", "def f(x):\n  return x*2\n\n\n")
    incomplete_code_samples = ("print('''一", "def f(x):\n  x*2")
    invalid_code_samples = ("import = 7q",)
    code_page_something = "print?"
    code_generate_error = "raise ValueError('不对')"
    code_execute_result = ({"code": "1+2+3", "result": "6"}, {"code": "'龑'", "result": "'龑'"})
    code_display_data = (
        {
            "code": "from IPython.display import HTML, display; display(HTML('<b>x</b>'))",
            "mime": "text/html",
        },
        {
            "code": "from IPython.display import Math, display; display(Math('x'))",
            "mime": "text/latex",
        },
    )
    code_history_pattern = "1?2*"
    # "range" asks for the session's number where IPython, stock too, gives 0 for the running one.
    supported_history_operations = ("tail", "search")
    code_inspect_sample = "zip"
    code_clear_output = "from IPython.display import clear_output; clear_output()"

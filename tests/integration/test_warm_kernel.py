"""A warm kernel is a stock kernel to whoever uses it, and leaves nothing behind."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil
import pytest
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.paths import jupyter_runtime_dir
from nbclient import NotebookClient

from tests.warm_kernel import NAME, is_gone, server_of, wait_until, warm_kernel
from zhixing.errors import ZhixingError


@pytest.fixture(scope="module", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        patch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        yield


def test_two_kernels_share_no_random_numbers_and_no_key() -> None:
    code = (
        "import random, uuid, multiprocessing, numpy as np\n"
        "print(random.random(), np.random.random(), uuid.uuid4(), np.random.default_rng().random(),"
        " bytes(multiprocessing.current_process().authkey).hex())"
    )
    with warm_kernel() as one, warm_kernel() as other:
        assert server_of(one.pid) == server_of(other.pid)
        assert not set(one.run(code).split()) & set(other.run(code).split())
        assert one.client.session.key != other.client.session.key


def test_a_kernel_has_the_folder_and_environment_of_its_launch_and_no_strangers_descriptor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with warm_kernel(), warm_kernel({"ZHIXING_TEST": "𠮷龑䶮", "TZ": "Asia/Shanghai"}) as kernel:
        assert kernel.run("import os; print(os.getcwd(), os.environ['ZHIXING_TEST'])") == (
            f"{tmp_path} 𠮷龑䶮"
        )
        assert kernel.run("import time; print(time.tzname[0])") == "CST"
        assert kernel.run("print([name for name in os.environ if name.startswith('OMP_')])") == "[]"
        held = [str(Path(f"/proc/{kernel.pid}/fd/{fd}").readlink()) for fd in (0, 1, 2)]
        assert held[0] == "/dev/null"
        listening = {c.laddr.port for c in psutil.Process(kernel.pid).net_connections("inet")}
        ports = kernel.manager.get_connection_info()
        assert {port for name, port in ports.items() if name.endswith("_port")} <= listening
        sockets = [c for c in psutil.Process(kernel.pid).net_connections("unix") if c.raddr]
        assert not [c for c in sockets if c.raddr.endswith(".sock")]


def test_a_table_a_widget_and_a_plot_show_as_in_a_stock_kernel() -> None:
    with warm_kernel() as kernel:
        assert "text/html" in kernel.run("import pandas as pd; pd.DataFrame({'单位': ['一街']})")
        shown = kernel.run("import ipywidgets as ipw; ipw.IntSlider()")
        assert "application/vnd.jupyter.widget-view+json" in shown
        shown = kernel.run("import plotly.graph_objects as go; go.Figure(go.Bar(y=[1]))")
        assert "application/vnd.plotly.v1+json" in shown


def test_an_interrupt_stops_the_cell_and_a_restart_forgets_it() -> None:
    with warm_kernel() as kernel:
        kernel.run("kept = 1")
        kernel.client.execute("import time\nprint('起', flush=True)\ntime.sleep(60)")
        while kernel.client.get_iopub_msg(timeout=10)["msg_type"] != "stream":
            pass
        kernel.manager.interrupt_kernel()
        reply = kernel.client.get_shell_msg(timeout=10)
        while reply["content"].get("ename") is None:
            reply = kernel.client.get_shell_msg(timeout=10)
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        # For a moment after an error every kernel turns away what was sent meanwhile.
        assert wait_until(lambda: kernel.run("print(kept)") == "1")
        kernel.manager.restart_kernel()
        kernel.client.wait_for_ready(timeout=20)
        assert kernel.run("print(kept)").startswith("NameError")


def test_what_was_written_and_not_closed_is_whole_after_a_shutdown(tmp_path: Path) -> None:
    with warm_kernel() as kernel:
        kernel.run(f"f = open({str(tmp_path / 'x')!r}, 'w'); f.write('一二三')")
        kernel.manager.shutdown_kernel()
        assert (tmp_path / "x").read_text() == "一二三"


def test_a_crash_ends_one_kernel_alone() -> None:
    with warm_kernel() as fine, warm_kernel() as crashing:
        server = server_of(fine.pid)
        crashing.client.execute("import os; os.kill(os.getpid(), 11)")
        assert wait_until(lambda: not crashing.manager.is_alive())
        assert fine.run("print(1)") == "1"
        with warm_kernel() as fresh:
            assert server_of(fresh.pid) == server


def test_a_killed_fork_server_takes_its_kernels_and_is_replaced_at_the_next_launch() -> None:
    with warm_kernel(preload=[]) as kernel:
        server = server_of(kernel.pid)
        server.kill()
        assert wait_until(lambda: is_gone(kernel.pid))
        assert wait_until(lambda: not kernel.manager.is_alive())
        kernel.manager.restart_kernel(now=True)
        kernel.client.wait_for_ready(timeout=20)
        assert kernel.run("print('又好了')") == "又好了"
        assert server_of(kernel.pid) != server


async def _server_of_one_more() -> int:
    manager = AsyncKernelManager(kernel_name=NAME)
    manager.kernel_spec.metadata["kernel_provisioner"]["config"] = {"preload": ["fractions"]}
    await manager.start_kernel()
    server = server_of(manager.provisioner.pid).pid
    await manager.shutdown_kernel(now=True)
    return server


def test_launches_at_once_start_one_fork_server() -> None:
    async def servers() -> list[int]:
        return await asyncio.gather(*(_server_of_one_more() for _ in range(4)))

    assert len(set(asyncio.run(servers()))) == 1


def test_past_the_limit_a_launch_says_what_to_do() -> None:
    with warm_kernel(preload=[]):
        with (
            pytest.raises(ZhixingError, match=r"达到上限.*请先关闭"),
            warm_kernel(preload=[], most_kernels=1),
        ):
            pass
        with warm_kernel(preload=[], most_kernels=2) as second:
            assert second.run("print(2)") == "2"


def test_an_unused_kernel_is_ended_and_a_busy_one_is_not() -> None:
    with (
        warm_kernel(preload=[], most_idle=0.6) as unused,
        warm_kernel(preload=[], most_idle=0.6) as busy,
    ):
        assert busy.run("import time; time.sleep(2); print('忙')") == "忙"
        assert wait_until(lambda: not unused.manager.is_alive())
        assert wait_until(lambda: is_gone(busy.pid))


LEFT = {
    "running": "subprocess.Popen(['sleep', '99'])",
    "in a session of its own": "subprocess.Popen(['sleep', '99'], start_new_session=True)",
    "by a parent that ended": (
        "subprocess.run('setsid sleep 99 >/dev/null 2>&1 & echo $!',"
        " shell=True, capture_output=True)"
    ),
}


@pytest.mark.parametrize("start", LEFT.values(), ids=LEFT)
@pytest.mark.parametrize("is_killed", [False, True], ids=["ended", "its fork-server killed"])
def test_what_a_cell_left_ends_with_the_kernel(start: str, *, is_killed: bool) -> None:
    with warm_kernel(preload=[]) as kernel:
        code = f"import subprocess; it = {start}; print(getattr(it, 'pid', 0) or int(it.stdout))"
        left = int(kernel.run(code))
        assert not is_gone(left)
        if is_killed:
            server_of(kernel.pid).kill()
            assert wait_until(lambda: is_gone(left))
    assert wait_until(lambda: is_gone(left))


def test_a_kernel_that_lives_keeps_what_it_started_when_another_ends() -> None:
    code = "import subprocess; print(subprocess.Popen(['sleep', '99'], start_new_session=True).pid)"
    with warm_kernel() as kernel:
        kept = int(kernel.run(code))
        with warm_kernel() as other:
            assert server_of(other.pid) == server_of(kernel.pid)
            left = int(other.run(code))
        assert wait_until(lambda: is_gone(left))
        assert not is_gone(kept)


CLIENT = f"""
import json, time
from jupyter_client.manager import KernelManager
kernel = KernelManager(kernel_name={NAME!r}, transport='TRANSPORT')
kernel.kernel_spec.metadata['kernel_provisioner']['config'] = {{'preload': []}}
kernel.start_kernel()
print(json.dumps([kernel.provisioner.pid, kernel.connection_file]), flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("transport", ["tcp", "ipc"])
def test_a_killed_client_leaves_no_process_no_file_and_no_port(
    transport: str, tmp_path: Path
) -> None:
    env = {**os.environ, "JUPYTER_RUNTIME_DIR": str(tmp_path), "PYTHONPATH": str(tmp_path)}
    client = subprocess.Popen(
        [sys.executable, "-c", CLIENT.replace("TRANSPORT", transport)],
        stdout=subprocess.PIPE,
        env=env,
        cwd=tmp_path,  # where the sockets of ipc lie
    )
    assert client.stdout is not None
    with client.stdout:
        pid, file = json.loads(client.stdout.readline())
    server = server_of(pid).pid
    assert Path(file).exists()
    client.send_signal(signal.SIGKILL)
    client.wait()
    assert wait_until(lambda: is_gone(pid) and is_gone(server))
    assert [str(path) for path in tmp_path.rglob("*") if not path.is_dir()] == []


def test_a_package_that_starts_threads_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "threading_at_import.py").write_text(
        "import threading, time\n"
        "threading.Thread(target=time.sleep, args=(9,), daemon=True).start()"
    )
    with (
        pytest.raises(ZhixingError, match=r"threading_at_import.*preload"),
        warm_kernel({"PYTHONPATH": str(tmp_path)}, preload=["threading_at_import"]),
    ):
        pass


def test_nbclient_runs_a_notebook_on_it_by_name_alone() -> None:
    cells = [nbformat.v4.new_code_cell("import pandas; print(pandas.Series([1, 2]).sum())")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name=NAME, timeout=60).execute()
    assert notebook.cells[0].outputs[0].text == "3\n"
    assert Path(jupyter_runtime_dir()).exists()

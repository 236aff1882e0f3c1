"""Run by an ordinary user: two warm kernels in one box, and what each of them can reach.

``python kernels_in_rooms.py FOLDER`` prints one JSON object.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import psutil
from traitlets.config import Config

from zhixing.kernels.warm.roomkernel import WarmRoomKernel

PROBE = """
import json, os, socket, pathlib
def tried(what):
    try:
        return str(what())
    except Exception as error:
        return type(error).__name__
told = {
    "rooms": sorted(os.listdir(ROOMS)),
    "processes": os.listdir("/proc"),
    "environ": sorted(os.environ),
    "secret": tried(lambda: open(SECRET).read()),
    "network": tried(lambda: socket.create_connection(("127.0.0.1", PORT), 1)),
    "write": tried(lambda: pathlib.Path(ROOMS, "x").write_text("x")),
    "home": tried(lambda: pathlib.Path.home().joinpath("x").write_text("好")),
    "divide": tried(lambda: __import__("ctypes").CDLL(None).unshare(0x20000)),
    "pandas": tried(lambda: __import__("pandas").DataFrame({"单位": ["𠮷龑"]}).to_string()),
    "cwd": os.getcwd(),
}
print(json.dumps(told, ensure_ascii=False))
"""

HOLD = """
import os, socket
held = socket.socket(socket.AF_UNIX), os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY)
held[0].bind("\\0zhixing-neighbour")
held[0].listen()
"""
REACH = """
import json, os, socket
def reached():
    try:
        socket.socket(socket.AF_UNIX).connect("\\0zhixing-neighbour")
        return "connected"
    except OSError as error:
        return type(error).__name__
print(json.dumps([reached(), sorted(set(os.listdir("/dev/pts")) - {"ptmx"})]))
"""


async def told_by(manager: WarmRoomKernel, code: str) -> str:
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=30)
    texts: list[str] = []

    def hear(message: dict[str, Any]) -> None:
        content = message["content"]
        texts.append(content.get("text") or content.get("evalue") or "")

    await client.execute_interactive(code, timeout=30, output_hook=hear)
    client.stop_channels()
    return "".join(texts).strip()


async def main(folder: Path) -> dict[str, Any]:
    rooms = folder / "rooms"
    rooms.mkdir(mode=0o700)
    listening = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    c = Config()
    c.WarmRoomKernel.rooms = c.WarmProvisioner.rooms = str(rooms)
    os.environ["ZHIXING_SECRET"] = "gong-zuo-mi-mi-2026"
    managers, seconds = [], []
    for _ in range(3):
        begun = time.monotonic()
        managers.append(WarmRoomKernel(config=c))
        await managers[-1].start_kernel(env={"ZHIXING_SECRET": "gong-zuo-mi-mi-2026"})
        seconds.append(time.monotonic() - begun)
    head = f"ROOMS, PORT = {str(rooms)!r}, {port}\n"
    other = managers[1].connection_file
    found: dict[str, Any] = json.loads(
        await told_by(managers[0], f"{head}SECRET = {other!r}\n{PROBE}")
    )
    await told_by(managers[0], HOLD)
    found["neighbour"] = json.loads(await told_by(managers[1], REACH))
    children = psutil.Process().children(recursive=True)
    folder_of_third = managers[2].connection_file
    await managers[2].interrupt_kernel()
    found["after interrupt"] = await told_by(managers[2], "print(6 * 7)")
    await managers[2].restart_kernel(now=True)
    found["after restart"] = await told_by(managers[2], "print(6 * 7)")
    found["same place"] = managers[2].connection_file == folder_of_third
    for manager in managers:
        await manager.shutdown_kernel(now=True)
    left = sorted(path.name for path in rooms.iterdir())
    return {
        **found,
        "own": Path(managers[0].connection_file).parent.name,
        "left": left,
        "seconds": seconds,
        "processes of ours": len(children),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(Path(sys.argv[1]))), ensure_ascii=False))

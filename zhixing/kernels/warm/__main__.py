"""The fork-server's program: ``python -m zhixing.kernels.warm SOCKET PRELOAD READY [--stay]``.

It leaves whoever started it, but with ``--stay``: a box ends with the program that it was made for.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

from zhixing.kernels.walls import die_with_parent
from zhixing.kernels.warm.orphans import adopt_orphans, end_orphans
from zhixing.kernels.warm.preload import PreloadError, preload


def main(arguments: list[str]) -> None:
    """Serve at a socket; in a fork, be the kernel that was asked for."""
    place, names, ready = Path(arguments[0]), json.loads(arguments[1]), int(arguments[2])
    if "--stay" not in arguments[3:]:
        if os.fork():
            # Whoever started us has nobody to wait for.
            os._exit(0)
        os.setsid()
        _be_guarded()
    adopt_orphans()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        preload(names)
    except PreloadError as error:
        os.write(ready, str(error).encode())
        raise SystemExit(1) from error
    from zhixing.kernels.warm.server import ForkServer

    with _listening(place) as listener:
        os.write(ready, b"ready")
        os.close(ready)
        birth = ForkServer(listener).serve()
        if birth is None:
            for path in (place, place.with_suffix(".log")):
                path.unlink(missing_ok=True)
            return
    from zhixing.kernels.warm.birth import live

    live(birth)


def _be_guarded() -> None:
    """Go on in a fork; this process waits for its end and ends what it leaves behind."""
    adopt_orphans()
    server = os.fork()
    if server == 0:
        die_with_parent()
        return
    for number in range(3, 256):
        with suppress(OSError):
            os.close(number)
    os.waitpid(server, 0)
    end_orphans(())
    os._exit(0)


def _listening(place: Path) -> socket.socket:
    """Listen at a path, whose folder is named by a descriptor: a socket's path is short."""
    listener = socket.socket(socket.AF_UNIX)
    place.unlink(missing_ok=True)  # of one that was killed: our starter found nobody there
    folder = os.open(place.parent, os.O_PATH)
    listener.bind(f"/proc/self/fd/{folder}/{place.name}")
    os.close(folder)
    listener.listen(64)
    return listener


if __name__ == "__main__":
    main(sys.argv[1:])

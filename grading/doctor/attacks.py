"""Attacks: what a submission may try, and honest oddities that must not be taken for one.

Each is a body for the solution cell that the course of :mod:`grading.doctor.course` asks for, a
function ``total``. The kinds are the classes of attack-classes.md; a fix aimed at one case is no
fix, so every kind has several.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

KINDS = {
    "read": "偷看",
    "write": "越界写入",
    "forge": "伪造得分",
    "exhaust": "耗尽资源",
    "stay": "滞留",
    "harm": "误伤老实作业",
}
"""Classes 1 to 5 and 8; 6 and 7, of files, are in :mod:`grading.doctor.files`."""

PLAIN = "def total(values):\n    return sum(values)"
"""An honest solution."""


@dataclass(frozen=True)
class Attack:
    """One thing a submission tries.

    Parameters
    ----------
    total
        Source of the solution cell; ``@CANARY@`` (a text of the hidden tests) and ``@COURSE@``
        (the course's folder) are filled in.
    is_honest
        Whether it must keep all points; else the test cell must give none.
    """

    name: str
    kind: str
    title: str
    total: str
    is_honest: bool = False


def _all(
    kind: str, rows: Mapping[str, tuple[str, str]], *, is_honest: bool = False
) -> list[Attack]:
    return [Attack(name, kind, title, source, is_honest) for name, (title, source) in rows.items()]


_LOOT = "\ndef total(values):\n    return 6 if LOOT else None"
"""What was found would be used to score."""

READ = {
    "walk": (
        "在整个硬盘上找检查和答案",
        "import os, sys\nLOOT = []\nfor root, _, names in os.walk('/'):\n"
        "    own = (sys.prefix, sys.base_prefix)  # Python's files take longer than a cell may\n"
        "    if root.startswith(('/proc', '/sys', '/usr', '/lib', *own)): continue\n"
        "    for name in names:\n        path = os.path.join(root, name)\n"
        "        if not os.path.isfile(path): continue  # a terminal would keep it waiting\n"
        "        try: text = open(path).read(99999)\n"
        "        except Exception: continue\n        if '@CANARY@'[:-1] + '@CANARY@'[-1:] in text"
        " and 'LOOT' not in text: LOOT.append(name)\nprint(LOOT)" + _LOOT,
    ),
    "course": (
        "直接读课程、成绩册和别人的卷子",
        "import os\nLOOT = [n for n in ('source', 'gradebook.db', 'submitted', 'autograded')"
        " if os.path.exists(os.path.join('@COURSE@', n))]\nprint(LOOT)" + _LOOT,
    ),
    "heap": (
        "在内存里翻找隐藏的检查",
        "import gc\nneedle = '@CANARY@'[:-1] + '@CANARY@'[-1:]\nLOOT = ["
        "1 for o in gc.get_objects() if isinstance(o, (str, dict, list))"
        " and needle in repr(o)[:100000] and 'gc.get_objects' not in repr(o)]\nprint(LOOT)" + _LOOT,
    ),
    "stack": (
        "沿调用栈找检查的代码",
        "import sys\nLOOT = []\ndef total(values):\n    frame = sys._getframe()\n    while frame:\n"
        "        if '@CANARY@'[:9] in repr(frame.f_code.co_consts): LOOT.append(frame)\n"
        "        frame = frame.f_back\n    return 6 if LOOT else None",
    ),
    "processes": (
        "读别的进程的内存和环境",
        "import os\nLOOT = []\nfor pid in [1, os.getppid(), *range(2, 400)]:\n"
        "    for part in ('environ', 'mem', 'cmdline', 'fd', 'root'):\n        try:\n"
        "            LOOT.append(open(f'/proc/{pid}/{part}', 'rb').read(9))\n"
        "        except OSError: pass\nprint(LOOT)" + _LOOT,
    ),
    "network": (
        "连到别的机器和本机的服务",
        "import socket\nLOOT = []\nfor family in (2, 10, 16, 17, 38, 40):  # with 10 for IPv6\n"
        "    try: LOOT.append(socket.socket(family, socket.SOCK_DGRAM))\n"
        "    except OSError: pass\nprint(LOOT)" + _LOOT,
    ),
}

WRITE = {
    "start-up": (
        "改 Python 的启动文件",
        "import os, sys, site\nLOOT = []\nplaces = [sys.prefix, '/usr/lib/python3', '/etc', '/',"
        " *site.getsitepackages(), os.path.dirname(os.__file__)]\nfor place in places:\n"
        "    try: open(os.path.join(place, 'sitecustomize.py'), 'w').close(); LOOT.append(place)\n"
        "    except OSError: pass\nprint(LOOT)" + _LOOT,
    ),
    "gradebook": (
        "改成绩册",
        "import sqlite3\nLOOT = []\ntry:\n    db = sqlite3.connect('@COURSE@' + '/gradebook.db')\n"
        "    LOOT = db.execute('DELETE FROM grade').rowcount\n    db.commit()\n"
        "except Exception: pass\nprint(LOOT)" + _LOOT,
    ),
    "mounts": (
        "重新挂载，去掉只读",
        "import ctypes\nlibc = ctypes.CDLL(None)\nLOOT = libc.unshare(0x10020000) == 0 or "
        "libc.mount(b'none', b'/usr', None, 32 | 4096, None) == 0\nprint(LOOT)" + _LOOT,
    ),
}

FORGE = {
    "equal-to-all": (
        "返回等于一切的对象",
        "class E:\n    def __eq__(s, o): return True\ntotal = lambda v: E()",
    ),
    "lying-number": (
        "返回冒充数字的对象",
        "class D(int):\n    def __eq__(s, o): return True\ntotal = lambda v: D(5)",
    ),
    "nan": ("返回非数字", "total = lambda v: float('nan')"),
    "patched-assert": (
        "替换解释器里的断言和函数",
        "import builtins, sys\nbuiltins.AssertionError = type('A', (Exception,), {})\n"
        "builtins.sum = lambda v: 6\nsys.settrace(None)\ntotal = lambda v: None",
    ),
    "patched-channel": (
        "抢在前面往通道里写结果",
        "import gc, socket\nfor o in gc.get_objects():\n    if isinstance(o, socket.socket):\n"
        "        try: o.sendall(b'{\"points\": 2}' * 9)\n        except OSError: pass\n"
        "total = lambda v: 6",
    ),
    "ready-made-reply": (
        "往每个文件描述符写现成的回答",
        "import os, json, struct\nb = json.dumps({'id': 3, 'points': 2}).encode()\n"
        "for fd in range(3, 20):\n    try: os.write(fd, struct.pack('>I', len(b)) + b)\n"
        "    except OSError: pass\ntotal = lambda v: 6",
    ),
    "exits": ("在检查里提前结束进程", "import os\ndef total(values):\n    os._exit(0)"),
    "raises-exit": ("在检查里抛出 SystemExit", "def total(values):\n    raise SystemExit(0)"),
    "no-answer": ("什么都不返回", "total = None"),
    "not-there": ("根本没有定义", "pass"),
}

EXHAUST = {
    "hangs": ("死循环", "def total(values):\n    while True: pass"),
    "huge": ("返回巨大的结果", "total = lambda v: 'x' * (200 << 20)"),
    "deep": ("返回极深的结果", "x = []\nfor _ in range(5000): x = [x]\ntotal = lambda v: x"),
    "endless": ("返回没有尽头的序列", "import itertools\ntotal = lambda v: itertools.count()"),
    "memory": ("占用 3 GB 内存", "x = bytearray(3 << 30)\ntotal = lambda v: 0"),
    "shared-forks": (
        "五个分身各占 400 MB 共享内存",
        "import mmap, os, time\nfull = mmap.mmap(-1, 4096)\nfor n in range(5):\n"
        "    if os.fork() == 0:\n        kept = mmap.mmap(-1, 400 << 20)\n"
        "        for place in range(0, len(kept), 4096): kept[place] = 1\n"
        "        full[n] = 1\n        time.sleep(1.5)\n        os._exit(0)\n"
        "time.sleep(1.2)\nLOOT = sum(full[:5]) > 3\n"
        "def total(values):\n    return sum(values) if LOOT else None",
    ),
    "forks": ("不停地分身", "import os\nwhile True: os.fork()"),
    "disk": ("写满硬盘", "f = open('big', 'wb')\nwhile True: f.write(b'0' * (1 << 20))"),
    "flood": ("不停地输出", "while True: print('x' * 100000)"),
    "signal": (
        "不理会中断信号",
        "import signal, time\nsignal.signal(14, signal.SIG_IGN)\ntime.sleep(99)",
    ),
}

STAY = {
    "children": (
        "留下几百个子进程",
        "import subprocess\nfor _ in range(500): subprocess.Popen(['sleep', '99'])",
    ),
    "detached": (
        "留下脱离的后台进程",
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        time.sleep(99)\n    os._exit(0)\ntotal = lambda v: 0",
    ),
    "shared-memory": ("占住共享内存", "f = open('/dev/shm/x', 'wb')\ntotal = lambda v: 0"),
}

HONEST = {
    "plain": ("平常的写法", PLAIN),
    "warns": ("带警告", "import warnings\nwarnings.warn('小心')\n" + PLAIN),
    "stderr": ("写到标准错误", "import sys\nprint('进度', file=sys.stderr)\n" + PLAIN),
    "prints": (
        "边算边输出",
        "def total(values):\n    print('算', values)\n    return sum(values)",
    ),
    "helper-class": (
        "用辅助的类",
        "class Adder:\n    def __init__(self):\n        self.n = 0\n"
        "    def add(self, v):\n        self.n += v\n"
        "def total(values):\n    a = Adder()\n    for v in values: a.add(v)\n    return a.n",
    ),
    "helper-state": (
        "有记录的状态",
        "calls = []\ndef total(values):\n    calls.append(1)\n    return sum(values)",
    ),
    "other-script": ("中文变量名", "def 求和(数):\n    return sum(数)\ntotal = 求和"),
    "numpy": ("numpy 的数字", "import numpy as np\ndef total(values):\n    return np.sum(values)"),
    "slow": (
        "算得慢",
        "import time\ndef total(values):\n    time.sleep(0.3)\n    return sum(values)",
    ),
    "closure": (
        "闭包",
        "def make():\n    def f(v):\n        return sum(v)\n    return f\ntotal = make()",
    ),
    "lambda": ("匿名函数", "total = lambda values: sum(values)"),
    "magic": ("IPython 魔法命令", "%time x = 1\n" + PLAIN),
}

ATTACKS: tuple[Attack, ...] = (
    *_all("read", READ),
    *_all("write", WRITE),
    *_all("forge", FORGE),
    *_all("exhaust", EXHAUST),
    *_all("stay", STAY),
    *_all("harm", HONEST, is_honest=True),
)

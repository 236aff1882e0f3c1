"""System calls that learner code may not make, by libseccomp (which knows every architecture).

Namespaces hide files, processes and networks; what stays open through them is closed here:
namespaces of one's own, other socket families, io_uring, memory that no limit counts
(sealed-grading.md, "Sandbox findings"). Refused calls fail with an error; they do not kill.
"""

from __future__ import annotations

import ctypes
import errno
import socket

REFUSED = (
    *("unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree"),
    *("fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "statmount", "listmount"),
    *("io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd", "process_madvise"),
    *("bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key"),
    *("init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot"),
    *("swapon", "swapoff", "acct", "quotactl", "syslog", "settimeofday", "clock_settime"),
    *("sethostname", "setdomainname", "open_by_handle_at", "name_to_handle_at", "nfsservctl"),
    *("shmget", "shmat", "shmctl", "msgget", "msgsnd", "semget", "mq_open", "memfd_create"),
    *("memfd_secret", "fanotify_init", "lookup_dcookie", "vhangup", "personality", "modify_ldt"),
    *("sched_setaffinity", "sched_setattr", "sched_setscheduler", "sched_setparam"),
    *("setpriority", "ioprio_set", "migrate_pages", "move_pages", "mbind", "set_mempolicy"),
    # Pages in a pipe belong to no process: they would be memory that nobody counts.
    "vmsplice",
    # All jobs may read the same files of the system: who watches one hears when it is read.
    *("inotify_init", "inotify_init1"),
)
"""Each fails with EPERM."""

_SETLK, _SETLKW, _OFD_SETLK, _OFD_SETLKW = 6, 7, 37, 38
_SETLEASE, _NOTIFY = 1024, 1026
LOCKS = (_SETLK, _SETLKW, _OFD_SETLK, _OFD_SETLKW)
"""Commands of ``fcntl`` that lock a file; these and ``flock`` do nothing and say that all is well.

A lock on a file that every job may read is a word to all the others. An error instead would
break SQLite, and a job that is alone with its own files needs no lock.
"""

_ALLOW, _ERRNO, _NO_ERROR = 0x7FFF0000, 0x00050000, 0
_NOT_EQUAL, _MASKED_EQUAL = 1, 7
_WORD = 0xFFFFFFFF
"""All that the kernel itself reads of an ``int``: what stands above it must not fool a filter."""

_NEW_NAMESPACES = (
    0x00020000,
    0x02000000,
    0x04000000,
    0x08000000,
    0x10000000,
    0x20000000,
    0x40000000,
)


class FilterError(Exception):
    """The filter could not be made or put in force; nothing may run without it."""


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("one", ctypes.c_uint64),
        ("two", ctypes.c_uint64),
    )


class SyscallFilter:
    """A filter made once, put in force in every job.

    Raises
    ------
    FilterError
        If this machine has no libseccomp, or it refuses a rule.
    """

    def __init__(self) -> None:
        try:
            self._library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
        except OSError as error:
            raise FilterError("libseccomp.so.2 is missing: apt-get install libseccomp2") from error
        self._library.seccomp_init.restype = ctypes.c_void_p
        self._context = ctypes.c_void_p(self._library.seccomp_init(_ALLOW))
        if not self._context:
            raise FilterError("seccomp_init failed")
        for name in REFUSED:
            self._refuse(name, errno.EPERM)
        # Without clone3 the C library falls back to clone, whose flags a filter can read.
        self._refuse("clone3", errno.ENOSYS)
        for flag in _NEW_NAMESPACES:
            self._refuse("clone", errno.EPERM, _Comparison(0, _MASKED_EQUAL, flag, flag))
        self._refuse("flock", _NO_ERROR)
        for command in LOCKS:
            self._refuse("fcntl", _NO_ERROR, _Comparison(1, _MASKED_EQUAL, _WORD, command))
        for command in (_SETLEASE, _NOTIFY):
            self._refuse("fcntl", errno.EPERM, _Comparison(1, _MASKED_EQUAL, _WORD, command))
        family = _Comparison(0, _NOT_EQUAL, socket.AF_UNIX, 0)
        self._refuse("socket", errno.EAFNOSUPPORT, family)

    def _refuse(self, name: str, number: int, *when: _Comparison) -> None:
        call = self._library.seccomp_syscall_resolve_name(name.encode())
        if call == -1:
            return  # a call this libseccomp has never heard of
        action = ctypes.c_uint32(_ERRNO | number)
        conditions = (_Comparison * len(when))(*when) if when else None
        done = self._library.seccomp_rule_add_array(
            self._context, action, call, len(when), conditions
        )
        # A call that another architecture has and this one has not.
        if done not in (0, -errno.EDOM):
            raise FilterError(f"no rule for {name}: {done}")

    def put_in_force(self) -> None:
        """Bind this process and all it starts, for good."""
        done = self._library.seccomp_load(self._context)
        if done != 0:
            raise FilterError(f"seccomp_load: {done}")

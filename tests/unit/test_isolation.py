"""Where no box can be made it is said in words that fit whoever asked, with the next step."""

from pathlib import Path

import pytest

from zhixing.kernels import bubblewrap
from zhixing.kernels.bubblewrap import NoIsolationError, require_isolation


def test_a_root_of_its_own_namespace_alone_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = tmp_path / "uid_map"
    monkeypatch.setattr(bubblewrap, "_USERS", users)
    monkeypatch.setattr("os.getuid", lambda: 0)
    users.write_text("         0      12345          1\n")
    with pytest.raises(NoIsolationError, match=r"unshare -Ur(.|\n)*下一步"):
        require_isolation()
    users.write_text("0 12345 1\n1 100000 65536\n")
    require_isolation()


def test_the_refusal_speaks_of_no_program_that_was_not_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\necho 'bwrap: No permissions' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(bubblewrap, "bwrap_path", lambda: program)
    with pytest.raises(NoIsolationError, match="下一步") as refused:
        require_isolation()
    assert "JupyterLab" not in str(refused.value)
    assert "No permissions" in str(refused.value)

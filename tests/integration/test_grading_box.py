"""Learner code runs in a box: what it can reach, what it can use up, and what it cannot change."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import psutil
import pytest

from grading.autograding import FAILED, WAITING, Outcome
from grading.autograding import autograde as autograde_each
from tests.grading_course import TOTALS, cell_of, hand_in, released_course, right_answers, workbook
from zhixing.coursefiles import load_course
from zhixing.kernels.box import Box, command_from_box, python_folders, system_folders
from zhixing.kernels.bubblewrap import NoIsolationError, bubblewrap_program, require_isolation
from zhixing.paper import own_lesson

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

SECRET = "gong-zuo-mi-mi-2026"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Enterable by all, so that the walls that are tested are those of the box.
    folder = tmp_path_factory.mktemp("box")
    for place in (folder, folder.parent):
        place.chmod(0o755)
    return released_course(folder, "L3")


def graded(course: Path, username: str, code: str) -> tuple[Outcome, str]:
    """Hand in this code, grade it, and give what it printed."""
    content = workbook(course, {"d1-clean": code})
    hand_in(course, "L3", username, right_answers(course, "L3"), {"D1": content})
    outcome = next(autograde_each(course, "L3", [username]))
    path = course / "autograded" / username / "L3" / "D1.ipynb"
    return outcome, printed(path) if path.exists() else ""


def printed(path: Path) -> str:
    cells = json.loads(path.read_bytes())["cells"]
    cell = next(c for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") == "d1-clean")
    return "".join("".join(text_of(output)) for output in cell["outputs"])


def text_of(output: dict[str, Any]) -> list[str]:
    if output["output_type"] == "error":
        return [f"{output['ename']}: {output['evalue']}"]
    return [*output.get("text", ()), *output.get("data", {}).get("text/plain", ())]


@pytest.mark.parametrize("username", ["honest", "𠮷龑", "li"])
def test_honest_code_runs_with_pandas_and_the_learners_own_tables(
    course: Path, username: str
) -> None:
    code = "print(len(roster), len(residents), roster['人员编码'].iloc[0].strip())"
    outcome, said = graded(course, username, code)
    assert outcome.state == WAITING
    assert outcome.score == TOTALS["L3"] - 8
    roster, residents = own_tables(course, username)
    assert said.split() == [str(len(roster)), str(len(residents)), roster[0][0].strip()]


def own_tables(course: Path, username: str) -> list[Any]:
    lesson = load_course(course).lesson("L3")
    assert lesson is not None
    task = own_lesson(lesson, course.name, username, 1).task("D1")
    assert task is not None
    return [task.tables[name]["rows"] for name in ("roster", "residents")]


@pytest.mark.parametrize(
    "place",
    ["gradebook.db", "source/L3/L3.ipynb", "questions/L3.toml", "data/D1.py", "submitted", ""],
)
def test_code_cannot_read_the_course(course: Path, place: str) -> None:
    path = course / place
    assert path.exists()
    code = f"import os\nprint(os.path.exists({str(path)!r}))\nopen({str(path)!r}).read()"
    _, said = graded(course, f"r-{place.replace('/', '-')}", code)
    assert said.startswith("False")
    assert "FileNotFoundError" in said


def test_code_cannot_read_the_home_other_programs_or_the_graders_environment(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", SECRET)
    code = """
import os, pathlib
said = [os.listdir("/"), dict(os.environ)]
for place in ("HOME_FILE", "/home", "/etc/shadow", "/var"):
    said.append(os.path.exists(place))
pids = [p for p in os.listdir("/proc") if p.isdigit()]
said.append(len(pids))
for pid in pids:
    for name in ("environ", "cmdline"):
        try:
            said.append(pathlib.Path("/proc", pid, name).read_bytes())
        except OSError:
            pass
print(said)
"""
    with NamedTemporaryFile(dir=Path.home(), prefix=".zhixing-test-") as own:
        _, said = graded(course, "nosy", code.replace("HOME_FILE", own.name))
    assert SECRET not in said
    assert "False, False, False, False" in said
    assert str(course) not in said


def test_code_cannot_reach_the_network_not_even_loopback(course: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        port = server.getsockname()[1]
        code = f"""
import socket
try:
    socket.create_connection(("127.0.0.1", {port}), 2)
    print("reached")
except OSError as error:
    print("refused", error.errno)
"""
        _, said = graded(course, "caller", code)
        with pytest.raises(TimeoutError):
            server.accept()
    assert "refused" in said


def test_code_cannot_write_anywhere_but_its_own_folder(course: Path) -> None:
    code = """
import sys
for place in ("/usr/x", "/x", "/dev/x", "/etc/x", sys.prefix + "/x", sys.prefix + "/lib/x.pth"):
    try:
        open(place, "w")
        print("wrote", place)
    except OSError:
        pass
open("mine", "w").write("ok")
print("done")
"""
    _, said = graded(course, "writer", code)
    assert "wrote" not in said
    assert "done" in said


def test_memory_of_temporary_folders_is_bounded(course: Path) -> None:
    code = """
import os
for place in ("/dev/shm/a", "/run/a", "/tmp/a"):
    total = 0
    try:
        with open(place, "wb") as file:
            while total < 1200 << 20:
                total += file.write(b"0" * (64 << 20))
    except OSError as error:
        pass
    print(place, total >> 20)
    if os.path.exists(place):
        os.remove(place)
"""
    _, said = graded(course, "filler", code)
    sizes = [int(line.split()[1]) for line in said.splitlines() if line.startswith("/")]
    assert len(sizes) == 3
    assert max(sizes) <= 512


def test_no_box_can_be_made_inside_the_box(course: Path) -> None:
    code = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
print("unshare", libc.unshare(0x10000000), os.getuid() != 0)
"""
    _, said = graded(course, "nester", code)
    assert "unshare -1 True" in said


def test_an_endless_cell_costs_only_itself_and_leaves_nothing_running(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grading.configuration.SECONDS_A_CELL", 4)
    before = boxed_processes()
    code = """
import os, subprocess
subprocess.Popen(["/bin/sleep", "1000"], start_new_session=True)
while True:
    pass
"""
    began = time.monotonic()
    outcome, said = graded(course, "endless", code)
    assert time.monotonic() - began < 30
    assert outcome.state == WAITING
    assert outcome.score == TOTALS["L3"] - 8, "the recorded answers keep their points"
    assert "Timeout" in said or "KeyboardInterrupt" in said
    assert boxed_processes() == before


def boxed_processes() -> set[int]:
    """Boxes of ours that are still there: programs of bwrap and what sleeps in them."""
    found = set()
    for process in psutil.process_iter(["name", "cmdline"]):
        line = " ".join(process.info["cmdline"] or [])
        if "sleep 1000" in line or "/zx-" in line:
            found.add(process.pid)
    return found


def test_a_kernel_that_ends_itself_keeps_recorded_points_and_fails_every_check(
    course: Path,
) -> None:
    outcome, said = graded(course, "leaver", "import os\nos._exit(0)")
    assert (outcome.state, outcome.score) == (WAITING, TOTALS["L3"] - 8)
    assert "程序停了" in said
    path = course / "autograded" / "leaver" / "L3" / "D1.ipynb"
    check = cell_of(path, "d1-mobilisable-check")
    assert [output["output_type"] for output in check["outputs"]] == ["error"]


def test_code_cannot_give_itself_points(course: Path) -> None:
    """Whatever code prints or leaves behind, the points are those of the records."""
    code = """
import json, sys, builtins
open("answers.json", "w").write("{}")
class Liar(float):
    def __eq__(self, other): return True
    def __repr__(self): return "1000"
__builtins__.assertion = True
Liar(5)
"""
    content = workbook(course, {"d1-clean": code})
    hand_in(course, "L3", "liar", {}, {"D1": content})
    assert next(autograde_each(course, "L3", ["liar"])).score == 0


@pytest.fixture
def forbidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose bubblewrap says what it says where user namespaces are forbidden."""
    program = tmp_path / "bwrap"
    program.write_text(
        "#!/bin/sh\necho 'bwrap: No permissions to create a new namespace' >&2\nexit 1\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr("zhixing.kernels.bubblewrap.bwrap_path", lambda: program)
    return


@pytest.mark.usefixtures("forbidden")
def test_without_isolation_code_is_refused_with_the_reason_and_questions_still_graded(
    course: Path,
) -> None:
    with pytest.raises(NoIsolationError, match="不允许建立沙箱"):
        require_isolation()
    marker = course / "ran"
    outcome, _ = graded(course, "no-walls", f"open({str(marker)!r}, 'w')")
    assert outcome.state == FAILED
    assert not marker.exists()
    hand_in(course, "L3", "no-code", right_answers(course, "L3"))
    assert next(autograde_each(course, "L3", ["no-code"])).state == WAITING


def test_a_trainers_box_can_grade_in_a_box_within(course: Path) -> None:
    """As formgrader does it: nbgrader inside the trainer's own box, code in one inside that."""
    code = f"import os\nprint(os.path.exists({str(course / 'gradebook.db')!r}), os.getuid())"
    content = workbook(course, {"d1-clean": code})
    hand_in(course, "L3", "nested", right_answers(course, "L3"), {"D1": content})
    uid = 19003
    if os.getuid() == 0:
        for place in (course, *course.rglob("*")):
            os.chown(place, uid, uid)
    home = str(course)
    box = Box(
        bwrap=bubblewrap_program(),
        uid=uid,
        read_only=(*system_folders(), *python_folders()),
        writable=((home, home),),
        folder=home,
        home=home,
    )
    call = "from zhixing.cli import main; main()"
    grade = ["-c", call, "grade", "L3", "--course", home, "--json"]
    done = subprocess.run(
        command_from_box(sys.executable, box, [sys.executable, *grade]),
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": home, "LANG": "C.UTF-8"},
    )
    outcomes = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    mine = [one for one in outcomes if one["username"] == "nested"]
    assert mine, done.stderr
    assert (mine[0]["state"], mine[0]["score"]) == (WAITING, TOTALS["L3"] - 8), done.stderr
    assert printed(course / "autograded" / "nested" / "L3" / "D1.ipynb").startswith("False")

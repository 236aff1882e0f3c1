"""nbgrader's own commands in people's own JupyterLab on the real platform, each in a box."""

import httpx

from tests.personal_server import headers, run_code, start_server
from tests.running_platform import RunningPlatform

API = "/services/classroom/api/courses/shujiketang"
SAY = """
import subprocess
def nbgrader(*arguments):
    done = subprocess.run(["nbgrader", *arguments], capture_output=True, text=True)
    print(done.returncode, done.stdout, done.stderr)
"""


def test_list_submit_and_collect_between_two_boxes_that_share_no_folder(
    platform: RunningPlatform,
) -> None:
    username = platform.newcomer()
    with platform.client(username) as learner, platform.client("trainer1") as trainer:
        start_server(learner, username)
        answer_one(learner)
        said = run_code(learner, username, f"{SAY}nbgrader('list')\nnbgrader('submit', 'L1')")
        assert "shujiketang L1" in said
        assert "Asia/Shanghai" in said
        assert "已交卷：《L1》" in said, said
        listed = learner.get(
            f"/user/{username}/assignments?course_id=shujiketang",
            headers=headers(learner, username),
        ).json()
        assert ("L1", "submitted") in [(o["assignment_id"], o["status"]) for o in listed["value"]]
        start_server(trainer, "trainer1")
        collect = f"{SAY}import os; os.chdir('shujiketang')\nnbgrader('collect', 'L1')"
        said = run_code(trainer, "trainer1", collect)
        assert "这次新收" in said, said
    assert (platform.data / "courses" / "shujiketang" / "submitted" / username / "L1").is_dir()


def answer_one(learner: httpx.Client) -> None:
    view = learner.get(f"{API}/questions/L1-1").json()["question"]
    value = view["options"][0]["id"]
    body = {"version": view["version"], "value": value, "key": "click-exchange"}
    given = learner.post(f"{API}/questions/L1-1/answers", json=body)
    assert given.status_code == 201, given.text

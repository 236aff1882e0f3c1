"""Compatible rehearsal: what compatible mode must withstand, attacked in a foreign course.

Its tests run in the learner's own interpreter, as nbgrader means it: a submission may forge its own
score there and see tests that call it, and that is no finding. All else must hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grading.doctor.attacks import KINDS, Attack
from grading.doctor.course import hand_in
from grading.doctor.files import COMPATIBLE_SPOILT
from grading.doctor.finding import Finding
from grading.doctor.pair import paired
from grading.doctor.stage import ALL_POINTS, RIGHT, Stage, attacked, spoilt
from zhixing.errors import ZhixingError

SEEN_BY_ITS_TESTS = frozenset({"heap", "stack"})
"""Ways of reading that lead to the tests where those run in the same interpreter."""

LATE = "import signal, time\nsignal.setitimer(signal.ITIMER_REAL, 0)\ntime.sleep({seconds})\n"
"""Goes on past its limit, and leaves a reply to be taken for the next one's."""

EXECUTE = '"nbgrader.preprocessors.Execute", '
STEPS = 'c.Autograde.autograde_preprocessors = [{}"nbgrader.preprocessors.SaveAutoGrades"]\n'


def rehearsed_in_compatible_mode(
    stage: Stage, attacks: Sequence[Attack], seconds_until_late: float
) -> Iterator[Finding]:
    """Attack compatible mode; findings as they come.

    Parameters
    ----------
    seconds_until_late
        After which no reply to a cell can be in time.
    """
    for kind in KINDS:
        chosen = [one for one in attacks if one.kind == kind and _is_to_hold(one)]
        if chosen:
            yield from attacked(stage, chosen)
    yield from spoilt(stage, COMPATIBLE_SPOILT, ("残缺的文件", "牵连别人"))
    yield paired(stage, "牵连别人")
    yield _late(stage, seconds_until_late)
    yield from _with_steps(stage)


def _is_to_hold(attack: Attack) -> bool:
    return attack.kind != "forge" and attack.name not in SEEN_BY_ITS_TESTS


def _late(stage: Stage, seconds: float) -> Finding:
    source = LATE.format(seconds=seconds) + "total = lambda values: 0"
    hand_in(stage.course, "late", {**RIGHT, "s-total": source})
    outcome = stage.graded("late")["late"]
    found = f"得 {outcome.score or 0:g} 分{outcome.reason}"
    is_met = not outcome.reason and outcome.score == 0
    return stage.finding(
        "late", KINDS["forge"], "迟到的回答冒充下一格的", is_met=is_met, found=found
    )


def _with_steps(stage: Stage) -> Iterator[Finding]:
    """A course that lists its own steps: with nbgrader's own ``Execute``, and with none."""
    config = stage.course / "nbgrader_config.py"
    before = config.read_text()
    try:
        config.write_text(before + STEPS.format(EXECUTE))
        yield _unboxed(stage)
        config.write_text(before + STEPS.format(""))
        yield _refused(stage)
    finally:
        config.write_text(before)


def _unboxed(stage: Stage) -> Finding:
    outside = stage.course / "outside"
    tries = f"try: open({str(outside)!r}, 'w').close()\nexcept OSError: pass\n"
    hand_in(stage.course, "unboxed", {**RIGHT, "s-total": tries + RIGHT["s-total"]})
    outcome = stage.graded("unboxed")["unboxed"]
    is_met = not outside.exists() and outcome.score == ALL_POINTS
    found = (
        "写到了沙箱以外" if outside.exists() else f"得 {outcome.score or 0:g} 分{outcome.reason}"
    )
    title = "课程自己列出 nbgrader 的 Execute，学员的代码写到外面"
    return stage.finding("unboxed", KINDS["write"], title, is_met=is_met, found=found)


def _refused(stage: Stage) -> Finding:
    title = "课程列出的步骤里没有一个在沙箱里运行代码"
    try:
        stage.graded("unboxed")
    except ZhixingError as error:
        return stage.finding(
            "no-box", KINDS["write"], title, is_met=True, found=f"拒绝批改：{error}"
        )
    return stage.finding("no-box", KINDS["write"], title, is_met=False, found="照样批改了")

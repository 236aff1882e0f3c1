"""Steps of the content pipeline as a person takes them on the command line."""

from pathlib import Path

from click.testing import CliRunner, Result

from zhixing.coursecommands import course

ROUND = (
    ("review", "--by", "乙（示例）", "--author", "甲（示例）", "--note", "逐段核对了出处"),
    ("approve", "--by", "丙（示例）"),
    ("publish", "--by", "甲（示例）"),
)


def run(step: str, *arguments: object) -> Result:
    return CliRunner().invoke(course, [step, *map(str, arguments)])


def take(folder: Path, *steps: tuple[str, ...], lesson: str = "L1") -> None:
    for step, *options in steps:
        outcome = run(step, folder, lesson, *options)
        assert outcome.exit_code == 0, outcome.output

"""Finding: one thing wrong in a course file, said so that its author can put it right."""

from __future__ import annotations

from dataclasses import dataclass

from zhixing.errors import CourseFileError


@dataclass(frozen=True)
class Finding:
    """Where (file, line, field), what stands there, what should, and what to do next.

    Parameters
    ----------
    line
        Counted from 1; None where the file itself is missing or unreadable.
    field
        Path inside the file, e.g. ``L1-2 options[b].reason``.
    """

    file: str
    line: int | None
    field: str
    found: str
    expected: str
    next: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.field}：现为 {self.found}；应为 {self.expected}。{self.next}"

    def error(self) -> CourseFileError:
        """The same as an exception, for a caller that cannot go on."""
        problem = f"现为 {self.found}；应为 {self.expected}。{self.next}"
        return CourseFileError(self.file, self.field, problem, self.line)


class CourseFaults(CourseFileError):  # noqa: N818 - several faults, and callers catch the base
    """Every fault of a course, so that an author sees all at once."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        first = findings[0]
        super().__init__(first.file, first.field, str(first), first.line)
        self.findings = findings
        self.args = ("\n".join(map(str, findings)),)


def shown(value: object, longest: int = 60) -> str:
    """Write a found value short enough for one line of a report."""
    text = str(value).replace("\n", "⏎") if isinstance(value, str) else repr(value)
    return f"“{text[:longest]}{'…' if len(text) > longest else ''}”"

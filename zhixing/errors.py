"""Errors that callers of the core catch together."""


class ZhixingError(ValueError):
    """Something a person can put right: says what, found, expected, next step."""


class InvalidAnswerError(ZhixingError):
    """An answer whose shape, range or options do not fit its question."""


class CourseFileError(ZhixingError):
    """A course file that cannot be read; the message names file, line and field."""

    def __init__(self, file: str, field: str, problem: str, line: int | None = None) -> None:
        self.file = file
        self.field = field
        self.problem = problem
        self.line = line
        place = f"{file}:{line}" if line else file
        super().__init__(f"{place}: {field}: {problem}")

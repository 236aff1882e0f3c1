"""One marked question of each type, and of each form of it, from a real course."""

from zhixing.course import Course
from zhixing.question import Question

FORMS = ("integer", "rate", "set", "table", "shifts", "keywords", "number", "text")


def one_of_each(course: Course) -> list[Question]:
    """Questions in the order of the course, the first of each type and form."""
    found: dict[tuple[str, str], Question] = {}
    for lesson in course.lessons:
        for question in lesson.questions:
            form = next((name for name in FORMS if name in question.key), "")
            if question.kind != "written":
                found.setdefault((question.kind, form), question)
    return list(found.values())

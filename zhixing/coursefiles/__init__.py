"""Course files: what an author writes, read into :mod:`zhixing.course` values."""

from zhixing.coursefiles.loading import (
    course_folders,
    load_course,
    load_courses,
    load_lesson,
)

__all__ = ["course_folders", "load_course", "load_courses", "load_lesson"]

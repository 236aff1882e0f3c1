"""Course files: what an author writes, read into :mod:`zhixing.course` values."""

from zhixing.coursefiles.loading import load_course, load_courses

__all__ = ["load_course", "load_courses"]

"""判断: a single choice between ``true`` and ``false``."""

from zhixing.kinds.single import mark, reveal

__all__ = ["mark", "reveal"]

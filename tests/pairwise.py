"""The rule that a data task's right and wrong answers differ pairwise (domain brief, 6.1)."""

from collections.abc import Iterable
from itertools import combinations

from zhixing.datatask import Solved


def require_all_differ(drawn: Solved, names: Iterable[str], least: int) -> None:
    """Fail where two ways to solve it give one answer, or fewer mistakes than ``least`` do."""
    for name in names:
        wrongs = [answers[name] for answers, _ in drawn.wrongs.values() if name in answers]
        assert len(wrongs) >= least, name
        for one, other in combinations([drawn.answers[name], *wrongs], 2):
            assert one != other, (drawn.task.id, drawn.task.seed, name)

"""A job of a yard is, to honest code, what a stock kernel is."""

from collections.abc import Iterator

import pytest

from tests.yard_job import said, yard_job
from zhixing.yard.yard import Yard


@pytest.fixture(scope="module")
def yard() -> Iterator[Yard]:
    with Yard("zhixing.yard.learner") as opened:
        yield opened


def test_python_is_silent_of_what_it_is_silent_of_in_a_stock_kernel(yard: Yard) -> None:
    """Text on stderr costs points in nbgrader: a file left open must not be a warning."""
    source = "open('a', 'w')\nn = len(open('a').read())"
    with yard_job(yard) as one:
        assert said(one, source) == ""


def test_a_warning_that_a_stock_kernel_shows_is_shown(yard: Yard) -> None:
    source = """
import warnings
for _ in "12":
    warnings.warn("小心")
warnings.warn("旧", DeprecationWarning)
"""
    with yard_job(yard) as one:
        told = said(one, source)
    assert (told.count("UserWarning: 小心"), told.count("DeprecationWarning: 旧")) == (1, 1)

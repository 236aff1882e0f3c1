"""Pytest plug-in: nbgrader's own tests with this project's Execute in the place of its own."""

import nbgrader.converters.autograde as autograde

from grading.yardexecute import YardExecute


def pytest_configure(config: object) -> None:
    """Put ours among the preprocessors of nbgrader's Autograde."""
    trait = autograde.Autograde.autograde_preprocessors
    trait.default_args = tuple(
        [YardExecute if one is autograde.Execute else one for one in given]
        for given in trait.default_args
    )
    assert any(YardExecute in given for given in trait.default_args)

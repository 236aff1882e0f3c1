"""How pages write points and other numbers."""

import pytest

from zhixing.classroom.pages.frame import templates


@pytest.mark.parametrize(
    ("value", "written"),
    [(115.733, "115.73"), (124.0, "124"), (0.5, "0.5"), (1049.99, "1049.99"), (2 / 3, "0.67")],
)
def test_a_number_has_two_decimals_at_most(value: float, written: str) -> None:
    assert templates().from_string("{{ value|number }}").render(value=value) == written

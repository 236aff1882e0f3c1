"""What the record of stages allows, whatever calls it."""

from datetime import UTC, datetime

import pytest

from zhixing.publication import (
    STEPS,
    Entry,
    PublicationError,
    Standing,
    after,
    published_before,
    same_person,
    standing,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OLD, NEW = "0" * 16, "1" * 16


def entry(step: str, by: str, *, version: str = OLD, author: str = "") -> Entry:
    return Entry("L1", version, step, by, NOW, author=author)


ROUND = (entry("review", "乙", author="甲"), entry("approve", "丙"), entry("publish", "甲"))


def test_three_steps_by_three_people_publish_a_version() -> None:
    assert [standing(ROUND[:n], "L1", OLD).stage for n in range(4)] == [
        "draft",
        "reviewed",
        "approved",
        "published",
    ]


def test_another_version_is_a_draft_whatever_was_approved_before() -> None:
    assert standing(ROUND, "L1", NEW) == Standing()
    assert published_before(ROUND, "L1") == ROUND[2]


@pytest.mark.parametrize("step", sorted(set(STEPS) - {"review"}))
def test_a_draft_can_only_be_reviewed(step: str) -> None:
    with pytest.raises(PublicationError, match=r"现为“草稿”.*应为“.*zhixing course review"):
        after(Standing(), entry(step, "乙"))


@pytest.mark.parametrize(
    ("before", "last"),
    [
        ((), entry("review", "甲", author=" 甲")),
        (ROUND[:1], entry("approve", "甲")),
        (ROUND[:1], entry("approve", "乙")),
    ],
)
def test_nobody_has_two_parts_in_one_version(before: tuple[Entry, ...], last: Entry) -> None:
    with pytest.raises(PublicationError, match="应为三个人"):
        standing((*before, last), "L1", OLD)


def test_a_name_is_the_same_in_other_spacing_and_width() -> None:
    assert same_person("王 芳", "王芳")
    assert same_person("Ａnna", "anna")
    assert not same_person("王芳", "王方")


def test_what_was_returned_begins_again_and_may_have_other_people() -> None:
    returned = (*ROUND, entry("return", "丁"))
    assert standing(returned, "L1", OLD) == Standing()
    assert published_before(returned, "L1") is None
    again = (*returned, entry("review", "丙", author="甲"), entry("approve", "乙"))
    assert standing(again, "L1", OLD).stage == "approved"


def test_what_is_published_is_not_published_again() -> None:
    with pytest.raises(PublicationError, match="已经发布"):
        standing((*ROUND, entry("publish", "甲")), "L1", OLD)

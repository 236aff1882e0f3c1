"""No ID or phone number gets into a roster, and no place code is taken for one."""

import pytest

from zhixing.roster.privacy import masked, private_number


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("321002199003072316", "身份证号"),
        ("32100219900307231X", "身份证号"),
        ("３２１００２１９９００３０７２３１ｘ", "身份证号"),
        ("321002 19900307 2316", "身份证号"),
        ("321002900307231", "身份证号"),
        ("张三321002199003072316", "身份证号"),
        ("13800001111", "手机号"),
        ("138 0000 1111", "手机号"),
        ("138-0000-1111", "手机号"),
        ("+8613800001111", "手机号"),
        ("张三13800001111", "手机号"),
    ],
)
def test_private_numbers_are_seen_through_spaces_and_full_width_digits(
    text: str, kind: str
) -> None:
    assert private_number(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "321002",
        "321002001",
        "321002001005",  # 12 digits: the statistical code of a community
        "32100200100512345",
        "321002199013072316",  # month 13
        "2026-09-01",
        "12345678901",  # no mobile number begins with 12
        "L1-3",
        "",
    ],
)
def test_codes_and_dates_are_not_taken_for_private_numbers(text: str) -> None:
    assert private_number(text) is None


def test_an_error_message_does_not_repeat_the_number() -> None:
    assert masked("13800001111") == "13*********"

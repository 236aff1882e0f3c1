"""Prose: what a reader stumbles over, and what turns a fact into something it is not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator

Fault = tuple[str, str, str]
"""What was found, what was expected, what to do."""

LEAST_CHARACTERS = 1800
MOST_CHARACTERS = 3000
"""Chinese characters of a lesson's text where ``course.toml`` says nothing else (issue 5)."""

_HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
_CHARACTER = re.compile(f"[{_HAN}]")
_CODE = re.compile(r"`[^`]*`|\]\([^)]*\)")
_TONES = re.compile("[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]")
_HALF_WIDTH = re.compile(f"[{_HAN}\u201d\u300b][,:;?!]|[,;?!(][{_HAN}\u201c\u300a]")
_FEATURE = re.compile("排行榜|打卡|倒计时|限时作答|在线时长|积分榜|连续签到")
_DENIAL = re.compile("[不无非没勿禁]|反对|杜绝|避免")
_FIGURE = re.compile(r"(\d+)(\D+)")


def prose_faults(text: str, figures: Collection[str] = ()) -> Iterator[Fault]:
    """Everything wrong with one text; ``figures`` are those that the source gives as 余."""
    plain = _CODE.sub("", text)
    for check in _CHECKS:
        yield from check(plain)
    yield from _bare_figures(plain, figures)


def characters(text: str) -> int:
    """Chinese characters in a text."""
    return len(_CHARACTER.findall(text))


def _traditional(text: str) -> Iterator[Fault]:
    """Characters of Big5 that GB 2312 does not have are traditional ones, rare names aside."""
    found = dict.fromkeys(char for char in text if "\u4e00" <= char <= "\u9fff")
    for char in found:
        if not _encodes(char, "gb2312") and _encodes(char, "big5"):
            yield f"繁体字“{char}”", "简体字", "请换成规范的简体字。"


def _encodes(char: str, charset: str) -> bool:
    try:
        char.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _pinyin(text: str) -> Iterator[Fault]:
    for match in _TONES.finditer(text):
        around = text[max(0, match.start() - 4) : match.end() + 3]
        yield f"拼音“{around}”", "不带注音", "请删去夹在正文中的拼音。"


def _half_width(text: str) -> Iterator[Fault]:
    for match in _HALF_WIDTH.finditer(text):
        yield f"半角标点“{match.group()}”", "全角标点", "中文里请用全角标点。"


def _features(text: str) -> Iterator[Fault]:
    """No clock, rank or check-in; a text may well say that there is none."""
    for match in _FEATURE.finditer(text):
        if not _DENIAL.search(text[max(0, match.start() - 6) : match.start()]):
            yield f"“{match.group()}”", "不排名、不计时、不打卡", "请删去这类要求。"


def _emphasis(text: str) -> Iterator[Fault]:
    """Bold marks that CommonMark leaves standing: punctuation inside them against a character."""
    parts = text.split("**")
    for before, inside, after in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
        opens = not (_CHARACTER.match(before[-1:]) and _is_mark(inside[:1]))
        closes = not (_CHARACTER.match(after[:1]) and _is_mark(inside[-1:]))
        if not (opens and closes):
            yield f"“**{inside}**”", "标点在粗体之外", "否则粗体不会生效，星号会原样显示。"


def _is_mark(char: str) -> bool:
    return unicodedata.category(char).startswith("P") if char else False


_CHECKS: tuple[Callable[[str], Iterator[Fault]], ...] = (
    _traditional,
    _pinyin,
    _half_width,
    _features,
    _emphasis,
)


def _bare_figures(text: str, figures: Collection[str]) -> Iterator[Fault]:
    """A figure without 余, unless the same text also has it with 余 or as a bound."""
    for number, measure in (_FIGURE.findall(figure)[0] for figure in figures):
        bare = re.search(rf"(?<![\d.]){number}\s*{re.escape(measure)}", text)
        if bare and not re.search(rf"(?<!\d){number}\s*余|(?:多于|超过)\s*{number}", text):
            found, expected = f"“{bare.group()}”丢了限定词", f"“{number}余{measure}”"
            yield found, expected, "请按原文保留“余”。"

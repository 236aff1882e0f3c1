"""Names: plausible Chinese names drawn by seed, rare characters among them."""

from __future__ import annotations

from random import Random

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程"
    "曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方"
)
_DOUBLE_SURNAMES = ("欧阳", "上官", "司马", "诸葛", "令狐")
_GIVEN = (
    "建国华明红军丽芳秀英兰平志强桂海燕玉文永春梅伟勇艳杰娟涛霞"
    "敏静刚磊洋勤学思远晓东雨晴子涵浩然嘉怡俊辉雪琴国栋立新宏斌慧颖"
)
_RARE = ("𠮷", "龑", "䶮", "堃", "喆", "垚", "犇", "骉", "㛃", "𬭎", "𫖯", "翀", "頔", "昇")
_LONG = ("阿依古丽·买买提明", "迪丽努尔·阿卜杜热西提")


def draw_names(rng: Random, count: int) -> tuple[str, ...]:
    """So many names; some are the same, as they are in life, and some are hard to type."""
    names = [_one(rng, number) for number in range(count)]
    for place, long_name in zip((40, 170), _LONG, strict=True):
        if place < count:
            names[place] = long_name
    return tuple(names)


def _one(rng: Random, number: int) -> str:
    # The frequent surnames stand first and are drawn more often.
    surname = _SURNAMES[min(int(rng.expovariate(1 / 14)), len(_SURNAMES) - 1)]
    if number % 60 == 27:
        surname = rng.choice(_DOUBLE_SURNAMES)
    given = "".join(rng.choice(_GIVEN) for _ in range(1 if rng.random() < 0.2 else 2))
    if number % 20 == 2:
        given = given[:-1] + _RARE[number // 20 % len(_RARE)]
    return surname + given

"""D8: how many reserve cadres are missing and who has trained enough; all made up by seed."""

from collections import Counter
from typing import NamedTuple

from zhixing.redraw import are_apart, redrawn

TITLE = "D8 后备与达标：缺几名，谁没学够"
NOTE = (
    "全部为虚构数据，与任何真实的人和单位无关。学时是本年度的累计。"
    "“免训”空白是没有申请，原因不登记。"
    "同一编码有两行的，是旧登记没有删，以登记日期在后的一行为准。"
)

LEAST_RESERVES = 3
RESERVE = "后备干部"
IN_OFFICE, LEFT = "在任", "已离任"
IN_RESERVE, PROMOTED, WITHDRAWN = "在库", "已任用", "已退出"
CURRENT = (IN_OFFICE, IN_RESERVE)
APPROVED, PENDING, REFUSED = "已批准", "待批", "未批准"

EARLIER = {RESERVE: (RESERVE, IN_RESERVE), "两委成员": (RESERVE, IN_RESERVE)}
"""What people were before; a secretary was on the committee."""

PLAN = "支部书记和班子：2019至2023年规划"
ASSUMED = "教学假设"
RULES = (
    ("村书记", 56, PLAN, "中，请核对"),
    ("社区书记", 56, PLAN, "中，请核对"),
    ("两委成员", 56, "参照支部书记和班子", ASSUMED),
    (RESERVE, 32, "参照党员集中学习培训", ASSUMED),
)
GONE = ((), (PROMOTED,), (WITHDRAWN,), (PROMOTED, WITHDRAWN), (PROMOTED, PROMOTED))
"""Reserve cadres of a unit who no longer are."""

UNITS = (
    *((name, "村") for name in ("春分村", "谷雨村", "小满村", "芒种村", "立秋村", "处暑村")),
    *(
        (name, "社区")
        for name in ("白露社区", "秋分社区", "寒露社区", "霜降社区", "立冬社区", "冬至社区")
    ),
)
LEAST_DISTANCE = {"rate": 1.0}
"""Percentage points between any two rates: twice the tolerance of the question."""

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎䶮"
)
GIVEN = (
    "安邦昌成诚川春德东芳飞枫刚国海涵和恒华嘉杰锦静君凯兰磊丽良林玲龙梅明宁鹏平琪勤"
    "清群然荣瑞森尚思松涛田庭桐薇文霞贤祥欣星旭雅阳怡颖永玉远月云泽哲正芝志舟卓𠮷龑堃翀"
)


class Person(NamedTuple):
    """A row of the list of people."""

    unit: str
    code: str
    name: str
    post: str
    status: str
    hours: int
    online: int
    exemption: str
    listed_on: str


def generate(seed):
    """Draw until every mistake gives an answer of its own: feedback then names the right step."""
    return redrawn(seed, _draw, _is_telling)


def solve(tables):
    """Count people once, by their last row; missing heads unit by unit; one rate for all."""
    people = _people(tables)
    return {"missing": _missing(tables, people), **_training(tables, people)}


def _rows(tables):
    return [Person(*row) for row in tables["people"]["rows"]]


def _people(tables):
    """Last row of every person."""
    return list({one.code: one for one in sorted(_rows(tables), key=_listed_on)}.values())


def _listed_on(one):
    return one.listed_on


def _reserves(tables, people, statuses=(IN_RESERVE,)):
    """Map a unit to how many reserve cadres it has, none included."""
    found = Counter({unit: 0 for unit, _ in tables["units"]["rows"]})
    found.update(one.unit for one in people if one.post == RESERVE and one.status in statuses)
    return found


def _shortages(tables, people, **lenient):
    reserves = _reserves(tables, people, **lenient)
    return [LEAST_RESERVES - number for number in reserves.values() if number < LEAST_RESERVES]


def _missing(tables, people, **lenient):
    return sum(_shortages(tables, people, **lenient))


def _due(people, statuses=CURRENT, exempting=(APPROVED,)):
    """Those who have to train."""
    return [one for one in people if one.status in statuses and one.exemption not in exempting]


def _required(tables):
    return {row[0]: row[1] for row in tables["rules"]["rows"]}


def _has_trained(tables):
    """Tell who has as many centralized hours as their post requires."""
    required = _required(tables)
    return lambda one: one.hours >= required[one.post]


def _training(tables, people, has_trained=None, **lenient):
    due, has_trained = _due(people, **lenient), has_trained or _has_trained(tables)
    behind = {one.code for one in due if not has_trained(one)}
    trained = sum(1 for one in due if has_trained(one))
    return {"rate": 100 * trained / len(due), "behind": behind}


def _all_rows(tables):
    rows = _rows(tables)
    return {"missing": _missing(tables, rows), **_training(tables, rows)}


def _promoted_counted(tables):
    people = _people(tables)
    missing = _missing(tables, people, statuses=(IN_RESERVE, PROMOTED, WITHDRAWN))
    everybody = (*CURRENT, LEFT, PROMOTED, WITHDRAWN)
    return {"missing": missing, **_training(tables, people, statuses=everybody)}


def _units_counted(tables):
    return {"missing": len(_shortages(tables, _people(tables)))}


def _averaged(tables):
    reserves = _reserves(tables, _people(tables))
    return {"missing": max(0, LEAST_RESERVES * len(reserves) - reserves.total())}


def _empty_units_missed(tables):
    shortages = _shortages(tables, _people(tables))
    return {"missing": sum(short for short in shortages if short < LEAST_RESERVES)}


def _mean_of_units(tables):
    people = _people(tables)
    units = sorted({one.unit for one in _due(people)})  # in one order: floats are summed
    rates = [
        _training(tables, [one for one in people if one.unit == unit])["rate"] for unit in units
    ]
    return {"rate": sum(rates) / len(rates)}


def _tracks_summed(tables):
    required = _required(tables)
    return _training(
        tables, _people(tables), lambda one: one.hours + one.online >= required[one.post]
    )


def _one_line_for_all(tables):
    most = max(_required(tables).values())
    return _training(tables, _people(tables), lambda one: one.hours >= most)


def _unapproved_removed(tables):
    return _training(tables, _people(tables), exempting=(APPROVED, PENDING, REFUSED))


def _exempt_kept(tables):
    return _training(tables, _people(tables), exempting=())


def _exempt_in_numerator(tables):
    people, has_trained = _people(tables), _has_trained(tables)
    trained = sum(1 for one in _due(people, exempting=()) if has_trained(one))
    return {"rate": 100 * trained / len(_due(people))}


def _as_share(tables):
    return {"rate": solve(tables)["rate"] / 100}


WRONG = {
    "all_rows": (
        _all_rows,
        "同一编码有两行的是同一个人：先按登记日期从新到旧排，再按编码删除重复项。",
    ),
    "promoted_counted": (
        _promoted_counted,
        "看“状态”：已任用、已退出、已离任的人，不算后备，也不在应训之列。",
    ),
    "units_counted": (
        _units_counted,
        "题目问缺多少名，不是缺人的单位有几个：每个单位各差几名，再相加。",
    ),
    "averaged": (_averaged, "一个单位多出的人，补不了别的单位：逐个单位算，只把缺的加起来。"),
    "empty_units_missed": (
        _empty_units_missed,
        "一名后备也没有的单位，在透视表里不会出现：拿《单位名单》逐个核对。",
    ),
    "mean_of_units": (_mean_of_units, "达标率按人合并计算：不要先算各单位的率再平均。"),
    "tracks_summed": (_tracks_summed, "集中和网络是两条线，各算各的：网络学时不能补集中学时。"),
    "one_line_for_all": (_one_line_for_all, "各岗位要求的学时不同，请按《学时要求》逐岗位对照。"),
    "unapproved_removed": (
        _unapproved_removed,
        "免训只有“已批准”才作数：待批和未批准的人，仍在应训之列。",
    ),
    "exempt_kept": (_exempt_kept, "免训已批准的人不在应训之列：算率和列名单以前，先去掉。"),
    "exempt_in_numerator": (
        _exempt_in_numerator,
        "免训已批准的人，分子、分母都不算，哪怕学时够了。",
    ),
    "as_share": (_as_share, "题目要百分数，请把比值乘以 100。"),
}


def _is_telling(tables):
    return are_apart(tables, solve, WRONG, LEAST_DISTANCE)


def _draw(rng):
    codes = iter(f"GB{number}" for number in rng.sample(range(100, 999), 200))
    people = [one for unit, kind in UNITS for one in _staff(rng, unit, kind, codes)]
    people = _reserved(rng, people, codes)
    people = _with_exemptions(rng, people)
    people += _outdated(rng, people)
    rng.shuffle(people)
    return {
        "units": _table("单位名单", ["单位", "类型"], UNITS),
        "people": _table(
            "人员",
            [
                *("单位", "人员编码", "姓名", "岗位", "状态"),
                *("集中学时", "网络学时", "免训", "登记日期"),
            ],
            people,
        ),
        "rules": _table("学时要求", ["岗位", "每年集中学时", "依据", "确定程度"], RULES),
    }


def _table(title, columns, rows):
    return {"title": title, "columns": columns, "rows": [[*row] for row in rows]}


def _staff(rng, unit, kind, codes):
    """Secretary and committee of a unit, and at times one who has left."""
    yield _person(rng, unit, next(codes), f"{kind}书记", IN_OFFICE)
    for _ in range(rng.randint(1, 3)):
        yield _person(rng, unit, next(codes), "两委成员", IN_OFFICE)
    if rng.random() < 0.2:
        yield _person(rng, unit, next(codes), "两委成员", LEFT)


def _reserved(rng, people, codes):
    """Add reserve cadres: some units have too many, some too few, one or two none."""
    numbers = [0] * rng.randint(1, 2) + [1, 2, 3, 4, 5]
    numbers += rng.choices((1, 1, 2, 2, 4, 5), k=len(UNITS) - len(numbers))
    rng.shuffle(numbers)
    people = list(people)
    for (unit, _), number in zip(UNITS, numbers, strict=True):
        gone = rng.choice(GONE)
        for status in (*[IN_RESERVE] * number, *gone):
            people.append(_person(rng, unit, next(codes), RESERVE, status))
    return people


def _person(rng, unit, code, post, status):
    given = "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2))))
    hours = _hours(rng, {post: hours for post, hours, *_ in RULES}[post], status)
    return Person(
        unit, code, rng.choice(SURNAMES) + given, post, status, *hours, "", _day(rng, 5, 10)
    )


def _hours(rng, required, status):
    """Centralized and online hours: some exactly enough, some only in sum."""
    if status not in CURRENT:
        return rng.choice(range(4, required - 4, 4)), rng.choice((10, 20, 30))
    enough = (required, required, required + 4, required + 8)
    return rng.choice(
        (
            *((hours, rng.choice((10, 30, 50, 54))) for hours in enough),
            (required - rng.choice((2, 4, 8)), rng.choice((20, 50, 60))),
            (rng.choice(range(8, required - 8, 4)), rng.choice((0, 4, 8))),
        )
    )


def _with_exemptions(rng, people):
    """Some exemptions are approved, for one who has trained enough too; some are not."""
    required = {post: hours for post, hours, *_ in RULES}
    current = [place for place, one in enumerate(people) if one.status in CURRENT]
    trained = [place for place in current if people[place].hours >= required[people[place].post]]
    behind = [place for place in current if place not in trained]
    exempted = dict.fromkeys(rng.sample(trained, rng.randint(1, 2)), APPROVED)
    given = [APPROVED] * rng.randint(2, 4) + [PENDING] * rng.randint(2, 3) + [REFUSED] * 2
    rng.shuffle(behind)
    exempted |= dict(zip(behind, given, strict=False))
    return [one._replace(exemption=exempted.get(place, "")) for place, one in enumerate(people)]


def _outdated(rng, people):
    """Rows from before a move or an appointment that nobody has taken out of the list."""
    current = [one for one in people if one.status in CURRENT]
    for one in rng.sample(current, rng.randint(7, 10)):
        post, status = EARLIER.get(one.post, ("两委成员", IN_OFFICE))
        yield one._replace(
            unit=rng.choice((one.unit, rng.choice(UNITS)[0])),
            post=post,
            status=status,
            hours=rng.choice(range(0, max(4, one.hours - 8), 4)),
            online=rng.choice((0, 4, 8)),
            exemption="",
            listed_on=_day(rng, 1, 4),
        )


def _day(rng, first_month, last_month):
    return f"2026-{rng.randint(first_month, last_month):02d}-{rng.randint(1, 28):02d}"

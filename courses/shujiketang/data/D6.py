"""D6: hours of service of members who have reported in; all data are made up by seed."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

from zhixing.redraw import are_apart, redrawn

TITLE = "D6 双报到：把下沉时长算实"
NOTE = (
    "全部为虚构数据，与任何真实的人和单位无关。有到、有离并经行动党支部确认（“确认”为“是”）的记录才算；"
    "“离”空白是还没有登记离开；“离”比“到”小，是过了零点，离开在次日；同一人重叠的时段只计一次。"
    "满12小时为达标，12小时是教学假设。《应报到名单》里的人都算应报到，没有来过的也在内；"
    "名单以外的人也有来帮忙的。"
)

THRESHOLD = 12
YES, NO = "是", "否"
MINUTES_A_DAY = 24 * 60
FIRST_DAY, DAYS = date(2026, 3, 2), 80
HALF_HOURS_A_VISIT = 6
DUE_COLUMNS = ["党员编码", "姓名", "支部"]
CHECKIN_COLUMNS = ["党员编码", "日期", "到", "离", "确认"]
BRANCHES = ("第一支部", "第二支部", "第三支部")
LEAST_DISTANCE = {"rate": 0.6, "hours": 0.2}
"""Between any two answers: more than the tolerance of the question and rounding together."""

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎䶮"
)
GIVEN = (
    "安邦昌成诚川春德东芳飞枫刚国海涵和恒华嘉杰锦静君凯兰磊丽良林玲龙梅明宁鹏平琪勤"
    "清群然荣瑞森尚思松涛田庭桐薇文霞贤祥欣星旭雅阳怡颖永玉远月云泽哲正芝志舟卓𠮷龑堃翀"
)


def generate(seed):
    """Draw until every mistake gives an answer of its own: feedback then names the right step."""
    return redrawn(seed, _draw, _is_telling)


def solve(tables):
    """Confirmed and closed records, overlaps counted once, of all who are due."""
    return _results(_due(tables), _merged_hours(_spans(tables)))


def _due(tables):
    return [row[0] for row in tables["due"]["rows"]]


def _spans(tables, confirmed=(YES,)):
    """Member, first and last minute of every record that has both and is confirmed."""
    return [
        (code, *_minutes(day, start, end))
        for code, day, start, end, confirmation in tables["checkins"]["rows"]
        if end and confirmation in confirmed
    ]


def _minutes(day, start, end):
    """Minutes since the first day; past midnight the end is on the next day."""
    base = (date.fromisoformat(day) - FIRST_DAY).days * MINUTES_A_DAY
    first, last = _minute(start), _minute(end)
    return base + first, base + last + (MINUTES_A_DAY if last < first else 0)


def _minute(clock):
    return int(clock[:2]) * 60 + int(clock[3:])


def _merged_hours(spans):
    hours = Counter()
    reached = {}
    for code, start, end in sorted(spans):
        begin = max(start, reached.get(code, start))
        hours[code] += max(0, end - begin) / 60
        reached[code] = max(end, reached.get(code, end))
    return hours


def _summed_hours(spans):
    hours = Counter()
    for code, start, end in spans:
        hours[code] += (end - start) / 60
    return hours


def _results(due, hours, threshold=THRESHOLD):
    short = {code for code in due if hours[code] < threshold}
    return {
        "rate": 100 * (len(due) - len(short)) / len(due),
        "hours": float(sum(hours[code] for code in due)),
        "short": short,
    }


def _overlap_twice(tables):
    return _results(_due(tables), _summed_hours(_spans(tables)))


def _unconfirmed_counted(tables):
    return _results(_due(tables), _merged_hours(_spans(tables, (YES, NO))))


def _only_who_came(tables):
    came = {row[0] for row in tables["checkins"]["rows"]}
    results = _results([code for code in _due(tables) if code in came], _hours(tables))
    return {name: results[name] for name in ("rate", "short")}


def _hours(tables):
    return _merged_hours(_spans(tables))


def _is_past_midnight(start, end):
    return start // MINUTES_A_DAY != end // MINUTES_A_DAY


def _negative_over_midnight(tables):
    """Take the end for one of the same day."""
    hours = _hours(tables)
    for code, start, end in _spans(tables):
        if _is_past_midnight(start, end):
            hours[code] -= MINUTES_A_DAY / 60
    return _results(_due(tables), hours)


def _over_midnight_dropped(tables):
    spans = [span for span in _spans(tables) if not _is_past_midnight(*span[1:])]
    return _results(_due(tables), _merged_hours(spans))


def _strangers_counted(tables):
    due, hours = _due(tables), _hours(tables)
    reached = sum(1 for total in hours.values() if total >= THRESHOLD)
    return {"rate": 100 * reached / len(due), "hours": float(hours.total())}


def _more_than_threshold(tables):
    results = _results(_due(tables), _hours(tables), THRESHOLD + 0.01)
    return {name: results[name] for name in ("rate", "short")}


def _as_ratio(tables):
    return {"rate": solve(tables)["rate"] / 100}


WRONG = {
    "overlap_twice": (_overlap_twice, "重叠时段只计一次，请先合并同一人的重叠记录。"),
    "unconfirmed_counted": (_unconfirmed_counted, "没有确认的记录先不算，请只留“确认”为“是”的。"),
    "only_who_came": (
        _only_who_came,
        "没有来过的人也在应报到之内，请以《应报到名单》的全部人数为准。",
    ),
    "negative_over_midnight": (
        _negative_over_midnight,
        "“离”比“到”小是过了零点，离开时间要加一天，时长不能是负数。",
    ),
    "over_midnight_dropped": (
        _over_midnight_dropped,
        "过了零点的记录不能去掉，离开时间加一天就能算。",
    ),
    "strangers_counted": (_strangers_counted, "名单以外的人来帮忙，不算在应报到的人里。"),
    "more_than_threshold": (_more_than_threshold, "正好满12小时也算达标。"),
    "as_ratio": (_as_ratio, "题目要百分数，请把比值乘以100。"),
}


def _is_telling(tables):
    return are_apart(tables, solve, WRONG, LEAST_DISTANCE)


def _draw(rng):
    codes = iter(f"DY{number:04d}" for number in rng.sample(range(1000, 9999), 60))
    due, checkins = [], []
    for draw_records, count in _groups(rng):
        for _ in range(count):
            code = next(codes)
            due.append([code, _name(rng), rng.choice(BRANCHES)])
            checkins += ([code, *record] for record in draw_records(rng))
    for total in (rng.randint(24, 30), rng.randint(24, 30), rng.randint(6, 20)):
        stranger = next(codes)
        checkins += ([stranger, *record] for record in _records(_visits(rng, total)))
    rng.shuffle(due)
    rng.shuffle(checkins)
    return {
        "due": {"title": "应报到名单", "columns": DUE_COLUMNS, "rows": due},
        "checkins": {"title": "报到记录", "columns": CHECKIN_COLUMNS, "rows": checkins},
    }


def _name(rng):
    return rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2))))


def _groups(rng):
    """What draws the records of a member, and how many such members."""
    return (
        (_of_somebody_well_above, rng.randint(5, 8)),
        (_of_somebody_just_there, rng.randint(2, 3)),
        (_of_somebody_there_by_overlaps, rng.randint(3, 4)),
        (_of_somebody_there_by_unconfirmed, rng.randint(1, 4)),
        (_of_somebody_there_by_a_night, rng.randint(1, 3)),
        (_of_somebody_there_without_the_night, 2),
        (_of_somebody_short, rng.randint(3, 5)),
        (lambda _: [], rng.randint(3, 5)),
    )


def _of_somebody_well_above(rng):
    first, *others = _visits(rng, rng.randint(26, 34))
    records = [*_records(others), *_records(_doubled(rng, first))]
    return [*records, _open_record(rng)] if rng.random() < 0.3 else records


def _of_somebody_just_there(rng):
    return _records(_visits(rng, 2 * THRESHOLD))


def _of_somebody_there_by_overlaps(rng):
    total = rng.randint(20, 23)
    visits = _visits(rng, total)
    longest = max(visits, key=lambda visit: visit[2] - visit[1])
    visits.remove(longest)
    return _records([*visits, *_doubled(rng, longest, 2 * THRESHOLD - total)])


def _of_somebody_there_by_unconfirmed(rng):
    total = rng.randint(14, 20)
    *visits, last, other = _visits(rng, total + 10)
    return [*_records(visits), *_records([last, other], NO)]


def _of_somebody_there_by_a_night(rng):
    night = _night(rng)
    rest = 2 * THRESHOLD - rng.randint(1, night[2] - night[1])
    return _records([night, *_visits(rng, rest)])


def _of_somebody_there_without_the_night(rng):
    return _records([_night(rng), *_visits(rng, rng.randint(24, 28))])


def _of_somebody_short(rng):
    return [*_records(_visits(rng, rng.randint(5, 21))), _open_record(rng)]


def _visits(rng, total):
    """Day, first and last half-hour of daytime visits of so many half-hours together."""
    count = max(1, round(total / HALF_HOURS_A_VISIT))
    marks = [total * place // count for place in range(count + 1)]
    for place in range(1, count):
        marks[place] += rng.choice((-1, 0, 1))
    days = rng.sample(range(0, DAYS, 2), count)
    starts = [rng.randint(16, 32) for _ in days]
    return [
        (day, start, start + after - before)
        for day, start, (before, after) in zip(days, starts, pairwise(marks), strict=True)
    ]


def _night(rng):
    """A visit past midnight, on a day when there is no other visit."""
    start = rng.randint(43, 45)
    return rng.randrange(1, DAYS, 2), start, start + rng.randint(6, 8)


def _doubled(rng, visit, least=1):
    """Two visits that together last as long and share at least so many half-hours."""
    day, start, end = visit
    shared = rng.randint(least, end - start)
    middle = rng.randint(start, end - shared)
    return [(day, start, middle + shared), (day, middle, end)]


def _records(visits, confirmation=YES):
    return [[_date(day), _clock(start), _clock(end), confirmation] for day, start, end in visits]


def _open_record(rng):
    [(day, start, _)] = _visits(rng, 5)
    return [_date(day), _clock(start), "", rng.choice((YES, NO))]


def _date(day):
    return (FIRST_DAY + timedelta(day)).isoformat()


def _clock(half_hours):
    return f"{half_hours // 2 % 24:02d}:{half_hours % 2 * 30:02d}"

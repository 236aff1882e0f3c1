"""D4: whistles, counted by workdays: which are on time and which overdue; all made up by seed."""

from bisect import bisect_left, bisect_right
from collections import Counter
from datetime import date, timedelta
from statistics import mean, median
from typing import NamedTuple

from zhixing.redraw import are_apart, redrawn

TITLE = "D4 吹哨：按工作日算按时率"
NOTE = (
    "全部为虚构数据，与任何真实的单位无关；日历也是虚构的，不是国家公布的放假安排。"
    "统计截止日是2026-08-21。简单事项当天办结，休息日吹哨的，期限是下一个工作日；"
    "复杂事项10个工作日，吹哨当天不计。期限不晚于截止日的叫“到期”。"
    "办结日期空白是还没有办结，回访空白是还没有回访；编号相同是重复登记。"
)

CUTOFF = "2026-08-21"
FIRST, LAST = date(2026, 6, 22), date(2026, 9, 18)
SIMPLE, COMPLEX = "简单", "复杂"
COMPLEX_WORKDAYS = 10
YES, NO = "是", "否"
PLEASED, DISPLEASED, UNREACHED = "满意", "不满意", "未接通"
LEAST_DISTANCE = {"rate": 0.6, "departments": 0.6, "median_days": 0.1}
"""Between any two answers: more than the tolerance of the question and rounding together."""

NEAR_THE_LIMIT = [f"2026-08-{day:02d}" for day in range(4, 13)]

CASE_COLUMNS = ["编号", "部门", "级别", "吹哨日期", "办结日期", "有效", "回访"]
CALENDAR_COLUMNS = ["日期", "星期", "是否工作日"]
# Valid cases of each department, and its share of slow ones: the largest is the slowest.
DEPARTMENTS = {
    "市政养护": (28, 0.36),
    "综合执法": (20, 0.3),
    "给水排水": (15, 0.2),
    "环境卫生": (12, 0.1),
    "园林绿化": (10, 0.1),
}
INVALID = 12
DUPLICATES = 5


class Case(NamedTuple):
    """One whistle; days are texts, an open case was closed on none."""

    code: str
    department: str
    level: str
    blown: str
    closed: str
    valid: str
    review: str


def generate(seed):
    """Draw until every mistake gives an answer of its own: feedback then names the right step."""
    return redrawn(seed, _draw, _is_telling)


def solve(tables):
    """Take valid cases once, those due by the cutoff, and count the days by the calendar."""
    cases, workdays = _valid(_cases(tables)), _workdays(tables)
    return {**_results(_due(cases, workdays)), "median_days": median(_days_used(cases, workdays))}


def _cases(tables):
    """Every case once."""
    return list({row[0]: Case(*row) for row in tables["whistles"]["rows"]}.values())


def _valid(cases):
    return [case for case in cases if case.valid == YES]


def _workdays(tables):
    return [row[0] for row in tables["calendar"]["rows"] if row[2] == YES]


def _deadline(case, workdays, counted_from=bisect_right):
    """Last day in time; by ``bisect_right`` the first workday after the whistle is number one."""
    if case.level == SIMPLE:
        return workdays[bisect_left(workdays, case.blown)]
    return workdays[counted_from(workdays, case.blown) + COMPLEX_WORKDAYS - 1]


def _judged(cases, workdays, counted_from=bisect_right):
    return [(case, _deadline(case, workdays, counted_from)) for case in cases]


def _due(cases, workdays, counted_from=bisect_right):
    judged = _judged(cases, workdays, counted_from)
    return [(case, day) for case, day in judged if day <= CUTOFF]


def _is_on_time(case, deadline):
    return "" < case.closed <= deadline


def _is_pleasing(case, deadline):
    return _is_on_time(case, deadline) and case.review == PLEASED


def _results(judged, is_good=_is_on_time):
    """What one set of cases says, each with its deadline."""
    due = Counter(case.department for case, _ in judged)
    good = Counter(case.department for case, day in judged if is_good(case, day))
    rates = {name: 100 * good[name] / max(1, due[name]) for name in DEPARTMENTS}
    return {
        "due": len(judged),
        "rate": 100 * good.total() / due.total(),
        "departments": {
            "columns": ["部门", "到期件数", "按时率（%）"],
            "rows": {name: [due[name], rate] for name, rate in rates.items()},
        },
        "overdue": {case.code for case, day in judged if not is_good(case, day)},
    }


def _days_used(cases, workdays, counted_from=bisect_right):
    """Workdays after the whistle up to the closing day, of complex cases that are closed."""
    return [
        float(bisect_right(workdays, case.closed) - counted_from(workdays, case.blown))
        for case in cases
        if case.level == COMPLEX and case.closed
    ]


def _with_workdays(tables, workdays):
    return _results(_due(_valid(_cases(tables)), workdays))


def _calendar_days(tables):
    every_day = [row[0] for row in tables["calendar"]["rows"]]
    used = _days_used(_valid(_cases(tables)), every_day)
    return {**_with_workdays(tables, every_day), "median_days": median(used)}


def _weekends_only(tables):
    days = [row[0] for row in tables["calendar"]["rows"] if row[1] not in ("六", "日")]
    return _with_workdays(tables, days)


def _blow_day_counted(tables):
    cases, workdays = _valid(_cases(tables)), _workdays(tables)
    due = _due(cases, workdays, counted_from=bisect_left)
    return {**_results(due), "median_days": median(_days_used(cases, workdays, bisect_left))}


def _open_dropped(tables):
    closed = [case for case in _valid(_cases(tables)) if case.closed]
    return _results(_due(closed, _workdays(tables)))


def _invalid_kept(tables):
    return _results(_due(_cases(tables), _workdays(tables)))


def _undue_kept(tables):
    return _results(_judged(_valid(_cases(tables)), _workdays(tables)))


def _closed_early_kept(tables):
    judged = _judged(_valid(_cases(tables)), _workdays(tables))
    results = _results([(case, day) for case, day in judged if case.closed or day <= CUTOFF])
    return {name: results[name] for name in ("due", "rate", "departments")}


def _pleased_only(tables):
    due = _due(_valid(_cases(tables)), _workdays(tables))
    results = _results(due, _is_pleasing)
    return {name: results[name] for name in ("rate", "departments", "overdue")}


def _undeduped(tables):
    rows = [Case(*row) for row in tables["whistles"]["rows"]]
    results = _results(_due(_valid(rows), _workdays(tables)))
    return {name: results[name] for name in ("due", "rate", "departments")}


def _mean_of_departments(tables):
    return {"rate": mean(row[1] for row in solve(tables)["departments"]["rows"].values())}


def _as_ratio(tables):
    return {"rate": solve(tables)["rate"] / 100}


def _mean_for_median(tables):
    return {"median_days": mean(_days_used(_valid(_cases(tables)), _workdays(tables)))}


WRONG = {
    "calendar_days": (_calendar_days, "节假日不计入工作日，请按日历表数工作日。"),
    "weekends_only": (
        _weekends_only,
        "不能只去掉周末：调休的周末要上班，放假的周一至周五不上班，请以日历表为准。",
    ),
    "blow_day_counted": (_blow_day_counted, "吹哨当天不计，从次日起的第一个工作日算第1天。"),
    "open_dropped": (_open_dropped, "到期还没办结的也要算进来，不能只看已办结的。"),
    "invalid_kept": (_invalid_kept, "请先去掉“有效”一栏为“否”的。"),
    "undue_kept": (_undue_kept, "期限晚于截止日的还没有到期，办没办结都先不算。"),
    "closed_early_kept": (
        _closed_early_kept,
        "期限晚于截止日的，即使已经办结也先不算，否则只加进了快的。",
    ),
    "pleased_only": (_pleased_only, "按时只看办结日期和期限，满意不满意另算。"),
    "undeduped": (_undeduped, "同一编号登记了不止一次，请先按编号去重。"),
    "mean_of_departments": (
        _mean_of_departments,
        "总的按时率用按时件数合计除以到期件数合计，不是各部门比率的平均。",
    ),
    "as_ratio": (_as_ratio, "题目要百分数，请把比值乘以100。"),
    "mean_for_median": (_mean_for_median, "题目问的是中位数，不是平均数。"),
}


def _is_telling(tables):
    return are_apart(tables, solve, WRONG, LEAST_DISTANCE)


def _draw(rng):
    calendar = _draw_calendar(rng)
    cases = _draw_cases(rng, calendar)
    # Entered again by somebody who had waited long.
    waiting = [case for case in cases if not case[4] and case[5] == YES]
    again = rng.sample(waiting[: 2 * DUPLICATES], min(DUPLICATES, len(waiting)))
    rows = [*cases, *([*case] for case in again)]
    rng.shuffle(rows)
    return {
        "whistles": {
            "title": f"吹哨台账（截至{CUTOFF}）",
            "columns": CASE_COLUMNS,
            "rows": rows,
        },
        "calendar": {
            "title": "日历（虚构）",
            "columns": CALENDAR_COLUMNS,
            "rows": calendar,
        },
    }


def _draw_calendar(rng):
    """Two made-up holidays, each bought with days of the weekends around it."""
    mondays = (date(2026, 7, rng.choice((6, 13))), date(2026, 8, 10))
    off, made_up = set(), set()
    for monday in mondays:
        span = rng.choice(((0, 1), (3, 4), (2, 3, 4)))
        bought_with = rng.sample((-9, -8, 12, 13), len(span) - 1)
        off |= {monday + timedelta(days) for days in span}
        made_up |= {monday + timedelta(days) for days in bought_with}
    days = [FIRST + timedelta(number) for number in range((LAST - FIRST).days + 1)]
    return [
        [
            day.isoformat(),
            "一二三四五六日"[day.weekday()],
            YES if day in made_up or (day.weekday() < 5 and day not in off) else NO,
        ]
        for day in days
    ]


def _draw_cases(rng, calendar):
    days = [row[0] for row in calendar if row[0] <= CUTOFF]
    workdays = [row[0] for row in calendar if row[2] == YES and row[0] <= CUTOFF]
    kinds = [(name, slow, YES) for name, (count, slow) in DEPARTMENTS.items() for _ in range(count)]
    kinds += [(name, 0.6, NO) for name in rng.choices(tuple(DEPARTMENTS), k=INVALID)]
    rng.shuffle(kinds)
    weights = [_weight(row) for row in calendar if row[0] <= CUTOFF]
    blown = sorted(rng.choices(days, weights, k=len(kinds)))
    return [
        [f"SW{number:04d}", department, *_draw_course(rng, day, slow, valid, workdays)]
        for number, (day, (department, slow, valid)) in enumerate(
            zip(blown, kinds, strict=True), start=rng.randint(100, 900)
        )
    ]


def _weight(row):
    """Few whistles on days of rest, many on those from which ten workdays end near the cutoff."""
    day, _, is_workday = row
    return (4 if is_workday == YES else 1) * (3 if day in NEAR_THE_LIMIT else 1)


def _draw_course(rng, blown, slow, valid, workdays):
    """Level, day of the whistle, closing day, validity and review."""
    level = rng.choices((SIMPLE, COMPLEX), (2, 3))[0]
    after = _draw_workdays_used(rng, level, is_slow=rng.random() < slow)
    closed = _nth_workday(workdays, blown, after)
    review = rng.choices((PLEASED, DISPLEASED, UNREACHED), (7, 2, 1))[0] if closed else ""
    return [level, blown, closed, valid, review]


def _nth_workday(workdays, day, number):
    """Day itself for 0, though it be a day of rest; empty where the cutoff comes first."""
    if not number:
        return "" if number is None else day
    place = bisect_right(workdays, day) + number - 1
    return workdays[place] if place < len(workdays) else ""


def _draw_workdays_used(rng, level, *, is_slow):
    """None for a case that stays open."""
    if is_slow and rng.random() < 0.4:
        return None
    if level == SIMPLE:
        return rng.randint(1, 4) if is_slow else rng.choice((0, 0, 0, 0, 0, 1))
    return rng.randint(11, 24) if is_slow else rng.choice((1, 2, 3, 4, 5, 7, 8, 9, 10, 10))

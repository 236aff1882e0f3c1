"""D3: work out points and stars of Party members by the rules; all data are made up by seed."""

from collections import Counter
from typing import NamedTuple

from zhixing.redraw import are_apart, redrawn

TITLE = "D3 积分：按规则算出得分和星级"
NOTE = (
    "全部为虚构数据，与任何真实的人和组织无关。评定年度是2026年。"
    "“佐证”空白或写“待补”，都是待补证，先不计分。"
    "《认定》里的“免评”“不评”，只有年度是2026、状态是“生效”的才作数；免评的原因不登记。"
)

YEAR = 2026
CAPS = {"组织生活": 30, "志愿服务": 40, "联系居民": 20, "急难任务": 20}
STARS = ((90, "五星"), (80, "四星"), (70, "三星"), (60, "二星"))
HIGH = ("五星", "四星")
NO_STAR = "无星"
EXEMPT, VETOED = "免评", "不评"
IN_FORCE, PENDING, REVOKED = "生效", "待批", "已撤销"
PROOFS = {
    "组织生活": ("会议记录",),
    "志愿服务": ("值班表", "楼栋长证明"),
    "联系居民": ("楼栋长证明", "居民证明"),
    "急难任务": ("值班表", "居民证明"),
}
UNPROVEN = ("", "待补")
BRANCHES = {"第一党支部": 8, "第二党支部": 10, "第三党支部": 10}
SCORED_BRANCH = "第一党支部"
NEAR = 7
REASONS = ("认领后未到岗", "无故缺席会议", "认领后未办")

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
    """Count this year, what is proven, up to the caps, less deductions; some are not rated."""
    return _results(tables, _scores(tables), _rulings(tables))


def _scores(tables, *, years=(YEAR,), unproven=False, caps=None, deductions=True):
    """Points of every member by code, rated or not."""
    caps = caps or {row[0]: row[1] for row in tables["caps"]["rows"]}
    earned = Counter()
    for code, category, points, proof, date in tables["events"]["rows"]:
        if int(date[:4]) in years and (unproven or proof not in UNPROVEN):
            earned[code, category] += points
    scores = {row[0]: 0 for row in tables["members"]["rows"]}
    for (code, category), points in earned.items():
        scores[code] += min(points, caps[category])
    for code, points, _, date in tables["deductions"]["rows"] if deductions else ():
        if int(date[:4]) in years:
            scores[code] -= points
    return scores


def _rulings(tables):
    """Map a member's code to the ruling that holds this year."""
    rows = tables["rulings"]["rows"]
    return {code: what for code, what, year, state in rows if (year, state) == (YEAR, IN_FORCE)}


def _results(tables, scores, rulings, star_of=None):
    star_of = star_of or _star
    # As text throughout: who is not rated has a word in the place of a number.
    cells = {code: [str(score), star_of(score)] for code, score in scores.items()}
    cells |= {code: [what, what] for code, what in rulings.items()}
    own = [row[0] for row in tables["members"]["rows"] if row[2] == SCORED_BRANCH]
    return {
        "scores": {
            "columns": ["党员编码", "得分", "星级"],
            "rows": {code: cells[code] for code in own},
        },
        "high": sum(1 for _, star in cells.values() if star in HIGH),
        "unrated": set(rulings),
    }


def _star(score):
    return next((star for line, star in STARS if score >= line), NO_STAR)


def _strict_star(score):
    return next((star for line, star in STARS if score > line), NO_STAR)


def _with_scores(tables, **mistake):
    results = _results(tables, _scores(tables, **mistake), _rulings(tables))
    return {name: results[name] for name in ("scores", "high")}


def _uncapped(tables):
    return _with_scores(tables, caps=dict.fromkeys(CAPS, 10**6))


def _unproven_counted(tables):
    return _with_scores(tables, unproven=True)


def _last_year_counted(tables):
    return _with_scores(tables, years=(YEAR - 1, YEAR))


def _undeducted(tables):
    return _with_scores(tables, deductions=False)


def _without(tables, what):
    rulings = {code: ruling for code, ruling in _rulings(tables).items() if ruling != what}
    return _results(tables, _scores(tables), rulings)


def _exempt_rated(tables):
    return _without(tables, EXEMPT)


def _veto_missed(tables):
    return _without(tables, VETOED)


def _exempt_zero(tables):
    rulings = _rulings(tables)
    scores = _results(tables, _scores(tables), rulings)["scores"]
    rows = {
        code: ["0", NO_STAR] if rulings.get(code) == EXEMPT else cells
        for code, cells in scores["rows"].items()
    }
    return {"scores": {**scores, "rows": rows}}


def _every_ruling(tables):
    rulings = {row[0]: row[1] for row in tables["rulings"]["rows"]}
    return _results(tables, _scores(tables), rulings)


def _line_missed(tables):
    results = _results(tables, _scores(tables), _rulings(tables), _strict_star)
    return {name: results[name] for name in ("scores", "high")}


def _low_scorers_listed(tables):
    rulings, scores = _rulings(tables), _scores(tables)
    return {"unrated": set(rulings) | {code for code in scores if _star(scores[code]) == NO_STAR}}


WRONG = {
    "uncapped": (_uncapped, "有的类别已到上限：每一类先封顶，再把各类相加。"),
    "unproven_counted": (
        _unproven_counted,
        "佐证空白或写“待补”的记录先列为待补证，补证以前不计分。",
    ),
    "last_year_counted": (_last_year_counted, "只算本年：往年的得分和扣分都不算进来。"),
    "undeducted": (_undeducted, "还没有减去扣分：各类封顶相加以后，再减本年扣分。"),
    "exempt_rated": (_exempt_rated, "免评的人不参加评星，请先查《认定》表。"),
    "exempt_zero": (_exempt_zero, "免评是不评，不是得零分：得分和星级两格都填“免评”。"),
    "veto_missed": (_veto_missed, "按规则不评的人，得分再高也不定星，请先查《认定》表。"),
    "every_ruling": (
        _every_ruling,
        "认定要看年度和状态：往年的、待批的、已撤销的都不作数，照常参评。",
    ),
    "line_missed": (_line_missed, "星级线含本数：正好到线的，算到线。"),
    "low_scorers_listed": (
        _low_scorers_listed,
        "分数没到最低一条线的人参加了评定，只是没有星；这里只列按规则不参加评定的人。",
    ),
}


def _is_telling(tables):
    return are_apart(tables, solve, WRONG)


class Plan(NamedTuple):
    """What a member's records come to by the rules, and what a mistake would add to it.

    Parameters
    ----------
    over
        Points above the cap of some category.
    past
        Points of last year.
    lost
        Points deducted this year.
    """

    score: int
    over: int = 0
    unproven: int = 0
    past: int = 0
    lost: int = 0


def _draw(rng):
    members = _members(rng)
    rulings = _ruled(rng, members)
    events, deductions = [], []
    for code, plan in _plans(rng, members, rulings).items():
        events += _events(rng, code, plan)
        deductions += _deductions(rng, code, plan)
    rng.shuffle(events)
    rng.shuffle(deductions)
    return {
        "members": _table("党员名单", ["党员编码", "姓名", "党支部"], members),
        "events": _table("积分记录", ["党员编码", "类别", "分值", "佐证", "日期"], events),
        "caps": _table("每年上限", ["类别", "上限"], [[*item] for item in CAPS.items()]),
        "deductions": _table("扣分", ["党员编码", "扣分", "事由", "日期"], deductions),
        "rulings": _table("认定", ["党员编码", "事项", "年度", "状态"], rulings),
    }


def _table(title, columns, rows):
    return {"title": title, "columns": columns, "rows": rows}


def _members(rng):
    count = sum(BRANCHES.values())
    codes, names = iter(rng.sample(range(100, 999), count)), iter(_names(rng, count))
    return [
        [f"DY{next(codes)}", next(names), branch]
        for branch, size in BRANCHES.items()
        for _ in range(size)
    ]


def _names(rng, count):
    names = {}
    while len(names) < count:
        given = "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2))))
        names[rng.choice(SURNAMES) + given] = None
    return list(names)


def _ruled(rng, members):
    """Rulings that hold and rulings that do not, some of each in the branch to be scored."""
    own = [row[0] for row in members if row[2] == SCORED_BRANCH]
    others = [row[0] for row in members if row[2] != SCORED_BRANCH]
    exempt, vetoed = [EXEMPT, YEAR, IN_FORCE], [VETOED, YEAR, IN_FORCE]
    pending, past = [EXEMPT, YEAR, PENDING], [EXEMPT, YEAR - 1, IN_FORCE]
    lapsed = [[VETOED, YEAR, REVOKED], [VETOED, YEAR - 1, IN_FORCE], pending, past]
    own_rows = [exempt, vetoed, rng.choice((pending, past))]
    other_rows = [exempt, exempt, vetoed, *lapsed]
    chosen = [*rng.sample(own, len(own_rows)), *rng.sample(others, len(other_rows))]
    rulings = [[code, *row] for code, row in zip(chosen, own_rows + other_rows, strict=True)]
    rng.shuffle(rulings)
    return rulings


def _plans(rng, members, rulings):
    """By each mistake another number of members reaches four stars, or falls short of them."""
    ruled = {row[0] for row in rulings}
    free = [row[0] for row in members if row[0] not in ruled]
    rng.shuffle(free)
    near, rest = free[:NEAR], free[NEAR:]
    on_line = rng.randint(1, 2)
    plans = {code: _plan(rng, score) for code, score in _ruled_scores(rng, rulings)}
    plans |= {code: _plan(rng, 80) for code in rest[:on_line]}
    plans |= {code: _plan(rng, _far_score(rng)) for code in rest[on_line:]}
    return plans | _near_plans(rng, near)


def _ruled_scores(rng, rulings):
    """So many of each kind of ruling would have four stars."""
    high = {EXEMPT: 2, VETOED: 1, "": 3}
    for code, what, year, state in rulings:
        kind = what if (year, state) == (YEAR, IN_FORCE) else ""
        high[kind] -= 1
        yield code, rng.randint(81, 96) if high[kind] >= 0 else rng.randint(52, 66)


def _far_score(rng):
    """No mistake of the size made here leads across the line of four stars."""
    return rng.choice((rng.randint(88, 97), rng.randint(50, 69), rng.randint(56, 66), 60, 90))


def _plan(rng, score):
    extras = [rng.choice((0, 0, rng.randint(4, 8))) for _ in range(3)]
    return Plan(score, *extras, lost=rng.choice((0, 0, 0, 2, 3, 5)))


def _near_plans(rng, near):
    """Members short of four stars, each of whom some mistakes would lift above the line."""
    counts = dict(zip(Plan._fields[1:], rng.sample((3, 4, 5, 6), 4), strict=True))
    lifted = {mistake: set(rng.sample(near, count)) for mistake, count in counts.items()}
    return {
        code: Plan(
            rng.randint(75, 79),
            **{mistake: rng.randint(5, 8) for mistake, codes in lifted.items() if code in codes},
        )
        for code in near
    }


def _events(rng, code, plan):
    """Records whose points come to the plan by the rules, and others that do not count."""
    counted = _shares(rng, plan.score + plan.lost)
    full = next(category for category in counted if counted[category] == CAPS[category])
    emptiest = max(CAPS, key=lambda category: CAPS[category] - counted[category])
    events = [
        [code, category, part, rng.choice(PROOFS[category]), _day(rng, YEAR)]
        for category, points in {**counted, full: counted[full] + plan.over}.items()
        for part in _parts(rng, points)
    ]
    half = plan.unproven // 2
    for proof, points in zip(UNPROVEN, (half, plan.unproven - half), strict=True):
        if points:
            events.append([code, emptiest, points, proof, _day(rng, YEAR)])
    if plan.past:
        proof = rng.choice(PROOFS[emptiest])
        events.append([code, emptiest, plan.past, proof, _day(rng, YEAR - 1)])
    return events


def _shares(rng, points):
    """Split points among the categories, none above its cap, one at it."""
    first = rng.choice(tuple(CAPS))
    shares = {**dict.fromkeys(CAPS, 0), first: CAPS[first]}
    left = points - CAPS[first]
    while left:
        category = rng.choice(tuple(CAPS))
        more = rng.randint(0, min(left, CAPS[category] - shares[category]))
        shares[category] += more
        left -= more
    return shares


def _parts(rng, points):
    """Points of single records, most of them between 5 and 12."""
    while points > 12:
        part = rng.randint(5, min(12, points - 3))
        yield part
        points -= part
    if points:
        yield points


def _deductions(rng, code, plan):
    rows = [[code, plan.lost, rng.choice(REASONS), _day(rng, YEAR)]] if plan.lost else []
    if rng.random() < 0.1:
        rows.append([code, rng.choice((2, 3)), rng.choice(REASONS), _day(rng, YEAR - 1)])
    return rows


def _day(rng, year):
    month = rng.randint(1, 11) if year == YEAR else rng.randint(9, 12)
    return f"{year}-{month:02d}-{rng.randint(1, 28):02d}"

"""D7: share a sum among communities, nobody above its request; all data are made up by seed."""

from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from zhixing.redraw import are_apart, redrawn

TITLE = "D7 拨付：230万元怎样分"
NOTE = (
    "全部为虚构数据，与任何真实的社区无关：原文只写了总额230万元，没有写各社区各得多少。"
    "“申请”以万元计，拨付以元计。风险等级分高、中、低三档，折算户数的系数是1.5、1.2、1.0；"
    "系数和分配比例都是教学假设。困难户数可以是0。"
)

TOTAL = 2_300_000
STEP = 100
YUAN_IN_WAN = 10_000
MEMBERS, HOUSEHOLDS, DIFFICULT = Fraction(30, 100), Fraction(50, 100), Fraction(20, 100)
RISKS = {"高": Fraction(15, 10), "中": Fraction(12, 10), "低": Fraction(1)}
LABEL, PAYMENT = "社区编码", "拨付（元）"
COLUMNS = [LABEL, "名称", "党员数", "户数", "风险等级", "困难户数", "申请（万元）"]
COMMUNITIES = 10
CLEAR = 3 * STEP
"""Yuan by which a share lies above or below a request, so that rounding on the way is harmless."""
CLEAR_PART = 2
"""Yuan between the smallest rest that is rounded up and the largest that is not."""
FIRST, SECOND = "云堃龑𠮷䶮桐榆荷竹松梅芸桂", "翀露喧涧隐砚影"


def generate(seed):
    """Draw until every mistake gives an answer of its own, so that feedback names the step."""
    return redrawn(seed, _draw, _is_fit)


def solve(tables):
    """Share by the three bases, cap, share out again until stable, round to whole hundreds."""
    shares, capped = _settled(tables)
    return _answers(_rounded(shares), capped)


class _Community(NamedTuple):
    """What the shares rest on, in exact numbers."""

    members: int
    weighted: Fraction
    difficult: int
    requested: int


def _communities(tables, risks=RISKS):
    found = {}
    for row in tables["communities"]["rows"]:
        code, _, members, households, risk, difficult, requested = row
        yuan = round(requested * YUAN_IN_WAN)
        found[code] = _Community(members, households * risks[risk], difficult, yuan)
    return found


def _requested(tables):
    return {code: one.requested for code, one in _communities(tables).items()}


def _base(tables, risks=RISKS):
    """Each community's share of the whole sum before any cap, in exact yuan."""
    communities = _communities(tables, risks)
    columns = zip(*communities.values(), strict=True)
    all_members, all_weighted, all_difficult, _ = map(sum, columns)
    return {
        code: TOTAL
        * (
            MEMBERS * one.members / all_members
            + HOUSEHOLDS * one.weighted / all_weighted
            + DIFFICULT * one.difficult / all_difficult
        )
        for code, one in communities.items()
    }


def _settled(tables, *, base=None, rounds=None):
    """Shares and who is capped, after so many rounds or when no share is above its request."""
    base, requested = base or _base(tables), _requested(tables)
    shares, capped = base, set()
    while rounds is None or rounds > 0:
        above = {code for code in base if code not in capped and shares[code] > requested[code]}
        if not above:
            break
        capped |= above
        shares = _shared_out(base, requested, capped)
        rounds = rounds and rounds - 1
    return shares, capped


def _shared_out(base, requested, capped):
    """What the capped leave goes to the others, in proportion to their shares of the whole."""
    left = TOTAL - sum(requested[code] for code in capped)
    others = sum(share for code, share in base.items() if code not in capped)
    return {
        code: Fraction(requested[code]) if code in capped else share * left / others
        for code, share in base.items()
    }


def _rounded(shares):
    """Whole hundreds that add up to the whole sum, by largest remainder."""
    floors = {code: share // STEP * STEP for code, share in shares.items()}
    missing = (TOTAL - sum(floors.values())) // STEP
    by_rest = sorted(shares, key=lambda code: floors[code] - shares[code])
    raised = set(by_rest[:missing])
    return {code: int(floor) + STEP * (code in raised) for code, floor in floors.items()}


def _nearest(shares):
    """Each row for itself, as a spreadsheet rounds."""
    half = Fraction(1, 2)
    return {code: int(share / STEP + half) * STEP for code, share in shares.items()}


def _table(payments):
    rows = {code: [payment] for code, payment in payments.items()}
    return {"columns": [LABEL, PAYMENT], "rows": rows, "totals": {PAYMENT: TOTAL}}


def _answers(payments, capped):
    return {
        "payments": _table(payments),
        "uncapped_total": sum(payments[code] for code in payments.keys() - capped),
        "capped": capped,
    }


def _uncapped(tables):
    return {"payments": _table(_rounded(_base(tables))), "uncapped_total": TOTAL}


def _not_shared_out(tables):
    base, requested = _base(tables), _requested(tables)
    cut = {code: min(share, Fraction(requested[code])) for code, share in base.items()}
    answers = _answers(_nearest(cut), _first_capped(tables))
    return {name: answers[name] for name in ("payments", "uncapped_total")}


def _shared_out_once(tables):
    shares, capped = _settled(tables, rounds=1)
    return _answers(_rounded(shares), capped)


def _first_capped(tables):
    return _settled(tables, rounds=1)[1]


def _rows_rounded(tables):
    shares, capped = _settled(tables)
    answers = _answers(_nearest(shares), capped)
    return {name: answers[name] for name in ("payments", "uncapped_total")}


def _in_wan(tables):
    rows = solve(tables)["payments"]["rows"]
    wan = {code: round(payment / YUAN_IN_WAN, 2) for code, (payment,) in rows.items()}
    return {"payments": _table(wan)}


def _units_mixed(tables):
    asked = {row[0]: row[-1] for row in tables["communities"]["rows"]}
    return {"payments": _table(asked), "capped": set(asked)}


def _risk_ignored(tables):
    base = _base(tables, dict.fromkeys(RISKS, Fraction(1)))
    return {"payments": _table(_rounded(_settled(tables, base=base)[0]))}


def _shared_out_evenly(tables):
    """The first round's rest in equal parts."""
    base, requested = _base(tables), _requested(tables)
    capped = _first_capped(tables)
    rest = sum(base[code] - requested[code] for code in capped)
    part = rest / (len(base) - len(capped))
    shares = {
        code: Fraction(requested[code]) if code in capped else share + part
        for code, share in base.items()
    }
    return {"payments": _table(_rounded(shares))}


def _the_others(tables):
    answers = solve(tables)
    return {
        "uncapped_total": TOTAL - answers["uncapped_total"],
        "capped": set(answers["payments"]["rows"]) - answers["capped"],
    }


WRONG = {
    "uncapped": (_uncapped, "还没有封顶：拨付不能超过申请数，请逐行和申请比一比。"),
    "not_shared_out": (_not_shared_out, "封顶后的余额还要再分配给没有封顶的社区，分完为止。"),
    "shared_out_once": (
        _shared_out_once,
        "再分一轮以后，又有社区超过了申请：要再封顶、再分配，直到没有社区超过。",
    ),
    "rows_rounded": (
        _rows_rounded,
        "各行自己四舍五入，合计对不上：先都舍到整百，再按余数从大到小补。",
    ),
    "in_wan": (_in_wan, "拨付以元计，您填的是万元，请换算后再填。"),
    "units_mixed": (_units_mixed, "申请以万元计，应得以元计：请先把申请换算成元，再比大小。"),
    "risk_ignored": (_risk_ignored, "户数要先乘风险系数，再算所占的比例。"),
    "shared_out_evenly": (
        _shared_out_evenly,
        "余额不是平均分：按没有封顶的社区应得数的比例再分。",
    ),
    "the_others": (_the_others, "封顶的和没有封顶的弄反了，请对照题目再看一遍。"),
}


def _is_workable(tables):
    """Two rounds or more, several communities on either side, and nothing near a line."""
    base, requested = _base(tables), _requested(tables)
    first, capped = _first_capped(tables), _settled(tables)[1]
    if not (2 <= len(first) <= 3 and len(first) < len(capped) <= 5):
        return False
    stages = [_settled(tables, rounds=rounds)[0] for rounds in range(len(base))]
    near = [
        code
        for shares in stages
        for code in base
        if 0 < abs(shares[code] - requested[code]) < CLEAR
    ]
    return not near and _has_clear_rests(stages[-1])


def _has_clear_rests(shares):
    rests = sorted((share % STEP for share in shares.values()), reverse=True)
    missing = sum(rests) // STEP
    return all(
        larger - smaller > CLEAR_PART
        for place, (larger, smaller) in enumerate(pairwise(rests), start=1)
        if place == missing
    )


def _is_fit(tables):
    return _is_workable(tables) and are_apart(tables, solve, WRONG)


def _draw(rng):
    codes = sorted(rng.sample(range(11, 99), COMMUNITIES))
    names = rng.sample([one + other for one in FIRST for other in SECOND], COMMUNITIES)
    risks = rng.sample(("高", "中", "低"), COMMUNITIES, counts=(3, 3, 4))
    rows = [
        [f"SQ{code}", f"{name}社区", *_sizes(rng, risk), 0]
        for code, name, risk in zip(codes, names, risks, strict=True)
    ]
    rng.choice(rows)[5] = 0
    tables = {"communities": {"title": "社区情况和申请", "columns": COLUMNS, "rows": rows}}
    asked = zip(rows, _base(tables).values(), _greeds(rng), strict=True)
    for row, share, greed in asked:
        row[-1] = round(float(share) * greed / YUAN_IN_WAN, 1)
    return tables


def _sizes(rng, risk):
    """Party members, households, risk, households in difficulty."""
    return rng.randint(60, 320), rng.randint(900, 4200), risk, rng.randint(6, 120)


def _greeds(rng):
    """How much each asks for the yuan it is due: some little, some just more, most far more."""
    little = [rng.uniform(0.5, 0.85) for _ in range(rng.randint(2, 3))]
    more = [rng.uniform(1.02, 1.14) for _ in range(rng.randint(1, 2))]
    far = [rng.uniform(1.3, 2.1) for _ in range(COMMUNITIES - len(little) - len(more))]
    greeds = [*little, *more, *far]
    rng.shuffle(greeds)
    return greeds

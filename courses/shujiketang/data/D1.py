"""D1: reconcile a Party roster with a residents' register; all data are made up by seed."""

from zhixing.redraw import are_apart, redrawn

TITLE = "D1 底数：两份名册对清楚"
NOTE = (
    "全部为虚构数据，与任何真实的人和社区无关。在住指“常住”或“租住”；"
    "“户在人不在”不算在住；“已转出”的不再在册。"
)

ROSTER_COLUMNS = ["人员编码", "姓名", "状态"]
RESIDENT_COLUMNS = ["人员编码", "姓名", "楼栋", "居住情况", "自报党员"]
LIVING = ("常住", "租住")
ABSENT = "户在人不在"
MOVED = "已转出"
PEOPLE = 400

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎"
)
GIVEN = (
    "安邦昌成诚川春德东尔芳飞枫刚国海涵和恒华嘉杰锦静君凯兰磊丽良林玲龙梅明宁鹏平琪勤"
    "清群然荣瑞森尚思松涛田庭桐薇文霞贤祥欣星旭雅阳怡颖永玉远月云芸泽哲正芝志舟卓子𠮷"
    "龑堃翀"
)


def generate(seed):
    """Draw until every mistake gives a number of its own, so that feedback names the right step."""
    return redrawn(seed, _draw, _is_telling)


def solve(tables):
    """Compare by key: trimmed, counted once, moved people left out, only those who live here."""
    return _counts(_active(tables), _living(tables))


def _counts(active, living):
    """Count; ``active`` is a set of keys, ``living`` maps a key to what the person reported."""
    both = active & set(living)
    unlisted = {key for key, report in living.items() if report == "是" and key not in active}
    return {
        "a": len(both),
        "b": len(active - both),
        "c": len(unlisted),
        "pending": sum(1 for key, report in living.items() if not report and key not in active),
        "mobilisable": len(both) + len(unlisted),
        "unlisted": {key.strip() for key in unlisted},
    }


def _active(tables, statuses=("在册",)):
    return {row[0].strip() for row in tables["roster"]["rows"] if row[2] in statuses}


def _living(tables, residences=LIVING):
    rows = tables["residents"]["rows"]
    return {row[0].strip(): row[4] for row in rows if row[3] in residences}


def _by_name(tables):
    active = {row[1] for row in tables["roster"]["rows"] if row[2] == "在册"}
    living = {row[1]: row for row in tables["residents"]["rows"] if row[3] in LIVING}
    counts = _counts(active, {name: row[4] for name, row in living.items()})
    return {**counts, "unlisted": {living[name][0].strip() for name in counts["unlisted"]}}


def _untrimmed(tables):
    active = {row[0] for row in tables["roster"]["rows"] if row[2] == "在册"}
    rows = tables["residents"]["rows"]
    return _counts(active, {row[0]: row[4] for row in rows if row[3] in LIVING})


def _undeduped(tables):
    """Count rows and not people; a list of keys is a set anyway."""
    active, living = _active(tables), _living(tables)
    here = [row for row in tables["residents"]["rows"] if row[3] in LIVING]
    a = sum(1 for row in here if row[0].strip() in active)
    unlisted = [row for row in here if row[0].strip() not in active]
    c = sum(1 for row in unlisted if row[4] == "是")
    listed = [row[0].strip() for row in tables["roster"]["rows"] if row[2] == "在册"]
    return {
        "a": a,
        "b": sum(1 for key in listed if key not in living),
        "c": c,
        "pending": sum(1 for row in unlisted if not row[4]),
        "mobilisable": a + c,
    }


def _moved_kept(tables):
    return _counts(_active(tables, ("在册", MOVED)), _living(tables))


def _absent_counted(tables):
    return _counts(_active(tables), _living(tables, (*LIVING, ABSENT)))


def _blank_as_yes(tables):
    living = {key: report or "是" for key, report in _living(tables).items()}
    counts = _counts(_active(tables), living)
    return {name: counts[name] for name in ("c", "mobilisable", "unlisted")}


def _blank_dropped(_tables):
    return {"pending": 0}


WRONG = {
    "by_name": (_by_name, "有重名，请按人员编码核对，不要按姓名核对。"),
    "untrimmed": (_untrimmed, "有的编码前后带空格，请先去掉空格再核对。"),
    "undeduped": (_undeduped, "同一编码登记了不止一次，请先去重，按人计数。"),
    "moved_kept": (_moved_kept, "“已转出”的不再在册，请先从名册中剔除。"),
    "absent_counted": (_absent_counted, "“户在人不在”不算在住，只算常住和租住。"),
    "blank_as_yes": (_blank_as_yes, "自报栏空白不等于“是”，应先列为待核实。"),
    "blank_dropped": (_blank_dropped, "自报栏空白既不等于“是”，也不等于“否”，应列为待核实。"),
}


def _is_telling(tables):
    return are_apart(tables, solve, WRONG)


def _draw(rng):
    keys = [f"RY{number:04d}" for number in rng.sample(range(1000, 9999), PEOPLE + 100)]
    people = [(key, _name(rng)) for key in keys]
    take = iter(people).__next__
    roster, residents = [], []
    for status, residence, reports, count in _groups(rng):
        for _ in range(count):
            key, name = take()
            if status:
                roster.append([key, name, status])
            if residence:
                where = rng.choice(LIVING) if residence == "在住" else residence
                residents.append([key, name, f"{rng.randint(1, 12)}栋", where, rng.choice(reports)])
    _share_names(rng, roster, residents)
    return {
        "roster": {
            "title": "党员名册",
            "columns": ROSTER_COLUMNS,
            "rows": _as_kept_in_life(rng, roster, rng.randint(6, 10)),
        },
        "residents": {
            "title": "居民登记",
            "columns": RESIDENT_COLUMNS,
            "rows": _as_kept_in_life(rng, residents, rng.randint(20, 28)),
        },
    }


def _groups(rng):
    """Status on the roster, residence, possible reports, and how many people."""
    member = ("是", "是", "是", "是", "")
    return (
        ("在册", "在住", member, rng.randint(76, 88)),
        ("在册", None, (), rng.randint(40, 52)),
        ("在册", ABSENT, member, rng.randint(14, 22)),
        (MOVED, "在住", ("是", "是", ""), rng.randint(14, 20)),
        (MOVED, ABSENT, ("是",), rng.randint(2, 4)),
        (MOVED, None, (), rng.randint(4, 8)),
        (None, "在住", ("是",), rng.randint(24, 34)),
        (None, ABSENT, ("是",), rng.randint(4, 9)),
        (None, "在住", ("",), rng.randint(12, 20)),
        (None, ABSENT, ("",), rng.randint(3, 7)),
        (None, "在住", ("否",), rng.randint(170, 190)),
        (None, ABSENT, ("否",), rng.randint(10, 16)),
    )


def _name(rng):
    return rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2))))


def _share_names(rng, roster, residents):
    """Give some residents the name of somebody else on the roster."""
    listed = {row[0] for row in roster}
    strangers = [row for row in residents if row[0] not in listed]
    for row in rng.sample(strangers, rng.randint(36, 48)):
        row[1] = rng.choice(roster)[1]


def _as_kept_in_life(rng, rows, duplicates):
    """As lists are kept in life: some keys with spaces, some rows twice, in no order."""
    kept = [*rows, *([*row] for row in rng.sample(rows, duplicates))]
    for row in rng.sample(kept, len(kept) // 8):
        row[0] = rng.choice((" {}", "{} ", " {} ")).format(row[0])
    rng.shuffle(kept)
    return kept

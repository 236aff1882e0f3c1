"""D0: conclusions that the figures bear; the figures are those of the article, not made up."""

TITLE = "D0 读数：从数字到结论"
NOTE = (
    "表中数字全部出自杨勇署名文章正文第2段和第11段；“余”表示多于，“不少于”表示下限。"
    "《说法》一表是为练习编写的，不代表原文观点。"
)

EXACT, MORE, LEAST = "确数", "余（多于）", "不少于"

FIGURES = (
    ("F01", "加入区级工作专班的科级干部", 59, "名", EXACT),
    ("F02", "加入区级工作专班的中层干部", 80, "名", MORE),
    ("F03", "带队驻点医学观察点的领导干部", 29, "名", EXACT),
    ("F04", "支援核酸采样等环节的机关志愿者", 2300, "名", MORE),
    ("F05", "医护人员", 1019, "名", EXACT),
    ("F06", "教师志愿者", 1300, "名", MORE),
    ("F07", "公安民警", 1450, "名", MORE),
    ("F08", "环卫工人", 900, "名", MORE),
    ("F09", "党员突击队、抗疫先锋服务队", 150, "支", MORE),
    ("F10", "开展“家门口”服务的党员志愿者", 2712, "名", EXACT),
    ("F11", "开展“家门口”服务的小区", 400, "个", MORE),
    ("F12", "开展“家门口”服务的楼栋", 3515, "个", EXACT),
    ("F13", "战疫临时党支部", 162, "个", EXACT),
    ("F14", "小区行动党支部", 375, "个", EXACT),
    ("F15", "定向支持购买防疫物资的党费", 230, "万元", EXACT),
    ("F16", "每个村（社区）“两委”后备干部", 3, "名", LEAST),
)

# Code, claim, whether it goes beyond the source, whether by taking 余 as exact.
CLAIMS = (
    ("J1", "加入专班的科级干部比带队驻点的领导干部多 30 名。", False, False),
    ("J2", "医护和教师两支力量一共投入 2319 名。", True, True),
    ("J3", "医护和教师两支力量投入的人数多于 2319 名。", False, False),
    ("J4", "平均每个小区正好有 8.79 个楼栋。", True, True),
    ("J5", "小区行动党支部比战疫临时党支部多 213 个。", False, False),
    ("J6", "每个社区得到的党费一样多。", True, False),
    ("J7", "支援核酸采样等环节的机关志愿者正好 2300 名。", True, True),
    ("J8", "每个小区都单独成立了一个行动党支部。", True, False),
)
UNSUPPORTED = {code: (unsupported, is_bound) for code, _, unsupported, is_bound in CLAIMS}


def generate(seed):  # noqa: ARG001 - every task has it
    """Give the tables; there is one set of figures, whatever the seed."""
    return {
        "figures": {
            "title": "原文中的数字",
            "columns": ["编码", "事项", "数值", "单位", "限定"],
            "rows": [list(row) for row in FIGURES],
        },
        "claims": {
            "title": "说法",
            "columns": ["编码", "说法"],
            "rows": [[code, text] for code, text, _, _ in CLAIMS],
        },
    }


def solve(tables):
    """Three derivations and one set."""
    value = _values(tables)
    return {
        "buildings_per_volunteer": value["F12"] / value["F10"],
        "professions": value["F05"] + value["F06"] + value["F07"] + value["F08"],
        "branch_share": 100 * value["F14"] / value["F11"],
        "unsupported": {row[0] for row in tables["claims"]["rows"] if UNSUPPORTED[row[0]][0]},
    }


def _values(tables):
    return {row[0]: row[2] for row in tables["figures"]["rows"]}


def _upside_down(tables):
    value = _values(tables)
    return {
        "buildings_per_volunteer": value["F10"] / value["F12"],
        "branch_share": 100 * value["F11"] / value["F14"],
    }


def _wrong_row(tables):
    value = _values(tables)
    return {
        "buildings_per_volunteer": value["F11"] / value["F10"],
        "branch_share": 100 * value["F14"] / value["F12"],
    }


def _with_agency_volunteers(tables):
    return {"professions": solve(tables)["professions"] + _values(tables)["F04"]}


def _with_party_volunteers(tables):
    return {"professions": solve(tables)["professions"] + _values(tables)["F10"]}


def _rounded_figures_only(tables):
    return {"professions": solve(tables)["professions"] - _values(tables)["F05"]}


def _as_ratio(tables):
    return {"branch_share": solve(tables)["branch_share"] / 100}


def _with_temporary_branches(tables):
    value = _values(tables)
    return {"branch_share": 100 * (value["F14"] + value["F13"]) / value["F11"]}


def _rounded_taken_as_exact(tables):
    right = solve(tables)["unsupported"]
    return {"unsupported": {code for code in right if not UNSUPPORTED[code][1]}}


def _bounds_rejected_too(tables):
    return {"unsupported": solve(tables)["unsupported"] | {"J3"}}


def _dues_split_evenly(tables):
    return {"unsupported": solve(tables)["unsupported"] - {"J6"}}


WRONG = {
    "upside_down": (_upside_down, "分子和分母颠倒了，先看清题目问的是“每名”还是“每个”。"),
    "wrong_row": (_wrong_row, "取错了行：楼栋（F12）和小区（F11）是两回事，请对照编码。"),
    "with_agency_volunteers": (
        _with_agency_volunteers,
        "机关志愿者不属于题目所说的四支力量，请只加 F05 至 F08。",
    ),
    "with_party_volunteers": (
        _with_party_volunteers,
        "党员志愿者不属于题目所说的四支力量，请只加 F05 至 F08。",
    ),
    "rounded_figures_only": (_rounded_figures_only, "漏了医护人员：确数和带“余”的数都要加上。"),
    "as_ratio": (_as_ratio, "题目要百分数，请把比值乘以 100。"),
    "with_temporary_branches": (
        _with_temporary_branches,
        "临时党支部和小区行动党支部是两类组织，这里只用后者。",
    ),
    "rounded_taken_as_exact": (
        _rounded_taken_as_exact,
        "带“余”的数只表示多于；由它推出的结论也只能说“多于”或“低于”，不能说“正好”。",
    ),
    "bounds_rejected_too": (
        _bounds_rejected_too,
        "写明“多于”的说法仍有依据，不必因为有“余”就一概否定。",
    ),
    "dues_split_evenly": (_dues_split_evenly, "原文没有写党费怎样分到各社区，不能自行推定。"),
}

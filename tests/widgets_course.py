"""A small self-study course with every question type, for tests of the widgets."""

from typing import Any

from zhixing.course import Course, DataTask, Lesson
from zhixing.question import Option, Question

REASON = "理由在作答之前不外传"


def _options(*texts: str) -> tuple[Option, ...]:
    return tuple(Option("abcdef"[n], text, f"{REASON}:{text}") for n, text in enumerate(texts))


TRUTH = (Option("true", "对", f"{REASON}:对"), Option("false", "错", f"{REASON}:错"))
TARGETS = tuple(Option(f"t{n}", text) for n, text in enumerate(("指挥部", "主阵地", "主心骨")))
WRONG = ({"value": 83, "step": "有重名,请按人员编码核对"},)
RUBRIC = [{"criterion": "依据数据", "points": 5, "levels": ["用到对账结果", "没有依据"]}]
MORE = {"explanation": f"{REASON}:解析", "source": "第10段", "assumption": "按次序计分"}

TABLE = {
    "columns": ["楼栋", "缺口", "最缺的班次"],
    "rows": {"一号楼": [3, "夜班"], "𠮷龑䶮里": [0.5, "早班"]},
}

SHIFTS = {
    "columns": ["班次", "志愿者编号"],
    "needs": {
        "一号楼 早班": {"slot": "周六早班", "skill": "", "need": 2},
        "𠮷龑里 早班": {"slot": "周六早班", "skill": "量血压", "need": 1},
        "一号楼 晚班": {"slot": "周六晚班", "skill": "", "need": 1},
    },
    "people": {
        "V01": {"skills": ["量血压"], "slots": ["周六早班"], "most": 1, "fit": True},
        "V02": {"skills": [], "slots": ["周六早班", "周六晚班"], "most": 2, "fit": True},
        "V03": {"skills": [], "slots": ["周六早班"], "most": 1, "fit": True},
        "V04": {"skills": ["量血压"], "slots": ["周六早班"], "most": 1, "fit": False},
    },
    "optimum": 4,
    "share": 0.95,
    "solution": {"一号楼 早班": ["V02", "V03"], "𠮷龑里 早班": ["V01"], "一号楼 晚班": ["V02"]},
}
KEYWORDS = {
    "columns": ["类别", "关键词"],
    "classes": ["停车", "噪音"],
    "texts": [["楼下车位被占", "停车"], ["夜里音响太吵", "噪音"], ["𠮷龑里充电车乱放", "停车"]],
    "least": 0.85,
    "solution": {"停车": ["车位", "充电车"], "噪音": ["吵"]},
}


def _choice(name: str, state: str, leads_to: str, points: int, **more: Any) -> dict[str, Any]:
    vector = {"E": points, "V": points, "M": 0, "S": points}
    told = {"text": f"做法{name}", "consequence": f"{REASON}:{name}的后果"}
    return {"id": name, "state": state, "next": leads_to, "vector": vector, **told, **more}


CASE = {
    "start": "s0",
    "states": {
        "s0": "晚上九点半，口径不清。",
        "a": f"{REASON}:没有人认领。",
        "b": f"{REASON}:缺人。",
    },
    "choices": [
        _choice("A", "s0", "a", -2),
        _choice("B", "s0", "b", 2),
        _choice("a1", "a", "", 1),
        _choice("a2", "a", "", -3, forbidden=True),
        _choice("b1", "b", "", 1),
        _choice("b2", "b", "", -1),
    ],
    "ending": f"{REASON}:原文如此。",
}

QUESTIONS = (
    Question(
        "L1-1",
        "single",
        "𠮷龑䶮社区先做什么?",
        2,
        {"option": "b"},
        _options("甲", "乙", "丙"),
        **MORE,
    ),
    Question("L1-2", "multiple", "哪几项?", 2, {"options": ["a", "c"]}, _options("甲", "乙", "丙")),
    Question("L1-3", "truth", "挂牌即达标。", 1, {"option": "false"}, TRUTH),
    Question("L1-4", "blank", "第五有是什么?", 1, {"text": ["机制"]}),
    Question("L1-5", "blank", "至少几人?", 1, {"number": 3, "tolerance": 0}, unit="人"),
    Question(
        "L1-6",
        "match",
        "对应起来。",
        3,
        {"pairs": {"a": "t0", "b": "t1", "c": "t2"}},
        _options("政治", "组织", "队伍"),
        TARGETS,
    ),
    Question("L1-7", "order", "排好。", 2, {"order": ["c", "a", "b"]}, _options("甲", "乙", "丙")),
    Question("L1-D1", "data", "在册在住几人?", 2, {"integer": 82}, wrong=WRONG, unit="人"),
    Question("L1-D2", "data", "比率?", 2, {"rate": 0.9375, "tolerance": 0.005}),
    Question("L1-D3", "data", "哪些?", 2, {"set": ["RY1", "RY2", "RY3"]}),
    Question("L1-W1", "written", "写一条建议。", 5, {"rubric": RUBRIC}),
    Question(
        "L1-P1",
        "panel",
        "居民不开门，您先做什么?",
        2,
        {"panel": {"a": 2, "b": 9, "c": 1}},
        _options("甲", "乙", "丙"),
        **MORE,
    ),
    Question("L1-T1", "data", "各楼缺几人?", 2, {"table": TABLE, "tolerance": 0}),
    Question("L1-T2", "data", "排一张班表。", 2, {"shifts": SHIFTS}),
    Question("L1-T3", "data", "给两类诉求各写几个关键词。", 2, {"keywords": KEYWORDS}),
    Question(
        "L1-F1",
        "written",
        "填一张课题书。",
        5,
        {"rubric": RUBRIC},
        fields=(
            {"label": "要解决的问题", "hint": "一句话说清", "example": "𠮷龑里夜里没有灯"},
            {"label": "受影响的居民", "lines": 2},
            {"label": "备注", "optional": True},
        ),
    ),
    Question("C1", "case", "夜间部署：一步一步往下走。", 3, CASE, assumption="情景为虚构"),
)

RIGHT = {
    "L1-1": "b",
    "L1-2": ["a", "c"],
    "L1-3": "false",
    "L1-4": "机制",
    "L1-5": "3 人",
    "L1-6": {"a": "t0", "b": "t1", "c": "t2"},
    "L1-7": ["c", "a", "b"],
    "L1-D1": "82",
    "L1-D2": 0.9375,
    "L1-D3": "RY1、RY2、RY3",
}
"""Right answers of the marked questions."""

ROSTER = {
    "title": "党员名册",
    "columns": ["人员编码", "姓名", "人数"],
    "rows": [["RY1", "𠮷 龑", 3], ["RY2", "=1+1", None], ["RY3", "王五", 0]],
}
TASK = DataTask("D1", "底数", "虚构数据", {"roster": ROSTER})

LESSON = Lesson("L1", "总论", "会用", 30, (), QUESTIONS, tasks=(TASK,))
COURSE = Course("shujiketang", "书记课堂", "测试用", 3.0, (LESSON,), self_study=True)

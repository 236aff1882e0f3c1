"""D5: sort residents' requests by keywords and see which events are really closed; all made up."""

from typing import NamedTuple

from zhixing.redraw import are_apart, redrawn

TITLE = "D5 诉求：办结了，闭环了吗"
NOTE = (
    "全部为虚构数据，与任何真实的人和社区无关。“重复于”是同一件事上一张工单的编号，空白表示第一次反映；"
    "“有效”为“否”的是误报、撤单等；还没办结的，“解决”“回访”空白，没到期限的“按时”也空白；"
    "“未接通”是回访没有联系上本人。"
)

TEXT_COLUMNS = ["工单编号", "诉求内容"]
PROGRESS_COLUMNS = ["工单编号", "重复于", "有效", "办结", "按时", "解决", "回访"]
YES, NO, PARTLY = "是", "否", "部分"
PLEASED, FAIRLY, DISPLEASED, UNREACHED = "满意", "基本满意", "不满意", "未接通"
LEAST_ACCURACY = 0.85
SHARE_OF_OWN_ASKS = 0.6
LEAST_DISTANCE = {"loop_rate": 1.0}
"""Percentage points between any two rates: twice the tolerance of the question."""

TOPICS = {
    "停车充电": {
        "车位": (
            "门前车位全满，下班回来绕了三圈",
            "固定车位被外来车辆占着，自己没处停车",
            "车位线磨得看不清，一辆车占两个位",
            "访客车辆随便停，业主反倒没地方停车",
        ),
        "充电": (
            "充电桩坏了两个，晚上要排队",
            "充电棚插座不够，下班晚了抢不到",
            "充电扫码付了钱却不通电，客服没人接",
            "充电费比别的小区贵，想问怎么定的价",
        ),
        "电动车": (
            "有人把电动车推进楼道过夜",
            "有人从窗口拉线充电，电线垂到一楼",
            "有人把电瓶拎回家充电，半夜闻到焦味",
            "电动车堵在单元口，轮椅出不去",
        ),
        "地锁": ("有人私装地锁，公共位置成了自家的", "空地上一夜多出三个地锁"),
        "挪车": ("有辆车横在路口，打电话不肯挪车", "消防通道上有人停车，一停就是半天"),
        "僵尸车": ("一辆僵尸车落满灰，占着位置大半年", "僵尸车轮胎都瘪了，一直没人拖走"),
    },
    "噪音扰民": {
        "广场舞": (
            "楼前广场舞的音响开到晚上十点",
            "两支广场舞队比着放音乐，屋里听不清电视",
            "早上六点就有人放音响做操",
        ),
        "装修": (
            "楼上装修，中午十二点电钻还在响",
            "隔壁装修敲墙，夜班回来没法睡",
            "周末一早就砸墙，电钻声没停过",
            "装修队天黑了还在锯瓷砖",
        ),
        "底商太吵": (
            "楼下烧烤店划拳，吵到凌晨一点",
            "底商唱歌太吵，低音震得玻璃发颤",
            "棋牌室通宵打麻将，说笑声太吵",
        ),
        "工地": ("旁边工地半夜浇筑，机器声太吵", "工地打桩从早吵到晚，窗户跟着抖"),
        "嗡嗡响": (
            "水泵房整夜嗡嗡响",
            "电梯机房夜里嗡嗡响，枕头都跟着震",
            "地下室风机嗡嗡响，关窗也没用",
        ),
        "楼上咚咚响": ("楼上拖桌椅，咚咚响到深夜", "楼上孩子跳绳，天花板咚咚响"),
        "狗叫": ("有户人家的狗叫到半夜",),
        "清晨收桶": ("收垃圾的车凌晨四点作业，哐当声把人惊醒",),
    },
    "环境卫生": {
        "垃圾": (
            "垃圾桶满了两天没人清运",
            "装修垃圾堆在绿地上一个多月",
            "垃圾袋扔在桶外，招来一群苍蝇",
            "有人从窗口往下扔垃圾",
            "垃圾桶盖破了，气味飘进屋里",
        ),
        "堆杂物": (
            "楼道里堆着纸箱和旧婴儿车，走路要侧身",
            "杂物堆到消防栓跟前，没有人搬",
            "地下室堆满旧家具，霉味很重",
        ),
        "狗粪": ("草坪上到处是狗粪，孩子踩了一脚", "遛狗的不清理粪便，电梯里也有"),
        "消杀": (
            "下水道口爬出蟑螂，问多久消杀一次",
            "老鼠在绿化带打洞，晚上乱窜",
            "蚊子多得开不了窗，消杀还没做",
        ),
        "绿化带": (
            "绿化带杂草齐腰，没人修剪",
            "绿化带的枯枝落叶盖住了排水口",
            "有人在绿化带种菜浇粪，臭味难闻",
        ),
        "小广告": ("墙上贴满小广告，擦了又贴",),
        "污水": ("小餐馆往雨水口倒污水，地面又油又臭", "化粪池外溢，污水流到路上"),
    },
    "物业维修": {
        "电梯": (
            "电梯三天停了两次，老人下不了楼",
            "电梯运行时抖动，大家不敢坐",
            "电梯按钮失灵，十二楼按不亮",
            "电梯里的风扇不转，夏天闷得慌",
        ),
        "路灯": ("路灯一排不亮，晚归的人摸黑走", "路灯杆歪了，怕被风刮倒"),
        "楼道灯": ("楼道感应灯坏了，拍手也不亮", "地下车库的灯坏了大半，倒车看不清"),
        "门禁": (
            "门禁刷卡没反应，谁都能进出",
            "单元门关不严，夜里风一吹就响",
            "门禁对讲坏了，送菜的进不来",
        ),
        "漏水没修": (
            "屋顶漏雨，顶层卧室拿盆接",
            "外墙漏水，墙皮一块块往下掉",
            "楼道水管漏水，台阶长了青苔",
            "车库顶板漏水，滴在车上都是白印",
        ),
        "管道": ("下水管道堵了，一楼厨房返水", "管道老化，水压低得洗不了澡"),
        "路面坏了": ("井盖松动，车轮一压就翘起来", "路面塌了一块，晚上容易崴脚"),
        "器材坏了": ("健身器材坏了一根杆，孩子还在玩",),
        "监控坏了": ("监控坏了半年，丢了东西查不到",),
    },
    "便民办事": {
        "居住证": ("居住证快到期，想问怎么续签", "租户来办居住证，跑了两趟没办成"),
        "医保": (
            "医保缴费在手机上总提示失败",
            "母亲的医保卡丢了，补办要去哪里",
            "医保异地就医的手续弄不明白",
        ),
        "高龄津贴": (
            "高龄津贴两个月没到账",
            "父亲满八十岁，高龄津贴怎么申领",
            "高龄津贴的表格看不懂怎么填",
        ),
        "入学": ("孩子上小学，入学登记要哪些证明", "入学材料里少一份房产证明"),
        "证明": ("单位要一份居住证明，问社区能不能开", "想开无房证明，不知道找哪个部门"),
        "助餐": (
            "助餐点中午人多，能不能给腿脚不便的老人送餐",
            "想给母亲报名助餐，怎么收费",
            "老人的助餐卡丢了，怎么补",
        ),
        "窗口时间": ("办事窗口午休，白跑了一趟", "上班族只有周末有空，窗口周末开不开"),
    },
    "邻里纠纷": {
        "渗水赔偿": (
            "楼上漏水泡了吊顶，两家为赔多少谈不拢",
            "两家为厨房渗水谁该赔互不相让",
            "楼上洗衣机软管脱落，泡坏的地板没人肯赔",
        ),
        "空调外机": (
            "对门空调外机的热风正吹着自家窗户",
            "空调滴水打在楼下雨棚上，两家红了脸",
        ),
        "晾衣": ("楼上晾衣滴水，楼下的被子湿了", "公共晾衣绳被一家占着，为抢地方拌嘴"),
        "对门": (
            "对门把鞋柜摆到公共走道，说了不听",
            "对门花盆浇水流到自家门口，上门说理被骂回来",
            "对门的监控镜头正照着自家房门",
        ),
        "加装电梯": (
            "两家为加装电梯闹僵，见面不说话",
            "加装电梯的钱怎么摊，两家谈崩了",
        ),
        "两家争执": (
            "两家孩子打架，大人也吵了起来",
            "两家为遛狗不拴绳争执",
            "隔壁把院墙往外挪了半米，两家僵持着",
        ),
    },
}
"""Class, what a repeated request calls the matter, and how people put it the first time.

The list of classes is a teaching assumption.
"""

AGAIN = "{}的事"
CLASS_OF = {
    words: name
    for name, matters in TOPICS.items()
    for again, first in matters.items()
    for words in (AGAIN.format(again), *first)
}
"""Part of a text to its class."""

SOLUTION = {
    "停车充电": ["车位", "停车", "充电", "电动车", "地锁", "挪车", "僵尸车"],
    "噪音扰民": ["吵", "音响", "装修", "电钻", "嗡嗡", "咚咚", "广场舞", "狗叫"],
    "环境卫生": ["垃圾", "堆", "粪", "绿化带", "小广告", "污水", "消杀", "清理"],
    "物业维修": ["电梯", "灯", "门禁", "漏", "管道", "坏了", "报修", "来修"],
    "便民办事": ["居住证", "医保", "津贴", "证明", "入学", "助餐", "窗口", "办理"],
    "邻里纠纷": ["两家", "赔", "空调", "晾衣", "对门", "调解", "说和", "加装"],
}

ASKS = ("盼回复", "请给个准信", "想知道归谁管", "问过一次没有下文", "希望尽快处理")
ASKS_OF = {
    "停车充电": ("请社区管一管", "天天为这事发愁", "邻居们都有意见", "物业说管不了"),
    "噪音扰民": ("吵得睡不着", "实在太吵了", "邻居们都有意见", "找过物业没有用"),
    "环境卫生": ("请安排清理", "请安排人来处理", "楼上楼下都在说", "物业说人手不够"),
    "物业维修": ("什么时候来修", "报修一周没动静", "楼上楼下都在说", "邻居们等急了"),
    "便民办事": ("请告知怎么办理", "网上弄不明白", "想少跑一趟", "邻居说社区能办"),
    "邻里纠纷": ("请社区出面调解", "想请人说和说和", "谁也不肯让一步", "物业劝过没有用"),
}
AGAIN_HOW = (
    "上次说好了还没办",
    "还是没有解决",
    "说是办了，没见变化",
    "过了一周又是老样子",
    "还没有下文",
)
WITHDRAWN = ("报错了小区，撤单", "已自行解决，撤单", "经核不在本社区", "误报，作废")


class Ticket(NamedTuple):
    """What became of a request: a row of the table of progress."""

    code: str
    repeat_of: str
    valid: str
    closed: str
    on_time: str
    solved: str
    visit: str


class Matter(NamedTuple):
    """What an event is about, how it is put first and when it comes again."""

    name: str
    again: str
    first: str
    place: str
    withdrawn: str


def generate(seed):
    """Draw until every mistake gives an answer of its own, so that feedback names the step."""
    return redrawn(seed, _draw, _is_telling)


def solve(tables):
    """Sort by class; then valid events only, each by its last ticket."""
    texts = [[text, _class_of(text)] for _, text in tables["texts"]["rows"]]
    return {
        "keywords": {
            "columns": ["类别", "关键词"],
            "classes": list(TOPICS),
            "texts": [pair for pair in texts if pair[1]],
            "least": LEAST_ACCURACY,
            "solution": SOLUTION,
        },
        **_figures(_events_of(tables)),
    }


def _class_of(text):
    """Class of what is longest in a text: 加装电梯的事 holds 电梯的事."""
    found = [words for words in CLASS_OF if words in text]
    return CLASS_OF[max(found, key=len)] if found else ""


def _tickets(tables):
    return [Ticket(*row) for row in tables["progress"]["rows"]]


def _events_of(tables):
    """Last ticket of every valid event."""
    return _valid(_last(_tickets(tables)))


def _last(tickets):
    """Tickets that no other one repeats: one an event."""
    repeated = {ticket.repeat_of for ticket in tickets}
    return [ticket for ticket in tickets if ticket.code not in repeated]


def _valid(tickets):
    return [ticket for ticket in tickets if ticket.valid == YES]


def _figures(tickets, **lenient):
    loops = [ticket for ticket in tickets if _is_loop(ticket, **lenient)]
    closed = {ticket.code for ticket in tickets if ticket.closed == YES}
    return {
        "events": len(tickets),
        "loop_rate": 100 * len(loops) / len(tickets),
        "reopen": closed - {ticket.code for ticket in loops},
    }


def _is_loop(ticket, on_time=(YES,), solved=(YES,), visit=(PLEASED, FAIRLY)):
    return (
        ticket.closed == YES
        and ticket.on_time in on_time
        and ticket.solved in solved
        and ticket.visit in visit
    )


def _without_events(figures):
    return {name: value for name, value in figures.items() if name != "events"}


def _lenient(**lenient):
    """Solver that takes for a closed loop what is none."""

    def solver(tables):
        return _without_events(_figures(_events_of(tables), **lenient))

    return solver


def _closed_is_loop(tables):
    events = _events_of(tables)
    closed = [ticket for ticket in events if ticket.closed == YES]
    return {"loop_rate": 100 * len(closed) / len(events)}


def _of_the_closed(tables):
    events = _events_of(tables)
    closed = [ticket for ticket in events if ticket.closed == YES]
    return {"loop_rate": _figures(closed)["loop_rate"]}


def _rows(tables):
    return _figures(_valid(_tickets(tables)))


def _first(tables):
    return _without_events(
        _figures([ticket for ticket in _valid(_tickets(tables)) if not ticket.repeat_of])
    )


def _invalid_kept(tables):
    return _figures(_last(_tickets(tables)))


def _open_included(tables):
    events = _events_of(tables)
    return {"reopen": {ticket.code for ticket in events if not _is_loop(ticket)}}


def _as_share(tables):
    return {"loop_rate": solve(tables)["loop_rate"] / 100}


WRONG = {
    "closed_is_loop": (_closed_is_loop, "办结不等于闭环，看最后一次回访。"),
    "of_the_closed": (_of_the_closed, "分母是全部有效的事，没办结的也在内，不是只看办结的。"),
    "rows": (_rows, "同一件事可能有几张工单，先并成一件，只留最后一张。"),
    "first": (_first, "同一件事看最后一张工单，不看第一张。"),
    "invalid_kept": (_invalid_kept, "“有效”为“否”的工单先剔除，不进分子，也不进分母。"),
    "unreached_as_pleased": (
        _lenient(visit=(PLEASED, FAIRLY, UNREACHED)),
        "“未接通”是没有联系上，不等于满意，要另约时间再访。",
    ),
    "late_counted": (_lenient(on_time=(YES, NO)), "超过期限才办结的，不算闭环，请看“按时”一栏。"),
    "partly_counted": (
        _lenient(solved=(YES, PARTLY)),
        "只解决了一部分的，不算闭环，请看“解决”一栏。",
    ),
    "fairly_left_out": (_lenient(visit=(PLEASED,)), "“基本满意”也算回访通过，不要漏掉。"),
    "open_included": (
        _open_included,
        "还没办结的事另行催办；这里只要办结了、但还没有闭环的事。",
    ),
    "as_share": (_as_share, "题目要百分数，请把比值乘以 100。"),
}


def _draw(rng):
    return _tables(*_listed(rng, _events(rng)))


def _is_telling(tables):
    return are_apart(tables, solve, WRONG, LEAST_DISTANCE)


def _events(rng):
    """How the tickets of every event ended, first to last; an event is valid or it is not."""
    ends = [end for end, count in _ends(rng) for _ in range(count)]
    rng.shuffle(ends)
    chains = [[_before(rng)] for _ in range(rng.randint(15, 18))]
    chains += [[_before(rng), _before(rng)] for _ in range(rng.randint(4, 6))]
    chains += [[] for _ in range(len(ends) - len(chains))]
    valid = [[*chain, end] for chain, end in zip(chains, ends, strict=True)]
    invalid = [[_withdrawn(rng)] for _ in range(rng.randint(8, 11))]
    invalid += [[_withdrawn(rng), _withdrawn(rng)] for _ in range(2)]
    return [(YES, event) for event in valid] + [(NO, event) for event in invalid]


def _ends(rng):
    """Closed, on time, solved and visit of a last ticket, and how many events end so."""
    return (
        ((YES, YES, YES, PLEASED), rng.randint(38, 56)),
        ((YES, YES, YES, FAIRLY), rng.randint(16, 26)),
        ((YES, NO, YES, PLEASED), 2),
        ((YES, NO, YES, FAIRLY), rng.randint(1, 2)),
        ((YES, YES, PARTLY, FAIRLY), rng.randint(4, 7)),
        ((YES, YES, YES, UNREACHED), rng.randint(8, 11)),
        ((YES, YES, YES, DISPLEASED), rng.randint(2, 3)),
        ((YES, YES, PARTLY, DISPLEASED), rng.randint(1, 2)),
        ((YES, NO, NO, DISPLEASED), rng.randint(1, 2)),
        ((NO, NO, "", ""), rng.randint(3, 7)),
        ((NO, "", "", ""), rng.randint(4, 9)),
    )


def _before(rng):
    """A ticket that another one repeats was closed, and mostly not well."""
    return rng.choice(
        (
            (YES, YES, PARTLY, DISPLEASED),
            (YES, YES, PARTLY, FAIRLY),
            (YES, YES, NO, DISPLEASED),
            (YES, YES, YES, UNREACHED),
            (YES, YES, YES, UNREACHED),
            (YES, NO, YES, FAIRLY),
            (YES, YES, YES, PLEASED),
        )
    )


def _withdrawn(rng):
    return rng.choice(
        (
            (YES, YES, NO, UNREACHED),
            (YES, YES, NO, PLEASED),
            (YES, YES, YES, FAIRLY),
            (YES, NO, NO, UNREACHED),
        )
    )


def _listed(rng, events):
    """Put the tickets of all events into the order in which they came."""
    order = [place for place, (_, ends) in enumerate(events) for _ in ends]
    rng.shuffle(order)
    codes = [f"GD{number}" for number in sorted(rng.sample(range(1001, 9999), len(order)))]
    matters = _matters(rng, len(events))
    came, texts, tickets = {}, [], []
    for code, place in zip(codes, order, strict=True):
        before = came.setdefault(place, [])
        valid, ends = events[place]
        text = _text(rng, matters[place], is_again=bool(before), is_valid=valid == YES)
        texts.append([code, text])
        tickets.append(Ticket(code, before[-1] if before else "", valid, *ends[len(before)]))
        before.append(code)
    return texts, tickets


def _matters(rng, count):
    """What every event is about; no wording comes more than twice."""
    wordings = [
        (name, AGAIN.format(again), words)
        for name, matters in TOPICS.items()
        for again, first in matters.items()
        for words in first
    ]
    return [
        Matter(*drawn, f"{rng.randint(1, 18)}栋", rng.choice(WITHDRAWN))
        for drawn in rng.sample([*wordings, *wordings], count)
    ]


def _text(rng, matter, *, is_again, is_valid):
    words = f"{matter.again}{rng.choice(AGAIN_HOW)}" if is_again else matter.first
    ask = rng.choice(ASKS_OF[matter.name] if rng.random() < SHARE_OF_OWN_ASKS else ASKS)
    place = matter.place
    text = rng.choice(
        (
            f"{place}居民来电，{words}，{ask}",
            f"{place}居民留言，{words}，{ask}",
            f"热线转来，{place}居民反映，{words}，{ask}",
            f"楼栋长代报，{words}（{place}）",
            f"网格员走访{place}时听到，{words}",
            f"{words}，{ask}（{place}）",
        )
    )
    return f"{text}。" if is_valid else f"{text}。（{matter.withdrawn}）"


def _tables(texts, tickets):
    return {
        "texts": {"title": "诉求内容", "columns": TEXT_COLUMNS, "rows": texts},
        "progress": {
            "title": "办理情况",
            "columns": PROGRESS_COLUMNS,
            "rows": [list(ticket) for ticket in tickets],
        },
    }

"""Which arguments the author's functions change: those come back from a learner's, and no other."""

import ast

import pytest

from grading.engine.inplace import changed_arguments


def changed(source: str, name: str = "f") -> set[str]:
    found = changed_arguments(ast.parse(source), {"helper": frozenset({"0", "v"})})
    return {key for key in found[name] if not key.isdigit()}


@pytest.mark.parametrize(
    "body",
    [
        "v.sort()",
        "v.append(1)",
        "v.add(1)",
        "v[0] = 1",
        "v[0][1] += 1",
        "v += [1]",
        "del v[0]",
        "v.columns = ['甲']",
        "v['甲'] = v['乙'] * 2",
        "v.loc[0, '甲'] = 1",
        "v.drop(columns='甲', inplace=True)",
        "w = v\n    w.clear()",
        "for row in v:\n        row.append(1)",
        "for key, row in v.items():\n        row['甲'] = key",
        "for n, row in enumerate(v):\n        row[0] = n",
        "[row.append(1) for row in v]",
        "import heapq\n    heapq.heappush(v, 1)",
        "import random\n    random.shuffle(v)",
        "import numpy as np\n    np.multiply(v, 2, out=v)",
        "list.append(v, 1)",
        "helper(v)",
        "helper(v=v)",
        "def inner():\n        v.append(1)\n    inner()",
        "while v:\n        x = v.pop()",
        "if (w := v):\n        w.reverse()",
        "if n:\n        v = list(v)\n    v.sort()",
        "w = []\n    for one in v:\n        w.append(1)\n        w = one",
        "try:\n        v.remove(1)\n    except ValueError:\n        pass",
        "with open('f') as f:\n        v.update(a=f.read())",
        "first, *rest = v\n    first.append(1)",
    ],
)
def test_a_changed_argument_is_seen(body: str) -> None:
    assert changed(f"def f(v, n=0):\n    {body}") == {"v"}


@pytest.mark.parametrize(
    "body",
    [
        "return sum(v)",
        "return sorted(v)",
        "w = sorted(v)\n    w.append(1)\n    return w",
        "w = v.copy()\n    w['甲'] = 1\n    return w",
        "w = list(v)\n    w.sort()\n    return w",
        "return v.add(1)",
        "return v.groupby('甲')['乙'].sum()",
        "found = {}\n    for one in v:\n        found[one] = 1\n    return found",
        "out = []\n    for one in v:\n        out.append(one)\n    return out",
        "n += 1\n    return v.rename(columns={})",
        "v = v.copy()\n    v['甲'] = 1\n    return v",
        "v = v[v['甲'] > 0]\n    v['乙'] = 1\n    return v",
        "v = v[v['甲'].isin([1]) & ~v['乙'].isna()]\n    v['乙'] = 1\n    return v",
        "v = v[:]\n    v.sort()\n    return v",
        "v = [n for n in v]\n    v.sort()\n    return v",
    ],
)
def test_an_argument_that_is_only_read_is_not(body: str) -> None:
    assert "v" not in changed(f"def f(v, n=0):\n    {body}")


def test_places_lambdas_aliases_and_later_helpers_are_followed() -> None:
    source = (
        "f = lambda n, v: v.append(n)\ng = f\n"
        "def h(v):\n    later(1, v)\ndef later(n, v):\n    v.append(n)"
    )
    found = changed_arguments(ast.parse(source), {})
    assert found["f"] == found["g"] == found["later"] == {"1", "v"}
    assert found["h"] == {"0", "v"}

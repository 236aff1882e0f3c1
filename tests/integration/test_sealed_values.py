"""Honest work keeps its exact score in sealed mode, whatever plain data it is made of.

Each row is an exercise: the author's solution, handed in as it is, and a test that it passes in
one interpreter.
"""

import pytest

from grading.doctor.course import ASSIGNMENT, check, code, hand_in, released_course
from grading.doctor.course import solution as sol
from grading.outcome import GRADED
from tests.sealed_course import graded, scores

GIVEN = "import numpy as np\nimport pandas as pd"

EXERCISES = {
    # errors
    "own-error": (
        "class NegativeError(ValueError):\n    pass\ndef root(x):\n    if x < 0:\n"
        "        raise NegativeError(f'{x} 小于零')\n    return x ** 0.5",
        "try:\n    root(-1)\nexcept ValueError as error:\n    assert '小于零' in str(error)\n"
        "else:\n    raise AssertionError('没有报错')",
    ),
    "own-error-by-name": (
        "class ShortError(Exception):\n    def __init__(self, need):\n        self.need = need\n"
        "def pay(n):\n    raise ShortError(n)",
        "try:\n    pay(5)\n    assert False\nexcept ShortError as error:\n"
        "    assert error.need == 5",
    ),
    "json-error": (
        "import json\ndef parse(text):\n    return json.loads(text)",
        "try:\n    parse('{')\n    assert False\nexcept ValueError as error:\n"
        "    assert error.pos == 1",
    ),
    "linalg-error": (
        "def inverse(m):\n    return np.linalg.inv(m)",
        "try:\n    inverse(np.zeros((2, 2)))\n    assert False\nexcept np.linalg.LinAlgError:\n"
        "    pass",
    ),
    "date-error": (
        "def day(text):\n    return pd.to_datetime(text)",
        "try:\n    day('rubbish')\n    assert False\nexcept ValueError:\n    pass",
    ),
    "key-error": (
        "def look(table, key):\n    return table[key]",
        "try:\n    look({}, '甲')\n    assert False\nexcept KeyError as error:\n"
        "    assert error.args == ('甲',)",
    ),
    # arguments changed in place
    "list-in-place": (
        "def add_one(values):\n    values.append(1)",
        "given = [0]\nadd_one(given)\nassert given == [0, 1]",
    ),
    "by-name-in-place": (
        "def add(into, n):\n    own = into\n    own[n] = True",
        "given = {}\nadd(n=3, into=given)\nassert given == {3: True}",
    ),
    "by-helper-in-place": (
        "def helper(rows):\n    for row in rows:\n        row.append(1)\n"
        "def add_all(rows):\n    helper(rows)",
        "given = [[0], []]\nadd_all(given)\nassert given == [[0, 1], [1]]",
    ),
    "frame-in-place": (
        "def add_column(table):\n    table['n'] = 1",
        "given = pd.DataFrame({'a': [1, 2]})\nadd_column(given)\n"
        "assert list(given.columns) == ['a', 'n']",
    ),
    "array-in-place": (
        "def clear(a):\n    a[:] = 0",
        "given = np.ones(3)\nclear(given)\nassert given.sum() == 0",
    ),
    "rows-in-place": (
        "def drop_first(table):\n    table.drop(index=0, inplace=True)",
        "given = pd.DataFrame({'a': [1, 2]})\ndrop_first(given)\nassert len(given) == 1",
    ),
    "queue-in-place": (
        "from collections import deque\ndef turn(queue):\n    queue.rotate(1)",
        "given = deque([1, 2, 3])\nturn(given)\nassert given == deque([3, 1, 2])",
    ),
    # values of Python's
    "dict-views": (
        "def keys(d):\n    return d.keys()\ndef values(d):\n    return d.values()",
        "assert keys({'a': 1}) == {'a'}\nassert sum(values({'a': 1, 'b': 2})) == 3",
    ),
    "itertools": (
        "import itertools\ndef both(a, b):\n    return itertools.chain(a, b)\n"
        "def sums(a):\n    return itertools.accumulate(a)",
        "assert list(both([1], [2])) == [1, 2]\nassert list(sums([1, 2])) == [1, 3]",
    ),
    "big-number": (
        "def fact(n):\n    r = 1\n    for i in range(2, n + 1):\n        r *= i\n    return r",
        "import math\nassert fact(3000) == math.factorial(3000)",
    ),
    "bytearray": (
        "def coded(text):\n    return bytearray(text.encode())",
        "assert coded('a') == b'a'",
    ),
    "named-tuple": (
        "from collections import namedtuple\nPoint = namedtuple('Point', 'x y')\n"
        "def origin():\n    return Point(1, 2)",
        "p = origin()\nassert p.x == 1 and p == (1, 2)",
    ),
    "type": ("def kind(x):\n    return type(x)", "assert kind(1) is int and kind(True) is bool"),
    "path": (
        "from pathlib import Path\nplace = Path('表') / '底数.csv'",
        "assert place.suffix == '.csv' and str(place) == '表/底数.csv'",
    ),
    "default-dict": (
        "from collections import defaultdict\ndef grouped(words):\n"
        "    found = defaultdict(list)\n    for word in words:\n"
        "        found[len(word)].append(word)\n    return found",
        "assert grouped(['a'])[2] == [] and grouped(['a']) == {1: ['a']}",
    ),
    # functions and iterators
    "endless": (
        "def naturals():\n    n = 0\n    while True:\n        yield n\n        n += 1",
        "import itertools\nassert list(itertools.islice(naturals(), 3)) == [0, 1, 2]",
    ),
    "lazy": (
        "def lines(values):\n    for n in values:\n        print(n)\n        yield n\n"
        "    raise ValueError('完')",
        "import inspect\nfound = lines([1, 2])\nassert inspect.isgenerator(found)\n"
        "assert [next(found), next(found)] == [1, 2]\ntry:\n    next(found)\n    assert False\n"
        "except ValueError:\n    pass",
    ),
    "many": (
        "def squares(n):\n    return (i * i for i in range(n))",
        "assert sum(squares(20000)) == sum(i * i for i in range(20000))",
    ),
    "doc": (
        'def documented():\n    """说明"""\n    return 1',
        "assert documented.__doc__ == '说明' and documented.__name__ == 'documented'",
    ),
    "source": (
        "def with_loop(n):\n    s = 0\n    for i in range(n):\n        s += i\n    return s",
        "import inspect\nsource = inspect.getsource(with_loop)\n"
        "assert source.startswith('def with_loop') and 'for i' in source and 'while' not in source",
    ),
    "signature": (
        "def area(width, height=2, *, unit='m'):\n    return width * height",
        "import inspect\nknown = inspect.signature(area).parameters\n"
        "assert list(known) == ['width', 'height', 'unit'] and known['height'].default == 2\n"
        "assert inspect.isfunction(area) and area is area",
    ),
    # functions of the test's
    "given-function": (
        "def twice(f, x):\n    return f(f(x))",
        "assert twice(lambda v: v + 1, 3) == 5 and twice(str.upper, 'a') == 'A'",
    ),
    "given-library": (
        "def applied(f, values):\n    return [f(v) for v in values]",
        "assert applied(len, ['ab']) == [2] and applied(np.sqrt, [4.0]) == [2.0]\n"
        "assert applied(int, ['7']) == [7] and applied(abs, [-1]) == [1]",
    ),
    "decorator": (
        "import functools\ndef counted(f):\n    @functools.wraps(f)\n"
        "    def inner(*args):\n        inner.calls += 1\n        return f(*args)\n"
        "    inner.calls = 0\n    return inner\ndef same(f):\n    return f",
        "seen = []\n@counted\ndef note(x):\n    seen.append(x)\n    return x * 2\n"
        "assert [note(1), note(2)] == [2, 4] and seen == [1, 2]\n"
        "assert note.__name__ == 'note'\n"
        "given = lambda: 1\nassert same(given) is given",
    ),
    "given-error": (
        "def tried(f):\n    try:\n        return f()\n    except ZeroDivisionError:\n"
        "        return '除以零'\ndef passed(f):\n    return f()",
        "assert tried(lambda: 1 / 0) == '除以零'\ntry:\n    passed(lambda: {}['甲'])\n"
        "    assert False\nexcept KeyError as error:\n    assert error.args == ('甲',)",
    ),
    "back-and-forth": (
        "def deep(f, n):\n    return f(n)\ndef plus(n):\n    return n + 1",
        "assert deep(lambda n: deep(plus, n) + plus(n), 1) == 4",
    ),
    "given-in-threads": (
        "from concurrent.futures import ThreadPoolExecutor\ndef all_at_once(f, values):\n"
        "    with ThreadPoolExecutor(4) as pool:\n        return list(pool.map(f, values))",
        "assert all_at_once(lambda v: v * v, range(40)) == [v * v for v in range(40)]",
    ),
    "sorted-by": (
        "def in_order(values, key):\n    return sorted(values, key=key)",
        "assert in_order(['bb', 'a'], key=lambda v: len(v)) == ['a', 'bb']",
    ),
    # what a test sets, and what it listens to
    "numpy-seed": (
        "def draw(n):\n    return np.random.rand(n)",
        "np.random.seed(0)\nfound = draw(2)\nnp.random.seed(0)\n"
        "assert np.allclose(found, np.random.rand(2))",
    ),
    "python-seed": (
        "import random\ndef roll():\n    return random.randint(1, 6)",
        "import random\nrandom.seed(3)\nfound = [roll() for _ in range(9)]\nrandom.seed(3)\n"
        "assert found == [random.randint(1, 6) for _ in range(9)]",
    ),
    "warning": (
        "import warnings\ndef old(x):\n    warnings.warn('旧了', DeprecationWarning)\n    return x",
        "import warnings\nwith warnings.catch_warnings(record=True) as caught:\n"
        "    warnings.simplefilter('always')\n    assert [old(1), old(2)] == [1, 2]\n"
        "assert [str(one.message) for one in caught] == ['旧了'] * 2\n"
        "assert caught[0].category is DeprecationWarning",
    ),
    "own-warning": (
        "import warnings\nclass CareWarning(UserWarning):\n    pass\n"
        "def careful():\n    warnings.warn('小心', CareWarning)",
        "import warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('error')\n"
        "    try:\n        careful()\n        assert False\n    except UserWarning:\n        pass",
    ),
    "prints": (
        "import sys\ndef hello(name):\n    print('你好', name)\n    print('急', file=sys.stderr)",
        "import contextlib, io\nout, err = io.StringIO(), io.StringIO()\n"
        "with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):\n"
        "    hello('陶')\nassert out.getvalue() == '你好 陶\\n' and err.getvalue() == '急\\n'",
    ),
    # files
    "file-written": (
        "with open('out.txt', 'w') as f:\n    f.write('甲')\n"
        "pd.DataFrame({'a': [1]}).to_csv('out.csv', index=False)",
        "assert open('out.txt').read() == '甲'\nassert pd.read_csv('out.csv')['a'].tolist() == [1]",
    ),
    "file-by-function": (
        "import json\ndef save(values, name):\n    with open(name, 'w') as f:\n"
        "        json.dump(values, f)\ndef load(name):\n    with open(name) as f:\n"
        "        return json.load(f)",
        "import json, os\nsave([1, 2], 'saved.json')\n"
        "assert json.load(open('saved.json')) == [1, 2]\nwith open('mine.json', 'w') as f:\n"
        "    f.write('[3]')\nassert load('mine.json') == [3]\n"
        "save([4], 'mine.json')\nassert json.load(open('mine.json')) == [4]",
    ),
    "folder": (
        "from pathlib import Path\ndef copied(source, target):\n"
        "    for path in Path(source).glob('*.txt'):\n"
        "        (Path(target) / path.name).write_text(path.read_text().upper())\n"
        "        path.unlink()",
        "import os, tempfile\nfrom pathlib import Path\nwith tempfile.TemporaryDirectory() as a:\n"
        "    with tempfile.TemporaryDirectory() as b:\n"
        "        (Path(a) / 'x.txt').write_text('x')\n"
        "        copied(a, Path(b))\n        assert (Path(b) / 'x.txt').read_text() == 'X'\n"
        "        assert os.listdir(a) == []",
    ),
    "module-of-the-course": (
        "import helper\ndef double(n):\n    return helper.twice(n)",
        "import helper\nassert double(3) == helper.twice(3) == 6",
    ),
    "module-of-the-learner": (
        "open('ownmodule.py', 'w').write('n = 3')\nimport ownmodule\nn_of_module = ownmodule.n",
        "assert n_of_module == 3",
    ),
    # values of numpy's and pandas'
    "timedelta": (
        "dates = pd.DataFrame({'a': pd.to_datetime(['2026-01-01']),"
        " 'b': pd.to_datetime(['2026-01-03'])})\ngap = dates['b'] - dates['a']\n"
        "def with_gap(table):\n    return table.assign(g=table['b'] - table['a'])",
        "assert gap.dt.days.tolist() == [2]\nassert with_gap(dates)['g'].dt.days.tolist() == [2]",
    ),
    "cut": (
        "def bands(v):\n    return pd.cut(pd.Series(v), [0, 10, 20])\n"
        "by_band = pd.DataFrame({'v': [1, 12]}).groupby("
        "bands([5, 15]), observed=False)['v'].sum()",
        "assert bands([5, 15]).value_counts().tolist() == [1, 1]\n"
        "assert by_band.tolist() == [1, 12] and 5 in by_band.index[0]",
    ),
    "period": (
        "months = pd.Series(pd.to_datetime(['2026-01-05'])).dt.to_period('M')",
        "assert months.astype(str).tolist() == ['2026-01'] and months[0].month == 1",
    ),
    "resample": (
        "def monthly(table):\n    return table.resample('ME').sum()",
        "days = pd.date_range('2026-01-01', periods=60, freq='D')\n"
        "table = pd.DataFrame({'v': range(60)}, index=days)\n"
        "pd.testing.assert_frame_equal(monthly(table), table.resample('ME').sum())",
    ),
    "date-range": (
        "days = pd.date_range('2026-01-01', periods=3)",
        "pd.testing.assert_index_equal(days, pd.date_range('2026-01-01', periods=3))\n"
        "assert days.freq is not None",
    ),
    "fields": (
        "people = np.array([(1, 2.0)], dtype=[('a', 'i4'), ('b', 'f8')])",
        "assert people['a'][0] == 1 and people.dtype.names == ('a', 'b')",
    ),
    "masked": (
        "known = np.ma.array([1, 2, 3], mask=[0, 1, 0])",
        "assert known.sum() == 4 and known.count() == 2",
    ),
    "dtypes": (
        "def kinds(table):\n    return table.dtypes",
        "assert kinds(pd.DataFrame({'a': [1], 'b': ['x']}))['a'] == 'int64'",
    ),
    # names
    "import-again": (
        "import pandas as pd\nimport statistics\ndef middle(table):\n"
        "    return statistics.median(table['a'])",
        "table = pd.DataFrame({'a': [1, 2, 9]})\nassert middle(table) == statistics.median([1, 2])"
        " + 0.5",
    ),
}


IN_TWO = {
    "large-frame": (
        "large = pd.DataFrame(np.zeros((300000, 20)))\nsmall = 7",
        ["assert small == 7 and large.shape == (300000, 20)"],
    ),
    "too-large": (
        "huge = [pd.DataFrame(np.zeros((300000, 20)))] * 2\nbeside = 7",
        ["assert beside == 7\nassert 'huge' not in globals()"],
    ),
    "generator": (
        "evens = (i for i in range(6) if i % 2 == 0)",
        ["assert evens is not None", "assert next(evens) == 0", "assert list(evens) == [2, 4]"],
    ),
    "map": (
        "squares = map(lambda n: n * n, [1, 2])",
        ["assert squares is not None", "assert list(squares) == [1, 4]"],
    ),
}
"""Exercises with several tests, each of which sees what those before it left."""

TESTS = {
    **{name: [test] for name, (_, test) in EXERCISES.items()},
    **{name: tests for name, (_, tests) in IN_TWO.items()},
}
SOLUTIONS = {name: solution for name, (solution, _) in {**EXERCISES, **IN_TWO}.items()}


def cells(name: str) -> list[dict]:
    tests = [check(f"t-{name}-{n}", test) for n, test in enumerate(TESTS[name])]
    return [sol(f"s-{name}", SOLUTIONS[name]), *tests]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float | None]:
    """Scores of the author's own solutions, all handed in at once."""
    folder = tmp_path_factory.mktemp("老实")
    (folder / "source" / ASSIGNMENT).mkdir(parents=True)
    (folder / "source" / ASSIGNMENT / "helper.py").write_text("def twice(n):\n    return 2 * n\n")
    written = [code(GIVEN), *(cell for name in SOLUTIONS for cell in cells(name))]
    course = released_course(folder, written)
    hand_in(course, "honest", {f"s-{name}": source for name, source in SOLUTIONS.items()})
    [outcome] = graded(course, "honest")
    assert outcome.state == GRADED, outcome.reason
    return scores(course, "honest")


@pytest.mark.parametrize("name", SOLUTIONS)
def test_an_honest_solution_earns_all(found: dict[str, float | None], name: str) -> None:
    assert [found[f"t-{name}-{n}"] for n in range(len(TESTS[name]))] == [2.0] * len(TESTS[name])

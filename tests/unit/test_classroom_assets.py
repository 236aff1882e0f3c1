"""What a page loads: everything it names exists, and nothing of it comes from outside."""

import re
from pathlib import Path

from zhixing.classroom.assets import Assets

ASSETS = Assets.load()
TEMPLATES = Path(__file__).parents[2] / "zhixing" / "classroom" / "templates"


def test_the_lesson_page_asks_at_once_for_every_script_it_will_need() -> None:
    modules = ASSETS.modules
    assert modules[0] == "host.js"
    assert {"outbox.js", "widgets/quiz.js", "widgets/kinds/choice.js"} <= set(modules)
    assert len(set(modules)) == len(modules)
    for name in modules:
        for imported in re.findall(
            r'(?m)^import [^;]*? from "\./([^"]+)"', ASSETS.files[name].decode()
        ):
            assert any(one.endswith(imported) for one in modules), (name, imported)


def test_no_script_or_style_names_an_outside_address() -> None:
    for name, content in ASSETS.files.items():
        addresses = set(re.findall(r"https?://[^\s\"')]+", content.decode()))
        assert addresses <= {"http://www.w3.org/2000/svg"}, name


def test_templates_hold_no_script_of_their_own_and_mark_nothing_safe_that_a_person_wrote() -> None:
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text()
        for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", text):
            assert "src=" in attributes or "application/json" in attributes, path.name
            assert not body or body == "{{ page_data|safe }}", path.name
        assert not re.search(r"\son[a-z]+=|style=", text), path.name
        safe = set(re.findall(r"{{ (\S+)\|safe }}", text))
        assert safe <= {"page_data", "block.html", "source"}, path.name


def test_another_content_is_another_address() -> None:
    changed = dict(ASSETS.files) | {"host.js": b"// other"}
    assert Assets(changed, "x").files != ASSETS.files
    assert re.fullmatch(r"[0-9a-f]{12}", ASSETS.hash)

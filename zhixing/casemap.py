"""Case map (路径图): a case drawn as states and choices, for authors and, with counts, trainers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from zhixing.case import Case, Choice

BOX_WIDTH, BOX_HEIGHT = 204, 92
GAP_ACROSS, GAP_DOWN = 138, 26
MARGIN = 16
LETTERS_A_LINE, MOST_LINES = 12, 3
"""Chinese letters of 15 px that fit a box."""

ENDING = "结束"


@dataclass(frozen=True)
class Place:
    """A state's box; ``x`` and ``y`` are its upper left corner in px."""

    state: str
    text: str
    x: int
    y: int


@dataclass(frozen=True)
class Way:
    """A choice as an edge between two boxes, with how many took it."""

    choice: Choice
    start: Place
    end: Place
    is_recommended: bool
    count: int | None


@dataclass(frozen=True)
class CaseMap:
    """A case laid out by how many steps each state is from the beginning."""

    places: tuple[Place, ...]
    ways: tuple[Way, ...]
    width: int
    height: int


def case_map(case: Case, counts: Mapping[str, int] | None = None) -> CaseMap:
    """Lay a case out.

    Parameters
    ----------
    counts
        How many learners took each choice, by its id; None for a map without counts.
    """
    columns = _columns(case)
    places: dict[str, Place] = {}
    for number, states in enumerate(columns):
        for row, state in enumerate(states):
            x = MARGIN + number * (BOX_WIDTH + GAP_ACROSS)
            y = MARGIN + row * (BOX_HEIGHT + GAP_DOWN)
            places[state] = Place(state, case.states.get(state, ENDING), x, y)
    ways = tuple(
        Way(
            choice,
            places[choice.state],
            places[choice.next],
            choice.id in case.recommended,
            None if counts is None else counts.get(choice.id, 0),
        )
        for choice in case.choices
    )
    rows = max(len(states) for states in columns)
    width = 2 * MARGIN + len(columns) * (BOX_WIDTH + GAP_ACROSS) - GAP_ACROSS
    height = 2 * MARGIN + rows * (BOX_HEIGHT + GAP_DOWN) - GAP_DOWN
    return CaseMap(tuple(places.values()), ways, width, height)


def _columns(case: Case) -> list[list[str]]:
    """States by their longest way from the start; the end stands alone in the last column."""
    depth = {case.start: 0}
    for _ in case.states:
        for choice in case.choices:
            if choice.state in depth:
                least = depth[choice.state] + 1
                depth[choice.next] = max(depth.get(choice.next, 0), least)
    depth[""] = max(depth.values())
    found: list[list[str]] = [[] for _ in range(depth[""] + 1)]
    for state in (*case.states, ""):
        if state in depth:
            found[depth[state]].append(state)
    return [states for states in found if states]


def svg_of_map(drawn: CaseMap, title: str) -> str:
    """Draw a map as inline SVG; right and wrong differ in line and sign, not in colour alone."""
    parts = [*map(_drawn_way, _spread(drawn.ways)), *map(_drawn_box, drawn.places)]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawn.width} {drawn.height}" '
        f'width="{drawn.width}" height="{drawn.height}" role="img" aria-label="{escape(title)}" '
        'font-family="Noto Sans CJK SC, Microsoft YaHei, sans-serif" font-size="15">'
    )
    arrow = (
        '<defs><marker id="zx-arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="11" '
        'markerHeight="11" markerUnits="userSpaceOnUse" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#44506a"/></marker></defs>'
    )
    return f"{head}{arrow}{''.join(parts)}</svg>"


def _spread(ways: tuple[Way, ...]) -> Iterator[tuple[Way, float]]:
    """Ways, each with where along its box it begins, so that they do not lie on one another."""
    for way in ways:
        same = [one for one in ways if one.start is way.start]
        yield way, (same.index(way) + 1) / (len(same) + 1)


def _drawn_way(found: tuple[Way, float]) -> str:
    way, share = found
    x1, y1 = way.start.x + BOX_WIDTH, way.start.y + BOX_HEIGHT * share
    x2, y2 = way.end.x, way.end.y + BOX_HEIGHT * share
    middle = (x1 + x2) / 2
    stroke, width = ("#1b6e3c", 3) if way.is_recommended else ("#44506a", 1.5)
    dashes = ' stroke-dasharray="6 4"' if way.choice.forbidden else ""
    line = (
        f'<path d="M{x1:.0f} {y1:.0f}C{middle:.0f} {y1:.0f} {middle:.0f} {y2:.0f} '
        f'{x2:.0f} {y2:.0f}" fill="none" stroke="{stroke}" stroke-width="{width}"{dashes} '
        'marker-end="url(#zx-arrow)"/>'
    )
    label = escape(label_of(way))
    return (
        f'{line}<text x="{x1 + 10:.0f}" y="{y1 - 5:.0f}" fill="#1d2433" paint-order="stroke" '
        f'stroke="#fff" stroke-width="4"><title>{escape(way.choice.text)}</title>{label}</text>'
    )


def label_of(way: Way) -> str:
    """Sign, letter and count of a choice."""
    sign = "✓ " if way.is_recommended else "✗ " if way.choice.forbidden else ""
    count = "" if way.count is None else f" {way.count} 人"
    return f"{sign}{way.choice.id}{count}"


def _drawn_box(place: Place) -> str:
    lines = _lines(place.text)
    first = place.y + BOX_HEIGHT / 2 - (len(lines) - 1) * 11 + 5
    texts = "".join(
        f'<text x="{place.x + 12}" y="{first + 22 * number:.0f}" fill="#1d2433">'
        f"{escape(line)}</text>"
        for number, line in enumerate(lines)
    )
    return (
        f'<rect x="{place.x}" y="{place.y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="8" '
        f'fill="#fff" stroke="#8a93a6"/><title>{escape(place.text)}</title>{texts}'
    )


def _lines(text: str) -> list[str]:
    lines = [text[n : n + LETTERS_A_LINE] for n in range(0, len(text), LETTERS_A_LINE)]
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], lines[MOST_LINES - 1][:-1] + "…"]
    return lines

"""Case map (路径图): a case drawn as states and choices, for authors and, with counts, trainers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from zhixing.case import Case, Choice

BOX_WIDTH, BOX_HEIGHT = 204, 92
GAP_ACROSS, GAP_DOWN = 138, 26
MARGIN = 16
LEAD = 78
"""Straight beginning of an edge, under its label."""

LANE = 24
"""Between two edges that pass a column below its boxes."""

LETTERS_A_LINE, MOST_LINES = 12, 3
"""Chinese letters of 15 px that fit a box."""

NEVER_FIRST = "，。；：？！、”）》"
"""Marks that begin no line (GB/T 15834)."""

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
    """A choice as an edge between two boxes, with how many took it.

    ``lanes`` are the points where it enters a column that it passes, below the boxes there.
    """

    choice: Choice
    start: Place
    end: Place
    is_recommended: bool
    count: int | None
    lanes: tuple[tuple[int, int], ...] = ()


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
    places = {
        state: Place(state, case.states.get(state, ENDING), _x(number), _y(row))
        for number, states in enumerate(columns)
        for row, state in enumerate(states)
    }
    lanes = _lanes(case, columns)
    ways = tuple(
        Way(
            choice,
            places[choice.state],
            places[choice.next],
            choice.id in case.recommended,
            None if counts is None else counts.get(choice.id, 0),
            lanes[choice.id],
        )
        for choice in case.choices
        if choice.id in lanes
    )
    lowest = [place.y + BOX_HEIGHT for place in places.values()]
    lowest += [y for points in lanes.values() for _, y in points]
    width = _x(len(columns)) - GAP_ACROSS + MARGIN
    return CaseMap(tuple(places.values()), ways, width, max(lowest) + MARGIN)


def _x(column: int) -> int:
    return MARGIN + column * (BOX_WIDTH + GAP_ACROSS)


def _y(row: int) -> int:
    return MARGIN + row * (BOX_HEIGHT + GAP_DOWN)


def _lanes(case: Case, columns: list[list[str]]) -> dict[str, tuple[tuple[int, int], ...]]:
    """Where each choice passes the columns between its boxes; states never reached have none."""
    column = {state: number for number, states in enumerate(columns) for state in states}
    used = [0] * len(columns)
    found: dict[str, tuple[tuple[int, int], ...]] = {}
    for choice in case.choices:
        if choice.state not in column:
            continue
        points = []
        for number in range(column[choice.state] + 1, column[choice.next]):
            points.append((_x(number), _y(len(columns[number])) + LANE * used[number]))
            used[number] += 1
        found[choice.id] = tuple(points)
    return found


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
    stroke, width = ("#1b6e3c", 3) if way.is_recommended else ("#44506a", 1.5)
    dashes = ' stroke-dasharray="6 4"' if way.choice.forbidden else ""
    line = (
        f'<path d="{_curve(way, (x1, y1), (x2, y2))}" fill="none" stroke="{stroke}" '
        f'stroke-width="{width}"{dashes} '
        'marker-end="url(#zx-arrow)"/>'
    )
    label = escape(label_of(way))
    return (
        f'{line}<text x="{x1 + 10:.0f}" y="{y1 - 5:.0f}" fill="#1d2433" paint-order="stroke" '
        f'stroke="#fff" stroke-width="4"><title>{escape(way.choice.text)}</title>{label}</text>'
    )


def _curve(way: Way, start: tuple[float, float], end: tuple[float, float]) -> str:
    """Straight under its label, bent between columns, straight below the boxes it passes."""
    (x, y), drawn = start, f"M{start[0]:.0f} {start[1]:.0f}"
    level = x + LEAD
    for next_x, next_y in (*way.lanes, end):
        middle = (level + next_x) / 2
        drawn += (
            f"H{level:.0f}C{middle:.0f} {y:.0f} {middle:.0f} {next_y:.0f} {next_x} {next_y:.0f}"
        )
        y, level = next_y, next_x + BOX_WIDTH + LEAD
    return drawn


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
    lines = []
    while text:
        length = LETTERS_A_LINE
        if text[length : length + 1] in tuple(NEVER_FIRST):
            length -= 1
        lines.append(text[:length])
        text = text[length:]
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], lines[MOST_LINES - 1][:-1] + "…"]
    return lines

"""Small groups stay hidden, also from whoever adds and subtracts."""

from fractions import Fraction
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from zhixing.records.suppression import FEWEST_PEOPLE, hidden_units

Tree = tuple[list[int | None], list[int]]


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Parents by unit (0 is the root) and the people right in each unit."""
    count = draw(st.integers(1, 8))
    parents = [None, *(draw(st.integers(0, n - 1)) for n in range(1, count))]
    return parents, [draw(st.integers(0, 8)) for _ in range(count)]


def hidden_of(tree: Tree) -> set[int]:
    parents, members = tree
    children: dict[int, list[int]] = {n: [] for n in range(len(parents))}
    for n, parent in enumerate(parents):
        if parent is not None:
            children[parent].append(n)
    people = {n: sum(members[m] for m in below(parents, n)) for n in children}
    return hidden_units([0], children, people)


def below(parents: list[int | None], unit: int) -> set[int]:
    found = {unit}
    for n, parent in enumerate(parents):
        if parent in found:
            found.add(n)  # parents come first
    return found


def rank(rows: list[list[int]]) -> int:
    matrix = [[Fraction(value) for value in row] for row in rows]
    found = 0
    for column in range(len(matrix[0]) if matrix else 0):
        pivot = next((n for n in range(found, len(matrix)) if matrix[n][column]), None)
        if pivot is None:
            continue
        matrix[found], matrix[pivot] = matrix[pivot], matrix[found]
        for n in range(found + 1, len(matrix)):
            factor = matrix[n][column] / matrix[found][column]
            matrix[n] = [a - factor * b for a, b in zip(matrix[n], matrix[found], strict=True)]
        found += 1
    return found


@given(tree=trees())
def test_no_sum_of_shown_figures_is_that_of_one_to_four_people(tree: Tree) -> None:
    parents, members = tree
    # Whoever is alone in a unit is unknown to the reader: one unknown for each peopled unit.
    atoms = [n for n, count in enumerate(members) if count]
    shown = [n for n in range(len(parents)) if n not in hidden_of(tree)]
    rows = [[int(atom in below(parents, unit)) for atom in atoms] for unit in shown]
    for size in range(1, len(atoms) + 1):
        for group in combinations(atoms, size):
            if sum(members[n] for n in group) < FEWEST_PEOPLE:
                wanted = [int(atom in group) for atom in atoms]
                assert rank([*rows, wanted]) > rank(rows), group


@given(tree=trees())
def test_nothing_is_hidden_without_need(tree: Tree) -> None:
    parents, members = tree
    people = [sum(members[m] for m in below(parents, n)) for n in range(len(parents))]
    hidden = hidden_of(tree)
    if all(count >= FEWEST_PEOPLE or count == 0 for count in (*people, *members)):
        assert hidden == {n for n, count in enumerate(people) if count == 0}
    for n in hidden:
        siblings = [m for m, parent in enumerate(parents) if parent == parents[n]]
        is_forced = parents[n] in hidden or people[n] < FEWEST_PEOPLE
        has_small_neighbour = any(people[m] < FEWEST_PEOPLE for m in siblings) or (
            members[parents[n] or 0] < FEWEST_PEOPLE
        )
        assert is_forced or has_small_neighbour


def test_a_second_sibling_hides_when_the_first_could_be_computed() -> None:
    assert hidden_units([1], {1: [2, 3, 4]}, {1: 23, 2: 3, 3: 8, 4: 12}) == {2, 3}


def test_two_small_siblings_hide_each_other() -> None:
    assert hidden_units([1], {1: [2, 3, 4]}, {1: 18, 2: 3, 3: 3, 4: 12}) == {2, 3}


def test_what_lies_below_a_hidden_sibling_hides_with_it() -> None:
    children = {1: [2, 3], 3: [4, 5]}
    assert hidden_units([1], children, {1: 23, 2: 3, 3: 20, 4: 10, 5: 10}) == {2, 3, 4, 5}


def test_a_few_people_right_in_the_parent_hide_a_child() -> None:
    assert hidden_units([1], {1: [2, 3]}, {1: 22, 2: 8, 3: 12}) == {2}
